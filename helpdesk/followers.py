"""What happens after a line of the help desk's journal is committed: notices and mails."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat.actions import announce_change, join_room, look_again
from core.journal import at_commit, follows
from core.markup import find_mentions
from core.models import JournalLine
from forum.models import Question
from helpdesk import actions
from helpdesk.models import Follow, InboundMail, Message, Share, Ticket, Unmasking
from helpdesk.numbers import number_of
from helpdesk.promises import Kind
from helpdesk.queries import letters
from helpdesk.queries.ratings import is_asked
from helpdesk.states import State
from helpdesk.tokens import RATING, token
from people import notices
from people.actions import notify
from people.models import Person
from people.models.person import folded
from people.notices import name_of
from search.actions import index_thing
from search.documents import sources

at_commit(look_again, "helpdesk.share_ended", "helpdesk.ticket_merged")
at_commit(look_again, "helpdesk.queue_changed", "helpdesk.site_changed")
notices.declare("helpdesk.reply_posted", _("%(who)s answered: %(what)s"))
notices.declare("helpdesk.note_written", _("%(who)s wrote an internal note: %(what)s"))
notices.declare("helpdesk.ticket_assigned", _("%(who)s gave you a ticket: %(what)s"))
notices.declare("helpdesk.ticket_shared", _("%(who)s shows you a ticket: %(what)s"))
notices.declare("helpdesk.participant_added", _("%(who)s lets one more person take part: %(what)s"))
notices.declare("helpdesk.requester_unmasked", _("%(who)s looked who you are: %(what)s"))
notices.declare("helpdesk.ticket_rated", _("%(who)s said how they were helped: %(what)s"))
notices.declare("helpdesk.ticket_merged", _("Your ticket goes on in another of yours: %(what)s"))
notices.declare("helpdesk.merger_undone", _("Your ticket stands by itself again: %(what)s"))
notices.declare("helpdesk.ticket_split", _("A part of your ticket is now one of its own: %(what)s"))
notices.declare("helpdesk.rule_acted", _("A rule of the desk points you to: %(what)s"))
notices.declare("helpdesk.state_changed", _("Your ticket was solved: %(what)s"))
notices.declare("helpdesk.ticket_woken", _("It is time to come back to a ticket: %(what)s"))
notices.declare("helpdesk.promise_missed", _("We missed a promise, and we are sorry: %(what)s"))
notices.declare(
    "helpdesk.ticket_not_opened",
    _(
        "Nobody has answered what you asked under a pseudonym, and no ticket was opened, so that "
        "nobody learns who asks: %(what)s"
    ),
)
notices.declare(
    "helpdesk.learning_need_noted",
    _("Do you want to learn this with someone? %(what)s"),
    url=lambda notice: f"/tickets/{number_of(notice.thing_id)}/learning",
)


@follows("helpdesk.ticket_opened")
def acknowledge(line: JournalLine) -> None:
    """Tell who asked that it arrived, and until when an answer is promised, in their own time."""
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    _tell_the_queue(line, ticket)
    actions.mail_receipt(ticket, opener=line.actor if line.on_behalf_of_id else None)


@follows("helpdesk.reply_posted")
def tell_the_others(line: JournalLine) -> None:
    """Mail a reply to who asked, who has the ticket in hand and who follows; not its writer."""
    message = _message(line)
    _tell_both_rooms(line, message.ticket)
    ticket = message.ticket
    guests = _guests(ticket)
    for person in _once_each(_askers(ticket), _in_hand(ticket), _followers(ticket)):
        mail = "" if person.pk in guests else "helpdesk/ticket_reply"
        actions.mail_message(line, message, person, mail=mail)
    for person_id, share in guests.items():
        if person_id != line.actor_id:
            actions.mail_reply_to_guest(line, message, share)


@follows("helpdesk.note_written")
def tell_colleagues(line: JournalLine) -> None:
    """Mail a note to who has the ticket in hand, follows it or is named, as far as agents."""
    note = _message(line)
    # Never the ticket's room: that there is a note must not show to who asked.
    _tell_the_queue(line, note.ticket)
    handles = {folded(handle) for handle in find_mentions(note.source)}
    named = Person.objects.active().filter(handle_folded__in=handles)
    for person in _once_each(_in_hand(note.ticket), _followers(note.ticket), named):
        # notify() leaves out who may not see the note: a member named in it learns nothing.
        actions.mail_message(line, note, person, mail="helpdesk/ticket_note")


@follows("helpdesk.mail_bounced", "helpdesk.mail_kept")
def tell_of_the_mail(line: JournalLine) -> None:
    """Let who has the queue open fetch what is new; not the ticket's room, where others listen."""
    _tell_the_queue(line, Ticket.objects.get(pk=line.thing_id))


