"""A desk of its own for a journey: a queue, who works it, and tickets that wait there."""

from dataclasses import dataclass

from tests.journeys.site import Site

MAKE = """
from helpdesk import actions
from helpdesk.models import Pick, Queue, Ticket
from people.models import HostedSite, Person, RoleGrant

queue = Queue.objects.create(slug={mark!r}, names={{"en": "Plum {mark}"}})
agent = Person.objects.get(handle={agent!r})
RoleGrant.objects.filter(person=agent, role="agent").delete()
RoleGrant.objects.create(person=agent, role="agent", queue_id=queue.pk, volunteer={volunteer!r})
Pick.objects.all().delete()
for subject, handle, domain in {tickets!r}:
    ticket = actions.open_ticket(
        actor=Person.objects.get(handle=handle),
        subject=subject,
        source="The page stays white since noon.",
        language="en",
        site_id=HostedSite.objects.get(domain=domain).pk if domain else None,
    )
    Ticket.objects.filter(pk=ticket.pk).update(queue=queue)
    print(ticket.number)
"""
FREE, PAID = ("lycee-moulin", ""), ("mjc-vallon", "mjc-vallon.example")


@dataclass(frozen=True)
class Desk:
    """The tickets by subject, in the order in which their promises break: paid ones first."""

    paths: dict[str, str]
    paid: list[str]
    free: list[str]


def make_desk(site: Site, agent: str, mark: str, each: int = 3, *, volunteer: bool = False) -> Desk:
    """Make the queue, its one agent, and tickets of both kinds; the paid ones are nearer."""
    paid = [f"Guaranteed {place} {mark}" for place in range(each)]
    free = [f"Free {place} {mark}" for place in range(each)]
    tickets = [(subject, *PAID) for subject in paid] + [(subject, *FREE) for subject in free]
    facts = {"mark": mark, "agent": agent, "tickets": tickets, "volunteer": volunteer}
    made = site.does(MAKE.format(**facts)).split()
    subjects = [subject for subject, _handle, _domain in tickets]
    paths = {subject: f"/tickets/{number}" for subject, number in zip(subjects, made, strict=True)}
    return Desk(paths, paid, free)
