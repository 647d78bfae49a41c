"""Our own application that stores what comes as often as it comes; for negative controls.

It gives each send a name of its own, where ours believes the sender's.
"""

import uuid
from typing import Any

from core.asgi import application

from chat import actions  # isort: skip  # after Django is set up

__all__ = ["application"]
post = actions.post_message


def stored_anew(*, client_id: str, **facts: Any) -> Any:
    return post(client_id=uuid.uuid4().hex, **facts)


actions.post_message = stored_anew
