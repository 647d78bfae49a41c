"""A change of a locked question or answer, from what was typed to what stands."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from forum.actions.attaching import change_files
from forum.actions.drafting import spend_draft
from forum.actions.judging import hides_others, judge_change
from forum.actions.revising import brought_up, record_edit, take
from forum.actions.suggesting import suggest_instead
from forum.contents import Content
from forum.models import Answer, Draft, Question, Suggestion
from people.models import Person

P = TypeVar("P", Question, Answer)


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
    looks = judge_change(actor, post, wanted)
    kind, token = draft
    spend_draft(actor, kind, post.pk, token)
    if looks is not None and hides_others(actor, post):
        return suggest_instead(actor, post, wanted, why, has_files=bool(uploads or without))
    is_new = take(post, wanted, author=actor, written_on=revision, why=why)
    files = change_files(actor, post, uploads, without)
    if is_new or files:
        record_edit(actor, post, looks, **files)
    return post
