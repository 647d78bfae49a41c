"""Saying something by mail: what comes to the signed address of a digest."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from chat.actions.talking import SaidBefore, post_message
from chat.models import ChatMessage
from people.models import Person


def receive_message(
    *,
    actor: Person,
    object_id: int,
    source: str,
    language: str,
    uploads: Sequence[Any],
    mail_id: str,
) -> ChatMessage:
    """Say in a room what was mailed; the same mail again is the same message, whatever a list that
    it came by wrote into its copy.

    Raises what post_message does: nobody can be asked, so that a secret is not said.
    """
    try:
        return post_message(
            actor=actor,
            room_id=object_id,
            source=source,
            client_id=f"mail-{sha256(mail_id.encode()).hexdigest()[:40]}",
            uploads=uploads,
            send_secrets=False,
        )
    except SaidBefore as before:
        return before.message
