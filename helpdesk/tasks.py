"""Work of the help desk that the worker does."""

from datetime import date, timedelta

from django.conf import settings

from core.tasks import every, task
from helpdesk import actions, mailbox


@every(timedelta(minutes=1))
@task(queue_name="slow")
def wake_tickets() -> None:
    """Put back into the queue what we said we come back to by now."""
    actions.wake_tickets()


@every(timedelta(minutes=1))
@task(queue_name="slow")
def apologise() -> None:
    """Say sorry for what is late."""
    actions.apologise()


@task(queue_name="slow")
def renew_calendar(calendar_id: int, first: str, last: str) -> None:
    """Renew the clocks that days of a calendar matter to; days as ISO 8601."""
    actions.renew_calendar(
        calendar_id=calendar_id, first=date.fromisoformat(first), last=date.fromisoformat(last)
    )


@every(timedelta(minutes=1))
@task(queue_name="slow")
def fetch_mail() -> None:
    """Take in what waits in the mailbox, if there is one, and what was left by a crash."""
    actions.settle_waiting()  # first: a server that is away, or refuses one mail, raises
    if settings.INBOUND_MAIL_URL:
        mailbox.fetch(settings.INBOUND_MAIL_URL)


@every(timedelta(days=1))
@task(queue_name="slow")
def purge_mails() -> None:
    """Forget mails as they came, once they are old."""
    actions.purge_mails()


@every(timedelta(minutes=2))
@task(queue_name="slow")
def sweep_rules() -> None:
    """Let the timed rules act on what has waited long enough."""
    actions.sweep_rules()
