"""Taking a secret out of a ticket's history: the words, wherever they stand, and files."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chat.actions import purge_files, purge_words
from core.errors import InvalidInput, NotAllowed
from core.files import forget_file
from core.journal import record
from core.leaks import check_own, check_words, words_chosen
from core.markup import write_text
from core.markup.written import mentions_in
from core.models import KeptAnswer, OutgoingMail, StoredFile
from core.purging import (
    Clean,
    Taking,
    empty,
    empty_answers,
    mail_without,
    purge_kept,
    rewrite_mails,
    text_of_mail,
    without,
)
from forum.actions import purge_words as purge_question
from helpdesk import rules
from helpdesk.actions.publishing import take_back
from helpdesk.actions.steps import ticket_of
from helpdesk.mail import parse_mail
from helpdesk.models import (
    ChecklistItem,
    FieldValue,
    InboundMail,
    Message,
    PublicAnswer,
    Rating,
    Ticket,
    TicketField,
)
from helpdesk.queries.relocations import talks_of
from helpdesk.queries.secrets import is_own_subject, own_messages, secrets_in
from people.models import Person
from people.notices import name_of

MESSAGE = "helpdesk.message"
Outcome = InboundMail.Outcome
ANSWER_TEXTS = {"title": 200, "question_source": None, "answer_source": None}
WAITING = (Outcome.RECEIVED, Outcome.FAILED, Outcome.QUARANTINED)


@transaction.atomic
def purge_secret(
    *, actor: Person, ticket_id: int, texts: Collection[str] = (), files: Collection[str] = ()
) -> dict[str, int]:
    """Take secrets out of a ticket for good; return how many messages, files, answers held them.

    texts: the exact characters of each, replaced everywhere in the ticket by a mark that says who
    took them out and when: subject, messages, notes, the talk beside it, fields, checklist,
    ratings, drafts of a public answer, and mails that are kept still, of many things too where they
    lead to any of these; of mails that came in, the bytes are forgotten once nobody has to decide
    on them. Answers kept for a repeated send are emptied where they are about any of these, or have
    them as words of their own. A published answer that had one is taken back, and a draft without
    it waits to be agreed to; whatever stands under its question loses it too. All of them, or none.
    Agents of the queue take out any words; others what looks like a secret in what they wrote
    themselves (secrets_in), and out of that alone: where it stands elsewhere, an agent
    takes it out there.
    files: keys of attachments, of the talk's too, deleted; by agents. What was sent by mail is in
    someone's mailbox and stays there.
    The journal line holds no words. Raises NotSeen, NotAllowed, InvalidInput (text, files).
    """
    ticket = ticket_of(actor, ticket_id)
    whose = None if rules.can_work(actor, ticket) else actor
    texts = words_chosen(texts)
    _check(actor, ticket, texts, files, whose)
    mark = _mark(actor, ticket, whose)
    found: dict[str, set[int]] = {"messages": set()}
    taking, public = Taking(texts, mark), set[str]()
    if whose is None:
        answers, public = _purge_public(ticket, taking, actor)
        found["answers"] = set(answers)
    for text in texts:
        places = _purge_words(ticket, text, mark, actor, whose=whose, public=public)
        if places:
            taking.met.add(text)
        if not taking.has_met(text):  # neither itself nor as a part of another that went
            raise InvalidInput.of(
                "text", "not_found", _("These words stand nowhere in the ticket.")
            )
        for name, ids in places.items():
            found.setdefault(name, set()).update(ids)
    gone = _purge_files(ticket, _messages(ticket), files, mark, actor)
    rows = {name: sorted(ids) for name, ids in found.items() if ids or name == "messages"}
    facts = {"files": gone, **({"by_author": True} if whose is not None else {})}
    record("helpdesk.secret_purged", actor=actor, thing=ticket, changes={**rows, **facts})
    return {
        "messages": len(rows["messages"]),
        "files": gone,
        "answers": len(rows.get("answers", ())),
    }


def _check(
    actor: Person,
    ticket: Ticket,
    texts: Sequence[str],
    files: Collection[str],
    whose: Person | None,
) -> None:
    """Refuse who may take nothing out, and what is not theirs to take."""
    if whose is None:
        if texts or not files:
            check_words(texts)
        return
    found, _files = secrets_in(actor, ticket) if rules.can_reply(actor, ticket) else ([], [])
    if not found:
        raise NotAllowed(_("Agents of the queue take secrets out, and who wrote them here."))
    if files:
        raise InvalidInput.of("files", "not_found", _("Agents of the queue take files out."))
    check_own(texts, found)


def _messages(ticket: Ticket) -> list[Message]:
    return list(Message.objects.filter(Q(ticket=ticket) | Q(origin_ticket=ticket)))


def _mark(actor: Person, ticket: Ticket, whose: Person | None) -> str:
    """Return what stands in the place of a secret; not the name of who asked, who may be masked."""
    language = ticket.language if ticket.language != "und" else actor.interface_language
    with translation.override(language):
        day = date_format(timezone.localdate(), "DATE_FORMAT")
        if whose is not None:
            return _("[removed by who wrote it on %(day)s]") % {"day": day}
        return _("[removed by %(who)s on %(day)s]") % {"who": name_of(actor), "day": day}


def _purge_words(
    ticket: Ticket,
    text: str,
    mark: str,
    actor: Person,
    *,
    whose: Person | None,
    public: Collection[str],
) -> dict[str, Collection[int]]:
    """Replace words in the ticket; return the ids of what had them, by what it is.

    whose: only in what this person wrote. public: the paths of what stands in the forum of it.
    """
    own = own_messages(actor, ticket)
    messages = _messages(ticket) if whose is None else list(own)
    ids = [message.pk for message in messages]
    rooms = talks_of(ticket)
    talk: set[int] = set()
    for room in rooms:
        gone = purge_words(
            actor=actor,
            kind=room.thing_kind,
            object_id=room.thing_id,
            clean=partial(without, secret=text, mark=mark),
            whose=whose,
        )
        talk.update(gone.all)
    found: dict[str, Collection[int]] = {
        "messages": _purge_messages(messages, text, mark),
        "talk": talk,
    }
    paths = {ticket.path, *public, *(f"/rooms/{room.pk}" for room in rooms)}
    clean = partial(text_of_mail, secret=text, mark=mark, paths=paths)
    found["mails"] = _purge_inbound(ticket, ids, text, mark, clean, whose=whose)
    found["subject"] = _purge_subject(ticket, text, mark, whose)
    found["beside"] = _purge_beside(ticket, text, mark, whose)
    _rewrite_mails(ticket, ids, clean)
    _empty_answers(ticket)
    purge_kept(text, mark, paths)
    return {name: rows for name, rows in found.items() if rows}


def _purge_subject(ticket: Ticket, text: str, mark: str, whose: Person | None) -> list[int]:
    """Replace words in the subject; return the ticket's id where it had them."""
    subject = without(ticket.subject, text, mark)
    is_theirs = whose is None or is_own_subject(whose, ticket)
    if subject == ticket.subject or not is_theirs:
        return []
    ticket.subject = subject[:200]
    ticket.save(update_fields=["subject"])
    return [ticket.pk]


