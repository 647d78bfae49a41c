"""What is planted of the agents' tools: a macro, a rule, and work on the ticket."""

from helpdesk import actions as desk
from helpdesk.models import TicketField
from tests.helpdesk.desk_acts import made_macro, made_rule
from tests.proofs.world import World


def plant_desk(world: World) -> None:
    """Nadia's macro and clara's rule, of all queues; tags, a checklist, time and fields."""
    agents = ("nadia", "vera")
    readers = ("aminata", "farid", "olga", *agents)
    keepers = ("nadia", "vera", "odile", "clara")
    world.rows["macro"] = made_macro(
        world.nadia,
        names={"en": world.secret("macro", *keepers)},
        texts={"en": world.secret("macrotext", *keepers)},
    )
    world.rows["desk_rule"] = made_rule(
        world.clara,
        world.nadia,
        when="timed",
        conditions={"languages": ["en"]},
        steps={"note": world.secret("rulenote", "nadia", "clara"), "state": "waiting_us"},
        on=False,
    )
    ticket = world.ticket
    for key, shown_to in (("provider", "requester"), ("cause", "agents")):
        TicketField.objects.create(
            queue=world.queue, key=key, kind="text", labels={"en": key}, shown_to=shown_to
        )
    values = {
        "provider": world.secret("provider", *readers),
        "cause": world.secret("cause", *agents),
    }
    desk.fill_fields(actor=world.vera, ticket_id=ticket.pk, values=values)
    tag = world.secret("tag", *agents)
    desk.tag_ticket(actor=world.vera, ticket_id=ticket.pk, names=[tag])
    item = world.secret("item", *agents)
    desk.add_to_checklist(actor=world.vera, ticket_id=ticket.pk, items=[item])
    desk.spend_time(actor=world.vera, ticket_id=ticket.pk, minutes=5)
