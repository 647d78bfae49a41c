"""A change of a locked question or answer, from what was typed to what stands; an earlier text
brought back."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput
from forum.actions.attaching import change_files
from forum.actions.drafting import spend_draft
from forum.actions.judging import count_change, hides_others, judge_change
from forum.actions.revising import (
    brought_up,
    locked_post,
    record_edit,
    revision_at,
    stale,
    take,
)
from forum.actions.steps import check_may_edit
from forum.actions.suggesting import suggest_instead
from forum.contents import Content
from forum.models import Answer, Draft, Question, Revision, Suggestion
from people.models import Person

P = TypeVar("P", bound=Question | Answer)


def change(
    actor: Person,
    post: P,
    typed: Content,
    *,
    revision: int,
    why: str,
    uploads: Sequence[Any],
    without: Collection[UUID],
    draft: tuple[Draft.Kind, UUID | None],
) -> P | Suggestion:
    """Bring a change up to the newest text, judge it, and keep it: as the post's, or suggested.

    draft: of which kind and which, spent by it. Raises what edit_question and edit_answer do.
    """
    wanted = brought_up(post, typed, revision)
    kind, token = draft
    spend_draft(actor, kind, post.pk, token)
    return _keep(actor, post, wanted, revision, why, uploads=uploads, without=without)


@transaction.atomic
def revert(
    *,
    actor: Person,
    kind: str,
    object_id: int,
    number: int,
    revision: int,
    why: str = "",
    send_secrets: bool = True,
) -> Question | Answer | Suggestion:
    """Bring the text of revision `number` back, as a new revision; return the post.

    kind: `forum.question` or `forum.answer`. revision: what the reader took for the newest. What
    it adds is judged as an edit is: the post is `pending` when that looks like spam; where that
    would hide what others wrote, it becomes a suggestion, which is returned.
    send_secrets: False where who reverts can be asked, also about what the earlier text says.
    Raises NotSeen, NotAllowed, WrongMoment (locked; one's suggestion waits there already),
    StaleRevision, SecretsFound, InvalidInput (number, why, source), TooMany.
    """
    post: Question | Answer = locked_post(actor, kind, object_id)
    check_may_edit(actor, post)
    if post.revision != revision:
        raise stale(post)
    earlier = revision_at(post, number)
    if earlier is None:
        raise InvalidInput.of("number", "unknown", _("There is no such earlier text."))
    wanted = Content.kept(earlier)
    texts = {"title": wanted.title, "source": wanted.source, "why": why}
    point_out_secrets(texts, send_secrets=send_secrets)
    return _keep(actor, post, wanted, revision, why, reverts_to=earlier)


def _keep(
    actor: Person,
    post: P,
    wanted: Content,
    written_on: int,
    why: str,
    *,
    uploads: Sequence[Any] = (),
    without: Collection[UUID] = (),
    reverts_to: Revision | None = None,
) -> P | Suggestion:
    """Judge a change that is brought up to the newest text, and keep it."""
    looks = judge_change(actor, post, wanted)
    if looks is not None and hides_others(actor, post):
        new = suggest_instead(actor, post, wanted, why, looks, has_files=bool(uploads or without))
        count_change(actor, post, wanted)
        return new
    files = change_files(actor, post, uploads, without)
    count_change(actor, post, wanted)  # the last that may refuse
    is_new = take(post, wanted, author=actor, written_on=written_on, why=why, reverts_to=reverts_to)
    if is_new or files:
        record_edit(actor, post, looks, **files)
    return post