@follows(
    "helpdesk.mail_quarantined",
    "helpdesk.mail_decided",
    "helpdesk.mail_given_up",
    "helpdesk.mail_retried",
)
def tell_of_the_decision(line: JournalLine) -> None:
    """Let who has the queue open see how many mails wait."""
    mail = InboundMail.objects.filter(pk=line.thing_id).first()
    if mail is not None and mail.queue_id is not None:
        announce_change(
            kind="helpdesk.queue",
            object_id=mail.queue_id,
            verb=line.verb,
            key=f"line-{line.pk}",
            opens=True,
        )


@follows("helpdesk.ticket_assigned")
def tell_who_has_it(line: JournalLine) -> None:
    """Tell an agent that a colleague gave them a ticket."""
    _tell_both_rooms(line, Ticket.objects.get(pk=line.thing_id))
    new = line.changes["assignee"][1]
    person = Person.objects.filter(pk=new).first() if new else None
    if person is not None:
        _join(person, line.thing_id)
        notify(person=person, line=line)


@follows("helpdesk.ticket_shared")
def tell_who_sees_it(line: JournalLine) -> None:
    """Tell someone that a ticket is shown to them; by mail at the address they were invited at."""
    person = Person.objects.filter(pk=line.changes["person"]).first()
    if "invited" in line.changes:
        rows = Share.objects.select_related("person", "ticket")
        share = rows.filter(pk=line.changes["share"]).first()
        if share is not None:
            actions.mail_guest(share, "helpdesk/guest_invited", {"name": name_of(line.actor)})
    elif person is not None:
        _join(person, line.thing_id)
        notify(person=person, line=line)


@follows("helpdesk.state_changed")
def tell_it_is_solved(line: JournalLine) -> None:
    """Tell the requester that an agent holds it for solved.

    Where a rule does, nobody wrote: the mail has no words of the ticket.
    """
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    _tell_both_rooms(line, ticket)
    if line.changes["state"][1] != State.SOLVED or "undone" in line.changes:
        return
    by_rule = actions.is_by_a_rule(line)
    before = None if by_rule else letters.said_so_far(ticket, ticket.requester)
    facts = {"rating_url": _rating_url(ticket, line), "before": before}
    actions.mail_requester(line, ticket, "helpdesk/ticket_solved", facts)


@follows("helpdesk.participant_added")
def tell_who_opened_it(line: JournalLine) -> None:
    """Tell the requester that an agent brought one more person into their ticket."""
    notify(person=Ticket.objects.get(pk=line.thing_id).requester, line=line)


@follows("helpdesk.requester_unmasked")
def tell_who_looked(line: JournalLine) -> None:
    """Tell the requester who looked who they are, why, and until when: they may never sign in."""
    row = Unmasking.objects.select_related("ticket__requester").get(pk=line.changes["unmasking"])
    facts = {"who": name_of(line.actor), "unmasking": row}
    actions.mail_requester(line, row.ticket, "helpdesk/requester_unmasked", facts)


@follows("helpdesk.ticket_rated")
def tell_who_helped(line: JournalLine) -> None:
    """Tell who has the ticket in hand how they helped; no part of its page that is live says it."""
    ticket = Ticket.objects.select_related("assignee").get(pk=line.thing_id)
    for person in _in_hand(ticket):
        notify(person=person, line=line)


