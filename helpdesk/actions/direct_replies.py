"""Mails that answer a question or a conversation: posted, or refused by a mail back.

No agent decides on them: what a program wrote is left, and whoever may not post is told why.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import replies
from core.errors import InvalidInput, NotAllowed, Refusal, TooMany
from core.mail import mark_deliverable
from core.replies import Answered, ReplyTarget
from core.things import kind_of
from helpdesk.actions import writing
from helpdesk.actions.threads import is_our_own
from helpdesk.mail import ParsedMail, without_pictures
from helpdesk.models import InboundMail
from people.actions import tell_left_out
from people.models import Person
from people.moments import as_read_by
from people.rules import can_act

Outcome = InboundMail.Outcome
QUOTE = ">"


def is_direct(answered: Answered) -> bool:
    """Whether what is answered takes answers by mail without an agent."""
    return replies.target_of(answered.kind).refuse is not None


def settle_direct(mail: InboundMail, parsed: ParsedMail, answered: Answered) -> None:
    """Post what a mail says, or leave it and say why; changes the row and saves nothing."""
    mail.proof = "token"
    target = replies.target_of(answered.kind)
    if target.is_private:
        mail.queue = None  # no agent of a queue reads what was said to others
    is_ours = is_our_own(parsed)
    if parsed.is_automatic or is_ours:
        mail.is_automatic = True
        mail.outcome, mail.reason = Outcome.DISCARDED, "own_mail" if is_ours else "automatic"
        return
    owner = Person.objects.exclude(state=Person.State.ERASED).filter(pk=answered.person_id).first()
    if owner is None or not parsed.from_email:
        mail.outcome, mail.reason = Outcome.DISCARDED, "no_sender"
        return
    source = ""
    try:
        with as_read_by(owner):  # whom a refusal is told
            _check(mail, parsed, owner)
            source, uploads, lacks_files = _said(parsed, target)
            row = target.receive(
                actor=owner,
                object_id=answered.object_id,
                source=source,
                language=writing.language_for(parsed),
                uploads=uploads,
                mail_id=mail.mail_id or mail.identity,
            )
    except Refusal as refusal:
        mail.outcome, mail.reason = Outcome.DISCARDED, f"refused_{refusal.code}"[:40]
        # Whoever mails too much is not answered: two programs would answer each other for ever.
        if target.refuse is not None and refusal.code != TooMany.code:
            target.refuse(person=owner, refusal=refusal, source=source)
        return
    mark_deliverable(parsed.from_email)
    if lacks_files:
        tell_left_out(person=owner, row=row)
    mail.outcome, mail.folded_text = Outcome.ANSWERED, parsed.folded_text
    mail.thing_kind, mail.thing_id = kind_of(row), row.pk
    if target.is_private:
        mail.raw, mail.folded_text, mail.subject = None, "", ""


def writes_too_much(mail: InboundMail) -> bool:
    """Whether more mails came from an address within an hour than are taken."""
    since = timezone.now() - timedelta(hours=1)
    lately = InboundMail.objects.filter(from_email=mail.from_email, received_at__gt=since)
    most: int = settings.MAILS_FROM_ADDRESS_PER_HOUR
    return lately.exclude(pk=mail.pk).count() >= most


def _check(mail: InboundMail, parsed: ParsedMail, owner: Person) -> None:
    """Raise the refusal of who may not post by this mail."""
    if mail.person is None or mail.person.pk != owner.pk or parsed.is_by_form:
        raise NotAllowed(
            _(
                "The answer came from another address than yours. Answer from the address that our"
                " mail came to."
            ),
            code="another_address",
        )
    if writes_too_much(mail):
        raise TooMany
    if owner.state_now == Person.State.SUSPENDED:
        raise NotAllowed(_("Your account is suspended: you may not write now."), code="suspended")
    if not can_act(owner):
        raise NotAllowed
    if mail.reason == "too_large":
        raise InvalidInput.of("source", "too_large", _("The mail is larger than we take."))


def _said(parsed: ParsedMail, target: ReplyTarget) -> tuple[str, list[Any], bool]:
    """Return what a mail says, without what it quotes at its end and its signature; its files; and
    whether it had some that what it answers takes none of.

    What everyone is to read comes without the pictures that stand within the mail: a mail program
    adds those of a signature by itself. Raises InvalidInput where nothing is left: a mail that only
    quotes ours says nothing.
    """
    if not target.takes_files:
        return _words_said(parsed)
    left_out = ""
    if not target.is_private:
        parsed, shows = without_pictures(parsed)
        left_out = _left_out(parsed) if shows else ""
    source, files, inline = writing.content_of(parsed)
    if _has_words(parsed):
        return f"{source}\n\n{left_out}".strip(), files, False
    sent = [one for one in files if one.name not in inline]  # a logo in a signature says nothing
    if not sent:
        nothing = left_out or _("There was nothing above what you quoted.")
        raise InvalidInput.of("source", "required", nothing)
    return "", sent, False


def _words_said(parsed: ParsedMail) -> tuple[str, list[Any], bool]:
    """Return the same of a mail whose files stay behind."""
    parsed, shows = without_pictures(parsed)
    lacks_files = shows or bool(parsed.attachments)
    if not _has_words(parsed):
        nothing = _("There was nothing above what you quoted.")
        raise InvalidInput.of("source", "required", nothing)
    source, _files, _inline = writing.content_of(replace(parsed, attachments=()))
    return source, [], lacks_files


def _left_out(parsed: ParsedMail) -> str:
    """Return what tells that pictures are missing; no names of files, which could tell who wrote
    under a pseudonym."""
    with translation.override(writing.language_for(parsed)):
        return _("Not kept, pictures within the text of the mail: send them as attachments.")


def _has_words(parsed: ParsedMail) -> bool:
    """Whether a mail says something of its own."""
    lines = parsed.visible_text.splitlines()
    own = [line for line in lines if line.strip() and not line.lstrip().startswith(QUOTE)]
    quotes = len(own) < len([line for line in lines if line.strip()])
    return bool(own) and not (quotes and _is_head(own))


def _is_head(own: list[str]) -> bool:
    """Whether all that is not quoted says whom the quote is by."""
    return len(own) <= 2 and own[-1].rstrip().endswith(":")
