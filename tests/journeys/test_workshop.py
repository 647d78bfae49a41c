"""Journey 5: a trainer proposes, sees a conflict, publishes; people register, wait, move up."""

import secrets
import urllib.request
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.journey
ZONES = ("Europe/Paris", "America/Montreal", "Asia/Tokyo", "Pacific/Auckland")


def soon() -> tuple[str, datetime]:
    """Return a zone where it is day, and a time there within the hour: the doors are open."""
    for zone in ZONES:
        start = datetime.now(ZoneInfo(zone)) + timedelta(minutes=40)
        if 6 <= start.hour <= 20:
            return zone, start
    raise AssertionError("It is night everywhere.")


def plan(trainer, title: str, zone: str, start: datetime) -> None:
    """Fill the form of a new workshop for one person, online."""
    trainer.go("/workshops/new")
    trainer.fill("Title", title)
    trainer.fill("What will people be able to do", "Read an **error log** without fear.")
    trainer.page.locator("main select[name=language]").select_option("en")
    trainer.fill("Skills", "php")
    trainer.fill("Address of the room online", "https://rooms.example/log")
    trainer.fill("Time zone, when online", zone)
    trainer.fill("Trainers", "tomas")
    trainer.fill("Seats", "1")
    trainer.page.locator('[name="sessions.0.day"]').fill(start.strftime("%Y-%m-%d"))
    trainer.page.locator('[name="sessions.0.starts"]').fill(start.strftime("%H:%M"))
    trainer.page.locator('[name="sessions.0.ends"]').fill(
        (start + timedelta(hours=1)).strftime("%H:%M")
    )


def test_workshop_fills_and_the_waiting_list_moves_up(arrive, address, javascript):
    mark = secrets.token_hex(3)
    title = f"Reading logs {mark}"
    zone, start = soon()

    trainer = arrive("tomas")
    plan(trainer, title, zone, start)
    trainer.press("Save as a draft")
    trainer.sees(title)
    page = trainer.page.url.removeprefix(address)

    plan(trainer, f"Another one {mark}", zone, start)
    trainer.press("Save as a draft")
    trainer.sees("is taken from")
    trainer.go(page)
    trainer.press("Publish")

    first, second = arrive("peter-hall"), arrive("grace-okoro")
    first.go("/workshops")
    first.follow(title)
    first.press("Take a seat")
    first.sees("You have a seat.")
    first.sees("https://rooms.example/log")
    second.go(page)
    second.press("Join the waiting list")
    second.sees("You are on the waiting list.")
    second.does_not_see("https://rooms.example/log")

    with urllib.request.urlopen(f"{address}/workshops.ics") as calendar:
        assert title in calendar.read().decode()

    first.press("Give my seat back")
    second.go("/me/notices")
    second.sees_after_reload(title)
    second.go(page)
    second.sees("You have a seat.")

    trainer.go(page)
    trainer.follow("At the door", trainer.page.locator("aside"))
    trainer.press("Grace Okoro is there")
    trainer.sees("1 of 1 are there")

    trainer.go(page)
    trainer.page.get_by_text("Call it off").click()
    trainer.page.on("dialog", lambda dialog: dialog.accept())
    trainer.press("Cancel the workshop")
    visitor = arrive()
    visitor.go(page)
    visitor.sees("This workshop does not take place.")
