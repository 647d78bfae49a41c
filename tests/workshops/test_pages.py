import re
from datetime import date

import pytest
import time_machine

from people.models import Place, Skill, SkillName
from tests.cast import SECRET, make_person
from tests.workshops.planning import make_draft, make_venue, make_workshop, slot
from tests.workshops.test_faces import form_of
from workshops import actions, queries
from workshops.models import Workshop

DURING = "2026-12-08T18:30:00Z"
AFTER = "2026-12-09T12:00:00Z"


def words_of(answer) -> str:
    """Return what is read on a page, without its tags."""
    assert answer.status_code == 200, answer.content[:300]
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def fill(cast, rows: int, state: str = "coming") -> None:
    """Make workshops one after another, each with a guest, two sessions and a skill."""
    venue = make_venue()
    skill = Skill.objects.create(slug="dns")
    SkillName.objects.create(skill=skill, language="en", name="DNS")
    for number in range(rows):
        day = date(2026, 12, number + 1)
        draft = make_draft(
            cast.tomas,
            venue,
            skills=["dns"],
            slots=[slot(day, 7, 8), slot(day, 9, 10)],
            title=f"Number {number}",
        )
        if state != "drafts":
            actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
            actions.register(actor=cast.aminata, workshop_id=draft.pk)


def test_visitor_finds_the_coming_workshops_with_seats_left(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=3)
    actions.register(actor=cast.omar, workshop_id=workshop.pk)

    text = words_of(browse().get("/workshops"))

    assert "Keep a WordPress site alive" in text
    assert "Tuesday, 8 December 2026 , 18:00" in text
    assert "2 seats left" in text
    assert "Drafts" not in text


def test_past_workshops_have_a_list_of_their_own(browse, cast):
    make_workshop(cast.tomas, make_venue(), title="Long ago")

    with time_machine.travel(AFTER):
        assert "Long ago" not in words_of(browse().get("/workshops"))
        assert "Long ago" in words_of(browse().get("/workshops?when=past"))


