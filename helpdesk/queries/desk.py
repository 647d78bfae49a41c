"""The agents' own work on a ticket: tags, fields, checklist, time spent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from core.confided import SecretsFound
from core.errors import NotAllowed
from helpdesk import rules
from helpdesk.masking import Mask, mask_for, mask_ticket
from helpdesk.models import (
    ChecklistItem,
    FieldValue,
    Tagging,
    Ticket,
    TicketField,
    TicketTag,
    TimeSpent,
)
from helpdesk.queries.beside import Fold, desk_folds
from helpdesk.queries.fields import fields_of, masked_value
from helpdesk.queries.tickets import ticket_seen
from helpdesk.states import State
from people.notices import name_of
from people.queries import skill_names


@dataclass(frozen=True)
class ShownTag:
    id: int
    name: str


@dataclass(frozen=True)
class AskedField:
    """A field with what it holds, as the form that fills it shows it.

    options: (value, words), for a select; empty for what is typed. error: why what was sent was
    refused.
    """

    key: str
    label: str
    hint: str
    kind: str
    required: str
    options: list[tuple[str, str]]
    sent: str
    error: str = ""


@dataclass(frozen=True)
class Desk:
    """What the agents' panel of a ticket shows. minutes: by all; by_agent: (name, minutes).

    secrets: found in what was sent, by the part of the panel. typed: into the checklist, not kept.
    """

    ticket: Ticket
    path: str
    is_over: bool
    tags: list[ShownTag]
    fields: list[AskedField]
    checklist: list[ChecklistItem]
    done: int
    times: list[TimeSpent]
    minutes: int
    by_agent: list[tuple[str, int]]
    secrets: Mapping[str, SecretsFound]
    typed: str

    @property
    def folds(self) -> list[Fold]:
        """Return the parts of it, each with its state in a few words."""
        lacking = sum(not row.sent and row.required != "never" for row in self.fields)
        return desk_folds(
            tags=len(self.tags),
            items=len(self.checklist),
            done=self.done,
            minutes=self.minutes,
            lacking=lacking if self.fields else None,
            is_solved=self.ticket.state == State.SOLVED,
        )


def ticket_worked(person: Any, ticket_id: int) -> Ticket:
    """Return a ticket this person works on. Raises NotSeen, NotAllowed for who asked alone."""
    ticket = ticket_seen(person, ticket_id)
    if not rules.can_work(person, ticket):
        raise NotAllowed
    return ticket


def desk(
    person: Any,
    ticket_id: int,
    language: str,
    *,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    secrets: Mapping[str, SecretsFound] | None = None,
    typed: str = "",
) -> Desk:
    """Return the agents' panel of a ticket; a few queries, however much there is.

    sent, errors: what was sent for fields and why it was refused, by key. secrets, typed: of Desk.
    Raises NotSeen, NotAllowed.
    """
    ticket = ticket_worked(person, ticket_id)
    mask = mask_for(person, ticket)
    checklist = checklist_shown(ticket, mask)
    times = list(times_of(ticket))
    sums: dict[str, int] = {}
    for row in times:
        name = name_of(row.agent)
        sums[name] = sums.get(name, 0) + row.minutes
    fields = _asked(ticket, language, sent or {}, errors or {}, mask)
    if mask is not None:
        mask_ticket(ticket)
    return Desk(
        ticket=ticket,
        path=ticket.path,
        is_over=ticket.merged_into_id is not None,
        tags=tags_of(ticket, language),
        fields=fields,
        checklist=checklist,
        done=sum(row.done_at is not None for row in checklist),
        times=times,
        minutes=sum(sums.values()),
        by_agent=sorted(sums.items(), key=lambda pair: -pair[1]),
        secrets=secrets or {},
        typed=typed,
    )


def tags_of(ticket: Ticket, language: str) -> list[ShownTag]:
    """Return a ticket's tags, skills by their name in this language."""
    rows = Tagging.objects.filter(ticket=ticket).select_related("tag").order_by("pk")
    return shown_tags([row.tag for row in rows], language)


def shown_tags(tags: Iterable[TicketTag], language: str) -> list[ShownTag]:
    """Return tags as people read them."""
    rows = list(tags)
    names = skill_names(language) if any(row.skill_id for row in rows) else {}
    return [ShownTag(row.pk, names.get(row.skill_id or 0, row.name)) for row in rows]


def checklist_of(ticket: Ticket) -> QuerySet[ChecklistItem]:
    """Return what is to be done for a ticket, in the order it was added."""
    return ChecklistItem.objects.filter(ticket=ticket).select_related("done_by").order_by("pk")


def checklist_shown(ticket: Ticket, mask: Mask | None) -> list[ChecklistItem]:
    """Return the same as read through a mask, if there is one; never save one afterwards."""
    rows = list(checklist_of(ticket))
    if mask is not None:
        for row in rows:
            row.words = mask.text(row.words)
    return rows


def times_of(ticket: Ticket) -> QuerySet[TimeSpent]:
    """Return the time agents spent on a ticket, the latest first."""
    return TimeSpent.objects.filter(ticket=ticket).select_related("agent").order_by("-pk")


def minutes_spent(ticket: Ticket) -> int:
    """Return the minutes all agents spent on a ticket."""
    return times_of(ticket).aggregate(sum=Sum("minutes"))["sum"] or 0


def _asked(
    ticket: Ticket,
    language: str,
    sent: Mapping[str, str],
    errors: Mapping[str, str],
    mask: Mask | None,
) -> list[AskedField]:
    fields = list(fields_of(ticket.queue_id))
    values = {
        row.field_id: masked_value(row, mask) for row in FieldValue.objects.filter(ticket=ticket)
    }
    asked = []
    for row in fields:
        shown = sent.get(row.key, values.get(row.pk, ""))
        asked.append(replace(asked_field(row, language, shown), error=errors.get(row.key, "")))
    return asked


def asked_field(field: TicketField, language: str, sent: str) -> AskedField:
    """Return a field as a form asks it, with what was sent or is kept."""
    options: list[tuple[str, str]] = []
    if field.kind == TicketField.Kind.CHOICE:
        options = [("", "–"), *field.options(language)]
    elif field.kind == TicketField.Kind.YES_NO:
        options = [("", "–"), ("true", _("yes")), ("false", _("no"))]
    return AskedField(
        key=field.key,
        label=field.label(language),
        hint=field.hint(language),
        kind=field.kind,
        required=field.required,
        options=options,
        sent=sent,
    )
