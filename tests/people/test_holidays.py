"""Holidays of calendar files: which days are closed, by files as they are found."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from core.models import JournalLine
from people.holidays import UnreadableFileError, holidays_in
from people.models import ClosedDay, ServiceCalendar
from tests.cast import make_person

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def ics(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", "DTSTAMP:20250101T000000Z"]
        lines += event if "UID:" in str(event) else [f"UID:{number}@test", *event]
        lines += ["END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def days(*events):
    return {f"{day:%Y-%m-%d}": name for day, name in holidays_in(ics(*events), FIRST, LAST).items()}


CHRISTMAS = ["DTSTART;VALUE=DATE:20201225", "RRULE:FREQ=YEARLY", "SUMMARY:Noël"]


def test_yearly_holidays_are_expanded_within_the_years_asked_for():
    assert days(CHRISTMAS) == {
        "2026-12-25": "Noël",
        "2027-12-25": "Noël",
        "2028-12-25": "Noël",
    }


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (["DTSTART;VALUE=DATE:20260406", "SUMMARY:Easter Monday"], ["2026-04-06"]),
        (["DTSTART;VALUE=DATE:20260406", "DTEND;VALUE=DATE:20260407"], ["2026-04-06"]),
        (
            ["DTSTART;VALUE=DATE:20260406", "DTEND;VALUE=DATE:20260409"],
            ["2026-04-06", "2026-04-07", "2026-04-08"],
        ),
        (["DTSTART;VALUE=DATE:20260406", "DURATION:P2D"], ["2026-04-06", "2026-04-07"]),
        (["DTSTART:20260406T000000", "DTEND:20260407T000000"], ["2026-04-06"]),
        (
            [
                "DTSTART;TZID=Europe/Paris:20260329T000000",
                "DTEND;TZID=Europe/Paris:20260330T000000",
            ],
            ["2026-03-29"],
        ),
        (["DTSTART:20260406T090000Z", "DTEND:20260406T120000Z"], []),  # a morning off
        (["DTSTART;VALUE=DATE:20260406", "STATUS:CANCELLED"], []),
        (["DTSTART;VALUE=DATE:20250406"], []),  # before
        (
            ["DTSTART;VALUE=DATE:20251230", "DTEND;VALUE=DATE:20260103"],
            ["2026-01-01", "2026-01-02"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=YEARLY;UNTIL=20270501"],
            ["2026-05-01", "2027-05-01"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=YEARLY;UNTIL=20270501T000000Z"],
            ["2026-05-01", "2027-05-01"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=YEARLY;COUNT=2"],
            ["2026-05-01", "2027-05-01"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260525", "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"],
            ["2026-05-25", "2027-05-31", "2028-05-29"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20270501"],
            ["2026-05-01", "2028-05-01"],
        ),
        (
            ["DTSTART;VALUE=DATE:20260501", "RDATE;VALUE=DATE:20260601,20260701"],
            ["2026-05-01", "2026-06-01", "2026-07-01"],
        ),
        (["DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY"], ["2028-02-29"]),
    ],
)
def test_events_close_whole_days(event, found):
    assert list(days(event)) == found


def test_one_of_a_row_that_is_moved_stands_where_it_was_moved_to():
    row = ["UID:row", "DTSTART;VALUE=DATE:20260501", "RRULE:FREQ=YEARLY;COUNT=2", "SUMMARY:A"]
    moved = [
        "UID:row",
        "RECURRENCE-ID;VALUE=DATE:20270501",
        "DTSTART;VALUE=DATE:20270503",
        "SUMMARY:B",
    ]

    assert days(row, moved) == {"2026-05-01": "A", "2027-05-03": "B"}


def test_two_holidays_of_a_day_are_both_named():
    other = ["DTSTART;VALUE=DATE:20261225", "SUMMARY:Christmas"]

    assert days(CHRISTMAS, other)["2026-12-25"] == "Christmas, Noël"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no calendar at all",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR",
        ics(["SUMMARY:No day"]),
        ics(["DTSTART;VALUE=DATE:20261301"]),
        ics(["DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=SECONDLY"]),
        ics(["DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=NEVER"]),
    ],
)
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(UnreadableFileError):
        holidays_in(content, FIRST, LAST)


@time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC))
def test_command_closes_days_once_and_writes_it_down(db, tmp_path, capsys):
    calendar = ServiceCalendar.objects.create(slug="office", week=[[]] * 7)
    file = tmp_path / "feasts.ics"
    file.write_bytes(ics(CHRISTMAS))

    for new in (6, 0):
        call_command("import_holidays", "office", str(file))
        assert f"6 days named until 2031-12-31, {new} of them" in capsys.readouterr().out

    assert ClosedDay.objects.filter(calendar=calendar, name="Noël").count() == 6
    line = JournalLine.objects.get(verb="people.calendar_changed")
    assert (line.face, line.changes["first"], line.changes["days"]) == ("command", "2026-12-25", 6)


def test_command_says_what_is_wrong(db, tmp_path):
    file = tmp_path / "feasts.ics"
    file.write_bytes(b"nothing")

    with pytest.raises(CommandError, match="No calendar office"):
        call_command("import_holidays", "office", str(file))
    ServiceCalendar.objects.create(slug="office", week=[[]] * 7)
    with pytest.raises(CommandError, match="is no calendar"):
        call_command("import_holidays", "office", str(file))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_holidays", "office", str(tmp_path / "none.ics"))


@time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC), tick=False)
def test_office_closes_the_days_of_a_file(db, client):
    calendar = ServiceCalendar.objects.create(slug="office", names={"en": "Office"}, week=[[]] * 7)
    boss = make_person("boss", is_superuser=True)
    client.force_login(boss)
    path = f"/back-office/people/servicecalendar/{calendar.pk}/change/"
    inline = "closed_days"
    fields = {
        "slug": "office",
        "names": '{"en": "Office"}',
        "zone": "Europe/Paris",
        "week": "[[], [], [], [], [], [], []]",
        f"{inline}-TOTAL_FORMS": "0",
        f"{inline}-INITIAL_FORMS": "0",
    }
    file = SimpleUploadedFile("holidays.ics", ics(CHRISTMAS), "text/calendar")
    other = SimpleUploadedFile("holidays.ics", b"none", "text/calendar")

    refused = client.post(path, {**fields, "holidays": other})
    taken = client.post(path, {**fields, "holidays": file})

    assert "This is no iCalendar file." in refused.content.decode()
    assert taken.status_code == 302
    assert [f"{row.day} {row.name}" for row in calendar.closed_days.order_by("day")] == [
        f"{year}-12-25 Noël" for year in range(2026, 2032)
    ]
    line = JournalLine.objects.get(verb="people.calendar_changed")
    assert (line.actor, line.changes["days"]) == (boss, 6)
