"""What agents, their macros and the desk's rules did to a ticket, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.models import JournalLine
from helpdesk.models import DeskRule, Macro, Queue, TicketField, TicketTag
from people.models import GuaranteeLevelVersion
from people.queries import skill_names

TOLD = (
    "helpdesk.queue_changed",
    "helpdesk.site_changed",
    "helpdesk.level_changed",
    "helpdesk.tags_changed",
    "helpdesk.fields_changed",
    "helpdesk.macro_run",
    "helpdesk.rule_acted",
)
# Names by kind and id (of fields: by key).
Names = dict[tuple[str, Any], str]
MEANS = {"helpdesk.macro": Macro, "helpdesk.rule": DeskRule}


def names_in(lines: Iterable[JournalLine]) -> Names:
    """Return the names of what the lines tell of; a query for each kind that is told of at all."""
    language = get_language() or "en"
    asked: dict[str, set[Any]] = {}
    for kind, key in (pair for line in lines for pair in _told(line)):
        asked.setdefault(kind, set()).add(key)
    found: Names = {}
    for kind, keys in asked.items():
        found.update(((kind, key), name) for key, name in _NAMED[kind](keys, language))
    return found


def _told(line: JournalLine) -> Iterable[tuple[str, Any]]:
    changes = line.changes
    if line.verb == "helpdesk.queue_changed":
        yield "queue", changes["queue"][1]
    elif line.verb == "helpdesk.level_changed":
        yield "level", changes["level"][1]
    for name in ("added", "removed"):
        yield from (("tag", pk) for pk in changes.get(name, ()))
    yield from (("field", key) for key in changes.get("fields", ()))
    if line.verb in ("helpdesk.macro_run", "helpdesk.rule_acted"):
        kind = "macro" if line.verb == "helpdesk.macro_run" else "rule"
        yield kind, changes[kind]
    elif changes.get("means"):
        kind, _colon, pk = changes["means"][-1].rpartition(":")
        if kind in MEANS:
            yield kind.rpartition(".")[2], int(pk)


def _queues(keys: set[Any], language: str) -> Iterable[tuple[Any, str]]:
    return ((row.pk, row.name(language)) for row in Queue.objects.filter(pk__in=keys))


def _levels(keys: set[Any], language: str) -> Iterable[tuple[Any, str]]:
    rows = GuaranteeLevelVersion.objects.filter(pk__in=keys).select_related("level")
    return ((row.pk, row.name(language)) for row in rows)


def _tags(keys: set[Any], language: str) -> Iterable[tuple[Any, str]]:
    rows = list(TicketTag.objects.filter(pk__in=keys))
    skills = skill_names(language) if any(row.skill_id for row in rows) else {}
    return ((row.pk, skills.get(row.skill_id or 0, row.name)) for row in rows)


def _fields(keys: set[Any], language: str) -> Iterable[tuple[Any, str]]:
    return ((row.key, row.label(language)) for row in TicketField.objects.filter(key__in=keys))


def _macros(keys: set[Any], language: str) -> Iterable[tuple[Any, str]]:
    return ((row.pk, row.name(language)) for row in Macro.objects.filter(pk__in=keys))


def _rules(keys: set[Any], language: str) -> Iterable[tuple[Any, str]]:
    return DeskRule.objects.filter(pk__in=keys).values_list("pk", "name")


_NAMED = {
    "queue": _queues,
    "level": _levels,
    "tag": _tags,
    "field": _fields,
    "macro": _macros,
    "rule": _rules,
}


def sentence(line: JournalLine, who: dict[str, str], names: Names) -> str:
    """Return what a line tells, empty where it tells nothing."""
    changes = line.changes
    if line.verb == "helpdesk.tags_changed":
        return _tags_words(changes, who, names)
    if line.verb == "helpdesk.site_changed":  # its domain would say who asked
        return _("%(who)s said which site it is about") % who
    if line.verb == "helpdesk.queue_changed":
        said, name = _("%(who)s moved it to the queue “%(name)s”"), ("queue", changes["queue"][1])
    elif line.verb == "helpdesk.level_changed":
        said, name = _("%(who)s gave it the level “%(name)s”"), ("level", changes["level"][1])
    elif line.verb == "helpdesk.macro_run":
        said, name = _("%(who)s used the macro “%(name)s”"), ("macro", changes["macro"])
    elif line.verb == "helpdesk.rule_acted":
        said, name = _("The rule “%(name)s” acted, as %(who)s"), ("rule", changes["rule"])
    elif line.verb == "helpdesk.fields_changed":
        fields = _listed("field", changes["fields"], names)
        return _("%(who)s filled in: %(fields)s") % {**who, "fields": fields}
    else:
        return ""
    return said % {**who, "name": names.get(name, "")}


def _tags_words(changes: dict[str, Any], who: dict[str, str], names: Names) -> str:
    if "added" in changes:
        tags = _listed("tag", changes["added"], names)
        return _("%(who)s tagged it: %(tags)s") % {**who, "tags": tags}
    tags = _listed("tag", changes.get("removed", ()), names)
    return _("%(who)s took a tag off: %(tags)s") % {**who, "tags": tags}


def with_means(line: JournalLine, words: str, names: Names) -> str:
    """Return a sentence with the rule by which it happened, to who may know of rules.

    Those who asked read such lines too (a state, say): the name of a rule is the agents' own.
    """
    means = line.changes.get("means", ())
    if not words or not means or line.audience != JournalLine.Audience.STAFF:
        return words
    kind, _colon, pk = means[-1].rpartition(":")
    if kind != "helpdesk.rule" or line.verb == "helpdesk.rule_acted":
        return words
    name = names.get(("rule", int(pk)), "")
    return _("%(words)s, by the rule “%(name)s”") % {"words": words, "name": name}


def _listed(kind: str, keys: Iterable[Any], names: Names) -> str:
    return ", ".join(names.get((kind, key), "…") for key in keys)