def _purge_messages(messages: Iterable[Message], text: str, mark: str) -> list[int]:
    """Replace the words in messages and notes; return the ids of those that had them."""
    changed = []
    for message in messages:
        source = without(message.source, text, mark)
        if source != message.source:
            write_text(
                message, source, language=message.language, mentions=mentions_in(message.html)
            )
            message.revision += 1
            message.save()
            changed.append(message.pk)
    return changed


def _purge_inbound(
    ticket: Ticket,
    messages: list[int],
    text: str,
    mark: str,
    clean: Clean,
    *,
    whose: Person | None,
) -> list[int]:
    """Take the words out of mails that came in; return the ids of those that had them.

    The bytes of what is settled are forgotten whole, wherever the words hide in them; of what
    still waits for a decision, they are written anew without them.
    """
    about = Q(message__in=messages)
    if whose is None:
        about |= Q(ticket=ticket)
    mails = InboundMail.objects.filter(about)
    changed = []
    for mail in mails.select_for_update(of=("self",)):
        raw = bytes(mail.raw or b"")
        had = text in _said_in(raw) or text in f"{mail.subject} {mail.folded_text}"
        if mail.outcome in WAITING and had and raw:
            mail.raw = mail_without(raw, clean)
        elif mail.outcome not in WAITING:
            mail.raw = None
        mail.subject = without(mail.subject, text, mark)[:300]
        mail.folded_text = without(mail.folded_text, text, mark)
        mail.save(update_fields=["raw", "subject", "folded_text"])
        if had:
            changed.append(mail.pk)
    return changed


def _said_in(raw: bytes) -> str:
    """Return all that a mail says, headers and texts, decoded."""
    if not raw:
        return ""
    parsed = parse_mail(raw)
    return "\n".join([parsed.subject, parsed.text, parsed.html or "", raw.decode("latin-1")])


