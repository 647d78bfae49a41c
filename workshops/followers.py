"""What happens after a line of the workshops' journal is committed: notices and mails."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from chat.actions import look_again
from core.journal import at_commit, follows
from core.mail import send_mail_to
from core.models import JournalLine
from people import notices
from people.actions import notify
from people.queries import email_of
from workshops import queries
from workshops.models import Registration, Workshop

at_commit(look_again, "workshops.registration_cancelled")
notices.declare("workshops.workshop_proposed", _("%(who)s named you as a trainer of: %(what)s"))
notices.declare("workshops.person_moved_up", _("You have a seat now: %(what)s"))
notices.declare("workshops.workshop_changed", _("%(who)s changed a workshop: %(what)s"))
notices.declare("workshops.workshop_cancelled", _("%(who)s cancelled a workshop: %(what)s"))

WORTH_A_MAIL = {"sessions", "venue", "online_url"}


@follows("workshops.workshop_proposed")
def tell_trainers(line: JournalLine) -> None:
    """Tell the trainers what someone else proposed with them."""
    workshop = Workshop.objects.get(pk=line.thing_id)
    for row in workshop.trainers.select_related("person"):
        notify(person=row.person, line=line)


@follows("workshops.person_registered")
def confirm_registration(line: JournalLine) -> None:
    """Send who registered the hours and the place, or the place in the line."""
    registration = _registration(line)
    address = email_of(registration.person)
    if address is None or registration.state == Registration.State.CANCELLED:
        return
    send_mail_to(
        to=address,
        language=registration.person.interface_language,
        template="workshops/registered",
        context=_facts(registration),
        thing=registration.workshop,
        time_zone=registration.person.time_zone,
    )


@follows("workshops.person_moved_up")
def tell_who_moved_up(line: JournalLine) -> None:
    """Tell who waited that a seat is theirs."""
    registration = _registration(line)
    if registration.state == Registration.State.REGISTERED:
        notify(
            person=registration.person,
            line=line,
            mail="workshops/moved_up",
            context=_facts(registration),
        )


@follows("workshops.workshop_changed")
def tell_of_change(line: JournalLine) -> None:
    """Tell who registered when hours or place changed, and the other trainers of any change."""
    workshop = Workshop.objects.get(pk=line.thing_id)
    for row in workshop.trainers.select_related("person"):
        notify(person=row.person, line=line)
    if WORTH_A_MAIL.intersection(line.changes["fields"]):
        _tell_registered(line, "workshops/changed")


@follows("workshops.workshop_cancelled")
def tell_of_end(line: JournalLine) -> None:
    """Tell who registered, and the other trainers, that it does not take place."""
    workshop = Workshop.objects.get(pk=line.thing_id)
    for row in workshop.trainers.select_related("person"):
        notify(person=row.person, line=line)
    _tell_registered(line, "workshops/cancelled")


def _tell_registered(line: JournalLine, template: str) -> None:
    rows = Registration.objects.filter(workshop=line.thing_id, state__in=Registration.ACTIVE)
    for row in rows.select_related("person", "workshop__venue"):
        notify(person=row.person, line=line, mail=template, context=_facts(row))


def _registration(line: JournalLine) -> Registration:
    rows = Registration.objects.select_related("person", "workshop__venue")
    return rows.get(pk=line.changes["registration"])


def _facts(registration: Registration) -> dict[str, Any]:
    """Return what the mails say; the room on the network only to who has a seat."""
    workshop = registration.workshop
    return {
        "workshop": workshop,
        "sessions": list(workshop.sessions.all()),
        "has_seat": registration.state == Registration.State.REGISTERED,
        "place_in_line": queries.place_in_line(registration),
    }
