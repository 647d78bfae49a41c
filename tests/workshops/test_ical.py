from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar

from tests.cast import SECRET
from tests.workshops.planning import make_draft, make_venue, make_workshop, plan, slot
from workshops import actions
from workshops.clock import Slot


def events_of(answer) -> list:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_calendar_of_a_workshop_read_back(browse, cast):
    workshop = make_workshop(
        cast.tomas, make_venue(zone="America/Montreal"), slots=[slot(), slot(date(2027, 3, 15))]
    )

    answer = browse().get(f"/workshops/{workshop.pk}.ics")

    winter, summer = events_of(answer)
    zone = ZoneInfo("America/Montreal")
    assert winter.decoded("dtstart") == datetime(2026, 12, 8, 18, tzinfo=zone)
    assert winter.decoded("dtstart").utcoffset() == timedelta(hours=-5)
    assert summer.decoded("dtstart").utcoffset() == timedelta(hours=-4)
    assert winter.decoded("dtend") - winter.decoded("dtstart") == timedelta(hours=2)
    assert str(winter["summary"]) == workshop.title
    assert str(winter["description"]) == "After it you can update without fear."
    assert str(winter["location"]) == "Maison des associations, 4, Maison des associations"
    assert str(winter["url"]).endswith(workshop.path)
    assert str(winter["status"]) == "CONFIRMED"
    assert Calendar.from_ical(answer.content).walk("VTIMEZONE")


def test_session_past_midnight_ends_on_the_next_day_of_the_calendar(browse, cast):
    night = Slot(date(2026, 12, 8), time(22), time(0, 30))
    workshop = make_workshop(cast.tomas, make_venue(), slots=[night])

    (event,) = events_of(browse().get(f"/workshops/{workshop.pk}.ics"))

    paris = ZoneInfo("Europe/Paris")
    assert event.decoded("dtstart") == datetime(2026, 12, 8, 22, tzinfo=paris)
    assert event.decoded("dtend") == datetime(2026, 12, 9, 0, 30, tzinfo=paris)


def test_change_keeps_the_uid_and_raises_the_sequence(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue())
    (before,) = events_of(browse().get(f"/workshops/{workshop.pk}.ics"))

    moved = plan(workshop.venue, slots=[slot(starts=9, ends=10, id=workshop.sessions.get().pk)])
    actions.change_workshop(
        actor=cast.tomas, workshop_id=workshop.pk, revision=workshop.revision, plan=moved
    )

    (after,) = events_of(browse().get(f"/workshops/{workshop.pk}.ics"))
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1
    assert after.decoded("dtstart").hour == 9


def test_cancelled_workshop_stays_in_the_file_as_cancelled(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue())
    actions.cancel_workshop(actor=cast.tomas, workshop_id=workshop.pk)

    (event,) = events_of(browse().get("/workshops.ics"))

    assert str(event["status"]) == "CANCELLED"


def test_calendar_of_all_holds_neither_drafts_nor_rooms(browse, cast):
    make_draft(cast.tomas, make_venue(), title=f"Draft {SECRET}")
    make_workshop(
        cast.tomas, slots=[slot(starts=9, ends=10)], title="Online one"
    )  # its room is secret

    for person in (None, cast.omar, cast.tomas):
        answer = browse(person).get("/workshops.ics")
        assert [str(event["summary"]) for event in events_of(answer)] == ["Online one"]
        assert SECRET not in answer.content.decode()


def test_calendar_costs_the_same_with_more_workshops(browse, cast, django_assert_num_queries):
    venue = make_venue()
    client = browse()
    for hour in range(6, 12):
        make_workshop(cast.tomas, venue, slots=[slot(starts=hour, ends=hour + 1)])

    with django_assert_num_queries(2):
        assert len(events_of(client.get("/workshops.ics"))) == 6
