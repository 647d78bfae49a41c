from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from aid.models import AidClaim
from core.errors import InvalidInput
from core.things import thing_of
from mentoring import actions, queries
from mentoring.models import MentoringSession, Mentorship, utc_of
from people.models import Person
from tests.cast import SECRET


def test_clocks_on_the_wall_give_utc_in_both_seasons():
    assert utc_of(date(2026, 2, 10), time(18), "Europe/Paris") == datetime(
        2026, 2, 10, 17, tzinfo=UTC
    )
    assert utc_of(date(2026, 7, 14), time(18), "Europe/Paris") == datetime(
        2026, 7, 14, 16, tzinfo=UTC
    )


def test_hour_that_comes_twice_is_the_first_and_a_skipped_one_moves_on():
    assert utc_of(date(2026, 10, 25), time(2, 30), "Europe/Paris").hour == 0
    assert utc_of(date(2026, 3, 29), time(2, 30), "Europe/Paris") == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_session_keeps_the_wall_clock_it_was_agreed_on(cast, pair):
    Person.objects.filter(pk=cast.bao.pk).update(time_zone="America/Toronto")
    cast.bao.refresh_from_db()

    session = actions.plan_session(
        actor=cast.bao, mentorship_id=pair.pk, day=date(2027, 3, 16), start=time(13), minutes=60
    )

    assert (session.time_zone, session.start) == ("America/Toronto", time(13))
    assert session.starts_at == datetime(2027, 3, 16, 17, tzinfo=UTC)


def test_changed_law_of_a_zone_moves_utc_and_not_the_wall_clock(planned):
    right = planned.starts_at
    MentoringSession.objects.update(starts_at=right + timedelta(hours=1))

    assert actions.refresh_sessions() == 1
    assert actions.refresh_sessions() == 0

    planned.refresh_from_db()
    assert planned.starts_at == right


def test_two_sessions_do_not_overlap(cast, pair, planned):
    with pytest.raises(InvalidInput) as refused:
        actions.plan_session(
            actor=cast.bao,
            mentorship_id=pair.pk,
            day=planned.day,
            start=time(18, 30),
            minutes=30,
        )
    assert refused.value.errors[0].code == "overlaps"

    after = actions.plan_session(
        actor=cast.bao, mentorship_id=pair.pk, day=planned.day, start=time(19), minutes=30
    )
    assert after.state == "planned"


def test_planned_session_is_confirmed_by_both_when_its_hour_has_come(cast, pair, planned):
    MentoringSession.objects.update(starts_at=timezone.now() - timedelta(hours=2))

    actions.confirm_session(actor=cast.bao, session_id=planned.pk, minutes=90)
    session = actions.confirm_session(actor=cast.aminata, session_id=planned.pk)

    assert (session.state, session.minutes) == ("confirmed", 90)
    assert AidClaim.objects.get().minutes == 90


def test_other_side_is_asked_to_confirm_by_mail(cast, held, run_tasks):
    mail.outbox.clear()

    run_tasks()

    assert [message.to for message in mail.outbox] == [["aminata@people.example"]]
    assert "60 minutes" in mail.outbox[0].body
    assert SECRET not in mail.outbox[0].body
    assert not cast.bao.notices.filter(verb="mentoring.session_logged").exists()


def test_upcoming_tells_each_side_what_is_theirs(cast, proposal):
    (line,) = queries.upcoming_for(cast.aminata)
    assert (line.url, line.urgent) == ("/mentoring", True)
    actions.accept_proposal(actor=cast.aminata, proposal_id=proposal.pk)
    assert queries.upcoming_for(cast.aminata) == []
    assert len(queries.upcoming_for(cast.bao)) == 1
    assert queries.upcoming_for(cast.clara) == []


def test_upcoming_shows_meetings_and_what_is_to_be_confirmed(
    cast, held, planned, django_assert_num_queries
):
    with django_assert_num_queries(2):
        lines = queries.upcoming_for(cast.aminata)

    assert [(line.urgent, line.when) for line in lines] == [
        (True, held.starts_at),
        (False, planned.starts_at),
    ]
    assert [line.when for line in queries.upcoming_for(cast.bao)] == [planned.starts_at]
    assert queries.upcoming_for(cast.omar) == []


def test_erased_person_leaves_no_words_and_the_hours_stay(cast, held, pair, planned):
    actions.confirm_session(actor=cast.aminata, session_id=held.pk)
    assert SECRET in str(thing_of("mentoring.request").export(cast.aminata))
    assert SECRET in str(thing_of("mentoring.session").export(cast.aminata))
    for person in (cast.aminata, cast.bao):
        for kind in ("offer", "request", "mentorship", "session"):
            thing_of(f"mentoring.{kind}").erase(person)

    for person in (cast.aminata, cast.bao):
        for kind in ("offer", "request", "session"):
            assert SECRET not in str(thing_of(f"mentoring.{kind}").export(person))
    pair.refresh_from_db()
    planned.refresh_from_db()
    assert pair.ended_at is not None
    assert planned.state == "cancelled"
    assert AidClaim.objects.get().minutes == 60
    assert queries.upcoming_for(cast.bao) == []


def test_person_takes_their_mentoring_along(cast, held, pair):
    exported = {
        kind: thing_of(f"mentoring.{kind}").export(cast.aminata)
        for kind in ("offer", "request", "mentorship", "session")
    }

    assert exported["offer"] == []
    assert exported["request"][0]["source"] == f"My reasons: {SECRET}"
    assert exported["mentorship"][0]["role"] == "learner"
    assert exported["session"][0]["minutes"] == 60
    assert thing_of("mentoring.session").export(cast.omar) == []


def test_pair_of_one_person_cannot_be_stored(cast):
    with pytest.raises(IntegrityError):
        Mentorship.objects.create(mentor=cast.bao, learner=cast.bao)


def logged(cast, pair, began, minutes):
    return actions.log_session(
        actor=cast.bao,
        mentorship_id=pair.pk,
        day=began.date(),
        start=began.time(),
        minutes=minutes,
        time_zone="UTC",
    )


def test_learner_confirms_no_more_than_the_mentor_said(cast, pair):
    session = logged(cast, pair, timezone.now() - timedelta(hours=9), 45)

    with pytest.raises(InvalidInput) as refused:
        actions.confirm_session(actor=cast.aminata, session_id=session.pk, minutes=400)

    assert [error.code for error in refused.value.errors] == ["more"]
    assert not AidClaim.objects.exists()


def test_what_is_not_over_or_was_long_before_the_pair_is_no_session(cast, pair):
    for began, minutes, code in (
        (timezone.now() - timedelta(minutes=30), 60, "future"),
        (pair.since - timedelta(days=40), 60, "before"),
    ):
        with pytest.raises(InvalidInput) as refused:
            logged(cast, pair, began, minutes)
        assert [error.code for error in refused.value.errors] == [code]
