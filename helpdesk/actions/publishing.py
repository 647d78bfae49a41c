"""A ticket becomes a public answer: proposed, agreed to word for word, published, taken back."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import FieldError, InvalidInput, NotAllowed, NotSeen, Refusal, WrongMoment, locked
from core.journal import STAFF, record
from core.redaction import find_private
from forum.actions import publish_agreed
from forum.tags import folded
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.drafting import neutral
from helpdesk.models import Consent, Message, PublicAnswer, Ticket
from helpdesk.queries.states import check_not_merged
from helpdesk.states import DONE, Side
from people.actions import withdraw_post
from people.models import Person

State = PublicAnswer.State
CURRENT = (State.DRAFT, State.ASKED, State.PUBLISHED)
LONGEST = 30000


class PrivateFacts(Refusal):
    """The text still holds what looks private; `spans` says where."""

    status = 422
    code = "private_facts"


@dataclass(frozen=True)
class Text:
    """What is to be read in public."""

    title: str
    question: str
    answer: str
    language: str
    tags: tuple[str, ...] = ()


@transaction.atomic
def propose_answer(
    *, actor: Person, ticket_id: int, message_ids: Collection[int] = ()
) -> PublicAnswer:
    """Draft a question and its answer from a ticket; the draft there is, if there is one.

    message_ids: of its messages, none meaning all; notes never. Private facts and the names of the
    thread are replaced by neutral words. Raises NotSeen, NotAllowed, WrongMoment, InvalidInput.
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed(_("Agents propose what may be published."))
    check_not_merged(ticket)
    there = PublicAnswer.objects.filter(ticket=ticket, state__in=CURRENT).first()
    if there is not None:
        return there
    text = _drafted(ticket, message_ids)
    answer = PublicAnswer(ticket=ticket, proposed_by=actor)
    _write(answer, text)
    answer.save()
    record("helpdesk.answer_proposed", actor=actor, thing=answer, parent=ticket, audience=STAFF)
    return answer


@transaction.atomic
def write_public_text(*, actor: Person, ticket_id: int, text: Text) -> PublicAnswer:
    """Change what is proposed; asked already, it must be asked anew, for a consent is to a text.

    Raises NotSeen, NotAllowed, WrongMoment (published: it stands as agreed), InvalidInput.
    """
    answer = _answer_of(actor, ticket_id)
    if not rules.can_work(actor, answer.ticket):
        raise NotAllowed
    if answer.state not in (State.DRAFT, State.ASKED):
        raise _wrong_moment(answer)
    _check(text)
    _write(answer, text)
    answer.state, answer.link_nonce = State.DRAFT, ""
    answer.save()
    record("helpdesk.public_text_written", actor=actor, thing=answer, audience=STAFF)
    return answer


@transaction.atomic
def ask_consent(*, actor: Person, ticket_id: int, anyway: bool = False) -> PublicAnswer:
    """Ask the requester whether this text may be published; they get it by mail, with a link.

    anyway: although something in it looks private. Asked already is no change.
    Raises NotSeen, NotAllowed, PrivateFacts, InvalidInput, WrongMoment (also: not solved yet).
    """
    answer = _answer_of(actor, ticket_id)
    if not rules.can_work(actor, answer.ticket):
        raise NotAllowed
    if answer.state == State.ASKED:
        return answer
    if answer.state != State.DRAFT:
        raise _wrong_moment(answer)
    if answer.ticket.state not in DONE:  # the forum will say that this solved it
        raise WrongMoment(_("The ticket is not solved yet."), code="not_solved")
    text = Text(
        answer.title, answer.question_source, answer.answer_source, answer.language, answer.tags
    )
    _check(text)
    if not anyway:
        _check_nothing_private(answer)
    answer.state, answer.link_nonce = State.ASKED, secrets.token_hex(16)
    answer.save()
    record("helpdesk.consent_asked", actor=actor, thing=answer, parent=answer.ticket)
    return answer