@follows("helpdesk.ticket_merged", "helpdesk.merger_undone")
def tell_of_a_merger(line: JournalLine) -> None:
    """Tell the requester in which ticket theirs goes on, or that it stands alone again."""
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    into = Ticket.objects.get(pk=line.changes["into"])
    for one in (ticket, into):
        _tell_both_rooms(line, one)
    here = into if line.verb == "helpdesk.ticket_merged" else ticket
    facts = {"into": into, "before": letters.said_so_far(here, ticket.requester)}
    mail = f"helpdesk/{line.verb.partition('.')[2]}"
    actions.mail_requester(line, ticket, mail, facts, about=here)


@follows("helpdesk.ticket_split", "helpdesk.split_undone")
def tell_of_a_split(line: JournalLine) -> None:
    """Tell the requester that a part of their ticket has become one of its own, or no more is."""
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    new = Ticket.objects.get(pk=line.changes.get("into") or line.changes["ticket"])
    for one in (ticket, new):
        _tell_both_rooms(line, one)
    if line.verb == "helpdesk.ticket_split":
        facts = {"into": new, "before": letters.said_so_far(new, ticket.requester)}
        actions.mail_requester(line, ticket, "helpdesk/ticket_split", facts, about=new)


@follows("helpdesk.queue_changed")
def tell_both_queues(line: JournalLine) -> None:
    """Let the lists of both queues fetch what is new, and the ticket's page."""
    ticket = Ticket.objects.get(pk=line.thing_id)
    _tell_both_rooms(line, ticket)
    old = line.changes["queue"][0]
    announce_change(
        kind="helpdesk.queue", object_id=old, verb=line.verb, key=f"line-{line.pk}", opens=True
    )


@follows("helpdesk.level_changed", "helpdesk.site_changed")
def tell_of_the_level(line: JournalLine) -> None:
    """Let the queue's list and the ticket's page fetch what is new."""
    _tell_both_rooms(line, Ticket.objects.get(pk=line.thing_id))


@follows("helpdesk.learning_need_noted")
def tell_what_to_learn(line: JournalLine) -> None:
    """Tell the requester that someone could teach them this; they say when they have time."""
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    actions.mail_requester(line, ticket, "people/notice", {})


@follows("helpdesk.ticket_not_opened")
def tell_hidden_asker(line: JournalLine) -> None:
    """Tell who asked under a pseudonym, and nobody else, that their question waits still."""
    row = Question.objects.select_related("pseudonym__person").get(pk=line.thing_id)
    if row.writer is not None:
        notify(person=row.writer, line=line, mail="people/notice")


@follows("helpdesk.secret_purged")
def show_without_it(line: JournalLine) -> None:
    """Let open pages fetch the ticket without the secret, and search find it no more."""
    ticket = Ticket.objects.get(pk=line.thing_id)
    _tell_both_rooms(line, ticket)
    if "helpdesk.ticket" in {source.kind for source in sources()}:
        index_thing("helpdesk.ticket", ticket.pk)


@follows("forum.files_removed")
def forget_the_mail_of_a_file(line: JournalLine) -> None:
    """Forget the mail that an answer came by, when a file of it is taken away for good."""
    came = InboundMail.objects.filter(thing_kind=line.thing_kind, thing_id=line.thing_id)
    came.update(raw=None)


@follows("helpdesk.ticket_set_aside", "helpdesk.ticket_woken")
def tell_it_comes_back(line: JournalLine) -> None:
    """Tell who has the ticket in hand that the day has come."""
    ticket = Ticket.objects.select_related("assignee").get(pk=line.thing_id)
    _tell_both_rooms(line, ticket)
    if line.verb == "helpdesk.ticket_woken" and ticket.assignee is not None:
        notify(person=ticket.assignee, line=line)


