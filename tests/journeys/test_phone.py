"""Main pages, signed in and in English, on a phone: axe, and no scrolling sideways at 320 px."""

import pytest

from tests.journeys.visitor import TOO_WIDE

pytestmark = pytest.mark.journey
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
ALL = ["/", "/tickets", "/questions", "/me/notices", "/me/profile", "/mentoring", "/workshops"]
PAGES = {
    "peter-hall": [*ALL, "/tickets/new", "/questions/ask", "/me/sites", "/commons/statement"],
    "bao": ["/questions/for-me", "/questions/unanswered", "/mentoring", "/commons/statement"],
    "nadia": ["/queue", "/macros", "/desk-rules", "/mails", "/queue/offer", "/reports/helpdesk"],
}
FIRST = {"/questions": "main h2 a", "/queue": "#queue h2 a", "/tickets": "main h2 a, main li a"}


@pytest.mark.parametrize("handle", PAGES)
def test_main_pages_fit_a_phone(arrive, handle):
    visitor = arrive(handle, viewport=PHONE)
    wide = []
    for path in PAGES[handle]:
        visitor.go(path)
        wide += too_wide(visitor)
        if path in FIRST and visitor.page.locator(FIRST[path]).count():
            visitor.page.locator(FIRST[path]).first.click()
            visitor.page.wait_for_load_state()
            visitor.look()
            wide += too_wide(visitor)
    assert wide == []


def too_wide(visitor) -> list[str]:
    """Return the page's address if it scrolls sideways on the narrowest phone."""
    visitor.page.set_viewport_size(NARROW)
    more = visitor.page.evaluate(TOO_WIDE)
    visitor.page.set_viewport_size(PHONE)
    return [f"{visitor.page.url}: {more} px"] if more > 0 else []


def test_parts_of_lines_stand_apart_and_whole_on_a_phone(arrive, javascript):
    """A month's hours beside their titles; what people need who registered; fields of hours."""
    if not javascript:
        pytest.skip("looks are alike without JavaScript")
    clara = arrive("clara", viewport={"width": 360, "height": 740})
    clara.go("/workshops")
    clara.page.get_by_role("link", name="By month").click()
    if not clara.page.locator(".month li").count():
        clara.page.locator("a[rel=next]").click()
    hour, title = (box_of(clara, f".month li {tag}") for tag in ("time", "span"))
    assert title["x"] >= hour["x"] + hour["width"] + 4
    assert hour["height"] < 30

    clara.go("/workshops")
    clara.page.get_by_role("link", name="Un site lisible par tout le monde").click()
    clara.go(f"/workshops/{clara.page.url.split('/')[4]}/registrations")
    for nth in (3, 4):
        cell = box_of(clara, f".guests tr:has(td:last-child:not(:empty)) td:nth-child({nth})")
        assert cell["x"] >= 0
        assert cell["x"] + cell["width"] <= 360
    assert cell["width"] > 200

    clara.go("/mentoring/offer")
    label = box_of(clara, ".slots td:nth-child(2) label")
    assert label["width"] > 20
    assert label["height"] > 10


def box_of(visitor, selector):
    """Return where the first of these stands."""
    return visitor.page.locator(selector).first.bounding_box()
