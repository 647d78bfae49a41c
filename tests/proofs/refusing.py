"""Something invalid in the fields of an act's form, and what the page that answers says of it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

# What is typed, until a page refuses it; the last is longer than any text may be.
WRONG = ("", "¿?zz", "no such thing " * 2500)
# Nothing is typed into these: a page shows which was chosen, where it still is one.
CHOSEN = {"checkbox", "radio", "select"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Control:
    """What a page lets one fill in. described: the ids of what says more of it."""

    name: str
    kind: str
    value: str
    described: list[str]
    is_invalid: bool


@dataclass
class Answer(HTMLParser):
    """A page's controls, and the words of each element that has an id."""

    html: str
    controls: list[Control] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag in ("input", "textarea", "select"):
            self._add(tag, facts)
        if tag not in VOID:
            self._open.append((tag, facts))

    def _add(self, tag: str, facts: dict[str, str]) -> None:
        """A group's message is that of each choice in it."""
        groups = [around for name, around in self._open if name == "fieldset"]
        described = " ".join(one.get("aria-describedby", "") for one in (facts, *groups))
        control = Control(
            name=facts.get("name", ""),
            kind=facts.get("type", tag),
            value=facts.get("value", ""),
            described=described.split(),
            is_invalid="aria-invalid" in facts or bool(groups),
        )
        self.controls.append(control)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "textarea":
            self.controls[-1].value += data
        for _tag, facts in self._open:
            if called := facts.get("id"):
                self.words[called] = self.words.get(called, "") + data

    def wrong_with(self, name: str, typed: str) -> str:
        """Return why this page does not let one correct a field; nothing where it does."""
        mine = [one for one in self.controls if one.name == name and one.kind != "hidden"]
        if not mine:
            return "the field is gone"
        if not any(one.is_invalid and self._is_said_of(one) for one in mine):
            return "no message beside it"
        kept = any(one.kind in CHOSEN or one.value.split() == typed.split() for one in mine)
        return "" if kept else "what was typed is lost"

    def _is_said_of(self, control: Control) -> bool:
        return any(self.words.get(one, "").strip() for one in control.described if "error" in one)
