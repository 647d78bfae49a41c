"""Work of the forum that the worker does."""

from datetime import timedelta

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from core.models import JournalLine
from core.tasks import every, task
from forum import actions
from forum.actions import telling

AT_ONCE = 200


@every(timedelta(minutes=1))
@task(queue_name="slow")
def climb_ladders() -> None:
    """Take the next rung of each unanswered question whose hour has come.

    One that fails holds up none of the others. Raises what went wrong, at the end.
    """
    now, faults = timezone.now(), []
    for question_id in actions.due(now, AT_ONCE):
        try:
            actions.climb(question_id=question_id, now=now)
        except (OperationalError, InterfaceError):  # the database is away: for all of them
            raise
        except Exception as fault:  # the worker's loop: kept, and raised once all had their turn
            faults.append(fault)
    if faults:
        raise ExceptionGroup(f"{len(faults)} questions did not climb.", faults)


@task()
def tell(line_id: int, person_ids: list[int]) -> None:
    """Tell some of those who follow what a line of the journal tells of."""
    telling.tell_of(JournalLine.objects.get(pk=line_id), person_ids)


@every(timedelta(hours=6))
@task(queue_name="slow")
def move_answers() -> None:
    """Let answers wait that the platform moved away from: versions begin and end with a day."""
    actions.move_answers(timezone.now())


@task(queue_name="slow")
def add_views(counts: dict[str, int]) -> None:
    """Add what a web process counted of visits; ids are texts, as JSON has its keys."""
    actions.add_views({int(pk): count for pk, count in counts.items()})


@every(timedelta(days=1))
@task(queue_name="slow")
def purge_drafts() -> None:
    """Delete the drafts nobody went on writing."""
    actions.purge_drafts(timezone.now())


@every(timedelta(days=1))
@task(queue_name="slow")
def cool_traffic() -> None:
    """Let visits of before weigh less."""
    actions.cool_traffic()


@task(queue_name="slow")
def make_pack(pack_id: int) -> None:
    """Make a pack that was asked for."""
    actions.make_pack(pack_id=pack_id)
