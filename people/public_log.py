"""The public moderation log: what moderators and the spam score did, without saying to whom.

Made from the journal by a follower, one line each; rooms declare what else is an act of moderation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.journal import follows
from core.models import JournalLine
from people.models import Flag, LogLine

MOST_RULE = 20
ORDER = ("-line_id",)  # as things happened: what is told late stands where it belongs
FLAG_RULES: Mapping[str, Any] = dict(Flag.Reason.choices)
LIKE_SPAM = "like_spam"  # what the spam score holds; whether it is spam a moderator says
WHY_HELD: Mapping[str, Any] = {LIKE_SPAM: gettext_lazy("It looked like advertising or spam")}
BY_MODERATOR = gettext_lazy("by a moderator")


@dataclass(frozen=True)
class Act:
    """What a room says of one of its verbs, as `declare` was told."""

    text: Any
    is_told: Callable[[JournalLine], bool]
    is_automatic: Callable[[JournalLine], bool]
    rules: Mapping[str, Any]
    rule: str
    by: Any


_acts: dict[str, Act] = {}
_kinds: dict[str, Any] = {}


@dataclass(frozen=True)
class ShownLine:
    """A line as everyone reads it. by: whether a person or the installation did it, in words."""

    id: int
    day: date
    act: str
    text: str
    thing: str
    rule: str
    by: str
    is_automatic: bool
    days: int | None


def declare(
    verb: str,
    text: Any,
    *,
    is_told: Callable[[JournalLine], bool] = lambda line: True,
    is_automatic: Callable[[JournalLine], bool] = lambda line: line.actor_id is None,
    rules: Mapping[str, Any] = FLAG_RULES,
    rule: str = "",
    by: Any = BY_MODERATOR,
) -> None:
    """Say that this verb of the journal is an act of moderation, and what the log says of it.

    Called once, from the app's ready(). text: lazy. is_told: whether this line of it is one.
    is_automatic: whether nobody did it; a room whose lines leave out who did it must say so here.
    rules: what the rules of this act are called (lazy), by the key that the line's changes hold as
    `rule`; they may hold `days` too. rule: the key where the line holds none. by: who may do it, in
    words (lazy); who and whose is never told.
    """
    _acts[verb] = Act(text, is_told, is_automatic, rules, rule, by)
    follows(verb)(log)


def declare_kind(kind: str, text: Any) -> None:
    """Say what things of a kind are called (lazy), such as "a question"."""
    _kinds[kind] = text


def log(line: JournalLine) -> None:
    """Add a line of the journal to the log, once, if it is an act of moderation."""
    act = _acts[line.verb]
    if not act.is_told(line):
        return
    days = line.changes.get("days")
    LogLine.objects.get_or_create(
        line=line,
        defaults={
            "at": line.at,
            "act": line.verb,
            "thing_kind": "" if line.thing_kind == "people.person" else line.thing_kind,
            "rule": (rule_of(line) or act.rule)[:MOST_RULE],
            "is_automatic": act.is_automatic(line),
            "days": days if isinstance(days, int) else None,
        },
    )


def rule_of(line: JournalLine) -> str:
    """Return the key of the rule; questions were once closed and locked with it as `reason`."""
    return str(line.changes.get("rule") or line.changes.get("reason") or "")


def verbs() -> list[str]:
    """Return every verb that is an act of moderation."""
    return list(_acts)


def lines() -> QuerySet[LogLine]:
    """Return the lines of the log; everyone may read them."""
    return LogLine.objects.all()


def show(row: LogLine) -> ShownLine:
    """Return a line in the active language."""
    act = _acts.get(row.act)
    # A line from before its act had a rule holds none.
    rule = row.rule or (act.rule if act else "")
    return ShownLine(
        id=row.pk,
        day=timezone.localdate(row.at),
        act=row.act,
        text=str(act.text if act else row.act),
        thing=str(_kinds.get(row.thing_kind, "")),
        rule=str((act.rules if act else FLAG_RULES).get(rule, "")),
        by=_("automatic") if row.is_automatic else str(act.by if act else BY_MODERATOR),
        is_automatic=row.is_automatic,
        days=row.days,
    )


def _breaks_a_rule(line: JournalLine) -> bool:
    """Whether moderators did it: what authors take away themselves is theirs."""
    return line.changes.get("rule") in Flag.Reason.values


declare(
    "people.post_removed", pgettext_lazy("moderation log", "Taken away"), is_told=_breaks_a_rule
)
declare(
    "people.post_restored", pgettext_lazy("moderation log", "Given back"), is_told=_breaks_a_rule
)
declare(
    "people.post_held",
    pgettext_lazy("moderation log", "Held for a look"),
    is_automatic=lambda line: True,
    rules=WHY_HELD,
    rule=LIKE_SPAM,
)
declare(
    "people.post_published",
    pgettext_lazy("moderation log", "Published after a look"),
    rules=WHY_HELD,
    rule=LIKE_SPAM,
)
declare("people.person_silenced", pgettext_lazy("moderation log", "A person silenced"))
declare("people.person_suspended", pgettext_lazy("moderation log", "A person suspended"))
declare("people.silence_lifted", pgettext_lazy("moderation log", "A silence lifted"))
declare("people.suspension_lifted", pgettext_lazy("moderation log", "A suspension lifted"))
declare("people.silence_ended", pgettext_lazy("moderation log", "A silence over"))
declare("people.suspension_ended", pgettext_lazy("moderation log", "A suspension over"))
declare("people.appeal_decided", pgettext_lazy("moderation log", "An appeal decided"))
