"""Looking at what an edit adds, as at a new post: what looks like spam waits."""

from typing import Any

from django.utils.translation import gettext as _

from core import things
from core.errors import NotAllowed
from core.journal import PUBLIC, record
from core.models import Visibility
from forum import pseudonyms, rules
from forum.contents import Content
from forum.models import Answer, Question
from people.actions import count_edit, hold_edit, judge_edit
from people.models import Person
from people.spam import Verdict


def judge_change(actor: Person, post: Question | Answer, wanted: Content) -> Verdict | None:
    """Return why a change of a locked post is to wait; None where it is not."""
    return _looks(actor, post, _whole(wanted), of_others=_of_others(actor, post))


def count_change(actor: Person, post: Question | Answer, wanted: Content) -> None:
    """Count a change that adds a link, before it is written, and once nothing else refuses it.

    Raises TooMany for beginners who add links more often than they may post.
    """
    _count(actor, post, _whole(wanted))


def judge_text(actor: Person, row: Any, after: str) -> Verdict | None:
    """Judge and count a change of any locked post by its whole text, before that is written.

    Raises TooMany.
    """
    verdict = _looks(actor, row, after)
    _count(actor, row, after)
    return verdict


def hides_others(actor: Person, post: Question | Answer) -> bool:
    """Whether holding a post for what someone changes in it would hide what others wrote: the post
    itself, or answers to it."""
    if not rules.wrote(actor, post):
        return True
    if isinstance(post, Answer):
        return False
    answers = post.answers.filter(visibility=Visibility.VISIBLE).select_related("pseudonym")
    return any(not rules.wrote(actor, row) for row in answers)


def refuse_to_pass_on(actor: Person, post: Question | Answer, verdict: Verdict | None) -> None:
    """Refuse what looks like spam where holding the post would hide what others wrote."""
    if verdict is not None and hides_others(actor, post):
        raise NotAllowed(
            _("This looks like spam to the site: moderators alone can do this."),
            code="looks_like_spam",
        )


def record_or_hold(
    actor: Person, row: Any, verb: str, parent: Any, verdict: Verdict | None, **changes: Any
) -> bool:
    """Write an edit to the journal; or hold the post, for what its own author added. Return
    whether it stands as before."""
    if verdict is not None:
        hold_edit(actor=actor, row=row, verdict=verdict, verb=verb, parent=parent, changes=changes)
        return False
    by = actor if things.names_author(row) else pseudonyms.actor_on(actor, row)
    record(verb, actor=by, thing=row, parent=parent, audience=PUBLIC, changes=changes)
    return True


def _looks(actor: Person, row: Any, after: str, of_others: str = "") -> Verdict | None:
    """What waits for a moderator already is seen by them as it stands."""
    if row.visibility == Visibility.PENDING:
        return None
    verdict = judge_edit(actor=actor, row=row, after=after, of_others=of_others)
    return verdict if verdict is not None and verdict.is_held else None


def _count(actor: Person, row: Any, after: str) -> None:
    if row.visibility != Visibility.PENDING:
        count_edit(actor=actor, row=row, after=after)


def _whole(wanted: Content) -> str:
    """Return a change as things show a post's text."""
    return f"{wanted.title}\n\n{wanted.source}" if wanted.title else wanted.source


def _of_others(actor: Person, post: Question | Answer) -> str:
    """Return how a post stood when someone else than this person last changed it.

    Of one's own what bears no name is one's own too: written under the pseudonym.
    """
    rows = post.revisions.exclude(author=actor)
    if rules.wrote(actor, post):
        rows = rows.exclude(author=None)
    last = rows.order_by("-number").first()
    return f"{last.title}\n\n{last.source}" if last is not None else ""