def test_past_workshop_says_that_it_was(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    for person in (cast.omar, cast.bao):
        actions.register(actor=person, workshop_id=workshop.pk)

    with time_machine.travel(AFTER):
        said = {
            who: words_of(browse(who).get(workshop.path)) for who in (cast.omar, cast.bao, None)
        }

    assert "You had a seat." in said[cast.omar]
    assert "You were on the waiting list to the end." in said[cast.bao]
    assert all("It has taken place." in words for words in said.values())
    never = ("seats free", "You have a seat", "You are on the waiting list", "Sign in to register")
    assert not any(word in words for word in never for words in said.values())


def test_month_shows_sessions_on_the_readers_days(browse, cast):
    late = make_venue("Montréal", zone="America/Montreal")
    make_workshop(cast.tomas, late, slots=[slot(starts=20, ends=22)], title="Evening there")

    html = browse().get("/workshops/2026-12").content.decode()

    day = '<span class="weekday">Wednesday</span><time datetime="2026-12-09">9</time>'
    cell = re.search(rf"<td[^>]*>{day}(.*?)</td>", html, re.DOTALL)
    assert cell is not None
    assert "Evening there" in cell[1]
    assert "02:00" in cell[1]
    assert "/workshops/2026-11" in html
    assert "/workshops/2027-01" in html


@pytest.mark.parametrize(
    "path",
    [
        "/workshops/2026-13",
        "/workshops/2026-00",
        "/workshops/1999-01",
        "/workshops/99999999999999999999",
        "/workshops/0/x",
        "/workshops/99999999999999999999/edit",
        "/workshops/99999999999999999999.ics",
    ],
)
def test_addresses_that_lead_nowhere(path, browse, cast):
    assert browse(cast.tomas).get(path).status_code == 404


def test_any_slug_leads_to_the_page(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue(), title="Attendance")

    for path in (f"/workshops/{workshop.pk}", f"/workshops/{workshop.pk}/old"):
        answer = browse().get(path)
        assert (answer.status_code, answer["Location"]) == (301, workshop.path)
    assert workshop.path.endswith("/attendance-workshop")
    assert browse().get(workshop.path).status_code == 200


def test_hours_of_the_place_and_of_the_reader(browse, cast):
    dakar = make_workshop(cast.tomas, make_venue(zone="Africa/Dakar"))
    paris = make_workshop(cast.tomas, make_venue("Paris"), slots=[slot(starts=9, ends=10)])
    cast.aminata.time_zone = "Africa/Dakar"
    cast.aminata.save()

    seen_from_paris = words_of(browse().get(dakar.path))
    assert "18:00 – 20:00" in seen_from_paris
    assert "by the clock of Africa/Dakar" in seen_from_paris
    assert "by the clock of Europe/Paris: 8 December 2026 at 19:00" in seen_from_paris
    assert "for you" not in words_of(browse(cast.aminata).get(dakar.path))
    assert "for you: 8 December 2026 at 08:00" in words_of(browse(cast.aminata).get(paris.path))


def test_member_takes_a_seat_and_gives_it_back_without_scripts(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue())
    client = browse(cast.omar)

    answer = client.post(f"/workshops/{workshop.pk}/registration", {}, follow=True)
    assert "You have a seat." in words_of(answer)

    answer = client.post(f"/workshops/{workshop.pk}/registration/undo", {}, follow=True)
    assert "Take a seat" in words_of(answer)


def test_fragment_of_a_seat_is_the_seat_alone(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)

    answer = browse(cast.omar).post(
        f"/workshops/{workshop.pk}/registration", {}, headers={"HX-Request": "true"}
    )

    assert answer.content.decode().lstrip().startswith('<section id="seat"')
    assert "Your place: 1." in words_of(answer)


def test_trainer_plans_on_the_page_with_two_sessions(browse, cast):
    venue = make_venue()
    client = browse(cast.tomas)
    more = client.post("/workshops/new", form_of(venue, more="1"))
    assert more.status_code == 200
    html = more.content.decode()
    assert 'name="sessions.1.day"' in html
    assert 'value="Mail that arrives"' in html
    second = {
        "sessions.1.day": "", "sessions.1.starts": "", "sessions.1.ends": "",
        "sessions.2.day": "2026-12-09", "sessions.2.starts": "18:00", "sessions.2.ends": "19:00",
    }  # fmt: skip

    answer = client.post("/workshops/new", form_of(venue, **second))

    workshop = Workshop.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, workshop.path)
    assert [row.minutes for row in workshop.sessions.all()] == [120, 60]


def test_form_for_a_change_shows_what_is(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue())

    html = browse(cast.tomas).get(f"/workshops/{workshop.pk}/edit").content.decode()

    session = workshop.sessions.get()
    for value in ("Keep a WordPress site alive", "2026-12-08", "18:00", "20:00", "tomas"):
        assert f'value="{value}"' in html
    assert f'name="sessions.0.id" value="{session.pk}"' in html
    assert f'name="revision" value="{workshop.revision}"' in html


