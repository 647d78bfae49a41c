"""The stored clocks are what the history says, whatever was done, and follow the calendar."""

import random
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from core.errors import Refusal
from helpdesk import actions, queries
from helpdesk.actions.clocks import TOLD_BY_CLOCKS, facts_of
from helpdesk.models import Apology, Clock, Message, NamedState, Relocation, Ticket
from helpdesk.queries.history import standing_now
from people.actions import close_days
from people.models import GuaranteeLevelVersion, LevelGrant, RoleGrant, ServiceCalendar

PARIS = ZoneInfo("Europe/Paris")
OFFICE = [[["09:00", "18:00"]]] * 5 + [[], []]
FRIDAY = datetime(2026, 10, 23, 15, 30, tzinfo=PARIS)  # before the night of 25 October
NIGHTS = [FRIDAY, datetime(2026, 3, 27, 15, 30, tzinfo=PARIS)]  # and before that of 29 March
HOURS = [OFFICE, [[["00:00", "00:00"]]] * 7]  # by day, and through both nights


@pytest.fixture
def calendar(db):
    return ServiceCalendar.objects.create(
        slug="office", names={"en": "Office"}, zone="Europe/Paris", week=OFFICE
    )


@pytest.fixture
def promised(levels, calendar):
    """The guaranteed level in office hours: 4 h, then 2 h, solved within 18 h."""
    return GuaranteeLevelVersion.objects.create(
        level=levels["guaranteed"],
        names={"en": "Guaranteed"},
        since=datetime(2025, 1, 1, tzinfo=UTC),
        first_response_minutes=240,
        next_response_minutes=120,
        resolution_minutes=1080,
        calendar=calendar,
    )


@pytest.fixture(autouse=True)
def _long_ago(desk, levels):
    """Roles and levels hold since before the stories of these tests."""
    RoleGrant.objects.update(since=datetime(2024, 1, 1, tzinfo=UTC))
    for version in list(GuaranteeLevelVersion.objects.all()):
        GuaranteeLevelVersion.objects.create(
            level=version.level,
            names=version.names,
            since=datetime(2024, 1, 1, tzinfo=UTC),
            first_response_minutes=version.first_response_minutes,
            resolution_minutes=version.resolution_minutes,
            yearly_price_cents=version.yearly_price_cents,
        )


def reply(person, ticket, **facts):
    facts = {"source": "Words.", "revision": 0, "send_anyway": True, **facts}
    return actions.reply(actor=person, ticket_id=ticket.pk, **facts)


def stored(ticket):
    """Return what stands in the database of a ticket's clocks."""
    ticket = Ticket.objects.get(pk=ticket.pk)
    told = {name: getattr(ticket, name) for name in TOLD_BY_CLOCKS}
    return {facts_of(row) for row in Clock.objects.filter(ticket=ticket)}, told


def worked_out(ticket):
    standing = standing_now(Ticket.objects.get(pk=ticket.pk))
    return set(standing.clocks), {name: getattr(standing, name) for name in TOLD_BY_CLOCKS}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def moment(text):
    return time_machine.travel(at(text), tick=False)


def test_ticket_opened_on_friday_is_answered_by_monday(desk, site, promised, open_ticket):
    with moment("2026-10-23 15:30"):
        ticket = open_ticket(site_id=site.pk)

    assert ticket.level_version == promised
    assert ticket.turn_at == ticket.answer_due_at == at("2026-10-26 10:30")
    assert ticket.solution_due_at == at("2026-10-27 15:30")


def test_clocks_stop_for_the_requester_and_go_on(desk, site, promised, open_ticket):
    with moment("2026-10-23 15:30"):
        ticket = open_ticket(site_id=site.pk)
    with moment("2026-10-23 16:30"):
        reply(desk["nadia"], ticket)
    ticket.refresh_from_db()
    assert ticket.answer_due_at is ticket.solution_due_at is None
    with moment("2026-10-28 09:00"):
        reply(desk["aminata"], ticket)
    ticket.refresh_from_db()

    assert ticket.first_response_at == at("2026-10-23 16:30")
    assert ticket.turn_at == ticket.answer_due_at == at("2026-10-28 11:00")
    assert ticket.solution_due_at == at("2026-10-29 17:00")
    rows = Clock.objects.filter(ticket=ticket).order_by("kind")
    assert [(row.kind, row.outcome, row.paused_seconds) for row in rows] == [
        ("first_response", "kept", 0),
        ("next_response", "", 0),
        ("solution", "", int((1.5 + 18) * 3600)),
    ]


