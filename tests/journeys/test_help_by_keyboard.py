"""Journey 1 by keyboard alone: a past answer that fits; else a ticket, a reply, a rating."""

import secrets

import pytest

from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.journey
MEMBER, SITE = "peter-hall", "dales-walkers.example"


@pytest.fixture
def member(arrive, javascript):
    if not javascript:
        pytest.skip("walked once by keys; without JavaScript the pages are the same forms")
    return Keyboard(arrive(MEMBER))


def test_member_gets_help_by_keyboard_alone(arrive, member):
    mark = secrets.token_hex(3)
    finds_a_past_answer(member)
    path = opens_a_ticket(member, f"Blank page {mark}")
    agent = arrive("nadia")
    answers(agent, path, f"Is memory_limit at 64M, {mark}?", "Send, wait for them")

    member.visitor.sees(f"Is memory_limit at 64M, {mark}?")
    member.from_the_top()
    member.writes("Your reply", f"It is, {mark}.")
    member.tabs_to("Send: it is solved", most=4)
    member.presses_button("Send", most=1)
    member.visitor.sees("Waiting for our answer")
    answers(agent, path, "Set it to 256M.", "Send and solve")
    rates(member, path)

    agent.go(f"{path}/around")
    agent.sees("I was helped well")


def finds_a_past_answer(member):
    member.goes_to("/tickets/new")
    member.writes("What is it about?", "white page after a WordPress update")
    member.visitor.sees("Does one of these solve it?")
    member.presses_button("This solved it", most=2)
    member.visitor.sees("Good to hear. No ticket was opened")


def opens_a_ticket(member, subject) -> str:
    member.goes_to("/tickets/new")
    member.writes("What is it about?", subject)
    member.chooses("Which site?", SITE)
    member.writes("What happened?", "It is white since noon.")
    member.presses_button("pen my ticket", most=20)
    if "/tickets/new" in member.page.url:  # past answers came only now
        member.presses_button("open my ticket all the same")
    member.visitor.sees("Your ticket is open.")
    member.visitor.sees(SITE)
    return str(member.page.url).removeprefix(member.visitor.address)


def answers(agent, path, text, then):
    agent.go(path)
    agent.page.locator("#reply-source").fill(text)
    agent.press(then)


def rates(member, path):
    member.goes_to(path)
    member.presses_button("How were you helped?")
    member.tabs_to("I was helped well")
    member.presses("Space")
    member.presses_button("Say it", most=5)
    member.visitor.sees("Thank you. Those who helped you read it.")
