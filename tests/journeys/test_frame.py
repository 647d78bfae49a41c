"""The frame in a real browser: every component at every width, drafts, menus, lost lines."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import HEADLESS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = ["/dev/components", "/", "/about/privacy", "/accounts/signup/"]


@pytest.fixture(scope="module")
def chromium():
    # Playwright's own event loop runs in this thread; Django would refuse to use the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium: Browser):
    context = chromium.new_context(locale="en")
    yield context.new_page()
    context.close()


def complaints(page: Page) -> list[str]:
    """Return what axe finds wrong, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_everyone_can_read_every_page(chromium, live_server, path, scheme, width):
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en"
    )
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    page.goto(live_server.url + path)

    for direction in ("ltr", "rtl"):
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        assert page.evaluate(TOO_WIDE) == 0, direction
        assert refused == []
        assert complaints(page) == []
    context.close()


def test_text_twice_as_large_needs_no_sideways_scroll(chromium, live_server):
    context = chromium.new_context(viewport={"width": 640, "height": 800}, locale="en")
    page = context.new_page()
    page.goto(live_server.url + "/dev/components")
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate(TOO_WIDE) == 0
    context.close()


def test_a_draft_outlives_a_closed_page_and_is_left_to_nobody(page, live_server):
    page.goto(live_server.url + "/dev/components")
    page.fill("#reply", "Half an answer")
    page.locator("[data-draft-state]", has_text="Draft kept").wait_for()

    page.reload()
    assert page.input_value("#reply") == "Half an answer"
    assert page.inner_text("[data-draft-state]") == "Your draft is back"

    page.evaluate(
        """() => {
          const form = document.createElement("form");
          form.method = "post";
          form.setAttribute("action", "/accounts/logout/");
          document.body.append(form);
          form.requestSubmit();
        }"""
    )
    page.wait_for_url("**/accounts/logout/")
    assert page.evaluate("localStorage.length") == 0


def test_menu_opens_and_closes_by_keyboard(page, live_server):
    page.goto(live_server.url + "/about/markdown")
    menu = page.locator("details.menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.evaluate("menu => menu.open")

    page.keyboard.press("Escape")

    assert not menu.evaluate("menu => menu.open")
    assert menu.locator("summary").evaluate("summary => summary === document.activeElement")


def test_skip_link_is_the_first_stop(page, live_server):
    page.goto(live_server.url + "/about/markdown")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_a_lost_line_is_said_and_nothing_typed_is_lost(page, live_server):
    page.goto(live_server.url + "/")
    page.context.set_offline(True)

    page.locator("#search").press_sequentially("white page", delay=5)
    page.wait_for_selector("#flashes .notice")

    assert "The line is lost" in page.inner_text("#flashes")
    assert page.input_value("#search") == "white page"