class Stories:
    """Random lives of one ticket, and of another one of the same person that it is merged with and
    split from, told in the time of the story."""

    def __init__(self, seed, desk, ticket, other):
        self.dice, self.desk, self.ticket, self.other = random.Random(seed), desk, ticket, other
        self.done = 0

    def act(self):
        dice, desk, pk = self.dice, self.desk, self.ticket.pk
        agent, asker = desk[dice.choice(["nadia", "vera"])], desk["aminata"]
        state = dice.choice(
            ["new", "open", "waiting_requester", "waiting_us", "solved", "closed", "merged"]
        )
        level = dice.choice(["free", "guaranteed", "solidarity"])
        until = datetime.now(UTC) + timedelta(minutes=dice.randrange(1, 3000))
        return dice.choice(
            [
                *self.moves(agent),
                lambda: reply(dice.choice([agent, asker]), self.other),
                lambda: reply(agent, self.ticket),
                lambda: reply(agent, self.ticket, then=dice.choice(["waiting_us", "solved"])),
                lambda: reply(asker, self.ticket),
                lambda: actions.write_note(actor=agent, ticket_id=pk, source="Hm."),
                lambda: actions.set_state(actor=agent, ticket_id=pk, state=state),
                lambda: actions.set_state(actor=asker, ticket_id=pk, state=state),
                lambda: actions.assign(actor=agent, ticket_id=pk, assignee=agent),
                lambda: actions.unassign(actor=agent, ticket_id=pk),
                lambda: actions.take_next(actor=agent),
                lambda: actions.set_aside(actor=agent, ticket_id=pk, until=until),
                lambda: actions.take_up(actor=agent, ticket_id=pk),
                lambda: actions.change_level(actor=agent, ticket_id=pk, level_slug=level),
                actions.wake_tickets,
                actions.apologise,
            ]
        )

    def moves(self, agent):
        """Return what moves messages between tickets, and back."""
        one, other = self.dice.sample([self.ticket.pk, self.other.pk], 2)
        ids = list(Message.objects.filter(ticket=one).values_list("pk", flat=True))
        some = [pk for pk in ids if self.dice.random() < 0.4]
        split = self.dice.choice([None, *Relocation.objects.filter(kind="split").order_by("pk")])
        return [
            lambda: actions.merge(actor=agent, ticket_id=one, into_id=other),
            lambda: actions.undo_merge(actor=agent, ticket_id=one),
            lambda: actions.undo_merge(actor=agent, ticket_id=other),
            lambda: actions.split(actor=agent, ticket_id=one, message_ids=some),
            lambda: split and actions.undo_split(actor=agent, ticket_id=split.into_id),
        ]

    def tell(self, length, now):
        """Do so many things, at random times over two weeks; what is refused changes nothing."""
        for _n in range(length):
            now += timedelta(seconds=self.dice.choice([0, 1, 59, 3600, 7 * 3600, 86400, 3 * 86400]))
            with time_machine.travel(now, tick=False):
                try:
                    with transaction.atomic():
                        self.act()()
                    self.done += 1
                except Refusal:
                    pass