def test_stale_change_shows_the_newer_text_and_keeps_ones_own(browse, cast):
    venue = make_venue()
    workshop = make_workshop(cast.tomas, venue)
    form = form_of(venue, revision=1, **{"sessions.0.id": workshop.sessions.get().pk})

    answer = browse(cast.tomas).post(f"/workshops/{workshop.pk}/edit", form)

    assert answer.status_code == 409
    html = answer.content.decode()
    assert "without fear" in html
    assert "SPF, DKIM and patience." in html
    assert f'name="revision" value="{workshop.revision}"' in html


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"trainers": "ghost"}, "Nobody here is called ghost."),
        ({"skills": "alchemy"}, "“alchemy” is not in our list of skills."),
        (
            {"sessions.0.ends": "17:00"},
            "At most twelve hours. An end before the start is on the next day.",
        ),
        ({"sessions.0.day": "2026-02-31"}, "Enter a valid date."),
        ({"sessions.0.day": "2020-01-01"}, "This is in the past."),
        ({"seats": "many"}, "Enter a whole number."),
        ({"venue": "99999999999999999999"}, "Select a valid choice."),
        ({"venue": ""}, "Choose a place, or give the address of a room online."),
        ({"sessions.0.id": "99999999999999999999"}, "This session is not of this workshop."),
    ],
)
def test_bad_plan_is_told_and_what_was_typed_is_kept(facts, words, browse, cast):
    form = form_of(make_venue(), zone="Europe/Paris", **facts)

    answer = browse(cast.tomas).post("/workshops/new", form)

    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert 'value="Mail that arrives"' in html
    assert not Workshop.objects.exists()


def test_conflicts_are_seen_while_the_time_is_chosen(browse, cast):
    venue = make_venue()
    make_workshop(cast.tomas, venue)
    asked = {
        "venue": venue.pk,
        "trainers": "tomas, ghost",
        "language": "en",
        "sessions.0.day": "2026-12-08",
        "sessions.0.starts": "19:30",
        "sessions.0.ends": "21:00",
        "sessions.1.day": "2026-12-0",
    }
    client = browse(cast.tomas)

    text = words_of(client.get("/workshops/conflicts", asked))

    assert "8 December : Maison des associations is taken from 18:00 to 20:00" in text
    assert "Tomas is taken from 18:00 to 20:00" in text
    assert "At the same time, in the same language: Keep a WordPress site alive (allowed)" in text
    free = words_of(client.get("/workshops/conflicts", {**asked, "sessions.0.starts": "20:00"}))
    assert free == "Nothing else is known at these times."
    nothing = client.get("/workshops/conflicts", {"but": "x", "venue": "9" * 30, "zone": "Mars"})
    assert words_of(nothing) == free
    assert browse(cast.omar).get("/workshops/conflicts", asked).status_code == 403
    assert browse().get("/workshops/conflicts", asked).status_code == 302


def test_session_past_midnight_is_planned_and_shown_so(browse, call, cast):
    client = browse(cast.tomas)
    form = form_of(make_venue())
    form |= {"sessions.0.starts": "22:00", "sessions.0.ends": "00:30"}
    assert "not after the start is on the next day" in words_of(client.get("/workshops/new"))

    assert client.post("/workshops/new", form).status_code == 303

    workshop = Workshop.objects.get()
    assert "22:00 – 00:30 (the next day)" in words_of(client.get(workshop.path))
    cast.tomas.time_zone = "America/Montreal"
    cast.tomas.save()
    text = words_of(browse(cast.tomas).get(workshop.path))
    assert text.count("(the next day)") == 1, "not on the clock of Montreal"
    (session,) = (
        call(cast.tomas).get(f"/api/v1/workshops/{workshop.pk}").json()["workshop"]["sessions"]
    )
    assert (session["day"], session["ends"], session["end_at"]) == (
        "2026-12-08",
        "00:30:00",
        "2026-12-08T23:30:00Z",
    )
    nearby = {
        "venue": workshop.venue_id,
        "sessions.0.day": "2026-12-09",
        "sessions.0.starts": "00:29",
        "sessions.0.ends": "01:00",
    }
    words = words_of(client.get("/workshops/conflicts", nearby))
    assert "is taken from 22:00 to 00:30" in words
    later = {**nearby, "sessions.0.starts": "00:30"}
    assert "Nothing else" in words_of(client.get("/workshops/conflicts", later))


def test_own_hours_are_no_conflict_while_changing(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue())
    asked = {
        "venue": workshop.venue_id,
        "trainers": "tomas",
        "but": workshop.pk,
        "sessions.0.day": "2026-12-08",
        "sessions.0.starts": "18:00",
        "sessions.0.ends": "21:00",
    }

    assert "Nothing else" in words_of(browse(cast.tomas).get("/workshops/conflicts", asked))


