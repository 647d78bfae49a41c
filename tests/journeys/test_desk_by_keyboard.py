"""Journey 3 by keyboard alone: next, a note that asks, a macro, a reply, a state, a merger."""

import secrets

import pytest

from tests.journeys.desk import make_desk
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.journey
AGENT, COLLEAGUE = "sam-lee", "nadia"
INSERT = "Insert : Mend the SPF record"  # what is hidden stands apart, as a screen reader has it


@pytest.fixture
def mark():
    return f"plum{secrets.token_hex(3)}"


@pytest.fixture
def desk(site, mark, javascript):
    if not javascript:
        pytest.skip("keys are JavaScript; without it, Tab reaches all that they do")
    return make_desk(site, AGENT, mark)


def test_agent_works_tickets_by_keyboard_alone(arrive, desk, mark):
    keys = Keyboard(arrive(AGENT))
    keys.goes_to("/queue")
    reads_what_the_keys_are(keys)

    paid = desk.paths[desk.paid[0]]
    while (path := takes_next(keys)) != paid:
        assert path in [desk.paths[one] for one in desk.free]  # whose turn it was
        keys.goes_to("/queue")
    writes_a_note(keys, mark)
    uses_a_macro(keys)
    keys.visitor.sees("Waiting for the requester")
    replies(keys, mark)
    solves(keys)
    keys.visitor.sees("Solved")

    twin, kept = desk.paid[1:3]
    merges_and_undoes(keys, desk.paths[twin], desk.paths[kept])


def reads_what_the_keys_are(keys):
    keys.presses("?")
    dialog = keys.page.get_by_role("dialog", name="Keys to work with")
    dialog.wait_for()
    keys.visitor.look()
    assert "write a reply, an internal note" in dialog.inner_text()
    keys.presses("Escape")
    dialog.wait_for(state="hidden")


def takes_next(keys) -> str:
    keys.from_the_top()
    keys.tabs_to("Next ticket")
    keys.presses("Enter")
    keys.comes_to(lambda url: "/tickets/" in url)
    keys.visitor.look()
    return str(keys.page.url).removeprefix(keys.visitor.address)


def writes_a_note(keys, mark):
    keys.presses("n")
    assert keys.focused("id") == "note-source"
    keys.types(f"@{COLLEAGUE} is this known? {mark} odd")
    keys.presses_button("Keep the internal note", most=10)
    keys.visitor.sees(f"{mark} odd")


def uses_a_macro(keys):
    keys.from_the_top()
    keys.presses_button("Use a macro")
    keys.presses_button(INSERT)
    keys.from_the_top()
    keys.presses_button("Send it and do all this")
    keys.visitor.sees("the SPF record of mjc-vallon.example")


def replies(keys, mark):
    keys.from_the_top()
    keys.presses("r")
    assert keys.focused("id") == "reply-source"
    keys.types(f"One thing more: {mark} is the word.")
    keys.presses_button("Send, wait for them", most=12)
    keys.visitor.sees(f"{mark} is the word.")


def solves(keys):
    keys.from_the_top()
    keys.presses("s")


def merges_and_undoes(keys, twin, kept):
    keys.goes_to(twin)
    keys.presses("l")
    keys.page.locator("#into").wait_for(state="attached")
    keys.tabs_to("Merge into another ticket", most=10)
    keys.presses("Enter")
    keys.writes("The other ticket's number", kept.rpartition("/")[2], most=3)
    keys.uses()
    keys.visitor.sees("Another ticket about this was merged into it")
    assert keys.page.url.endswith(kept)

    keys.presses_button("Make two of them again")
    keys.visitor.sees("Both tickets are as they were.")
    keys.goes_to(kept)
    keys.visitor.does_not_see("was merged into it")