def _purge_beside(ticket: Ticket, text: str, mark: str, whose: Person | None) -> list[int]:
    """Replace the words in fields, checklist and ratings; return the ids of those that had them.

    whose: only in what this person said of how they were helped.
    """
    typed = (TicketField.Kind.TEXT, TicketField.Kind.URL)
    places: list[tuple[Any, str, int]] = [
        (FieldValue.objects.filter(ticket=ticket, field__kind__in=typed), "text", 500),
        (ChecklistItem.objects.filter(ticket=ticket), "words", 200),
        (Rating.objects.filter(ticket=ticket), "comment", 1000),
    ]
    if whose is not None:
        places = [(Rating.objects.filter(ticket=ticket, person=whose), "comment", 1000)]
    changed = []
    for rows, name, longest in places:
        # SQLite finds them in any case of letters, and they are taken out as they are written.
        for row in rows.filter(**{f"{name}__contains": text}):
            before = getattr(row, name)
            if (after := without(before, text, mark)[:longest]) != before:
                setattr(row, name, after)
                row.save(update_fields=[name])
                changed.append(row.pk)
    return changed


def _purge_public(ticket: Ticket, taking: Taking, actor: Person) -> tuple[list[int], set[str]]:
    """Replace the words in public answers and under their questions.

    Return the ids of those, and the paths of what stands there.

    What was asked is a draft again; what is public is taken back first, and a draft made of it.
    """
    answers = PublicAnswer.objects.filter(ticket=ticket)
    public = answers.filter(state=PublicAnswer.State.PUBLISHED).select_for_update(of=("self",))
    for answer in public:
        told = [getattr(answer, name) for name in ANSWER_TEXTS]
        if any(text in one for text in taking.texts for one in told):
            answer.ticket = ticket
            take_back(answer, actor)
    changed: list[int] = []
    paths: set[str] = set()
    for answer in answers.order_by("pk"):
        is_told = _purge_answer(answer, taking)
        if answer.question_id:
            purged = purge_question(question_id=answer.question_id, clean=taking, by=actor)
            is_told, paths = is_told or bool(purged), paths | purged
        if is_told:
            changed.append(answer.pk)
    return changed, paths


def _purge_answer(answer: PublicAnswer, clean: Clean) -> bool:
    """Replace the words in one; return whether it had them."""
    State = PublicAnswer.State  # noqa: N806  (a class)
    before = answer.hash_now()
    for name, longest in ANSWER_TEXTS.items():
        setattr(answer, name, clean(getattr(answer, name))[:longest])
    if answer.hash_now() == before:
        return False
    answer.text_hash, answer.link_nonce = answer.hash_now(), ""
    answer.state = State.DRAFT if answer.state == State.ASKED else answer.state
    answer.save()
    return True


def _rewrite_mails(ticket: Ticket, messages: list[int], clean: Clean) -> None:
    """Rewrite the mails about the ticket that wait, and forget the bodies of those that went.

    Also those about where its messages stand now: they quote them. Those that ask for consent to
    publish are about the ticket, too.
    """
    about = Q(thing_kind=MESSAGE, thing_id__in=messages)
    here = {ticket.pk, *Message.objects.filter(pk__in=messages).values_list("ticket", flat=True)}
    about |= Q(thing_kind="helpdesk.ticket", thing_id__in=here)
    rewrite_mails(OutgoingMail.objects.filter(about), clean)


def _empty_answers(ticket: Ticket) -> None:
    """Empty what forms and programs were answered about the ticket, kept for a repeated send."""
    names = (str(ticket.pk), ticket.number)
    empty_answers([ticket.path, *(f"/api/v1/tickets/{name}" for name in names)])
    opened = KeptAnswer.objects.filter(path="/api/v1/tickets", person=ticket.requester_id)
    empty(opened)


def _purge_files(
    ticket: Ticket,
    messages: Iterable[Message],
    keys: Collection[str],
    mark: str,
    actor: Person,
) -> int:
    """Delete attachments of these messages and of the talks; return how many.

    The mails they came with are forgotten as they came. Raises InvalidInput.
    """
    if not keys:
        return 0
    rows = StoredFile.objects.filter(
        thing_kind=MESSAGE, thing_id__in=[message.pk for message in messages]
    )
    wanted = set(keys)
    found = [row for row in rows if str(row.key) in wanted]
    said = [
        key
        for room in talks_of(ticket)
        for key in purge_files(
            actor=actor, kind=room.thing_kind, object_id=room.thing_id, keys=wanted, mark=mark
        )
    ]
    if len(found) + len(said) != len(wanted):
        raise InvalidInput.of("files", "not_found", _("Choose files of this ticket."))
    InboundMail.objects.filter(message__in=[row.thing_id for row in found]).update(raw=None)
    for row in found:
        forget_file(row)
    _empty_answers(ticket)
    return len(wanted)