def test_door_works_by_tap_and_by_form(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue())
    seat = actions.register(actor=cast.aminata, workshop_id=workshop.pk, access_needs="A ramp")
    session = workshop.sessions.get()
    path = f"/workshops/{workshop.pk}/attendance"

    with time_machine.travel(DURING):
        client = browse(cast.tomas)
        before = words_of(client.get(path))
        tap = client.post(
            path, {"session": session.pk, "present": seat.pk}, headers={"HX-Request": "true"}
        )
        by_form = client.post(path, {"session": session.pk, "absent": seat.pk}, follow=True)

    assert "0 of 1 are there" in before
    assert "Aminata A ramp" in before
    assert tap.content.decode().lstrip().startswith('<div id="door"')
    assert "1 of 1 are there" in words_of(tap)
    assert "0 of 1 are there" in words_of(by_form)


@pytest.mark.parametrize("form", [{}, {"session": "x", "present": "1"}, {"session": "1"}])
def test_door_refuses_what_it_cannot_read(form, browse, cast):
    workshop = make_workshop(cast.tomas, make_venue())

    assert browse(cast.tomas).post(f"/workshops/{workshop.pk}/attendance", form).status_code == 422


def test_strangers_read_neither_needs_nor_guests_nor_the_room(browse, call, cast):
    workshop = make_workshop(cast.tomas)  # its online room holds SECRETPLUM
    guest = make_person("plum", display_name=f"Guest {SECRET}")
    actions.register(actor=guest, workshop_id=workshop.pk, access_needs=SECRET)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)  # waits
    pages = ["/workshops", "/workshops/2026-12", workshop.path, "/workshops.ics"]
    pages += [f"/workshops/{workshop.pk}.ics", f"/workshops/{workshop.pk}/attendance"]
    pages += [f"/workshops/{workshop.pk}/registrations"]
    calls = ["workshops", "workshops?mine=true", "workshops/venues", f"workshops/{workshop.pk}"]
    calls += [f"workshops/{workshop.pk}/registrations"]

    for person in (None, cast.omar, cast.aminata):
        for path in pages:
            assert SECRET not in browse(person).get(path).content.decode(), (person, path)
        for path in calls:
            assert SECRET not in call(person).get(f"/api/v1/{path}").content.decode()
    for person in (cast.tomas, cast.clara):
        assert SECRET in browse(person).get(workshop.path).content.decode()
        assert (
            SECRET in browse(person).get(f"/workshops/{workshop.pk}/registrations").content.decode()
        )
        assert SECRET in call(person).get(f"/api/v1/{calls[-1]}").content.decode()
    assert SECRET in browse(cast.bao).get(workshop.path).content.decode()  # has a seat: the room
    assert SECRET not in browse(cast.bao).get(workshop.path).content.decode().replace(
        "https://meet.example/SECRETPLUM", ""
    )


def test_strangers_do_not_see_drafts(browse, call, cast):
    draft = make_draft(cast.tomas, make_venue(), title=f"Draft {SECRET}", source=SECRET)
    uma = make_person("uma", role="trainer")

    for person in (None, cast.omar, uma):
        for path in ("/workshops", "/workshops?when=drafts", "/workshops/2026-12"):
            assert SECRET not in browse(person).get(path).content.decode()
        for path in (draft.path, f"/workshops/{draft.pk}.ics", f"/workshops/{draft.pk}/edit"):
            assert browse(person).get(path).status_code in (404, 302)
        for path in ("workshops", "workshops?when=drafts"):
            assert SECRET not in call(person).get(f"/api/v1/{path}").content.decode()
        assert call(person).get(f"/api/v1/workshops/{draft.pk}").status_code == 404
    for person in (cast.tomas, cast.clara):
        assert SECRET in browse(person).get("/workshops?when=drafts").content.decode()
        assert SECRET in browse(person).get(draft.path).content.decode()
        assert SECRET in call(person).get("/api/v1/workshops?when=drafts").content.decode()


