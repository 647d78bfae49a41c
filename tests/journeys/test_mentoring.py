"""Journey 4: ask for a mentor, be matched with reasons, accept, meet, both confirm the time."""

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.journey
# Nobody else of the demo offers these; a pair is never proposed twice, so each way has its own.
COUPLES = {
    True: ("radio-canut", "tomas", "Sound editing and podcasts"),
    False: ("mjc-vallon", "elise-fontaine", "Spreadsheets"),
}


def say_when(visitor, skill: str, weekday: str, start: str, end: str) -> None:
    """Fill the form that requests and offers share."""
    visitor.page.locator('[name="skills.0"]').fill(skill)
    visitor.page.locator('[name="languages.0"]').select_option("fr")
    for name in ("languages.1", "languages.2"):
        visitor.page.locator(f'[name="{name}"]').select_option("")
    visitor.page.locator('[name="slots.0.weekday"]').select_option(weekday)
    visitor.page.locator('[name="slots.0.start"]').fill(start)
    visitor.page.locator('[name="slots.0.end"]').fill(end)


def test_two_people_learn_together(arrive, javascript):
    learner_handle, mentor_handle, skill = COUPLES[javascript]
    mark = secrets.token_hex(3)

    learner = arrive(learner_handle)
    learner.go("/mentoring")
    learner.follow("Ask for a mentor")
    say_when(learner, skill, "1", "18:00", "20:00")
    learner.fill("In your words", f"From the very beginning, please. {mark}")
    learner.press("More rows")
    assert learner.page.locator('[name="slots.0.start"]').input_value() == "18:00"
    learner.press("Ask for a mentor")
    learner.sees("You will be told as soon as someone fits.")

    mentor = arrive(mentor_handle)
    mentor.go("/mentoring")
    mentor.follow("Offer to mentor")
    say_when(mentor, skill, "1", "18:30", "21:00")
    mentor.press("Offer to mentor")
    mentor.does_not_see(mark)

    coordinator = arrive("clara")
    coordinator.go("/mentoring")
    coordinator.follow("Matching")
    coordinator.sees(skill)
    coordinator.press("Run the matcher")
    coordinator.sees_after_reload("Pairs that would fit")
    coordinator.sees("Nobody found for")

    for visitor in (learner, mentor):
        visitor.go("/mentoring")
        visitor.sees("You both speak French.")
        visitor.sees("You can meet on Tuesdays, 18:30–20:00 (your time)")
        visitor.sees("in 12 of the 12 weeks")
    mentor.follow("What they want to learn")
    mentor.sees(mark)
    mentor.go("/mentoring")
    mentor.press("Yes, I would like to")
    mentor.sees("waiting for the other side")
    learner.go("/mentoring")
    learner.press("Yes, I would like to")
    learner.sees("You are a pair now")
    pair = learner.page.url

    mentor.goto(pair)
    if javascript:
        mentor.sees("Connected: new messages appear by themselves.")
    learner.fill("Your message, live", f"Good evening {mark}")
    learner.press("Send")
    learner.sees(f"Good evening {mark}")
    if javascript:
        came = mentor.page.locator(".chat > li").last
        came.get_by_text(mark).wait_for()
        byline = came.locator(".byline").inner_text()
        assert came.locator("time").get_attribute("title")
    mentor.goto(pair)
    mentor.sees(f"Good evening {mark}")
    if javascript:
        assert mentor.page.locator(".chat > li .byline").last.inner_text() == byline
    yesterday = datetime.now(ZoneInfo("Europe/Paris")) - timedelta(days=1)
    mentor.page.get_by_text("Note a session we had").click()
    mentor.page.locator("[name=log-day]").fill(yesterday.strftime("%Y-%m-%d"))
    mentor.page.locator("[name=log-start]").fill("18:30")
    mentor.page.locator("[name=log-note]").fill(f"First hour {mark}")
    mentor.press("Note it")
    mentor.sees("Waiting for the other side")

    learner.go("/mentoring")
    learner.sees("Did you meet?")
    learner.goto(pair)
    learner.press("Yes, we met")
    learner.sees("Confirmed by both")
    for visitor in (learner, mentor):
        visitor.go("/commons/statement")
        visitor.sees(f"First hour {mark}")


def test_names_are_read_on_a_phone_beside_a_form(arrive):
    coordinator = arrive("clara", viewport={"width": 320, "height": 800})
    coordinator.go("/mentoring/matching")

    rows = coordinator.page.locator(".list > li:has(form) > :first-child")
    widths = rows.evaluate_all("cells => cells.map((cell) => cell.clientWidth)")
    assert widths
    assert min(widths) > 250
