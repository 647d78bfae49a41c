"""What the host runs, kept by coordinators and staff; answers it moved away from wait."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import FieldError, InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import PUBLIC, record
from forum import rules
from forum.actions.attesting import keep_facts
from forum.freshness import default_of
from forum.models import Answer, Attestation, Platform, PlatformVersion, Recheck
from forum.setups import Dates
from people.models import Person

KEY = re.compile(r"[a-z][a-z0-9_-]{0,29}")  # as the panel's list has it (people.imports)
VALUE = re.compile(r"[^\s;=]{1,40}")
AT_ONCE = 200


@transaction.atomic
def add_platform(*, actor: Person, key: str, name: str) -> Platform:
    """Add a part of what sites stand on. Raises NotAllowed, InvalidInput, WrongMoment (there)."""
    _check(actor)
    errors = []
    if not KEY.fullmatch(key):
        errors.append(FieldError("key", "invalid", _("Lower-case letters and digits: php.")))
    if not 1 <= len(name.strip()) <= 60:
        errors.append(FieldError("name", "length", _("From 1 to 60 characters.")))
    if errors:
        raise InvalidInput(errors=errors)
    row, is_new = Platform.objects.get_or_create(key=key, defaults={"name": name.strip()})
    if not is_new and row.name != name.strip():
        raise WrongMoment(_("There is a platform with this key already."), code="exists")
    if is_new:
        record("forum.platform_added", actor=actor, thing=row, audience=PUBLIC)
    return row


@transaction.atomic
def add_version(
    *, actor: Person, platform_id: int, value: str, name: str = "", dates: Dates
) -> PlatformVersion:
    """Add a version the host offers; name: what people call it where that is not its platform's
    name with the value. Raises NotSeen, NotAllowed, InvalidInput, WrongMoment (there)."""
    platform = locked(Platform.objects.all(), pk=platform_id)
    _check(actor)
    _check_dates(dates)
    if not VALUE.fullmatch(value):
        raise InvalidInput.of("value", "invalid", _("A value without spaces: 8.4."))
    if len(name) > 60:
        raise InvalidInput.of("name", "length", _("At most 60 characters."))
    old = PlatformVersion.objects.filter(platform=platform, value=value).first()
    if old is not None:
        raise WrongMoment(_("This version stands there already."), code="exists")
    row = PlatformVersion.objects.create(
        platform=platform,
        value=value,
        name=name.strip(),
        since=dates.since,
        until=dates.until,
        default_since=dates.default_since,
    )
    record("forum.platform_changed", actor=actor, thing=row, audience=PUBLIC)
    return row


@transaction.atomic
def change_version(*, actor: Person, version_id: int, dates: Dates) -> PlatformVersion:
    """Say from when until when a version is offered, and since when it is the default.

    What the answers meant with it stays: value and name never change.
    Raises NotSeen, NotAllowed, InvalidInput (until).
    """
    row = locked(PlatformVersion.objects.visible_to(actor), pk=version_id)
    _check(actor)
    _check_dates(dates)
    if Dates(row.since, row.until, row.default_since) == dates:
        return row
    row.since, row.until, row.default_since = dates.since, dates.until, dates.default_since
    row.save(update_fields=["since", "until", "default_since"])
    record("forum.platform_changed", actor=actor, thing=row, audience=PUBLIC)
    return row


@transaction.atomic
def tell_platform_changed(*, actor: Person, versions: Iterable[PlatformVersion]) -> None:
    """Say that versions were changed in the back office, which asks for no action."""
    for row in versions:
        record("forum.platform_changed", actor=actor, thing=row, audience=PUBLIC)


def _check(actor: Person) -> None:
    if not rules.can_change_platforms(actor):
        raise NotAllowed(_("Coordinators and staff keep the list of platforms."))


def _check_dates(dates: Dates) -> None:
    if dates.until is not None and dates.until < dates.since:
        raise InvalidInput.of("until", "before", _("It ends before it begins."))


def move_answers(now: datetime) -> int:
    """Let answers wait that a platform moved away from, and let go those it came back to.

    Told by what stands in the tables alone, so it may run at any time, any number of times.
    Returns how many answers changed. In batches, each a transaction.
    """
    today = timezone.localtime(now).date()
    return sum(_move(platform, today) for platform in Platform.objects.order_by("pk"))


def _move(platform: Platform, today: date) -> int:
    versions = list(PlatformVersion.objects.filter(platform=platform).order_by("pk"))
    default = default_of(versions, today)
    offered = [row.pk for row in versions if row.is_offered(today)]
    waiting = Recheck.objects.standing().filter(version__platform=platform)
    if default is None:
        return _in_batches(waiting.values_list("answer_id", flat=True), platform, None, offered)
    touched = _touched(platform, default, offered)
    kept = waiting.filter(version=default, answer__in=touched)
    gone = waiting.exclude(pk__in=kept)
    new = touched.exclude(pk__in=kept.values("answer_id")).order_by("pk")
    ids = [*gone.values_list("answer_id", flat=True), *new.values_list("pk", flat=True)]
    return _in_batches(ids, platform, default, offered)


def _touched(platform: Platform, default: PlatformVersion, offered: list[int]) -> QuerySet[Answer]:
    """Return the answers bound to a platform that nobody has confirmed since it moved."""
    said = Attestation.objects.filter(answer=OuterRef("pk"), version__platform=platform)
    by_others = said.filter(is_claim=False)
    on_retired = Exists(said.exclude(version__in=offered))
    retired = on_retired & ~Exists(by_others.filter(version__in=offered))
    moved_at = timezone.make_aware(datetime.combine(default.default_since or date.max, time.min))
    before = said.filter(at__lt=moved_at).exclude(version=default)
    overtaken = Exists(before) & ~Exists(by_others.filter(version=default))
    return Answer.objects.filter(retired | overtaken).annotate(is_overtaken=overtaken)


def _in_batches(
    ids: "list[int] | QuerySet[Recheck, int]",
    platform: Platform,
    default: PlatformVersion | None,
    offered: list[int],
) -> int:
    """Write what waits of some answers anew, a batch at a time, told under their locks."""
    every = sorted(set(ids))
    for start in range(0, len(every), AT_ONCE):
        with transaction.atomic():
            batch = Answer.objects.select_for_update(of=("self",)).filter(
                pk__in=every[start : start + AT_ONCE]
            )
            rows = list(batch.order_by("pk"))
            _write_rechecks(rows, platform, default, offered)
            keep_facts(rows)
    return len(every)


def _write_rechecks(
    rows: list[Answer],
    platform: Platform,
    default: PlatformVersion | None,
    offered: list[int],
) -> None:
    every = Recheck.objects.filter(version__platform=platform, answer__in=rows)
    waiting = every.standing()
    if default is None:
        waiting.delete()
        return
    touched: Any = _touched(platform, default, offered).filter(pk__in=[row.pk for row in rows])
    overtaken_by_id = dict(touched.values_list("pk", "is_overtaken"))
    waiting.filter(~Q(version=default) | ~Q(answer__in=list(overtaken_by_id))).delete()
    # Found to work by someone who has taken that back.
    every.filter(
        version=default, answer__in=list(overtaken_by_id), outcome=Recheck.Outcome.WORKS
    ).update(outcome="", outcome_by=None, outcome_at=None)
    Recheck.objects.bulk_create(
        [
            Recheck(
                answer_id=pk,
                version=default,
                why=Recheck.Why.DEFAULT if overtaken else Recheck.Why.RETIRED,
            )
            for pk, overtaken in overtaken_by_id.items()
        ],
        ignore_conflicts=True,
    )
