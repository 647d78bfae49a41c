"""Work of chat that the worker does."""

from datetime import timedelta

from chat.actions import telling
from core.tasks import every, task


@every(timedelta(minutes=1))
@task(queue_name="slow")
def tell_missed() -> None:
    """Find who missed something, for their browsers."""
    telling.tell_missed()


@task(queue_name="slow")
def tell(person_id: int, room_id: int) -> None:
    """Tell one person's browsers of one room."""
    telling.tell(person_id=person_id, room_id=room_id)