@pytest.mark.parametrize("seed", range(12))
def test_whatever_was_done_the_clocks_are_what_the_history_says(
    seed, desk, site, promised, open_ticket
):
    start, week = NIGHTS[seed % 2], HOURS[seed // 2 % 2]
    ServiceCalendar.objects.update(week=week)
    with time_machine.travel(start, tick=False):
        ticket, other = open_ticket(site_id=site.pk), open_ticket()
    story = Stories(seed, desk, ticket, other)

    for _part in range(3):
        story.tell(8, start)

        for row in Ticket.objects.all():
            assert stored(row) == worked_out(row)
    assert story.done
    assert list(actions.wrong_clocks()) == []


def test_a_merger_taken_back_days_later_has_stopped_no_clock_whatever_was_said_meanwhile(
    desk, site, promised, open_ticket
):
    with moment("2026-10-23 15:30"):
        ticket, alike, into, left = [open_ticket(site_id=site.pk) for _n in range(4)]
    with moment("2026-10-23 16:00"):
        actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=into.pk)
    for row in (into, left):
        with moment("2026-10-26 09:30"):
            reply(desk["nadia"], row)
        with moment("2026-10-27 10:00"):
            reply(desk["aminata"], row)
    with moment("2026-10-28 12:00"):
        actions.undo_merge(actor=desk["nadia"], ticket_id=ticket.pk)

    assert stored(ticket) == stored(alike)
    assert stored(into) == stored(left)
    assert list(actions.wrong_clocks()) == []


def test_command_finds_and_repairs_what_differs(desk, site, promised, open_ticket):
    ticket, other = open_ticket(site_id=site.pk), open_ticket("omar")
    reply(desk["nadia"], ticket)
    right = stored(ticket)

    out = StringIO()
    call_command("recompute_clocks", stdout=out)
    assert "Every clock" in out.getvalue()

    Clock.objects.filter(ticket=ticket, kind="solution").update(paused_seconds=5)
    Clock.objects.filter(ticket=other).delete()
    Ticket.objects.filter(pk=other.pk).update(turn_at=FRIDAY)
    with pytest.raises(CommandError, match="2 tickets"):
        call_command("recompute_clocks", stdout=out)
    call_command("recompute_clocks", "--repair", stdout=out)

    assert stored(ticket) == right
    assert out.getvalue().count(ticket.number) == out.getvalue().count(other.number) == 2
    call_command("recompute_clocks")


def test_closed_day_moves_the_clocks_that_run_over_it(
    desk, site, promised, calendar, open_ticket, run_tasks
):
    with moment("2026-10-23 15:30"):
        ticket = open_ticket(site_id=site.pk)
        done = open_ticket("omar")
        run_tasks()
        days = {date(2026, 10, 26): "A feast"}
        assert close_days(actor=None, calendar_id=calendar.pk, days=days) == 1
        assert close_days(actor=None, calendar_id=calendar.pk, days=days) == 0
        run_tasks()

    ticket.refresh_from_db()
    assert ticket.turn_at == at("2026-10-27 10:30")
    assert stored(done) == worked_out(done)


def test_versions_are_never_changed(promised):
    promised.first_response_minutes = 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        promised.save()


def test_best_level_in_force_is_frozen(desk, levels, site, promised, organisation, open_ticket):
    now = datetime.now(UTC)

    def level_of(name, site=None):
        found = queries.level_in_force(desk[name], site, now)
        return found.level.slug if found else None

    assert (level_of("omar"), level_of("aminata", site), level_of("aminata")) == (
        "free",
        "guaranteed",
        "free",
    )
    paid = levels["guaranteed"]
    held = {"level": paid, "since": now - timedelta(days=1)}
    LevelGrant.objects.create(**held, person=desk["omar"], until=now + timedelta(days=1))
    LevelGrant.objects.create(level=paid, person=desk["bao"], since=now + timedelta(days=1))
    over = {"since": now - timedelta(days=2), "until": now - timedelta(days=1)}
    LevelGrant.objects.create(level=paid, person=desk["farid"], **over)
    LevelGrant.objects.create(**held, organisation=organisation)

    assert open_ticket("omar").level_version.level == paid
    assert [level_of(name) for name in ("bao", "farid", "mika", "clara")] == [
        "free",
        "free",
        "guaranteed",
        "free",
    ]


