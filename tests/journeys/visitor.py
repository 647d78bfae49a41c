"""A person at a real browser; every page they come to is looked over by axe."""

import re
import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Response, expect

from tests.journeys.site import PASSWORD

# Without JavaScript axe looks at the very document the person has before them, with <noscript>,
# what was typed and the state of forms: a copy in another browser would be another page. A browser
# lets us evaluate there, and promises are kept, but its timers stand still, and axe takes its turns
# by them. So for it they come at once; no script of the page can run and notice.
WITHOUT_TIMERS = """() => {
  let count = 0;
  window.setTimeout = (done, _ms, ...facts) => {
    Promise.resolve().then(() => done(...facts));
    return ++count;
  };
  window.clearTimeout = () => {};
  window.requestAnimationFrame = (done) => window.setTimeout(() => done(0));
}"""
# What a page is made of, whatever its texts and however long its lists: another state of the same
# address, as a refused form or a part that htmx brought, is looked at too.
STRUCTURE = """() => {
  const facts = ["class", "role", "type", "aria-invalid", "open"];
  const words = new Set();
  for (const one of document.body.getElementsByTagName("*"))
    words.add([one.tagName, ...facts.map((name) => one.getAttribute(name))].join(" "));
  return [...words].sort().join();
}"""
# How it is shown: the same page is another one on a phone, in the dark, or in another language.
SHOWN = """() => [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches,
  document.documentElement.lang, getComputedStyle(document.documentElement).fontSize].join()"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What was looked over by whoever came there in this process: nobody has to find it good again.
LOOKED_OVER: set[str] = set()


class Visitor:
    """Moves about the site by its links, labels and buttons, as a person would."""

    def __init__(self, page: Page, address: str, javascript: bool) -> None:
        self.page = page
        self.address = address
        self.javascript = javascript

    def go(self, path: str) -> None:
        """Open an address."""
        self.goto(self.address + path)

    def goto(self, url: str) -> Response | None:
        """Open an address of any site, as that of a link in a mail."""
        answer = self.page.goto(url)
        self.look()
        return answer

    def comes_to(self, url: Any, **facts: Any) -> None:
        """Wait for a page that what was just done leads to."""
        self.page.wait_for_url(url, **facts)
        self.look()

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self.look()

    def look(self) -> None:
        """Have axe look the page over, once for each kind of page and each state of it."""
        self.page.wait_for_load_state()
        # What is being sent is dimmed, on purpose, until the answer comes.
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        kind = re.sub(r"\d+|[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]", "N", self.page.url)
        kind += f" {self.javascript} {self.page.evaluate(SHOWN)} {self.page.evaluate(STRUCTURE)}"
        if kind in LOOKED_OVER:
            return
        LOOKED_OVER.add(kind)
        if not self.javascript:
            self.page.evaluate(WITHOUT_TIMERS)
        found = Axe().run(self.page).response["violations"]
        wrong = [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
        assert not wrong, f"{self.page.url}\n" + "\n".join(wrong)
        assert self.page.evaluate(TOO_WIDE) <= 0, f"{self.page.url} scrolls sideways"

    def sign_in(self, handle: str) -> None:
        """Sign in by address and password."""
        self.go("/accounts/login/")
        self.page.locator("[name=login]").fill(f"{handle}@people.example")
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main form").first.locator("button.primary").click()
        self.comes_to(lambda url: "/accounts/" not in url)

    def fill(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        fields = self.page.locator("main input, main textarea")
        fields.and_(self.page.get_by_label(label)).first.fill(text)

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button with this name, and look at what comes."""
        (within or self.page.locator("main")).get_by_role("button", name=name).first.click()
        self.look()

    def follow(self, name: str, within: Locator | None = None) -> None:
        """Follow the link with this name."""
        (within or self.page.locator("main")).get_by_role("link", name=name).first.click()
        self.look()

    def sees(self, text: Any, seconds: float = 15) -> None:
        """Expect a text on the page, soon."""
        expect(self.page.locator("body")).to_contain_text(text, timeout=seconds * 1000)

    def does_not_see(self, text: str) -> None:
        """Expect a text not to be on the page."""
        expect(self.page.locator("body")).not_to_contain_text(text)

    def sees_after_reload(self, text: str, seconds: float = 20) -> None:
        """Expect a text that the worker brings: reload until it is there."""
        end = time.monotonic() + seconds
        while text not in self.page.locator("body").inner_text():
            assert time.monotonic() < end, f"{text!r} never came to {self.page.url}"
            time.sleep(0.4)
            self.page.reload()
        self.look()
