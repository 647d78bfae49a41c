"""What a mail says, written into a ticket: its text, its files, its pictures in their places."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import locked
from core.files import MAX_FILES, files_of
from core.journal import STAFF, record
from core.markup import write_text
from core.uploads import BadFile, clean_file, clean_name
from helpdesk import rules, states
from helpdesk.actions.linking import keep_link
from helpdesk.actions.opening import LONGEST_SUBJECT, SHORTEST_SUBJECT, begin_ticket
from helpdesk.actions.talking import post, say
from helpdesk.mail import Attachment, ParsedMail
from helpdesk.mail.shown import as_commonmark, with_images
from helpdesk.models import InboundMail, Message, Queue, Ticket, TicketLink
from helpdesk.queries.sites import site_gone_on_about, site_meant
from helpdesk.states import DONE, Side
from people.models import HostedSite, Person
from people.queries import mention_paths

Outcome = InboundMail.Outcome
LONGEST_SOURCE = 30_000


def open_ticket_of(
    mail: InboundMail,
    parsed: ParsedMail,
    *,
    requester: Person,
    queue: Queue | None,
    after: Ticket | None = None,
    actor: Person | None = None,
) -> Ticket:
    """Open a ticket with what a mail says.

    after: the ended one that the mail answered, by who takes part in it: the new one is linked to
    it, and goes on in its queue and about its site. Else the site is what the mail says (see
    site_meant); a form, which anyone may fill in for another, says nothing of it.
    """
    source, files, inline = content_of(parsed)
    ticket = begin_ticket(
        requester=requester,
        subject=subject_of(parsed),
        source=source,
        language=language_for(parsed),
        site=_site_of(parsed, requester, after),
        queue=after.queue if after else queue,
        uploads=files,
        address=parsed.from_email,
        actor=actor,
        changes={"mail": mail.pk, **({"after": after.pk} if after else {})},
    )
    if after is not None:
        keep_link(after, ticket, TicketLink.Kind.RELATED, actor=requester)
    _keep(mail, parsed, ticket.messages.get(), inline, outcome=Outcome.OPENED)
    return ticket


def _site_of(parsed: ParsedMail, person: Person, after: Ticket | None) -> HostedSite | None:
    if after is not None:
        return site_gone_on_about(person, after)
    if parsed.is_by_form:
        return None
    return site_meant(person, f"{parsed.subject}\n{parsed.visible_text}")


def reply_of(mail: InboundMail, parsed: ParsedMail, *, person: Person, ticket: Ticket) -> Message:
    """Add what a mail says to a ticket, on the side its writer stands on; opens again what ended.

    No revision is asked: whoever writes a mail has read what was mailed.
    """
    ticket = locked(Ticket.objects.all(), pk=ticket.pk)
    side = rules.side_of(person, ticket)
    source, files, inline = content_of(parsed)
    to = states.after_message(ticket.state, side)
    language = language_for(parsed)
    message = post(ticket, source, actor=person, side=side, to=to, language=language, uploads=files)
    _keep(mail, parsed, message, inline, outcome=Outcome.REPLIED)
    return message


def note_of(mail: InboundMail, parsed: ParsedMail, *, person: Person, ticket: Ticket) -> Message:
    """Add an agent's answer to an internal note as one; never what anyone else reads."""
    ticket = locked(Ticket.objects.all(), pk=ticket.pk)
    source, files, inline = content_of(parsed)
    note = say(
        ticket,
        source,
        actor=person,
        side=Side.AGENT,
        now=timezone.now(),
        language=language_for(parsed),
        uploads=files,
        internal=True,
    )
    record(
        "helpdesk.note_written",
        actor=person,
        thing=note,
        parent=ticket,
        audience=STAFF,
        changes={"number": note.number},
    )
    ticket.save(update_fields=["note_count"])
    _keep(mail, parsed, note, inline, outcome=Outcome.REPLIED)
    return note


