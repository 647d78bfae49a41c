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
def test_main_pages_fit_a_phone(arrive, handle, javascript):
    if not javascript:
        pytest.skip("the same pages; axe needs JavaScript")
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
