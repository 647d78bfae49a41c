"""What a notice says: one text for each verb, made when read, in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Notice, Person

ISOLATED = "\u2068{}\u2069"  # a name in any script leaves the sentence around it in order
_texts: dict[str, Any] = {}
_rules: dict[str, Mapping[str, Any]] = {}
_urls: dict[str, Callable[[Notice], str]] = {}


@dataclass(frozen=True)
class ShownNotice:
    """A notice as its reader sees it; `url` leads to what it is about."""

    id: int
    verb: str
    text: str
    url: str
    thing_kind: str
    thing_id: int
    at: datetime
    read_at: datetime | None


def declare(
    verb: str,
    text: Any,
    *,
    url: Callable[[Notice], str] | None = None,
    rules: Mapping[str, Any] | None = None,
) -> None:
    """Say what notices of this verb read; called once, from the app's ready().

    text: lazy, with `%(who)s` (who did it) and `%(what)s` (the thing's label). url: of the page
    to open, where it is not the thing's own. rules: what the reasons are called (lazy), by the key
    that the line's changes hold as `rule`; said after the text.
    """
    _texts[verb] = text
    _rules[verb] = rules or {}
    if url is not None:
        _urls[verb] = url


def text_of(verb: str, *, actor: Person | None, label: str, rule: str = "") -> str:
    """Return the sentence of a notice in the active language."""
    text = str(_texts.get(verb, _("Something happened: %(what)s")))
    said = text % {"who": ISOLATED.format(name_of(actor)), "what": ISOLATED.format(label)}
    why = _rules.get(verb, {}).get(rule)
    return f"{said} ({why})" if why else said


def without_marks(text: str) -> str:
    """Return a sentence for plain mail, where marks of direction would show in some readers."""
    return text.replace("\u2068", "").replace("\u2069", "")


def name_of(person: Person | None) -> str:
    """Return how others read of this person; None is the association itself."""
    if person is None:
        return "Entraide"
    if person.state == Person.State.ERASED:
        return gettext("a former member")
    return person.display_name


def show(notice: Notice, *, actor: Person | None, label: str, url: str) -> ShownNotice:
    """Return a notice in the active language; actor and label as its reader may know them.

    notice: with its line.
    """
    own_url = _urls.get(notice.verb)
    return ShownNotice(
        id=notice.pk,
        verb=notice.verb,
        text=text_of(
            notice.verb, actor=actor, label=label, rule=notice.line.changes.get("rule", "")
        ),
        url=own_url(notice) if own_url else url,
        thing_kind=notice.thing_kind,
        thing_id=notice.thing_id,
        at=notice.at,
        read_at=notice.read_at,
    )
