"""Bringing a question to those who may answer it, and what they say to that."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import SYSTEM, record
from core.models import Visibility
from forum import ladder, routing, rules
from forum.models import Acceptance, Ask, AskChoice, Ladder, Question, written_by
from forum.queries import asked_lately, helpers_for, wanted_of
from forum.queries.helpers import Levels
from forum.routing import MOST_ASKS, Fit
from people.models import Person

ASKED_AT_ONCE = 3
SNOOZED_DAYS = 7
LONGEST_QUIET_DAYS = 366


def start_ladder(question_id: int) -> None:
    """Let a question climb; once, however often it is called."""
    now = timezone.now()
    Ladder.objects.get_or_create(
        question_id=question_id, defaults={"started_at": now, "next_at": now}
    )


@transaction.atomic
def climb(*, question_id: int, now: datetime) -> Ladder | None:
    """Take the next rung of a question that still waits, if its hour has come; return its ladder.

    A question that was answered or taken away climbs no more. None: there is nothing to climb.
    """
    row = Ladder.objects.select_for_update().filter(pk=question_id, next_at__lte=now).first()
    if row is None:
        return None
    question = Question.objects.select_for_update(of=("self",)).get(pk=question_id)
    rung = ladder.rung_number(row.rung)
    if rung is None or not _waits(question):
        row.next_at = None
    else:
        rung.climb(question, now)
        row.rung += 1
        following = ladder.rung_number(row.rung)
        row.next_at = max(now, row.started_at + following.after) if following else None
    row.save(update_fields=["rung", "next_at"])
    return row


def ask_helpers(
    *,
    question: Question,
    rung: str,
    now: datetime,
    among: Levels | None = None,
    count: int = ASKED_AT_ONCE,
) -> list[Ask]:
    """Ask the best who fit, at most `count`; return what was asked. In the caller's transaction.

    rung: its name. among: these people alone, by id, with levels by
    tag of what they offer. Nobody is asked twice about a question, nor
    more often than they chose, which is counted again under the lock of their rows.
    """
    wanted = wanted_of(question)
    fits = routing.best(helpers_for(question, now, among=among), wanted, now, count * 2)
    fits = _with_room(fits, now)[:count]
    asks = Ask.objects.bulk_create(
        [
            Ask(
                question=question,
                helper_id=one.helper.id,
                at=now,
                rung=rung,
                why=routing.why(one.helper, wanted, now),
            )
            for one in fits
        ]
    )
    if asks:
        record(
            "forum.helpers_asked",
            actor=None,
            thing=question,
            audience=SYSTEM,
            changes={"rung": rung, "asks": [ask.pk for ask in asks]},
        )
    return asks


@transaction.atomic
def settle_ask(*, actor: Person, ask_id: int, outcome: str) -> Ask:
    """Say that a question is not for me (`declined`), or not now (`snoozed`: a quiet week).

    When all who were asked have said so, the next rung is due at once.
    Raises NotSeen, NotAllowed, InvalidInput, WrongMoment (settled otherwise).
    """
    ask = locked(Ask.objects.visible_to(actor), pk=ask_id)
    if not rules.can_settle(actor, ask):
        raise NotAllowed
    if outcome not in (Ask.Outcome.DECLINED, Ask.Outcome.SNOOZED):
        raise InvalidInput.of("outcome", "invalid_choice", _("Not for me, or not now."))
    if ask.outcome == outcome:
        return ask
    if ask.outcome:
        raise WrongMoment(_("This is settled already."), code="settled")
    now = timezone.now()
    ask.outcome, ask.outcome_at = outcome, now
    ask.save(update_fields=["outcome", "outcome_at"])
    if outcome == Ask.Outcome.SNOOZED:
        quiet = now + timedelta(days=SNOOZED_DAYS)
        AskChoice.objects.update_or_create(person=actor, defaults={"quiet_until": quiet})
    if not Ask.objects.waiting().filter(question=ask.question_id).exists():
        Ladder.objects.filter(question=ask.question_id, next_at__gt=now).update(next_at=now)
    record(
        "forum.ask_settled",
        actor=actor,
        thing=ask,
        audience=SYSTEM,
        changes={"outcome": outcome},
    )
    return ask


@transaction.atomic
def choose_asks(*, actor: Person, most_asks: int, by_mail: bool, quiet_days: int = 0) -> AskChoice:
    """Choose how often one is asked in a week (0: never), by mail too, and none for so many days.

    Raises NotAllowed, InvalidInput (most_asks, quiet_days).
    """
    if not rules.can_ask(actor):
        raise NotAllowed
    if not 0 <= most_asks <= MOST_ASKS:
        raise InvalidInput.of("most_asks", "invalid", _("From 0 to 5 questions a week."))
    if not 0 <= quiet_days <= LONGEST_QUIET_DAYS:
        raise InvalidInput.of("quiet_days", "invalid", _("From 0 to 366 days."))
    quiet = timezone.now() + timedelta(days=quiet_days) if quiet_days else None
    locked(Person.objects.all(), pk=actor.pk)
    choice, _is_new = AskChoice.objects.update_or_create(
        person=actor,
        defaults={"most_asks": most_asks, "by_mail": by_mail, "quiet_until": quiet},
    )
    record(
        "forum.asks_chosen",
        actor=actor,
        thing=actor,
        audience=SYSTEM,
        changes={"most_asks": most_asks, "by_mail": by_mail, "quiet_days": quiet_days},
    )
    return choice


@transaction.atomic
def end_ask_mails(*, actor: Person) -> AskChoice:
    """Let no mail ask one to help any more: the bell still does. The same again is once.

    For who proves by a signed link that a mail of ours reached them; suspended people may too.
    """
    locked(Person.objects.all(), pk=actor.pk)
    choice, _is_new = AskChoice.objects.get_or_create(person=actor)
    if choice.by_mail:
        choice.by_mail = False
        choice.save(update_fields=["by_mail"])
        record(
            "forum.asks_chosen",
            actor=actor,
            thing=actor,
            audience=SYSTEM,
            changes={"by_mail": False},
        )
    return choice


def mark_answered(*, question_id: int, helper_id: int, at: datetime) -> None:
    """Keep that a helper answered what they were asked, and let the question climb no more."""
    asks = Ask.objects.filter(question=question_id, helper=helper_id)
    asks.exclude(outcome=Ask.Outcome.ANSWERED).update(outcome=Ask.Outcome.ANSWERED, outcome_at=at)
    Ladder.objects.filter(question=question_id).update(next_at=None)


def resume_ladder(question_id: int) -> None:
    """Let a question climb again whose answer was taken away, or which was given back."""
    Ladder.objects.filter(question=question_id, next_at=None).update(next_at=timezone.now())


def due(now: datetime, limit: int) -> list[int]:
    """Return the ids of questions whose hour has come, longest due first."""
    rows = Ladder.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def _waits(question: Question) -> bool:
    """Whether a question is there for all to see, and nobody but its asker has answered it.

    An accepted answer ends the waiting whoever wrote it: what a ticket became has no author.
    """
    if not Question.objects.filter(pk=question.pk).open().exists():
        return False
    if Acceptance.objects.in_force().filter(question=question).exists():
        return False
    answers = question.answers.filter(visibility=Visibility.VISIBLE)
    own = written_by(question.writer) if question.writer is not None else Q(author=None)
    return not answers.exclude(own).exists()


def _with_room(fits: list[Fit], now: datetime) -> list[Fit]:
    """Return those who may still be asked this week, their rows locked in the order of ids."""
    ids = sorted(one.helper.id for one in fits)
    list(Person.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    asked = asked_lately(ids, now)
    return [one for one in fits if asked.get(one.helper.id, 0) < one.helper.most_asks]
