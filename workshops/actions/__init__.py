"""What people do with workshops."""

from workshops.actions.holding import close_workshop, take_attendance
from workshops.actions.planning import (
    SlotTaken,
    add_venue,
    cancel_workshop,
    change_workshop,
    propose_workshop,
    publish_workshop,
)
from workshops.actions.seats import cancel_registration, forget_person, register, set_seats

__all__ = [
    "SlotTaken",
    "add_venue",
    "cancel_registration",
    "cancel_workshop",
    "change_workshop",
    "close_workshop",
    "forget_person",
    "propose_workshop",
    "publish_workshop",
    "register",
    "set_seats",
    "take_attendance",
]
