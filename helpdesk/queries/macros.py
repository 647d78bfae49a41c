"""Macros: those of an agent, and what one would say in a ticket."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk import placeholders
from helpdesk.masking import Mask, mask_for
from helpdesk.models import Macro, MacroText, Queue, Ticket
from helpdesk.placeholders import Facts
from helpdesk.prepared import ME, NOBODY, Steps
from helpdesk.states import State
from people.notices import name_of


@dataclass(frozen=True)
class MacroChoice:
    """A macro as it may be used in one ticket.

    text: what it says there, filled in; empty for changes alone. is_stale: its source has changed
    since this text was translated. steps: its changes, in words.
    """

    id: int
    name: str
    text: str
    language: str
    is_stale: bool
    steps: list[str]


def macros(person: Any) -> QuerySet[Macro]:
    """Return the macros on offer that this person may read, with their texts."""
    texts = Prefetch("texts", MacroText.objects.order_by("language"))
    rows = Macro.objects.visible_to(person).filter(retired=False)
    return rows.select_related("queue", "made_by").prefetch_related(texts)


def macros_for(person: Any, ticket: Ticket) -> QuerySet[Macro]:
    """Return the macros for a ticket seen before: of its queue, and of all."""
    return macros(person).filter(Q(queue=None) | Q(queue=ticket.queue_id)).order_by("pk")


def macro_choices(person: Any, ticket: Ticket, language: str) -> list[MacroChoice]:
    """Return what an agent may choose in a ticket, by name; language: of the names."""
    rows = macros_for(person, ticket)
    names = queue_names(language)
    mask = mask_for(person, ticket)
    found = [_choice(person, ticket, row, language, names, mask=mask) for row in rows]
    return sorted(found, key=lambda row: row.name.casefold())


def _choice(
    person: Any,
    ticket: Ticket,
    macro: Macro,
    language: str,
    queues: dict[str, str],
    *,
    mask: Mask | None,
) -> MacroChoice:
    text = text_for(macro, ticket.language)
    return MacroChoice(
        id=macro.pk,
        name=macro.name(language),
        text=_through(mask, filled(person, ticket, text)) if text else "",
        language=text.language if text else "",
        is_stale=text is not None and text.language in stale_languages(macro),
        steps=step_words(Steps(**_tupled(macro.steps)), queues),
    )


def text_for(macro: Macro, language: str) -> MacroText | None:
    """Return the text in this language, else in the one it is translated from."""
    texts = {text.language: text for text in macro.texts.all()}
    return texts.get(language) or texts.get(macro.language)


def stale_languages(macro: Macro) -> list[str]:
    """Return the languages whose text was made from an older text than the present one."""
    texts = list(macro.texts.all())
    source = next((text for text in texts if text.language == macro.language), None)
    if source is None:
        return []
    made = [text for text in texts if text.language != macro.language]
    return [text.language for text in made if text.made_from != source.revision]


def shown(person: Any, ticket: Ticket, text: MacroText) -> str:
    """Return the text as this person reads it before it is sent: who asked may be masked."""
    return _through(mask_for(person, ticket), filled(person, ticket, text))


def _through(mask: Mask | None, words: str) -> str:
    return words if mask is None else mask.text(words)


def filled(person: Any, ticket: Ticket, text: MacroText) -> str:
    """Return the text with the facts of this ticket, as this person would send it."""
    with translation.override(text.language):
        no_site = _("your site")
    facts = Facts(
        requester=name_of(ticket.requester),
        number=ticket.number,
        site=ticket.site.domain if ticket.site else no_site,
        agent=name_of(person),
    )
    return placeholders.fill(text.source, facts)


def queue_names(language: str) -> dict[str, str]:
    """Return the names of all queues by slug; one query."""
    return {row.slug: row.name(language) for row in Queue.objects.order_by("pk")}


def steps_of(row: Any) -> Steps:
    """Return the steps that a macro or a rule keeps as JSON."""
    return Steps(**_tupled(row.steps))


def _tupled(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
    }


def step_words(steps: Steps, queues: dict[str, str], macros: Iterable[Macro] = ()) -> list[str]:
    """Return what the steps do, a few words each; macros: for the names of what is sent."""
    said = []
    if steps.tags:
        said.append(_("tag: %(names)s") % {"names": ", ".join(steps.tags)})
    if steps.checklist:
        said.append(_("checklist: %(items)s") % {"items": ", ".join(steps.checklist)})
    if steps.note:
        said.append(_("internal note"))
    if steps.assign == ME:
        said.append(_("in my hands"))
    elif steps.assign == NOBODY:
        said.append(_("in nobody’s hands"))
    elif steps.assign:
        said.append(_("in hand of %(name)s") % {"name": steps.assign})
    if steps.reply is not None:
        names = {macro.pk: str(macro) for macro in macros}
        said.append(_("send: %(name)s") % {"name": names.get(steps.reply, str(steps.reply))})
    if steps.state:
        said.append(_("state: %(name)s") % {"name": State(steps.state).label})
    if steps.queue:
        said.append(_("queue: %(name)s") % {"name": queues.get(steps.queue, steps.queue)})
    if steps.notify:
        said.append(_("tell: %(names)s") % {"names": ", ".join(steps.notify)})
    return said
