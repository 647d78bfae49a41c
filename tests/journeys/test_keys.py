"""Journey 3: an agent works the queue, by keyboard alone: not one click."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.journey


@pytest.fixture
def keyboard(arrive, javascript):
    if not javascript:
        pytest.skip("keys are JavaScript; without it, Tab reaches all that they do")
    return Keyboard(arrive("nadia"))


@pytest.fixture
def subject(arrive):
    """The subject of a new ticket that nobody has."""
    made = f"Keys and no mouse {secrets.token_hex(3)}"
    member = arrive("aminata")
    member.go("/tickets/new")
    member.fill("What is it about?", made)
    member.fill("What happened?", "The page stays white.")
    member.press("open my ticket")
    if "/tickets/new" in member.page.url:
        member.press("open my ticket")
    member.comes_to(lambda url: "/tickets/new" not in url)
    member.page.close()  # or she would be here for as long as the test lasts
    return made


def test_agent_works_the_queue_by_keyboard_alone(keyboard, subject):
    page = keyboard.page
    keyboard.visitor.go("/queue?assigned=nobody&sort=newest")

    keyboard.presses("j")
    assert keyboard.focused("innerText") == subject
    keyboard.presses("j", "k", "x")
    assert page.locator("[data-row] input:checked").count() == 1
    keyboard.presses("o")
    page.wait_for_url(lambda url: "/tickets/" in url)
    keyboard.visitor.look()

    keyboard.presses("a")
    keyboard.visitor.sees("In hand of")
    keyboard.visitor.sees("took it")  # the form is new too, before anything is typed into it
    keyboard.presses("n")
    assert keyboard.focused("id") == "note-source"
    keyboard.types("Seen before, r n a s ? are letters here.")
    keyboard.tabs_to("Keep the internal note")
    keyboard.presses("Enter")
    keyboard.visitor.sees("are letters here.")

    keyboard.presses("r")
    assert keyboard.focused("id") == "reply-source"
    keyboard.types("Raise the memory limit.")
    keyboard.tabs_to("Send, wait for them")
    keyboard.presses("Enter")
    keyboard.visitor.sees("Waiting for the requester")
    page.locator("body").evaluate("body => document.activeElement.blur()")
    keyboard.presses("s")
    keyboard.visitor.sees("Solved")

    keyboard.presses("g", "q")
    page.wait_for_url(lambda url: url.endswith("/queue"))
    keyboard.presses("/")
    assert keyboard.focused("id") == "by-q"
    keyboard.types(subject.split()[-1])
    keyboard.tabs_to("nobody: solved or closed", most=3)
    page.wait_for_timeout(500)
    keyboard.visitor.does_not_see(subject)  # it waits for nobody any more


def test_a_macro_is_chosen_and_the_next_ticket_taken_by_a_key(keyboard, subject):
    keyboard.visitor.go("/queue?assigned=nobody&sort=newest")
    keyboard.presses("j", "o")
    keyboard.comes_to(lambda url: "/tickets/" in url)

    keyboard.presses("u")
    keyboard.page.locator(".macros").wait_for()
    keyboard.presses("g", "q")
    keyboard.comes_to(lambda url: url.endswith("/queue"))
    keyboard.presses("p")
    keyboard.comes_to(lambda url: "/tickets/" in url)
    keyboard.visitor.sees("In hand of")


def test_keys_are_listed_and_can_be_turned_off(keyboard):
    page = keyboard.page
    keyboard.visitor.go("/queue")

    keyboard.presses("?")
    keyboard.visitor.look()
    assert page.locator("dialog[open]").count() == 1
    keyboard.tabs_to("", most=1)
    page.locator("[data-keys-on]").focus()
    keyboard.presses("Space", "Escape", "j", "?")
    assert page.locator("dialog[open]").count() == 0
    assert keyboard.focused("tagName") != "A"

    page.reload()
    keyboard.presses("j", "?")
    assert page.locator("dialog[open]").count() == 0
    page.locator("[data-keys-open]").focus()
    keyboard.presses("Enter")
    assert page.locator("dialog[open]").count() == 1
    page.locator("[data-keys-on]").focus()
    keyboard.presses("Space", "Escape", "j")
    assert keyboard.focused("tagName") == "A"


def test_colleagues_see_each_other_write(arrive, keyboard, subject):
    keyboard.visitor.go("/queue?assigned=nobody&sort=newest")
    keyboard.presses("j", "o")
    keyboard.comes_to(lambda url: "/tickets/" in url)
    member = arrive("aminata")
    member.goto(keyboard.page.url)
    place = keyboard.page.locator("[data-colleagues]").first
    place.get_by_text("is here").wait_for()

    member.page.locator("#composer textarea").press_sequentially("One thing more")
    place.get_by_text("is writing").wait_for()

    member.page.close()
    expect(place).to_have_text("", timeout=40_000)
