"""The switch that lets a browser show notices, in a real one; only its push service is pretended.

In a window that keeps nothing, as Playwright opens them, Chromium refuses to subscribe: this one
has a profile of its own.
"""

import time

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.journeys.conftest import CHROMIUM
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey
# What the push service of the browser's maker would do: give an address, and keep two keys.
SERVICE = """
  const packed = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const known = () => JSON.parse(localStorage.getItem("pretended") ?? "null");
  const made = (facts) => facts && {
    endpoint: facts.endpoint,
    options: {},
    getKey: (name) => Uint8Array.from(atob(facts[name]), (sign) => sign.charCodeAt(0)).buffer,
    unsubscribe: async () => localStorage.removeItem("pretended") ?? true,
  };
  PushManager.prototype.getSubscription = async () => made(known());
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (localStorage.getItem("away")) throw new DOMException("push service error", "AbortError");
    if (!userVisibleOnly || applicationServerKey.length !== 65) throw new TypeError("not so");
    const kind = { name: "ECDH", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(kind, true, ["deriveBits"]);
    const p256dh = packed(await crypto.subtle.exportKey("raw", pair.publicKey));
    const auth = packed(crypto.getRandomValues(new Uint8Array(16)));
    const endpoint = `https://push.example.com/send/${crypto.randomUUID()}`;
    localStorage.setItem("pretended", JSON.stringify({ endpoint, p256dh, auth }));
    return made(known());
  };
"""
PUSHED = """(message) => self.dispatchEvent(
  new PushEvent("push", { data: JSON.stringify(message) }))"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ body, tag, data }) => ({ body, tag, url: data.url }))"""


@pytest.fixture
def member(address, tmp_path):
    """Someone with a profile in their browser, at the page of the switch."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path), executable_path=CHROMIUM, args=["--no-sandbox"], locale="en"
        )
        context.set_default_timeout(15_000)
        context.grant_permissions(["notifications"], origin=address)
        context.add_init_script(SERVICE)
        context.add_cookies([{"name": "language", "value": "en", "url": address}])
        visitor = Visitor(context.pages[0], address, javascript=True)
        visitor.sign_in("aminata")
        visitor.go("/me/notices/choices")
        yield visitor
        context.close()


def switches_on(member) -> None:
    """Press the switch; the page is another one when the browser has subscribed."""
    member.page.get_by_role("button", name="Show notices in this browser").click()


def shown_soon(member) -> list[dict[str, str]]:
    """Return what the browser shows, once it shows anything."""
    ended = time.monotonic() + 15
    while not (found := list(member.page.evaluate(SHOWN))) and time.monotonic() < ended:
        member.page.wait_for_timeout(100)
    return found


def test_switch_goes_on_and_off_and_the_worker_shows_what_comes(member):
    state = member.page.locator("[data-push-state]")
    expect(state).to_have_text("This browser shows nothing yet.")

    switches_on(member)

    expect(state).to_have_text("This browser shows your notices.")
    rows = member.page.locator("form[data-endpoint]")
    expect(rows).to_have_count(1)
    member.look()

    worker = member.page.context.service_workers[0]
    worker.evaluate(PUSHED, {"title": "Bao answered", "url": "/me/notices", "tag": "notice-1"})
    assert shown_soon(member) == [{"body": "Bao answered", "tag": "notice-1", "url": "/me/notices"}]

    rows.get_by_role("button").click()
    expect(state).to_have_text("This browser shows nothing yet.")
    expect(rows).to_have_count(0)
    assert member.page.evaluate("localStorage.getItem('pretended')") is None


def test_push_service_that_is_away_is_said(member):
    member.page.evaluate("localStorage.setItem('away', '1')")

    switches_on(member)

    expect(member.page.locator("[data-push-state]")).to_have_text(
        "The browser’s push service did not answer. Try again in a moment."
    )
    expect(member.page.locator("form[data-endpoint]")).to_have_count(0)
