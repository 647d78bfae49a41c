"""Asking a question, and changing it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import NotAllowed, locked
from forum import rules, tags
from forum.actions.attaching import attach
from forum.actions.changing import change
from forum.actions.counting import put_under
from forum.actions.drafting import spend_draft
from forum.actions.revising import (
    content_of,
    record_edit,
    stale,
    take,
    wanted_of,
)
from forum.actions.setups import describe
from forum.actions.steps import (
    check_may_edit,
    check_unlocked_to,
    checked_title,
    keep_revision,
    language_of,
    on_question,
    write,
)
from forum.models import Draft, Pseudonym, Question, Suggestion
from forum.setups import NO_SETUP, Setup
from people.actions import follow_by_itself, publish_or_hold
from people.models import Person


@transaction.atomic
def ask(
    *,
    actor: Person,
    title: str,
    source: str,
    language: str = "",
    tag_names: Iterable[str],
    under_pseudonym: bool = False,
    setup: Setup = NO_SETUP,
    uploads: Sequence[Any] = (),
    send_secrets: bool = True,
    draft: UUID | None = None,
    typed_seconds: float | None = None,
) -> Question:
    """Ask a question; return it, `pending` when it looks like spam (people.publish_or_hold).

    under_pseudonym: without the actor's name, which is kept where rules alone read it (Pseudonym).
    language: left out, the one the text seems to be in, else the actor's.
    setup: on what it is asked. uploads: files that go with it. send_secrets: False where the writer
    can be asked. draft: the token of the one that is posted. typed_seconds: how long the form was
    there, None where there is none.
    Raises NotAllowed, SecretsFound, InvalidInput (title, source, tags, facts, site, attachments),
    TooMany.
    """
    if not rules.can_ask(actor):
        raise NotAllowed
    point_out_secrets({"title": title, "source": source}, send_secrets=send_secrets)
    hidden = Pseudonym(person=actor) if under_pseudonym else None
    question = Question(author=None if hidden else actor, title=checked_title(title))
    language = language_of(actor, language, title, source)
    write(question, source, language)
    if hidden is not None:
        hidden.save()
        question.pseudonym = hidden
    describe(question, actor, setup)
    question.save()
    spend_draft(actor, Draft.Kind.QUESTION, 0, draft)
    found = tags.resolve(tag_names, language)
    put_under(question, found)
    keep_revision(question, actor)
    files = attach(actor, question, uploads)
    follow_by_itself(person=actor, **on_question(question), reason="asked")
    publish_or_hold(
        actor=actor,
        row=question,
        verb="forum.question_asked",
        changes={"language": language, "tags": [tag.pk for tag in found], **files},
        typed_seconds=typed_seconds,
    )
    return question


@transaction.atomic
def edit_question(
    *,
    actor: Person,
    question_id: int,
    revision: int,
    title: str,
    source: str,
    tag_names: Iterable[str],
    why: str = "",
    uploads: Sequence[Any] = (),
    without: Collection[UUID] = (),
    send_secrets: bool = True,
    draft: UUID | None = None,
) -> Question | Suggestion:
    """Change a question that stood at `revision` when the writer began; `why` says what for.

    What others changed meanwhile is merged in where the two do not touch. uploads: files that are
    added; without: keys of those that are taken away, for good. Nothing new: nothing happens. What
    it adds is judged as a new post is: the question is `pending` when that looks like spam. Where
    others have answered, the change becomes a suggestion instead, which is returned: nobody could
    hide their answers by it.

    Raises NotSeen, NotAllowed, WrongMoment (locked; one's suggestion waits there already),
    StaleRevision (with the newer text, and a draft), SecretsFound, TooMany,
    InvalidInput (title, source, tags, attachments, remove_attachments).
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    check_may_edit(actor, question)
    texts = {"title": title, "source": source, "why": why}
    point_out_secrets(texts, send_secrets=send_secrets)
    return change(
        actor,
        question,
        wanted_of(question, title, source, tag_names),
        revision=revision,
        why=why,
        uploads=uploads,
        without=without,
        draft=(Draft.Kind.QUESTION_EDIT, draft),
    )


@transaction.atomic
def tag_question(
    *,
    actor: Person,
    question_id: int,
    revision: int,
    tag_names: Iterable[str],
    why: str = "",
    send_secrets: bool = True,
) -> Question:
    """Put a question that stands at `revision` under these tags alone: a revision as any other.

    For who may not change its words too. `why` says what for; nothing new: nothing happens.
    Raises NotSeen, NotAllowed, WrongMoment (locked), StaleRevision, SecretsFound, InvalidInput.
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    if not rules.can_tag(actor, question):
        raise NotAllowed(_("Its author and who is trusted with tags change these."))
    check_unlocked_to(actor, question.pk)
    point_out_secrets({"why": why}, send_secrets=send_secrets)
    wanted = wanted_of(question, question.title, question.source, tag_names)
    if question.revision != revision and wanted != content_of(question):
        raise stale(question)
    if take(question, wanted, author=actor, written_on=revision, why=why):
        record_edit(actor, question)
    return question
