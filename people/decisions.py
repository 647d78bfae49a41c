"""What moderators decided, and whom it concerns: about a thing, an author, oneself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core import things
from people import rules
from people.models import Appeal, Flag, Hold, Notice, Person, Removal, Sanction
from people.queries import authors_of, seen_things


@dataclass(frozen=True)
class Past:
    """An earlier decision about a thing or its author: when, and a sentence."""

    at: datetime
    text: str


def earlier_decisions(
    kind: str, object_id: int, author_id: int | None, besides: Any = None
) -> list[Past]:
    """Return what was decided about a thing, and about its author, the newest first.

    author_id: None where they are not named, since what they did before may tell who they are.
    """
    thing = Q(thing_kind=kind, thing_id=object_id)
    found = [
        Past(row.at, _("Taken away: %(rule)s") % {"rule": rule_name(row.rule)})
        for row in Removal.objects.filter(thing)
    ]
    flags = Flag.objects.filter(thing).exclude(decision="")
    found += [
        Past(
            row.decided_at or row.at,
            _("A flag (%(rule)s): %(decision)s")
            % {"rule": row.get_reason_display(), "decision": row.get_decision_display()},
        )
        for row in flags
    ]
    holds = Hold.objects.filter(thing).exclude(decision="")
    found += [
        Past(row.decided_at or row.at, _("Held: %s") % row.get_decision_display()) for row in holds
    ]
    if author_id is not None:
        found += _of_author(author_id)
    if isinstance(besides, Removal | Sanction):
        found = [one for one in found if one.at != besides.at]
    return sorted(found, key=lambda one: one.at, reverse=True)[:20]


def _of_author(author_id: int) -> list[Past]:
    sanctions = Sanction.objects.filter(person=author_id)
    found = [
        Past(row.at, _("Its author: %s") % row.get_kind_display().partition(":")[0])
        for row in sanctions
    ]
    holds = Hold.objects.filter(person=author_id, decision=Hold.Decision.REMOVED)
    count = holds.count()
    if newest := holds.order_by("-pk").first():
        text = _("Of its author %(count)s held posts were taken away") % {"count": count}
        found.append(Past(newest.decided_at or newest.at, text))
    return found


def rule_name(rule: str) -> str:
    """Return what a rule is called, in the active language."""
    own = {rules.BY_AUTHOR: _("by its author"), rules.WITHDRAWN: _("consent withdrawn")}
    return str(dict(Flag.Reason.choices).get(rule, own.get(rule, rule)))


def decided_of(appeal: Appeal) -> Removal | Sanction | None:
    """Return the decision an appeal is about."""
    model: Any = Sanction if appeal.subject == Appeal.Subject.SANCTION else Removal
    found: Removal | Sanction | None = model.objects.filter(pk=appeal.subject_id).first()
    return found


def first_decision_by(decided: Removal | Sanction | None) -> int | None:
    """Return who decided, by id."""
    return decided.by_id if decided is not None else None


def who_is_concerned(decided: Removal | Sanction) -> set[int]:
    """Return who may appeal against a decision, by id."""
    if isinstance(decided, Sanction):
        return {decided.person_id}
    return authors_of(decided.thing_kind, decided.thing_id)


def appeal_about(subject: str, subject_id: int) -> Appeal | None:
    """Return the appeal against a decision."""
    return Appeal.objects.filter(subject=subject, subject_id=subject_id).first()


def sanction_of(person: Person) -> Sanction | None:
    """Return the sanction in force."""
    return Sanction.objects.in_force().filter(person=person).first()


@dataclass(frozen=True)
class OwnDecision:
    """A decision about what one wrote, or about oneself, as one reads it."""

    at: datetime
    what: str
    state: str
    reason: str
    url: str = ""
    about: str = ""  # what the post stands in, where one may still see it


def _removals_told(person: Person) -> list[Removal]:
    """Return what was taken away of what someone wrote, by the notices that told them."""
    lines = Notice.objects.filter(person=person, verb="people.post_removed").order_by("-pk")
    told = lines.values_list("line__changes", flat=True)[:50]
    return list(
        Removal.objects.filter(
            pk__in=[changes["removal"] for changes in told], rule__in=Flag.Reason.values
        )
    )


def decisions_about(person: Person) -> list[OwnDecision]:
    """Return what moderators decided about someone and what they wrote, the newest first."""
    removals = _removals_told(person)
    # Who takes a flagged post away says the same words once for both.
    said = {(row.thing_kind, row.thing_id, row.reason) for row in removals}
    told = Flag.objects.filter(author=person).order_by("-decided_at")[:50]
    found = [
        OwnDecision(
            row.decided_at or row.at,
            _("A word of a moderator"),
            row.get_reason_display() if row.decision == Flag.Decision.AGREED else _("it may stay"),
            row.to_author,
            *_seen_by(person, row),
        )
        for row in told
        if (row.thing_kind, row.thing_id, row.to_author) not in said
    ]
    found += [
        OwnDecision(
            row.at,
            row.get_kind_display(),
            _("over") if row.lifted_at else _("in force"),
            row.reason,
            f"/people/{person.handle}/sanction",
        )
        for row in person.sanctions.order_by("-pk")[:50]
    ]
    found += [
        OwnDecision(
            row.at,
            _("A post that waited for a look"),
            row.get_decision_display() if row.decision else _("waits for a moderator"),
            "",
            *_seen_by(person, row),
        )
        for row in person.holds.order_by("-pk")[:50]
    ]
    found += [
        OwnDecision(
            row.at,
            _("Your appeal"),
            row.get_decision_display() if row.decision else _("waits for a moderator"),
            row.answer,
            f"/appeals/{row.pk}",
        )
        for row in person.appeals.order_by("-pk")[:50]
    ]
    found += [
        OwnDecision(
            row.at,
            _("A post of yours was taken away"),
            _("it is back") if row.undone_at else rule_name(row.rule),
            row.reason,
            f"/removals/{row.pk}",
            _seen_by(person, row)[1],
        )
        for row in removals
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _seen_by(person: Person, decided: Flag | Hold | Removal) -> tuple[str, str]:
    """Return where the thing is and what it is called; empty where one may not see it."""
    key = (decided.thing_kind, decided.thing_id)
    row = seen_things(person, [key]).get(key)
    return ("", "") if row is None else (things.url_of(row), things.label_for(person, row))