@pytest.mark.parametrize("rows", [3, 20])
@pytest.mark.parametrize(
    ("path", "who", "number"),
    [
        ("/workshops", None, 1),
        ("/workshops/2026-12", None, 1),
        ("/workshops?when=past", None, 1),
        ("/workshops", "tomas", 2),
        ("/workshops?when=drafts", "tomas", 2),
    ],
)
def test_lists_cost_the_same_with_more_rows(path, who, number, rows, browse, cast, assert_asks):
    fill(cast, rows, "drafts" if "drafts" in path else "coming")
    client = browse(getattr(cast, who) if who else None)
    shown = client.get(path).content.decode().count("Number ")
    assert shown >= (0 if "past" in path else 3)

    with assert_asks(number):
        client.get(path)


@pytest.mark.parametrize("guests", [3, 30])
@pytest.mark.parametrize(
    ("page", "who", "number"),
    [
        ("", None, 5),
        ("", "omar", 7),
        ("registrations", "tomas", 8),
        ("attendance", "tomas", 8),
        ("edit", "tomas", 7),
    ],
)
def test_pages_of_one_cost_the_same_with_more_guests(
    page, who, number, guests, browse, cast, assert_asks
):
    fill(cast, 1)
    workshop = Workshop.objects.get()
    actions.set_seats(actor=cast.tomas, workshop_id=workshop.pk, seats=20)
    for index in range(guests):
        actions.register(actor=make_person(f"guest{index}"), workshop_id=workshop.pk)
    client = browse(getattr(cast, who) if who else None)
    path = f"/workshops/{workshop.pk}/{page}" if page else workshop.path

    with assert_asks(number):
        assert client.get(path).status_code == 200


def test_what_comes_next_for_a_person_and_for_all(cast, django_assert_num_queries):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    make_draft(cast.tomas, slots=[slot(starts=9, ends=10)])
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)

    with django_assert_num_queries(4):
        (coming,) = queries.upcoming(3)
        (leads,) = queries.upcoming_for(cast.tomas)
        (seat,) = queries.upcoming_for(cast.aminata)
        (waits,) = queries.upcoming_for(cast.bao)

    assert (coming.title, coming.url, coming.when) == (
        workshop.title,
        workshop.path,
        workshop.starts_at,
    )
    assert [line.state for line in (coming, leads, seat, waits)] == [
        "waiting list",
        "you lead it",
        "registered",
        "waiting",
    ]
    assert queries.upcoming_for(cast.omar) == []
    with time_machine.travel(AFTER):
        assert queries.upcoming(3) == queries.upcoming_for(cast.aminata) == []


def test_french_says_how_many_seats_are_free(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    reader = browse()

    before = words_of(reader.get(workshop.path, headers={"accept-language": "fr"}))
    actions.register(actor=cast.omar, workshop_id=workshop.pk)
    after = words_of(reader.get(workshop.path, headers={"accept-language": "fr"}))

    assert "1 place libre sur 1" in before
    assert "0 place libre sur 1" in after


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("3 rue Consolat, Marseille", "3 rue Consolat, Marseille"),
        ("3 rue Consolat, 13001 MARSEILLE.", "3 rue Consolat, 13001 MARSEILLE."),
        ("3 rue Consolat", "3 rue Consolat , Marseille (FR)"),
        ("3 rue Marseille nord", "3 rue Marseille nord , Marseille (FR)"),
    ],
)
def test_the_town_of_a_venue_is_said_once(browse, cast, address, shown):
    venue = make_venue()
    venue.address = address
    venue.place = Place.objects.create(name="Marseille", country="FR")
    venue.save()
    workshop = make_workshop(cast.tomas, venue)

    text = words_of(browse().get(workshop.path))

    assert f"{shown} Step-free" in text
