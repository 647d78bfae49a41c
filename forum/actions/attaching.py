"""The files that go with a question or an answer."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from core.files import files_of, forget_file, store_uploads
from core.journal import record
from forum import pseudonyms, rules
from forum.models import Answer, Question
from people.models import Person

FIELD, TAKEN = "attachments", "remove_attachments"


def attach(actor: Person, post: Question | Answer, uploads: Sequence[Any]) -> dict[str, int]:
    """Keep files with a new post; return what its journal line says of them.

    Raises InvalidInput (attachments).
    """
    if not uploads:
        return {}
    return {"files": len(store_uploads(actor=actor, uploads=uploads, thing=post, field=FIELD))}


def change_files(
    actor: Person, post: Question | Answer, uploads: Sequence[Any], without: Collection[UUID]
) -> dict[str, int]:
    """Take files away from a locked post that the actor may edit, for good, and add others.

    without: keys of those that go. Return what the journal line of the edit says of them, nothing
    where nothing changes. Raises NotAllowed, InvalidInput (attachments, remove_attachments).
    """
    if not (uploads or without):
        return {}
    if uploads and not rules.can_add_files(actor, post):
        reason = _("To what others wrote, only those the site trusts further add files.")
        raise InvalidInput.of(FIELD, "not_trusted", reason)
    gone = set(without)
    _take_away(actor, post, gone)
    added = attach(actor, post, uploads)
    post.edited_at = timezone.now()
    post.save(update_fields=["edited_at"])
    if gone:
        _record_removal(actor, post, len(gone))
    said = {"files_added": added.get("files", 0), "files_removed": len(gone)}
    return {name: count for name, count in said.items() if count}


def _record_removal(actor: Person, post: Question | Answer, count: int) -> None:
    """Tell the journal at once: the line of an edit that is held waits, and may never come."""
    by = pseudonyms.actor_on(actor, post)
    question = post.question if isinstance(post, Answer) else None
    record("forum.files_removed", actor=by, thing=post, parent=question, changes={"files": count})


def _take_away(actor: Person, post: Question | Answer, keys: Collection[UUID]) -> None:
    """Delete files, content and all: earlier texts keep words, and who asks this wants it gone."""
    found = [file for file in files_of(post) if file.key in keys] if keys else []
    if len(found) != len(keys):
        raise InvalidInput.of(TAKEN, "not_found", _("Choose files that go with this."))
    if not all(rules.can_take_away(actor, post, file) for file in found):
        raise NotAllowed(_("Who wrote this, who sent the file and moderators take it away."))
    for file in found:
        forget_file(file)
