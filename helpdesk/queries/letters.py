"""What a mail about a ticket carries: how it is threaded, and what was said before."""

from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import replies
from core.markup import Piece, filled, mailed_html, safe, source_piece
from core.redaction import find_secrets, replaced
from helpdesk.drafting import words_in
from helpdesk.masking import message_as_seen_by
from helpdesk.models import InboundMail, Message, Share, Ticket
from people.models import Person
from people.notices import name_of

TICKET: Final = "helpdesk.ticket"
NOTE: Final = "helpdesk.note"  # the answer to a mailed note is a note; by its ticket's id
MOST_BEFORE: Final = 5
LONGEST_BEFORE: Final = 8000
KNOWN_IDS: Final = 5
# The class and the type are what mail programs know quotes by, to fold them.
QUOTE: Final = (
    '<div class="gmail_quote"><p>{}</p>'
    '<blockquote type="cite" dir="auto" lang="{}">{}</blockquote></div>'
)


def token_for(person: Person, ticket: Ticket, *, note: bool = False) -> str:
    """Return the token with which this person answers mails about a ticket."""
    return replies.token_of(NOTE if note else TICKET, ticket.pk, person.pk)


def thread_headers(person: Person, ticket: Ticket) -> dict[str, str]:
    """Return what puts a mail where the person's mail program has the rest of the talk.

    It refers to one id for all our mails of the thread, and to the last mails the person sent.
    """
    own = InboundMail.objects.filter(ticket=ticket, person=person, message__isnull=False)
    ids = [f"<{one}>" for one in own.order_by("-pk").values_list("mail_id", flat=True)[:KNOWN_IDS]]
    root = replies.thread_id(token_for(person, ticket))
    known = [root, *(one for one in reversed(ids) if one.isascii() and len(one) < 250)]
    return {"In-Reply-To": known[-1], "References": " ".join(known)}


def said_before(message: Message, reader: Person, *, share: Share | None = None) -> Piece | None:
    """Return the last public messages before one, the newest first, for its reader; never notes.

    share: the reader's, who was invited by mail: what was said since then, and no more.
    """
    rows = Message.objects.filter(ticket=message.ticket_id, internal=False, pk__lt=message.pk)
    return _quoted(rows if share is None else rows.filter(posted_at__gte=share.at), reader)


def said_so_far(ticket: Ticket, reader: Person) -> Piece | None:
    """Return the last public messages of a ticket, as said_before(); none where it is not seen."""
    rows = Message.objects.visible_to(reader).filter(ticket=ticket, internal=False)
    return _quoted(rows, reader)


def _quoted(rows: QuerySet[Message], reader: Person) -> Piece | None:
    """Return messages as the earlier part of a mail, which mail programs fold.

    Secrets in them are not sent a second time.
    """
    texts, html, left = [], [], LONGEST_BEFORE
    with translation.override(reader.interface_language):
        for said in rows.select_related("author", "ticket").order_by("-pk")[:MOST_BEFORE]:
            row = message_as_seen_by(reader, said)
            left -= len(row.source)
            if left < 0:
                break
            at = timezone.localtime(row.posted_at, ZoneInfo(reader.time_zone))
            facts = {"at": f"{at:%Y-%m-%d %H:%M}", "who": name_of(row.author)}
            head = _("On %(at)s, %(who)s wrote:") % facts
            source, shown = row.source, mailed_html(row)
            if secrets := find_secrets(source):
                source = replaced(source, secrets, words_in(row.language))
                shown = source_piece(source, language=row.language).html
            lines = "\n".join(f"> {line}".rstrip() for line in source.splitlines())
            texts.append(f"{head}\n\n{lines}")
            html.append(filled(QUOTE, head, row.language, shown))
    return Piece("\n\n".join(texts), safe("".join(html))) if texts else None