@transaction.atomic
def answer_consent(*, actor: Person, ticket_id: int, text_hash: str, agrees: bool) -> PublicAnswer:
    """Say yes or no to the text with this hash; with a yes it is published at once.

    The same again is no change, on whichever face: who has nothing but mail says it by the link.
    Raises NotSeen, NotAllowed, WrongMoment (another text, or too late).
    """
    answer = _answer_of(actor, ticket_id)
    if not rules.can_consent(actor, answer.ticket):
        raise NotAllowed(_("Who opened the ticket says whether it may be published."))
    if answer.text_hash != text_hash or answer.hash_now() != text_hash:
        raise WrongMoment(_("The text has changed. Read it again."), code="text_changed")
    wanted = State.PUBLISHED if agrees else State.REFUSED
    if answer.state == wanted:
        return answer
    if answer.state != State.ASKED:
        raise _wrong_moment(answer)
    try:
        with transaction.atomic():
            Consent.objects.create(answer=answer, person=actor, text_hash=text_hash, agrees=agrees)
    except IntegrityError:
        raise WrongMoment(_("This was answered meanwhile."), code="answered") from None
    answer.link_nonce = ""
    if agrees:
        _publish(answer)
    else:
        answer.state = State.REFUSED
        answer.save()
    verb = "helpdesk.consent_given" if agrees else "helpdesk.consent_refused"
    record(verb, actor=actor, thing=answer, parent=answer.ticket)
    return answer


def answer_by_link(*, answer_id: int, nonce: str, text_hash: str, agrees: bool) -> PublicAnswer:
    """Do the same by the link in the mail, which stands for its reader, once.

    Raises NotSeen, NotAllowed, WrongMoment (used, or another text).
    """
    answer = answer_of_link(answer_id, nonce)
    person = answer.ticket.requester
    return answer_consent(
        actor=person, ticket_id=answer.ticket_id, text_hash=text_hash, agrees=agrees
    )


def answer_of_link(answer_id: int, nonce: str) -> PublicAnswer:
    """Return what a link asks about. Raises NotSeen, WrongMoment once it is used."""
    rows = PublicAnswer.objects.select_related("ticket__requester")
    answer = rows.filter(pk=answer_id).first()
    if answer is None:
        raise NotSeen
    if not answer.link_nonce or not secrets.compare_digest(answer.link_nonce, nonce):
        raise WrongMoment(
            _("This link was used, or the text has changed since. Sign in to see your ticket."),
            code="link_used",
        )
    return answer


@transaction.atomic
def withdraw_consent(*, actor: Person, ticket_id: int) -> PublicAnswer:
    """Take a consent back: the question is taken away and nobody brings it back.

    The same again is no change. Raises NotSeen, NotAllowed, WrongMoment (not published).
    """
    answer = _answer_of(actor, ticket_id)
    if not rules.can_consent(actor, answer.ticket):
        raise NotAllowed(_("Who opened the ticket says whether it may be published."))
    if answer.state == State.WITHDRAWN:
        return answer
    if answer.state != State.PUBLISHED:
        raise _wrong_moment(answer)
    _withdraw(answer)
    record("helpdesk.consent_withdrawn", actor=actor, thing=answer, parent=answer.ticket)
    return answer


def take_back(answer: PublicAnswer, actor: Person) -> PublicAnswer:
    """Take a published answer away, since its text may not stand; return a draft of the same text.

    answer: locked. Its question stays away, and what is agreed to is always the very text: the
    draft is asked about anew. Rights are the caller's to check.
    """
    _withdraw(answer)
    same = ("title", "question_source", "answer_source", "language", "tags", "text_hash")
    text = {name: getattr(answer, name) for name in same}
    draft = PublicAnswer.objects.create(ticket=answer.ticket, proposed_by=actor, **text)
    facts = {"answer": answer.pk}
    record("helpdesk.answer_taken_back", actor=actor, thing=answer.ticket, changes=facts)
    return draft


def _withdraw(answer: PublicAnswer) -> None:
    answer.state = State.WITHDRAWN
    answer.save(update_fields=["state"])
    Consent.objects.filter(answer=answer, withdrawn_at=None).update(withdrawn_at=timezone.now())
    if answer.question_id is not None:
        withdraw_post(actor=None, kind="forum.question", object_id=answer.question_id)


def _publish(answer: PublicAnswer) -> None:
    """Make the forum's question of exactly the text that was agreed to; without an author."""
    answer.question = publish_agreed(
        actor=None,
        title=answer.title,
        source=answer.question_source,
        answer_source=answer.answer_source,
        language=answer.language,
        tag_names=answer.tags,
    )
    answer.state = State.PUBLISHED
    answer.save()


