"""What happens after a line of the help desk's journal is committed: notices and mails."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.journal import follows
from core.mail import send_mail_to
from core.markup import find_mentions
from core.models import JournalLine
from helpdesk.models import Message, Ticket
from helpdesk.states import State
from people import notices
from people.actions import notify
from people.models import Person
from people.models.person import folded
from people.queries import email_of

notices.declare("helpdesk.reply_posted", _("%(who)s answered: %(what)s"))
notices.declare("helpdesk.note_written", _("%(who)s wrote an internal note: %(what)s"))
notices.declare("helpdesk.ticket_assigned", _("%(who)s gave you a ticket: %(what)s"))
notices.declare("helpdesk.ticket_shared", _("%(who)s shows you a ticket: %(what)s"))
notices.declare("helpdesk.state_changed", _("Your ticket was solved: %(what)s"))


@follows("helpdesk.ticket_opened")
def acknowledge(line: JournalLine) -> None:
    """Tell who asked that it arrived, and until when an answer is promised, in their own time."""
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    person = ticket.requester
    address = email_of(person)
    if address is None:
        return
    send_mail_to(
        to=address,
        language=person.interface_language,
        time_zone=person.time_zone,
        template="helpdesk/ticket_opened",
        context={"ticket": ticket, "url": settings.PUBLIC_URL + ticket.path},
        thing=ticket,
    )


@follows("helpdesk.reply_posted")
def tell_the_others(line: JournalLine) -> None:
    """Mail a reply to the requester's side and to who has the ticket in hand; not its writer."""
    message = _message(line)
    told = _once_each(_askers(message.ticket), _in_hand(message.ticket))
    for person in told:
        facts = {"message": message}
        notify(person=person, line=line, mail="helpdesk/ticket_reply", context=facts)


@follows("helpdesk.note_written")
def tell_colleagues(line: JournalLine) -> None:
    """Mail a note to who has the ticket in hand and to those it names, as far as agents."""
    note = _message(line)
    handles = {folded(handle) for handle in find_mentions(note.source)}
    named = Person.objects.active().filter(handle_folded__in=handles)
    for person in _once_each(_in_hand(note.ticket), named):
        # notify() leaves out who may not see the note: a member named in it learns nothing.
        notify(person=person, line=line, mail="helpdesk/ticket_note", context={"message": note})


@follows("helpdesk.ticket_assigned")
def tell_who_has_it(line: JournalLine) -> None:
    """Tell an agent that a colleague gave them a ticket."""
    new = line.changes["assignee"][1]
    person = Person.objects.filter(pk=new).first() if new else None
    if person is not None:
        notify(person=person, line=line)


@follows("helpdesk.ticket_shared")
def tell_who_sees_it(line: JournalLine) -> None:
    """Tell someone that a ticket is shown to them."""
    person = Person.objects.filter(pk=line.changes["person"]).first()
    if person is not None:
        notify(person=person, line=line)


@follows("helpdesk.state_changed")
def tell_it_is_solved(line: JournalLine) -> None:
    """Tell the requester that an agent holds it for solved."""
    if line.changes["state"][1] != State.SOLVED:
        return
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    notify(person=ticket.requester, line=line)


def _message(line: JournalLine) -> Message:
    rows = Message.objects.select_related("author", "ticket__requester", "ticket__assignee")
    return rows.get(pk=line.thing_id)


def _askers(ticket: Ticket) -> list[Person]:
    return [ticket.requester, *(row.person for row in ticket.shares.select_related("person"))]


def _in_hand(ticket: Ticket) -> list[Person]:
    return [ticket.assignee] if ticket.assignee else []


def _once_each(*groups: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for group in groups for person in group}.values())
