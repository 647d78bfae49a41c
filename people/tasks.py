"""Work of people that the worker does."""

from datetime import timedelta
from typing import Any

from core.tasks import every, task
from people import actions


@every(timedelta(minutes=1))
@task(queue_name="slow")
def end_sanctions() -> None:
    """Write down the sanctions that are over, and tell those who may write again."""
    actions.end_sanctions()


@every(timedelta(days=1))
@task(queue_name="slow")
def reckon_trust() -> None:
    """Reckon everyone's trust anew."""
    actions.reckon_all_trust()


@every(timedelta(days=1))
@task(queue_name="slow")
def forget_links() -> None:
    """Delete the links that were seen in posts a month ago."""
    actions.forget_links()


@task(queue_name="mail")
def send_push(push_id: int) -> None:
    """Send one line to one browser."""
    actions.deliver_push(push_id=push_id)


@every(timedelta(hours=1))
@task(queue_name="slow")
def forget_old_pushes() -> None:
    """Delete what is not sent to a browser any more."""
    actions.forget_old_pushes()


@every(timedelta(minutes=10))
@task(queue_name="slow")
def send_digests() -> None:
    """Find whose hour for a mail of many things has come."""
    actions.send_digests()


@task(queue_name="slow")
def send_digest(person_id: int, hints: dict[str, Any]) -> None:
    """Mail to one person what they missed."""
    actions.send_digest(person_id=person_id, hints=hints)