def is_over(ticket: Ticket) -> bool:
    """Whether a ticket ended so long ago that an answer begins another one."""
    ended_before = timezone.now() - timedelta(days=settings.REOPEN_DAYS)
    return ticket.state in DONE and ticket.last_activity_at < ended_before


def subject_of(parsed: ParsedMail) -> str:
    """Return a subject a ticket may have: the mail's, else its first line."""
    for line in (parsed.subject, *parsed.visible_text.split("\n")[:20]):
        subject = " ".join(line.split())[:LONGEST_SUBJECT]
        if len(subject) >= SHORTEST_SUBJECT:
            return subject
    with translation.override(language_for(parsed)):
        return _("Mail without a subject")


def language_for(parsed: ParsedMail) -> str:
    """Return the mail's language as far as it is one people write in here, else "und"."""
    return parsed.language if parsed.language in dict(settings.SPOKEN_LANGUAGES) else "und"


def content_of(parsed: ParsedMail) -> tuple[str, list[Any], dict[str, str]]:
    """Return what a mail says as CommonMark, its files fit to be kept, and which are inline.

    Inline: name as kept → content id. What is too long goes on in a file; files that are not taken
    are named at the end.
    """
    source = as_commonmark(parsed.visible_text).strip("\n")
    attachments = list(parsed.attachments)
    if len(source.encode()) > LONGEST_SOURCE:
        text = parsed.visible_text.encode()
        attachments.insert(0, Attachment("message.txt", "text/plain", text))
        source = source.encode()[:LONGEST_SOURCE].decode("utf-8", "ignore") + "\n\n[…](message.txt)"
        source = source.replace("[…](message.txt)", "… → message.txt")
    kept, inline, refused = _kept_files(attachments)
    with translation.override(language_for(parsed)):
        if not source.strip():
            source = _("This mail has no text.")
        if refused:
            names = ", ".join(refused)
            source += "\n\n" + _("Not kept, of a type or size we do not take: %(names)s") % {
                "names": names
            }
    return source, kept, inline


def _kept_files(attachments: Sequence[Attachment]) -> tuple[list[Any], dict[str, str], list[str]]:
    kept: list[Any] = []
    inline: dict[str, str] = {}
    refused = []
    for attachment in attachments:
        try:
            clean = clean_file(attachment.name, attachment.content)
        except BadFile:
            refused.append(clean_name(attachment.name))
            continue
        if len(kept) == MAX_FILES:
            refused.append(clean.name)
            continue
        name = clean.name
        while any(one.name == name for one in kept):  # told apart, for the pictures' sake
            name = f"{len(kept) + 1}-{name}"
        kept.append(SimpleUploadedFile(name, attachment.content, attachment.content_type))
        if attachment.content_id:
            inline[name] = attachment.content_id
    return kept, inline, refused


def _keep(
    mail: InboundMail,
    parsed: ParsedMail,
    message: Message,
    inline: dict[str, str],
    *,
    outcome: str,
) -> None:
    """Note what became of a mail, and show its pictures where it had them."""
    mail.outcome, mail.reason = outcome, ""
    mail.person, mail.ticket, mail.message = message.author, message.ticket, message
    mail.queue = message.ticket.queue
    mail.folded_text = parsed.folded_text
    _place_images(message, parsed, inline)


def _place_images(message: Message, parsed: ParsedMail, inline: dict[str, str]) -> None:
    page = f"{parsed.html or ''}\n{parsed.text}"
    shown = {
        inline[file.name]: f"{file.get_absolute_url()}?inline=1"
        for file in (files_of(message) if inline else [])
        if file.name in inline and file.is_image and f"cid:{inline[file.name]}" in page
    }
    if not shown:
        return
    names = {attachment.name: attachment.content_id or "" for attachment in parsed.attachments}
    source = with_images(message.source, shown, names)
    write_text(message, source, language=message.language, mentions=mention_paths(source))
    message.save(update_fields=["source", "html", "renderer_version"])