def test_ticket_set_aside_is_not_the_next_one_and_wakes(desk, site, promised, open_ticket):
    with moment("2026-10-23 15:30"):
        ticket, other = open_ticket(site_id=site.pk), open_ticket("omar")
        reply(desk["nadia"], ticket, then="waiting_us")
        actions.unassign(actor=desk["nadia"], ticket_id=ticket.pk)
        until = at("2026-10-28 09:00")
        made = actions.set_aside(actor=desk["nadia"], ticket_id=ticket.pk, until=until)
        assert (made.state, made.pending_until) == ("waiting_us", until)
        assert made.answer_due_at == at("2026-10-28 11:00")
        assert actions.take_next(actor=desk["vera"]) == other
        assert actions.take_next(actor=desk["vera"]) is None
        assert actions.wake_tickets() == 0
    with moment("2026-10-28 09:00:30"):
        assert actions.wake_tickets() == 1
        assert actions.wake_tickets() == 0
        assert actions.take_next(actor=desk["vera"]) == ticket
    ticket.refresh_from_db()
    assert (ticket.pending_until, ticket.answer_due_at) == (None, at("2026-10-28 11:00"))


def test_word_of_the_requester_ends_the_delay(desk, site, promised, open_ticket):
    with moment("2026-10-23 15:30"):
        ticket = open_ticket(site_id=site.pk)
        until = at("2026-10-28 09:00")
        actions.set_aside(actor=desk["nadia"], ticket_id=ticket.pk, until=until)
    reply(desk["aminata"], ticket)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.pending_until) == ("waiting_us", None)


def test_missed_promise_says_sorry_once_in_the_requesters_language(
    desk, site, promised, open_ticket, run_tasks, mailoutbox
):
    desk["aminata"].interface_language = "fr"
    desk["aminata"].save()
    with moment("2026-10-23 15:30"):
        ticket, waiting = open_ticket(site_id=site.pk), open_ticket(site_id=site.pk)
        actions.set_state(actor=desk["nadia"], ticket_id=waiting.pk, state="waiting_requester")
        run_tasks()
        mailoutbox.clear()
    with moment("2026-10-26 10:30:00"):
        assert actions.apologise() == 0
    with moment("2026-10-26 10:31"):
        assert actions.apologise() == 1
        assert actions.apologise() == 0
        run_tasks()

    (mail,) = mailoutbox
    assert mail.to == ["aminata@people.example"]
    assert "désolés" in mail.body
    assert "26 octobre 2026 à 10:30" in mail.body
    assert [(row.ticket, row.kind) for row in Apology.objects.all()] == [(ticket, "first_response")]
    with moment("2026-10-26 11:00"):
        reply(desk["nadia"], ticket)
    assert Clock.objects.get(ticket=ticket, kind="first_response").outcome == "missed"


def test_each_further_answer_that_is_late_says_sorry_once(
    desk, site, promised, open_ticket, run_tasks, mailoutbox
):
    with moment("2026-10-26 09:00"):
        ticket = open_ticket(site_id=site.pk)
        reply(desk["nadia"], ticket)
        reply(desk["aminata"], ticket)
    with moment("2026-10-26 11:00"):
        assert actions.apologise() == 0
    with moment("2026-10-26 11:01"):
        reply(desk["aminata"], ticket)  # a second word is owed the same answer
        assert actions.apologise() == 1
        assert actions.apologise() == 0
        reply(desk["nadia"], ticket)
        reply(desk["aminata"], ticket)
    with moment("2026-10-26 13:01"):
        assert actions.apologise() == 0
        mailoutbox.clear()
    with moment("2026-10-26 13:02"):
        assert actions.apologise() == 1
        assert actions.apologise() == 0
        run_tasks()

    late = list(Apology.objects.order_by("pk").values_list("kind", "turn", "due_at"))
    assert late == [
        ("next_response", 1, at("2026-10-26 11:00")),
        ("next_response", 2, at("2026-10-26 13:01")),
    ]
    said = [mail.body for mail in mailoutbox if "We are sorry" in mail.body]
    assert len(said) == 2
    assert "13:01" in said[1]
    with moment("2026-10-27 18:00"):
        reply(desk["nadia"], ticket, then="waiting_us")
    with moment("2026-10-29 11:00"):
        assert actions.apologise() == 2  # the answer we said we would come back with, the solution
        assert actions.apologise() == 0


