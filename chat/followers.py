"""What happens after a line of the journal is committed: a room hears what was done elsewhere,
and people that they are named in one."""

from django.utils.translation import gettext_lazy as _

from chat import actions
from core.journal import at_commit, follows
from core.models import JournalLine
from people import notices

at_commit(
    actions.look_again,
    "people.person_suspended",
    "people.person_erased",
    "people.role_ended",
    "people.role_granted",  # it may ask for a second factor
    "people.member_removed",
    "people.post_removed",
)
notices.declare("chat.people_mentioned", _("%(who)s mentioned you: %(what)s"))


@follows("chat.people_mentioned")
def tell_mentioned(line: JournalLine) -> None:
    """Tell those whom a message names."""
    actions.tell_mentioned(line=line)


@follows("people.post_removed", "people.post_restored")
def tell_the_room(line: JournalLine) -> None:
    """Say in the room what became of a message, unless the action has said it."""
    if line.thing_kind == "chat.message":
        actions.follow_removal(message_id=line.thing_id, actor=line.actor)
