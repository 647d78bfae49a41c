"""A person who has no mouse: keys, Tab and what has the focus."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.visitor import Visitor

# What has the focus, as it is called: its label, else what stands in it, else its name.
CALLED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return "";
  const labels = [...(it.labels ?? [])].map((label) => label.textContent);
  const called = [it.getAttribute("aria-label"), ...labels, it.innerText, it.name];
  return called.filter(Boolean).join(" ");
}"""


class Keyboard:
    """Moves about a page by keys alone; whatever has the focus is seen by its ring."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focused(self, what: str) -> str:
        return str(self.page.evaluate(f"document.activeElement.{what}"))

    def tabs_to(self, name: str, most: int = 40, key: str = "Tab") -> None:
        """Go on by Tab until what has the focus is called this, and is in sight."""
        for _step in range(most):
            self.presses(key)
            if name in re.sub(r"\s+", " ", self.page.evaluate(CALLED)):
                expect(self.page.locator(":focus")).to_be_in_viewport()  # it scrolls smoothly
                return
        raise AssertionError(f"No {key} leads to {name!r} on {self.page.url}.")

    def goes_to(self, path: str) -> None:
        """Open an address, as typed into the browser's own field."""
        self.visitor.go(path)

    def goto(self, url: str) -> None:
        """Open a whole address, the same way."""
        self.visitor.goto(url)

    def comes_to(self, url: Any) -> None:
        """Wait for a page that what was just done leads to."""
        self.visitor.comes_to(url)

    def from_the_top(self) -> None:
        """Begin the page again, so that Tab reaches what stands before."""
        self.page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
        self.page.evaluate("scrollTo(0, 0)")
        self.presses("Control+Home")

    def presses_button(self, name: str, most: int = 120) -> None:
        """Go to a button or link of this name, use it, and look at what comes."""
        self.tabs_to(name, most)
        self.uses()

    def uses(self) -> None:
        """Press Enter on what has the focus, and look at what comes."""
        self.page.locator(":focus").press("Enter")  # waits for the page that it leads to
        self.visitor.look()

    def chooses(self, name: str, option: str, most: int = 60) -> None:
        """Go to a choice and type what begins the option, as its keys are."""
        self.tabs_to(name, most)
        self.types(option)

    def writes(self, name: str, text: str, most: int = 60) -> None:
        """Go to a field of this name and write in it, in place of what stands there."""
        self.tabs_to(name, most)
        self.presses("Control+a")
        self.types(text)