def test_what_was_answered_late_before_anybody_looked_says_sorry_once(
    desk, site, promised, open_ticket, run_tasks, mailoutbox
):
    with moment("2026-10-23 15:30"):
        ticket, kept = open_ticket(site_id=site.pk), open_ticket(site_id=site.pk)
    with moment("2026-10-26 10:29"):
        reply(desk["nadia"], kept)
    with moment("2026-10-26 10:30:30"):
        reply(desk["nadia"], ticket)
        run_tasks()
        mailoutbox.clear()
    with moment("2026-10-26 10:31"):
        assert actions.apologise() == 1
        assert actions.apologise() == 0
        run_tasks()

    (mail,) = mailoutbox
    assert f"[{ticket.number}] We were late" in mail.subject
    assert "you did not have it by then. We are sorry." in mail.body
    assert "not forgotten" not in mail.body
    assert [(row.ticket, row.kind) for row in Apology.objects.all()] == [(ticket, "first_response")]
    with moment("2026-10-26 12:00"):
        assert actions.apologise() == 0


@pytest.mark.parametrize("state", ["waiting_requester", "solved", "closed"])
def test_what_ended_or_stopped_late_before_anybody_looked_says_sorry_once(
    state, desk, site, promised, open_ticket
):
    with moment("2026-10-23 15:30"):
        ticket = open_ticket(site_id=site.pk)
    long_after = Clock.objects.get(ticket=ticket, kind="solution").due_at + timedelta(hours=1)
    with time_machine.travel(long_after, tick=False):
        actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state=state)
        assert actions.apologise() == 2
        assert actions.apologise() == 0
        reply(desk["aminata"], ticket)
        assert Apology.objects.count() == 2
        assert set(Apology.objects.values_list("kind", "turn")) == {
            ("first_response", 1),
            ("solution", 1),
        }
    with time_machine.travel(long_after + timedelta(minutes=2), tick=False):
        assert actions.apologise() == 0


def test_a_sorry_for_what_was_answered_long_ago_is_no_news(desk, site, promised, open_ticket):
    with moment("2026-10-23 15:30"):
        answered, asked = open_ticket(site_id=site.pk), open_ticket(site_id=site.pk)
    with moment("2026-10-26 10:40"):
        reply(desk["nadia"], answered)
        actions.set_state(actor=desk["nadia"], ticket_id=asked.pk, state="waiting_requester")
    with moment("2026-10-27 10:41"):
        assert actions.apologise() == 0
    with moment("2026-10-27 10:39"):
        assert actions.apologise() == 2


def test_a_ticket_that_was_merged_late_says_nothing(desk, site, promised, open_ticket):
    with moment("2026-10-23 15:30"):
        ticket = open_ticket(site_id=site.pk)
    with moment("2026-10-26 10:29"):
        into = open_ticket(site_id=site.pk)
    with moment("2026-10-26 10:30:30"):
        actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=into.pk)
    with moment("2026-10-26 10:31"):
        assert Clock.objects.filter(ticket=ticket, outcome="missed").exists()
        assert actions.apologise() == 0


def test_nobody_hears_of_what_was_late_long_ago(desk, site, promised, open_ticket):
    with moment("2026-10-23 15:30"):
        open_ticket(site_id=site.pk)
    with moment("2026-12-01 15:30"):
        assert actions.apologise() == 0


def test_named_state_stands_for_a_fixed_one_until_the_ticket_moves(desk, ticket):
    NamedState.objects.create(
        slug="registrar", code="waiting_us", names={"en": "Waiting for the registrar"}
    )
    nadia = desk["nadia"]

    actions.set_state(actor=nadia, ticket_id=ticket.pk, state="waiting_us", named="registrar")
    ticket = queries.ticket_seen(desk["aminata"], ticket.pk)
    assert (ticket.state, queries.state_words(desk["aminata"], ticket)) == (
        "waiting_us",
        "Waiting for the registrar",
    )
    words = [row.get("words") for row in queries.ticket_page(nadia, ticket.pk).said]
    assert "Nadia: Waiting for the registrar" in words

    reply(nadia, ticket)
    assert Ticket.objects.get(pk=ticket.pk).named_state is None
    assert stored(ticket) == worked_out(ticket)
