"""An open copy of the forum: out to a folder, and back into an empty site, byte for byte the same.

What Stack Exchange's dumps know stands in their XML (Posts, Users, Comments, Votes, Tags,
PostHistory), so that whatever reads those reads ours; what they do not know stands beside it in
JSON lines, in the same order. Every file is ordered by Id, so the same forum gives the same bytes.

Questions and answers share one Id there and not here: a question is 2 × its id, an answer 2 × its
id + 1; so are votes and acceptances in Votes.xml. A revision of a question is up to three lines of
PostHistory (text, title, tags), as there: 3 × its id, + 1, + 2.

What Stack Exchange has no table for stands in files of its own (beside.py, platforms.py), and what
hangs on posts in files.jsonl and files/ (files.py). What is left out, and why, is said in
management/commands/export_forum.py.

Of people stand here: id, handle, display name, when they joined, and whether they were erased; no
addresses, passwords, languages or places. Who voted for what is in it, and so is what was taken
away, since it is a whole copy for those who run the site; `public` leaves both out, and where
imported rows came from, suggestions, how tags and questions were merged and split, and who found
what to work on which platform.
"""

from forum.exchange.reading import NotEmptyError, import_forum
from forum.exchange.writing import export_forum, sha256_of

__all__ = ["NotEmptyError", "export_forum", "import_forum", "sha256_of"]
