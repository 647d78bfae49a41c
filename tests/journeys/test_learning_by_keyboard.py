"""Journey 4 by keyboard alone: ask, offer, match, agree, meet, note the hour, confirm it."""

import secrets
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.journey
# Nobody else of the demo asks for it or offers it; and these two have never been a pair.
LEARNER, MENTOR, SKILL = "bio-locale", "hugo-lemaire", "Visitor statistics"


def says_when(keys: Keyboard, start: str, end: str) -> None:
    """Fill the form that requests and offers share: a skill, French, Wednesday evening."""
    keys.tabs_to("skills.0")
    keys.types(SKILL)
    keys.presses("Escape")
    keys.chooses("languages.0", "Fr")
    for name in ("languages.1", "languages.2"):
        keys.tabs_to(name)
        keys.presses("Home")
    keys.chooses("slots.0.weekday", "We")
    for name, hour in (("slots.0.start", start), ("slots.0.end", end)):
        keys.tabs_to(name)
        types_hour(keys, hour)


def types_hour(keys: Keyboard, hour: str) -> None:
    """Type an hour as the field takes it: a clock's has a part for half of the day in English."""
    field = keys.page.locator(":focus")
    if field.get_attribute("type") != "time":
        keys.presses("Control+a")
        keys.types(hour)
        return
    moment = time.fromisoformat(hour)
    keys.types(f"{moment:%I%M%p}")
    assert field.input_value() == hour


@pytest.fixture
def person(arrive, javascript):
    """Return a function that brings a person who has no mouse."""
    if not javascript:
        pytest.skip("walked once by keys; without JavaScript the pages are the same forms")
    return lambda handle: Keyboard(arrive(handle))


def test_two_people_learn_together_by_keyboard_alone(person):
    mark = secrets.token_hex(3)
    learner, mentor, coordinator = person(LEARNER), person(MENTOR), person("clara")

    asks_and_offers(learner, mentor, mark)
    matches(coordinator)
    pair = agree(learner, mentor)
    meet(learner, mentor, pair, mark)


def asks_and_offers(learner, mentor, mark):
    learner.goes_to("/mentoring")
    learner.presses_button("Ask for a mentor")
    says_when(learner, "18:00", "20:00")
    learner.tabs_to("In your words")
    learner.types(f"From the very beginning, please. {mark}")
    learner.presses_button("Ask for a mentor", most=10)
    learner.visitor.sees("You will be told as soon as someone fits.")
    mentor.goes_to("/mentoring")
    mentor.presses_button("Offer to mentor")
    says_when(mentor, "18:30", "21:00")
    mentor.presses_button("Offer to mentor")
    mentor.visitor.sees("What I can teach")


def matches(coordinator):
    coordinator.goes_to("/mentoring")
    coordinator.presses_button("Matching")
    coordinator.visitor.sees(SKILL)
    coordinator.presses_button("Run the matcher")
    coordinator.visitor.sees_after_reload("Pairs that would fit", seconds=60)


def agree(learner, mentor) -> str:
    for who in (learner, mentor):
        who.goes_to("/mentoring")
        who.visitor.sees("You both speak French.")
        who.visitor.sees("You can meet on Wednesdays, 18:30–20:00 (your time)")
        who.presses_button("Yes, I would like to")
    mentor.visitor.sees("You are a pair now")
    return str(mentor.page.url)


def meet(learner, mentor, pair, mark):
    learner.goto(pair)
    learner.tabs_to("Your message, live", most=80)
    learner.types(f"Good evening {mark}")
    learner.presses_button("Send", most=5)
    learner.visitor.sees(f"Good evening {mark}")
    mentor.goto(pair)
    mentor.visitor.sees(f"Good evening {mark}")

    yesterday = datetime.now(ZoneInfo("Europe/Paris")) - timedelta(days=1)
    mentor.presses_button("Note a session we had")
    mentor.tabs_to("log-day", most=5)
    mentor.types(f"{yesterday:%m%d%Y}")
    assert mentor.page.locator("[name=log-day]").input_value() == f"{yesterday:%Y-%m-%d}"
    mentor.tabs_to("log-start", most=5)
    types_hour(mentor, "18:30")
    mentor.tabs_to("log-note", most=8)
    mentor.types(f"First hour {mark}")
    mentor.presses_button("Note it", most=5)
    mentor.visitor.sees("Waiting for the other side")

    learner.goto(pair)
    learner.presses_button("Yes, we met")
    learner.visitor.sees("Confirmed by both")
