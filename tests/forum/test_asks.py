"""Questions find their helper: who is asked, when, how often, and what they say to it."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from core.models import JournalLine, OutgoingMail
from forum import actions, queries
from forum.ask_links import ASK_MAILS
from forum.models import Ask, AskChoice, Ladder
from forum.tasks import climb_ladders
from helpdesk.models import Ticket
from mentoring.models import MentorOffer
from people.actions import remove_post, restore_post
from people.models import Block, Notice, Person, PersonSkill, RoleGrant, Skill
from tests.cast import SECRET, make_person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.helpdesk.mails import sent_to

SETTLE = Act(
    page=lambda a: (f"/asks/{a.pk}/outcome", {"outcome": "declined"}),
    api=lambda a: ("PUT", f"/api/v1/asks/{a.pk}/outcome", {"outcome": "declined"}),
)
SNOOZE = Act(
    page=lambda a: (f"/asks/{a.pk}/outcome", {"outcome": "snoozed"}),
    api=lambda a: ("PUT", f"/api/v1/asks/{a.pk}/outcome", {"outcome": "snoozed"}),
)
SETTLE_BADLY = Act(
    page=lambda a: (f"/asks/{a.pk}/outcome", {"outcome": "answered"}),
    api=lambda a: ("PUT", f"/api/v1/asks/{a.pk}/outcome", {"outcome": "answered"}),
)
CHOOSE = Act(
    page=lambda _: ("/asks/choice", {"most_asks": "2", "quiet_days": "30"}),
    api=lambda _: (
        "PUT",
        "/api/v1/asks/choice",
        {"most_asks": 2, "by_mail": False, "quiet_days": 30},
    ),
)
CHOOSE_BADLY = Act(
    page=lambda _: ("/asks/choice", {"most_asks": "99", "quiet_days": "0"}),
    api=lambda _: ("PUT", "/api/v1/asks/choice", {"most_asks": 99, "by_mail": True}),
)

STOP = Act(
    page=lambda person: (
        ASK_MAILS.path(person),
        {"List-Unsubscribe": "One-Click"},
    ),
    api=lambda _: ("", "", None),
)


def asked(cast, title="Why is php so slow here?", tags=("php",), author=None):
    return actions.ask(
        actor=author or cast.aminata, title=title, source="x", language="en", tag_names=tags
    )


@pytest.fixture
def knower(cast):
    """Bao has answered about PHP."""
    old = asked(cast, "An older question about php", author=cast.omar)
    actions.answer(actor=cast.bao, question_id=old.pk, source="So.", language="en")
    return cast.bao


@pytest.fixture
def ask(cast, knower, run_tasks):
    asked(cast)
    run_tasks()
    climb_ladders.func()
    run_tasks()
    return Ask.objects.get()


@pytest.fixture
def sent_to_bao(ask):
    """The mail by which bao was asked."""
    return sent_to("bao@people.example")[0]


def climb_at(hours: float, question) -> None:
    row = Ladder.objects.get(question=question)
    actions.climb(question_id=question.pk, now=row.started_at + timedelta(hours=hours))


def test_new_question_is_brought_to_who_knows_with_the_reason(ask, cast, browse, call, mailoutbox):
    assert (ask.helper, ask.rung, ask.question.author) == (cast.bao, "helpers", cast.aminata)
    assert [notice.verb for notice in cast.bao.notices.all()] == ["forum.helpers_asked"]
    mail = next(mail for mail in mailoutbox if mail.to == ["bao@people.example"])
    assert "1 answer of yours about php." in mail.body
    page = browse(cast.bao).get("/questions/for-me").content.decode()
    assert "You were asked" in page
    assert "1 answer of yours about php." in page
    listed = call(cast.bao).get("/api/v1/asks").json()["results"]
    assert [row["why"][0] for row in listed] == ["1 answer of yours about php."]


def test_who_has_answered_is_asked_no_more_before_the_worker_comes(ask, cast, browse, call):
    posted = call(cast.bao).post(f"/api/v1/questions/{ask.question.pk}/answers", {"source": "So."})
    assert posted.status_code == 201

    assert "You were asked" not in browse(cast.bao).get("/questions/for-me").content.decode()


def test_nobody_is_asked_about_what_was_answered_when_it_came(cast, knower, run_tasks):
    actions.publish_agreed(
        actor=None,
        title="Why is php so slow here?",
        source="x",
        answer_source="A cache.",
        language="en",
        tag_names=["php"],
    )
    run_tasks()
    climb_ladders.func()
    run_tasks()

    assert not Ask.objects.exists()


def test_only_who_was_asked_sees_it(ask, cast, browse, call):
    Ask.objects.update(why=[{"key": "answered", "tag": SECRET, "count": 1, "confirmed": 0}])

    assert SECRET in browse(cast.bao).get("/questions/for-me").content.decode()
    for person in (cast.omar, cast.aminata, cast.moira):
        assert SECRET not in browse(person).get("/questions/for-me").content.decode()
        assert call(person).get("/api/v1/asks").json()["results"] == []
        assert SECRET not in browse(person).get(ask.question.path).content.decode()
    assert SECRET not in json.dumps(list(JournalLine.objects.values_list("changes", flat=True)))


def test_questions_for_me_say_why(cast, knower, call):
    asked(cast)

    rows = call(knower).get("/api/v1/questions/for-me").json()["results"]

    assert rows[0]["why"] == "1 answer of yours about php. It is in a language you read."


@pytest.mark.parametrize("face", FACES)
def test_helper_declines_once_and_the_question_climbs_on(face, ask, cast, perform):
    assert perform(face, cast.bao, SETTLE, ask) == DONE
    assert perform(face, cast.bao, SETTLE, ask) == DONE
    assert perform(face, cast.bao, SNOOZE, ask) == WRONG_MOMENT

    ask.refresh_from_db()
    assert ask.outcome == "declined"
    assert Ladder.objects.get(question=ask.question).next_at <= timezone.now()


@pytest.mark.parametrize("face", FACES)
def test_helper_snoozes_and_is_not_asked_for_a_week(face, ask, cast, perform):
    assert perform(face, cast.bao, SNOOZE, ask) == DONE

    other = asked(cast, "Another question about php")
    actions.start_ladder(other.pk)
    climb_at(0, other)
    assert not Ask.objects.filter(question=other).exists()
    AskChoice.objects.update(quiet_until=timezone.now() - timedelta(minutes=1))
    climb_at(4, other)
    assert Ask.objects.get(question=other).helper == cast.bao


@pytest.mark.parametrize("face", FACES)
def test_settling_is_for_who_was_asked_alone(face, ask, cast, perform):
    assert perform(face, cast.omar, SETTLE, ask) == UNSEEN
    assert perform(face, cast.moira, SETTLE, ask) == UNSEEN
    assert perform(face, None, SETTLE, ask) == SIGN_IN
    assert perform(face, cast.bao, SETTLE_BADLY, ask) == INVALID
    Person.objects.filter(pk=cast.bao.pk).update(state="suspended")
    assert perform(face, cast.bao, SETTLE, ask) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_helper_chooses_how_to_be_asked(face, cast, perform):
    assert perform(face, cast.bao, CHOOSE, None) == DONE
    assert perform(face, cast.bao, CHOOSE_BADLY, None) == INVALID
    assert perform(face, None, CHOOSE, None) == SIGN_IN

    choice = AskChoice.objects.get(person=cast.bao)
    assert (choice.most_asks, choice.by_mail) == (2, False)
    assert choice.quiet_until > timezone.now() + timedelta(days=29)


def test_nobody_is_asked_more_often_than_they_chose(cast, knower):
    actions.choose_asks(actor=knower, most_asks=2, by_mail=True)
    for number in range(4):
        question = asked(cast, f"Question number {number} about php")
        actions.start_ladder(question.pk)
        climb_at(0, question)

    assert Ask.objects.filter(helper=knower).count() == 2


def test_who_was_asked_as_often_as_they_chose_is_asked_again_a_week_later(cast, knower):
    actions.choose_asks(actor=knower, most_asks=2, by_mail=True)

    def are_asked(when):
        """Return which of three new questions come to the helper."""
        for number in range(3):
            question = asked(cast, f"Question number {number} about php, {when}")
            actions.start_ladder(question.pk)
            climb_at(0, question)
        found = Ask.objects.filter(helper=knower, question__title__endswith=when)
        return [row.question.title[16] for row in found.order_by("pk")]

    assert are_asked("at first") == ["0", "1"]
    for days, found in ((1, []), (6, []), (6.999, []), (7, ["0", "1"]), (8, [])):
        first = Ask.objects.filter(question__title__endswith="at first")
        first.update(at=timezone.now() - timedelta(days=days))

        assert are_asked(f"after {days} days") == found


def leave(cast):
    AskChoice.objects.create(person=cast.bao, quiet_until=timezone.now() + timedelta(days=1))


def never(cast):
    AskChoice.objects.create(person=cast.bao, most_asks=0)


def suspend(cast):
    Person.objects.filter(pk=cast.bao.pk).update(state="suspended")


def block(cast):
    Block.objects.create(person=cast.aminata, blocked=cast.bao)


def speak_german(cast):
    cast.bao.languages.update(language="de")


@pytest.mark.parametrize("change", [leave, never, suspend, block, speak_german])
def test_who_is_away_muted_or_kept_apart_is_not_asked(change, cast, knower):
    change(cast)
    question = asked(cast)
    actions.start_ladder(question.pk)
    climb_at(0, question)

    assert not Ask.objects.exists()


def test_one_click_of_a_mail_program_ends_the_mails_that_ask(ask, cast, sent_to_bao, run_tasks):
    """It has no cookie and no token of a form. Source: RFC 8058."""
    assert sent_to_bao["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = str(sent_to_bao["List-Unsubscribe"]).strip(" <>")
    assert url in sent_to_bao.get_body(("plain",)).get_content()
    client = Client(enforce_csrf_checks=True)
    path = urlsplit(url).path

    page = client.get(path)
    assert (page.status_code, "No more of these mails" in page.content.decode()) == (200, True)
    assert queries.choice_of(cast.bao).by_mail  # looking changes nothing

    for _again in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    choice = queries.choice_of(cast.bao)
    assert (choice.by_mail, choice.most_asks) == (False, 5)
    actions.start_ladder(asked(cast, "Another question about php").pk)
    climb_ladders.func()
    run_tasks()
    assert cast.bao.notices.filter(verb="forum.helpers_asked").count() == 2
    assert len(sent_to("bao@people.example")) == 1


def test_link_that_is_not_ours_or_of_who_is_gone_ends_nothing(cast, browse):
    right = ASK_MAILS.path(cast.bao)
    forged = right.replace(f"/{cast.bao.pk}:", f"/{cast.omar.pk}:")

    for path in (forged, right[:-1], "/ask-mails/1", "/ask-mails/:"):
        assert browse().post(path).status_code == 404, path
    Person.objects.filter(pk=cast.bao.pk).update(state="erased")
    assert browse().post(right).status_code == 404
    assert not AskChoice.objects.exists()


def test_no_mail_without_wanting_it(cast, knower, run_tasks, mailoutbox):
    AskChoice.objects.create(person=knower, by_mail=False)
    asked(cast)
    run_tasks()
    climb_ladders.func()
    run_tasks()

    assert knower.notices.count() == 1
    assert ["bao@people.example"] not in [mail.to for mail in mailoutbox]


def test_answer_settles_the_ask_and_ends_the_climb(ask, cast, run_tasks):
    actions.answer(actor=cast.bao, question_id=ask.question_id, source="Yes.", language="en")
    run_tasks()

    ask.refresh_from_db()
    assert ask.outcome == "answered"
    assert Ladder.objects.get(question=ask.question).next_at is None


def test_question_climbs_again_when_its_answer_is_taken_away(ask, cast, run_tasks):
    row = actions.answer(actor=cast.omar, question_id=ask.question_id, source="Buy!", language="en")
    run_tasks()
    remove_post(actor=cast.moira, kind="forum.answer", object_id=row.pk, rule="spam", reason="x")
    run_tasks()

    assert Ladder.objects.get(question=ask.question).next_at is not None


def test_question_climbs_again_when_its_accepted_answer_is_taken_away(
    cast, knower, browse, call, run_tasks
):
    question = asked(cast)
    row = actions.answer(actor=cast.omar, question_id=question.pk, source="Buy!", language="en")
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=row.pk)
    run_tasks()
    away = {"kind": "forum.answer", "object_id": row.pk}

    def told():
        """Return whether page and programs hold it for solved, to anyone who may see it all."""
        run_tasks()
        for person in (None, cast.aminata, cast.omar, cast.moira):
            facts = call(person).get(f"/api/v1/questions/{question.pk}").json()
            listed = call(person).get("/api/v1/questions", {"tag": "php"}).json()["results"]
            is_solved = next(one["is_solved"] for one in listed if one["id"] == question.pk)
            page = browse(person).get(question.path).content.decode()
            places = call(person).get(f"/api/v1/questions/{question.pk}/ranking").json()
            first = places["answers"][:1]
            yield facts["accepted_answer"]
            yield row.pk if is_solved else None
            yield row.pk if ">Solved<" in page else None
            yield row.pk if "Accepted by the asker" in page else None
            yield row.pk if first and first[0]["is_accepted"] else None

    assert set(told()) == {row.pk}

    remove_post(actor=cast.moira, rule="spam", reason="x", **away)

    assert set(told()) == {None}
    climb_ladders.func()
    assert Ask.objects.get(question=question).helper == cast.bao

    restore_post(actor=cast.moira, **away)

    assert set(told()) == {row.pk}
    climb_at(5, question)
    assert Ladder.objects.get(question=question).next_at is None


def test_removed_question_climbs_no_more(cast, knower):
    question = asked(cast)
    actions.start_ladder(question.pk)
    remove_post(
        actor=cast.moira, kind="forum.question", object_id=question.pk, rule="spam", reason="x"
    )
    climb_at(0, question)

    assert not Ask.objects.exists()
    assert Ladder.objects.get(question=question).next_at is None


def test_who_asked_under_a_pseudonym_is_told_that_no_ticket_was_opened(
    cast, hidden, browse, call, run_tasks
):
    run_tasks()
    for hours in (0, 4, 12, 48, 49, 100):
        climb_at(hours, hidden)
        run_tasks()

    assert not Ticket.objects.exists()
    (told,) = Notice.objects.exclude(verb="forum.helpers_asked")
    assert (told.person, told.verb) == (cast.aminata, "helpdesk.ticket_not_opened")
    row = call(cast.aminata).get("/api/v1/notices").json()["results"][0]
    assert row["text"].startswith("Nobody has answered what you asked under a pseudonym")
    (mail,) = OutgoingMail.objects.all()
    assert mail.to == "aminata@people.example"
    line = JournalLine.objects.get(verb="helpdesk.ticket_not_opened")
    assert (line.actor, line.changes) == (None, {})
    for person in (None, cast.moira, cast.nadia):
        assert "Aminata" not in browse(person).get(hidden.path).content.decode()


def test_who_left_is_told_nothing_of_what_they_asked_under_a_pseudonym(cast, hidden, run_tasks):
    hidden.pseudonym.person = None
    hidden.pseudonym.save()
    run_tasks()

    climb_at(48, hidden)
    run_tasks()

    assert not Notice.objects.filter(verb="helpdesk.ticket_not_opened").exists()


def test_ladder_leads_from_helpers_over_mentors_to_one_ticket(cast, knower, levels):
    php = Skill.objects.create(slug="php")
    offer = MentorOffer.objects.create(mentor=cast.clara, time_zone="UTC", source="", html="")
    offer.skills.add(php)
    Person.objects.filter(pk=cast.clara.pk).update(last_login=timezone.now())
    question = asked(cast)
    actions.start_ladder(question.pk)

    for hours in (0, 1, 4, 11, 12, 47):
        climb_at(hours, question)
    found = list(Ask.objects.order_by("pk").values_list("helper__handle", "rung"))
    assert found == [("bao", "helpers"), ("clara", "mentors")]
    assert not Ticket.objects.exists()

    for hours in (48, 49, 100):
        climb_at(hours, question)
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.subject) == (cast.aminata, question.title)
    assert question.path in ticket.messages.get().source


def test_one_fault_holds_up_no_other_question(cast, knower, monkeypatch):
    from forum import ladder

    first, second = asked(cast, "The first question about php"), asked(cast)
    for question in (first, second):
        actions.start_ladder(question.pk)
    good = ladder.rungs()[0]

    def breaks(question, now):
        if question == first:
            raise ValueError("planted")
        good.climb(question, now)

    monkeypatch.setitem(ladder._rungs, good.name, ladder.Rung(good.name, good.after, breaks))
    with pytest.raises(ExceptionGroup):
        climb_ladders.func()

    assert [ask.question for ask in Ask.objects.all()] == [second]


@pytest.mark.parametrize("people", [2, 20])
def test_cost_does_not_grow_with_people(people, cast, knower, browse, assert_asks):
    php = Skill.objects.create(slug="php")
    for number in range(people):
        person = make_person(f"helper{number}", last_login=timezone.now())
        RoleGrant.objects.create(person=person, role="helper")
        PersonSkill.objects.create(person=person, skill=php, level=2)
        old = asked(cast, f"An old question {number} about php", author=cast.omar)
        actions.answer(actor=person, question_id=old.pk, source="x", language="en")
        asked(cast, f"Another question {number} about php")
    question = asked(cast)
    client = browse(knower)
    client.get("/questions/for-me")

    with assert_asks(14):
        assert len(queries.helpers_for(question, timezone.now())) == people + 1
    with assert_asks(11):
        client.get("/questions/for-me")


def test_erased_person_is_forgotten_as_helper(ask, cast):
    from people.actions import erase_person, export_person

    exported = export_person(actor=cast.bao)["things"]["forum.ask"]
    assert [row["question_id"] for row in exported] == [ask.question_id]
    erase_person(actor=cast.bao, handle="bao")
    assert not Ask.objects.exists()
