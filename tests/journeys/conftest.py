"""One whole site for all journeys, and people at browsers with and without JavaScript."""

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.journeys.post import post_office
from tests.journeys.site import running_site
from tests.journeys.visitor import Visitor

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# The same engine without a window, where it is there: 2.9 s of processor in place of 7.6 for twelve
# windows. It shows no notices.
HEADLESS = os.environ.get("HEADLESS", CHROMIUM)
expect.set_options(timeout=15_000)
# Whether with JavaScript or without, somebody of this process did.
SIGNED_IN_BY_PAGE: set[bool] = set()


@pytest.fixture(scope="session")
def servers():
    """The mail servers beside the site: what it sends is kept, its mailbox is on IMAP."""
    with post_office() as found:
        yield found


@pytest.fixture(scope="session")
def site(tmp_path_factory, servers):
    """A running site with the demo, whose mail goes through real servers."""
    with running_site(tmp_path_factory.mktemp("site"), **servers.settings) as found:
        yield found


@pytest.fixture
def post(servers, site):
    """The mail servers, for what must come and go by mail."""
    if not servers.mailbox:
        pytest.skip("Dovecot is not installed (Debian: apt-get install dovecot-imapd).")
    return servers


@pytest.fixture(scope="session")
def address(site):
    """The address of the running site."""
    return site.address


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=HEADLESS, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def javascript(request) -> bool:
    """Whether the journey is walked with JavaScript; each is walked both ways."""
    return request.param == "with JavaScript"


@pytest.fixture
def arrive(browser, site, address, javascript):
    """Return a function that brings a person to the site, signed in or (None) a visitor.

    Who comes first, with JavaScript and without, signs in by the page. All later ones have a
    session already: two pages and a costly password less, some 200 times.
    """
    contexts, refused = [], []

    def note(line) -> None:
        if "Content Security Policy" in line.text:
            refused.append(line.text)

    def come(handle: str | None = None, **options) -> Visitor:
        options = {"locale": "en", "java_script_enabled": javascript, **options}
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        context.on("console", note)
        contexts.append(context)
        visitor = Visitor(context.new_page(), address, javascript)
        if handle is not None:
            context.add_cookies([{"name": "language", "value": "en", "url": address}])
            if javascript in SIGNED_IN_BY_PAGE:
                key = site.session_of(handle)
                context.add_cookies([{"name": "sessionid", "value": key, "url": address}])
                visitor.go("/")
            else:
                SIGNED_IN_BY_PAGE.add(javascript)
                visitor.sign_in(handle)
        return visitor

    yield come
    for context in contexts:
        context.close()
    assert refused == [], "our own content policy refused something"