def _answer_of(actor: Person, ticket_id: int) -> PublicAnswer:
    """Return the newest of a ticket, locked, if the actor sees it. Raises NotSeen."""
    newest = (
        PublicAnswer.objects.visible_to(actor)
        .filter(ticket=ticket_id)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
    )
    if newest is None:
        raise NotSeen
    return locked(PublicAnswer.objects.select_related("ticket"), pk=newest)


def _wrong_moment(answer: PublicAnswer) -> WrongMoment:
    sentences = {
        State.DRAFT: _("The requester was not asked yet."),
        State.ASKED: _("The requester is asked already."),
        State.REFUSED: _("The requester said no."),
        State.PUBLISHED: _("It is published, and stands as it was agreed to."),
        State.WITHDRAWN: _("It was taken back."),
    }
    return WrongMoment(sentences[State(answer.state)], code=str(answer.state))


def _write(answer: PublicAnswer, text: Text) -> None:
    answer.title, answer.language = " ".join(text.title.split()), text.language
    answer.question_source, answer.answer_source = text.question.strip(), text.answer.strip()
    answer.tags = sorted({folded(tag) for tag in text.tags if tag.strip()})
    answer.text_hash = answer.hash_now()


def _check(text: Text) -> None:
    """Raise InvalidInput for what the forum would not take, before the requester is asked."""
    if not 10 <= len(" ".join(text.title.split())) <= 200:
        raise InvalidInput.of(
            "title", "length", _("Say it in one sentence of 10 to 200 characters.")
        )
    for field, source in (("question", text.question), ("answer", text.answer)):
        if not source.strip():
            raise InvalidInput.of(field, "required", _("Write something first."))
        if len(source) > LONGEST:
            raise InvalidInput.of(field, "too_long", _("At most 30,000 characters."))
    if len(text.tags) > 5:
        raise InvalidInput.of("tags", "too_many", _("At most five tags."))


def _check_nothing_private(answer: PublicAnswer) -> None:
    names, whole = names_in(answer.ticket)
    texts = {"title": answer.title, "question": answer.question_source}
    found = [
        (field, text, span)
        for field, text in {**texts, "answer": answer.answer_source}.items()
        for span in find_private(text, names, whole)
    ]
    if not found:
        return
    raise PrivateFacts(
        _("Something in it still looks private. Change it, or ask all the same."),
        errors=[
            FieldError(field, span.kind, text[span.start : span.end]) for field, text, span in found
        ],
        allowed=["anyway"],
        spans=[
            {"field": field, "start": span.start, "end": span.end, "kind": span.kind}
            for field, _text, span in found
        ],
    )


def names_in(ticket: Ticket) -> tuple[list[str], list[str]]:
    """Return what those who take part are called; and, whole, organisation and site."""
    authors = Message.objects.filter(ticket=ticket).values("author")
    shared = ticket.shares.values("person")
    people = Person.objects.filter(pk__in=authors.union(shared))
    names = {ticket.requester.display_name, ticket.requester.handle}
    for name, handle in people.values_list("display_name", "handle"):
        names |= {name, handle}
    whole = []
    if ticket.organisation is not None:
        whole += [ticket.organisation.name, ticket.organisation.slug]
    if ticket.site is not None:
        whole.append(ticket.site.domain)
    return sorted(name for name in names if name), whole


def _drafted(ticket: Ticket, message_ids: Collection[int]) -> Text:
    """Return the draft: what the requester's side wrote, and what ours did. Raises InvalidInput."""
    rows = Message.objects.filter(ticket=ticket, internal=False).order_by("pk")
    if message_ids:
        rows = rows.filter(pk__in=message_ids)
        if rows.count() != len(set(message_ids)):
            raise InvalidInput.of("messages", "unknown", _("Choose messages of this ticket."))
    names, whole = names_in(ticket)
    said: dict[str, list[str]] = {Side.REQUESTER: [], Side.AGENT: []}
    for row in rows:
        said[row.side].append(neutral(row.source, names, whole, ticket.language))
    return Text(
        title=neutral(ticket.subject, names, whole, ticket.language)[:200],
        question="\n\n".join(said[Side.REQUESTER]),
        answer="\n\n".join(said[Side.AGENT]),
        language=ticket.language,
    )
