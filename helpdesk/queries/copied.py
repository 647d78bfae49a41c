"""Who was in copy of a ticket's mails and takes no part in it yet.

They are offered, never added by themselves: a mail may be copied to a list, or to whom its writer
named by mistake, and who takes part reads everything. (osTicket adds them unasked, FreeScout writes
to them from then on, Zammad leaves them to the agent's "reply to all".)
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.addresses import bare
from core.models import JournalLine
from core.replies import is_own
from helpdesk import rules
from helpdesk.models import InboundMail, QueueAddress, Share, Ticket
from people.models.person import UNPROVEN

MOST_MAILS = 50
MOST_COPIED = MOST_SHARES = 20
PROVEN = Q(verified=True) | Q(user__state__in=UNPROVEN)


def has_copies(writer: int | None) -> Exists:
    """Return, for annotate() of tickets, whether a mail in them was copied to anyone.

    writer: whose mails are looked at alone; None: anyone's.
    """
    return Exists(_copied_mails(writer).filter(message__ticket=OuterRef("pk")))


def copied_in(person: Any, ticket: Ticket) -> list[str]:
    """Return the addresses in copy of what came by mail, the newest last, that may be invited.

    Who does not work on the ticket is told of their own mails alone: whom others wrote to is not
    theirs to see. Left out: our own, the reader's, those of who takes part, and of who left or was
    taken out; and the oldest, where more than MOST_SHARES would take part.
    """
    found = _in_copy(person, ticket)
    if not found:
        return []
    shares = dict(Share.objects.filter(ticket=ticket).values_list("person_id", "address"))
    left_out = _left_out(person, ticket, found, shares)
    mine = bare(settings.DEFAULT_FROM_EMAIL).lower()
    others = [one for one in found if one not in left_out and one != mine and not is_own([one])]
    room = min(MOST_COPIED, max(MOST_SHARES - len(shares), 0))
    return others[max(len(others) - room, 0) :]


def invited_at(person: Any, ticket: Ticket) -> set[str]:
    """Return the addresses of who was invited by mail, and others of theirs that were in copy."""
    invited = Share.objects.filter(ticket=ticket).exclude(address="")
    people = dict(invited.values_list("address", "person_id"))
    copied = _in_copy(person, ticket) if people else []
    others = EmailAddress.objects.filter(PROVEN, user__in=people.values(), email__in=copied)
    return {*people, *others.values_list("email", flat=True)}


def _in_copy(person: Any, ticket: Ticket) -> list[str]:
    """Return all addresses in copy that this person may be told of, the newest last."""
    found: dict[str, None] = {}
    writer = None if rules.can_work(person, ticket) else person.pk
    rows = _copied_mails(writer).filter(message__ticket=ticket).order_by("-pk")
    for cc in list(rows.values_list("cc", flat=True)[:MOST_MAILS])[::-1]:
        found.update(dict.fromkeys(cc))
    return list(found)


def _copied_mails(writer: int | None) -> QuerySet[InboundMail]:
    """Return the mails that became what both sides read, and had anyone in copy."""
    rows = InboundMail.objects.filter(message__internal=False).exclude(cc=[])
    return rows if writer is None else rows.filter(message__author=writer)


def _left_out(
    person: Any, ticket: Ticket, addresses: list[str], shares: dict[int, str]
) -> set[str]:
    """Return those of the addresses that are a queue's, or of whom nobody need be asked.

    shares: the addresses of who takes part, by person.
    """
    people = {person.pk, ticket.requester_id, ticket.assignee_id, *shares}
    lines = JournalLine.objects.filter(
        thing_kind="helpdesk.ticket", thing_id=ticket.pk, verb="helpdesk.share_ended"
    )
    people |= {changes.get("person") for changes in lines.values_list("changes", flat=True)}
    taken = EmailAddress.objects.filter(PROVEN, user__in=people - {None}, email__in=addresses)
    desk = QueueAddress.objects.filter(address__in=addresses).values_list("address")
    both = desk.union(taken.values_list("email"))
    return {*shares.values(), *(address for (address,) in both)}