@follows("helpdesk.promise_missed")
def say_sorry(line: JournalLine) -> None:
    """Mail the requester, in their language, that we are or were late, and sorry."""
    ticket = Ticket.objects.select_related("requester").get(pk=line.thing_id)
    _tell_both_rooms(line, ticket)
    facts = {
        "is_solution": line.changes["kind"] == Kind.SOLUTION,
        "is_over": "is_over" in line.changes,
        "due": datetime.fromtimestamp(line.changes["due"], UTC),
    }
    actions.mail_requester(line, ticket, "helpdesk/promise_missed", facts)


@follows("people.calendar_changed")
def count_closed_days(line: JournalLine) -> None:
    """Renew the clocks over days that were closed or opened; many, so in a task of its own."""
    from helpdesk.tasks import renew_calendar

    renew_calendar.enqueue(
        calendar_id=line.thing_id, first=line.changes["first"], last=line.changes["last"]
    )


def _tell_both_rooms(line: JournalLine, ticket: Ticket) -> None:
    """Let who has the ticket open, and who has the queue, fetch what is new."""
    announce_change(
        kind="helpdesk.ticket", object_id=ticket.pk, verb=line.verb, key=f"line-{line.pk}"
    )
    _tell_the_queue(line, ticket)


def _tell_the_queue(line: JournalLine, ticket: Ticket) -> None:
    announce_change(
        kind="helpdesk.queue",
        object_id=ticket.queue_id,
        verb=line.verb,
        key=f"line-{line.pk}",
        opens=True,
    )


def _join(person: Person, ticket_id: int) -> None:
    """Put the ticket's talk among someone's conversations, if they see it still."""
    if Ticket.objects.visible_to(person).filter(pk=ticket_id).exists():
        join_room(person=person, kind="helpdesk.ticket", object_id=ticket_id)


def _message(line: JournalLine) -> Message:
    rows = Message.objects.select_related(
        "author", "ticket__requester", "ticket__assignee", "ticket__organisation"
    )
    return rows.get(pk=line.thing_id)


def _askers(ticket: Ticket) -> list[Person]:
    return [ticket.requester, *(row.person for row in ticket.shares.select_related("person"))]


def _in_hand(ticket: Ticket) -> list[Person]:
    return [ticket.assignee] if ticket.assignee else []


def _guests(ticket: Ticket) -> dict[int, Share]:
    """Return the shares of who was invited by mail, by person."""
    rows = ticket.shares.exclude(address="").select_related("person", "ticket")
    return {row.person_id: row for row in rows}


def _rating_url(ticket: Ticket, line: JournalLine) -> str:
    """Return the requester's link to rate a solution; empty where nobody but agents asked."""
    if not is_asked(ticket):
        return ""
    signed = token(RATING, ticket.pk, line.pk, ticket.requester_id)
    path = reverse("rating_by_link", args=[signed])
    return f"{settings.PUBLIC_URL}{path}"


def _followers(ticket: Ticket) -> list[Person]:
    """Return who follows it; notify() leaves out who does not work its queue any more."""
    return [row.person for row in Follow.objects.filter(ticket=ticket).select_related("person")]


def _once_each(*groups: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for group in groups for person in group}.values())


@follows(*actions.WHEN_OF)
def let_rules_act(line: JournalLine) -> None:
    """Let the rules of the desk act on what happened."""
    actions.apply_rules(line)


@follows("helpdesk.rule_acted")
def tell_whom_a_rule_names(line: JournalLine) -> None:
    """Tell the agents that a rule tells; those who may not see the ticket hear nothing."""
    for person in Person.objects.filter(pk__in=line.changes["notify"]).order_by("pk"):
        if Ticket.objects.staffed_by(person).filter(pk=line.thing_id).exists():
            notify(person=person, line=line, mail="people/notice")


@follows("helpdesk.tags_changed", "helpdesk.fields_changed")
def show_what_agents_changed(line: JournalLine) -> None:
    """Let who has the ticket or the queue open fetch what is new."""
    ticket = Ticket.objects.get(pk=line.thing_id)
    _tell_the_queue(line, ticket)
    if line.audience != "staff":
        _tell_both_rooms(line, ticket)
