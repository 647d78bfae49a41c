"""Platforms, what works on them, and what is checked again: on every face."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from forum import actions, queries, reasons, routing
from forum.models import Acceptance, Answer, Attestation, Platform, PlatformVersion, Recheck
from forum.setups import Dates, Setup
from people.actions import remove_post
from people.models import HostedSite, Person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

OLD = date(2020, 1, 1)
FACTS = {"php": "8.4"}

ATTEST = Act(
    page=lambda a: (f"/answers/{a.pk}/attestation", {"fact": "php=8.4"}),
    api=lambda a: ("PUT", f"/api/v1/answers/{a.pk}/attestation", {"facts": FACTS}),
)
ATTEST_BADLY = Act(
    page=lambda a: (f"/answers/{a.pk}/attestation", {"fact": "php=3"}),
    api=lambda a: ("PUT", f"/api/v1/answers/{a.pk}/attestation", {"facts": {"php": "3"}}),
)
ATTEST_RETIRED = Act(
    page=lambda a: (f"/answers/{a.pk}/attestation", {"fact": "php=7.4"}),
    api=lambda a: ("PUT", f"/api/v1/answers/{a.pk}/attestation", {"facts": {"php": "7.4"}}),
)
UNDO = Act(
    page=lambda a: (f"/answers/{a.pk}/attestation/undo", {}),
    api=lambda a: ("DELETE", f"/api/v1/answers/{a.pk}/attestation", None),
)


def settling(outcome):
    return Act(
        page=lambda r: (f"/rechecks/{r.pk}/outcome", {"outcome": outcome}),
        api=lambda r: ("PUT", f"/api/v1/rechecks/{r.pk}/outcome", {"outcome": outcome}),
    )


WORKS, FAILS = settling("works"), settling("fails")
SETUP = Act(
    page=lambda q: (f"/questions/{q.pk}/setup", {"fact-php": "8.4", "fact-cms": "wordpress"}),
    api=lambda q: (
        "PUT",
        f"/api/v1/questions/{q.pk}/setup",
        {"facts": {"php": "8.4", "cms": "wordpress"}},
    ),
)
SETUP_BADLY = Act(
    page=lambda q: (f"/questions/{q.pk}/setup", {"fact-php": "3"}),
    api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/setup", {"facts": {"php": "3"}}),
)
ADD_PLATFORM = Act(
    page=lambda _: ("/platforms/new", {"key": "mariadb", "name": "MariaDB"}),
    api=lambda _: ("POST", "/api/v1/platforms", {"key": "mariadb", "name": "MariaDB"}),
)
ADD_BADLY = Act(
    page=lambda _: ("/platforms/new", {"key": "Maria DB", "name": "MariaDB"}),
    api=lambda _: ("POST", "/api/v1/platforms", {"key": "Maria DB", "name": "MariaDB"}),
)
NEW = {"value": "8.5", "since": "2026-01-01"}
ADD_VERSION = Act(
    page=lambda p: (f"/platforms/{p.pk}/versions", NEW),
    api=lambda p: ("POST", f"/api/v1/platforms/{p.pk}/versions", NEW),
)
RETIRED = {"since": "2020-01-01", "until": "2026-01-01"}
RETIRE = Act(
    page=lambda v: (f"/platform-versions/{v.pk}", RETIRED),
    api=lambda v: ("PUT", f"/api/v1/platform-versions/{v.pk}", RETIRED),
)
BACKWARDS = Act(
    page=lambda v: (f"/platform-versions/{v.pk}", {**RETIRED, "until": "2019-01-01"}),
    api=lambda v: ("PUT", f"/api/v1/platform-versions/{v.pk}", {**RETIRED, "until": "2019-01-01"}),
)


@pytest.fixture
def php(db):
    row = Platform.objects.create(key="php", name="PHP")
    for value, facts in {
        "7.4": {"until": date(2024, 1, 1)},
        "8.2": {"default_since": OLD},
        "8.4": {},
    }.items():
        PlatformVersion.objects.create(platform=row, value=value, since=OLD, **facts)
    cms = Platform.objects.create(key="cms", name="CMS")
    PlatformVersion.objects.create(platform=cms, value="wordpress", name="WordPress", since=OLD)
    return row


def version(value) -> PlatformVersion:
    return PlatformVersion.objects.get(value=value)


def attested(person, answer, value, days_ago=10):
    """Say that it worked, some days ago."""
    actions.attest(actor=person, answer_id=answer.pk, facts={"php": value})
    Attestation.objects.filter(person=person, answer=answer).update(
        at=timezone.now() - timedelta(days=days_ago)
    )


def make_default(cast, value, run_tasks):
    dates = Dates(since=OLD, default_since=timezone.localdate())
    actions.change_version(actor=cast.clara, version_id=version(value).pk, dates=dates)
    run_tasks()


@pytest.fixture
def waiting(cast, php, answer, run_tasks):
    """An answer that worked on 8.2, and waits since 8.4 became the default."""
    attested(cast.omar, answer, "8.2")
    make_default(cast, "8.4", run_tasks)
    return Recheck.objects.get()


@pytest.mark.parametrize("face", FACES)
def test_anyone_attests_once_and_takes_it_back(face, perform, cast, php, answer):
    assert perform(face, cast.omar, ATTEST, answer) == DONE
    assert perform(face, cast.omar, ATTEST, answer) == DONE

    row = Attestation.objects.get()
    assert (row.person, row.version.value, row.is_claim) == (cast.omar, "8.4", False)
    answer.refresh_from_db()
    assert answer.works_on == [
        {
            "fact": "php=8.4",
            "label": "PHP 8.4",
            "confirmed": 1,
            "last": timezone.now().date().isoformat(),
        }
    ]

    assert perform(face, cast.omar, UNDO, answer) == DONE
    assert perform(face, cast.omar, UNDO, answer) == DONE
    answer.refresh_from_db()
    assert answer.works_on == []


def confirmed_at(person):
    """Return when the one answer of a person was confirmed, as routing is told; of both ways."""
    now = timezone.now()
    elsewhere = actions.ask(
        actor=Person.objects.get(handle="clara"),
        title="Another question about PHP",
        source="x",
        language="en",
        tag_names=["php"],
    )
    asked = next(one for one in queries.helpers_for(elsewhere, now) if one.id == person.pk)
    (found,) = {one.confirmed_at for one in (*asked.deeds, *queries.helper_of(person, now).deeds)}
    return found


def test_answer_that_others_found_to_work_counts_as_confirmed_since_then(
    cast, php, question, answer
):
    attested(cast.bao, answer, "8.2", days_ago=30)
    assert confirmed_at(cast.bao) is None  # a claim of its author

    attested(cast.omar, answer, "8.2", days_ago=9)
    attested(cast.clara, answer, "8.2", days_ago=5)
    first = Attestation.objects.get(person=cast.omar).at
    assert confirmed_at(cast.bao) == first

    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    assert confirmed_at(cast.bao) == first
    earlier = first - timedelta(days=2)
    Acceptance.objects.update(at=earlier)
    assert confirmed_at(cast.bao) == earlier


def test_reason_to_ask_a_helper_says_what_others_confirmed(cast, php, question, answer):
    attested(cast.omar, answer, "8.2")
    now = timezone.now()

    found = routing.why(queries.helper_of(cast.bao, now), queries.wanted_of(question), now)

    assert "1 answer of yours about php, 1 confirmed." in reasons.words_of(found)


@pytest.mark.parametrize("face", FACES)
def test_authors_word_is_a_claim(face, perform, cast, php, answer):
    assert perform(face, cast.bao, ATTEST, answer) == DONE

    answer.refresh_from_db()
    assert [row["confirmed"] for row in answer.works_on] == [0]
    assert Attestation.objects.get().is_claim


@pytest.mark.parametrize("face", FACES)
def test_only_what_is_offered_is_attested(face, perform, cast, php, answer):
    assert perform(face, cast.omar, ATTEST_BADLY, answer) == INVALID
    assert perform(face, cast.omar, ATTEST_RETIRED, answer) == WRONG_MOMENT
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [ATTEST, UNDO])
def test_removed_answer_is_not_attested(face, act, perform, cast, php, answer):
    assert perform(face, None, act, answer) == SIGN_IN
    remove_post(actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="x")

    assert perform(face, cast.omar, act, answer) == UNSEEN
    expected = WRONG_MOMENT if act is ATTEST else DONE
    assert perform(face, cast.moira, act, answer) == expected


@pytest.mark.parametrize("face", FACES)
def test_suspended_person_attests_nothing(face, perform, cast, php, answer):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, cast.omar, ATTEST, answer) == NOT_ALLOWED
    assert perform(face, cast.omar, UNDO, answer) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_confirmed_again_it_waits_no_more(face, perform, cast, waiting, answer):
    answer.refresh_from_db()
    assert [row["label"] for row in answer.rechecks] == ["PHP 8.4"]

    assert perform(face, cast.aminata, WORKS, waiting) == DONE
    assert perform(face, cast.aminata, WORKS, waiting) == DONE

    answer.refresh_from_db()
    waiting.refresh_from_db()
    assert (answer.rechecks, waiting.outcome, waiting.outcome_by) == ([], "works", cast.aminata)
    assert {row["fact"]: row["confirmed"] for row in answer.works_on} == {
        "php=8.2": 1,
        "php=8.4": 1,
    }
    assert perform(face, cast.omar, FAILS, waiting) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_found_not_to_work_it_leaves_the_queue_and_stands_behind(
    face, perform, cast, waiting, answer
):
    assert perform(face, cast.omar, FAILS, waiting) == DONE
    assert perform(face, cast.omar, FAILS, waiting) == DONE

    answer.refresh_from_db()
    assert [row["failed"] for row in answer.rechecks] == [True]
    assert list(queries.waiting_rechecks(cast.omar)) == []
    assert perform(face, cast.aminata, ATTEST, answer) == DONE
    answer.refresh_from_db()
    assert answer.rechecks == []


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [WORKS, FAILS])
def test_author_does_not_settle_their_own(face, act, perform, cast, waiting, answer):
    assert perform(face, cast.bao, act, waiting) == NOT_ALLOWED
    assert perform(face, None, act, waiting) == SIGN_IN
    remove_post(actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="x")
    assert perform(face, cast.omar, act, waiting) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_asker_says_what_it_runs_on(face, perform, cast, php, question):
    assert perform(face, cast.aminata, SETUP, question) == DONE
    assert perform(face, cast.aminata, SETUP, question) == DONE

    question.refresh_from_db()
    assert question.facts == [
        {"fact": "cms=wordpress", "label": "WordPress"},
        {"fact": "php=8.4", "label": "PHP 8.4"},
    ]
    assert perform(face, cast.aminata, SETUP_BADLY, question) == INVALID
    for person in (cast.bao, cast.omar):
        assert perform(face, person, SETUP, question) == NOT_ALLOWED
    assert perform(face, cast.moira, SETUP, question) == DONE


@pytest.mark.parametrize("face", FACES)
def test_coordinators_and_staff_keep_the_platforms(face, perform, cast, php):
    root = Person.objects.create_user("root", is_superuser=True)
    for person in (cast.omar, cast.bao, cast.nadia, cast.moira):
        assert perform(face, person, ADD_PLATFORM, None) == NOT_ALLOWED
        assert perform(face, person, ADD_VERSION, php) == NOT_ALLOWED
        assert perform(face, person, RETIRE, version("8.2")) == NOT_ALLOWED
    assert perform(face, None, ADD_PLATFORM, None) == SIGN_IN

    assert perform(face, cast.clara, ADD_PLATFORM, None) == DONE
    assert perform(face, cast.clara, ADD_PLATFORM, None) == DONE
    assert Platform.objects.filter(key="mariadb").count() == 1
    assert perform(face, root, ADD_VERSION, php) == DONE
    assert perform(face, root, ADD_VERSION, php) == WRONG_MOMENT
    assert perform(face, cast.clara, RETIRE, version("8.2")) == DONE
    assert perform(face, cast.clara, RETIRE, version("8.2")) == DONE
    assert version("8.2").until == date(2026, 1, 1)
    assert perform(face, cast.clara, BACKWARDS, version("8.2")) == INVALID
    assert perform(face, cast.clara, ADD_BADLY, None) == INVALID


def test_asking_about_a_site_takes_its_known_facts_and_no_domain(browse, cast, php, levels):
    HostedSite.objects.create(
        external_id="1",
        domain="mine.example",
        owner=cast.aminata,
        level=levels["free"],
        platform={"php": "8.4", "cms": "wordpress", "server": "web14.internal"},
    )
    site = HostedSite.objects.get()
    form = {
        "title": "How do I keep my photos?",
        "source": "Text",
        "language": "en",
        "site": site.pk,
        "fact-php": "8.2",
        "looked": "1",
    }

    page = browse(cast.aminata).post("/questions/ask", form, follow=True)
    html = browse().get(page.request["PATH_INFO"]).content.decode()

    assert "PHP 8.2" in html
    assert "WordPress" in html
    assert "mine.example" not in html
    assert "web14" not in html
    shown = browse(cast.aminata).post("/questions/ask", {**form, "shows_site": "on"}, follow=True)
    html = browse().get(shown.request["PATH_INFO"]).content.decode()
    assert "mine.example" in html


def test_nobody_asks_about_the_site_of_another(browse, call, cast, php, levels):
    site = HostedSite.objects.create(
        external_id="1", domain="hers.example", owner=cast.clara, level=levels["free"]
    )
    form = {"title": "How do I keep my photos?", "source": "x", "language": "en", "looked": "1"}

    page = browse(cast.omar).post("/questions/ask", {**form, "site": site.pk})
    answer = call(cast.omar).post(
        "/api/v1/questions", {**form, "setup": {"site": site.pk, "shows_site": True}}, format="json"
    )

    assert "hers.example" not in page.content.decode()
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["site"]


def test_leaving_takes_the_sites_address_off(cast, php, levels):
    from core import things

    HostedSite.objects.create(
        external_id="1", domain="mine.example", owner=cast.aminata, level=levels["free"]
    )
    question = actions.ask(
        actor=cast.aminata,
        title="How do I keep my photos?",
        source="x",
        language="en",
        tag_names=[],
        setup=Setup(site_id=HostedSite.objects.get().pk, shows_site=True),
    )
    assert question.site_domain == "mine.example"

    things.thing_of("forum.question").erase(cast.aminata)

    question.refresh_from_db()
    assert question.site_domain == ""


def test_accepting_says_that_it_worked_on_what_was_asked_about(cast, php, answer, run_tasks):
    actions.change_setup(
        actor=cast.aminata, question_id=answer.question_id, setup=Setup({"php": "8.4"})
    )

    actions.accept_answer(actor=cast.aminata, question_id=answer.question_id, answer_id=answer.pk)
    run_tasks()
    run_tasks()

    answer.refresh_from_db()
    assert [(row["fact"], row["confirmed"]) for row in answer.works_on] == [("php=8.4", 1)]


def test_new_default_lets_what_is_older_wait_until_someone_else_confirms(
    cast, php, answer, run_tasks
):
    attested(cast.omar, answer, "8.2")
    attested(cast.bao, answer, "8.4")
    other = actions.answer(
        actor=cast.clara, question_id=answer.question_id, source="Other", language="en"
    )
    attested(cast.omar, other, "8.4")
    unbound = actions.answer(
        actor=cast.clara, question_id=answer.question_id, source="Unbound", language="en"
    )

    make_default(cast, "8.4", run_tasks)

    waits = Recheck.objects.get()
    assert (waits.answer, waits.version.value, waits.why) == (answer, "8.4", "default")
    actions.attest(actor=cast.bao, answer_id=answer.pk, facts={"php": "8.4"})
    assert Answer.objects.get(pk=answer.pk).rechecks != [], "a claim is no confirmation"
    actions.attest(actor=cast.omar, answer_id=answer.pk, facts={"php": "8.2"})
    assert Answer.objects.get(pk=answer.pk).rechecks != [], "another version neither"

    actions.attest(actor=cast.clara, answer_id=answer.pk, facts={"php": "8.4"})
    assert Answer.objects.get(pk=answer.pk).rechecks == []
    actions.undo_attestation(actor=cast.clara, answer_id=answer.pk)
    assert actions.move_answers(timezone.now()) == 1
    assert Answer.objects.get(pk=answer.pk).rechecks != []
    assert Answer.objects.get(pk=unbound.pk).rechecks == []


def test_retired_version_lets_wait_what_worked_on_nothing_else(cast, php, answer, run_tasks):
    attested(cast.omar, answer, "8.4")
    both = actions.answer(
        actor=cast.bao, question_id=answer.question_id, source="Both", language="en"
    )
    attested(cast.omar, both, "8.4")
    attested(cast.clara, both, "8.2")
    dates = Dates(since=OLD, until=timezone.localdate())

    actions.change_version(actor=cast.clara, version_id=version("8.4").pk, dates=dates)
    run_tasks()

    waits = Recheck.objects.get()
    assert (waits.answer, waits.version.value, waits.why) == (answer, "8.2", "retired")
    actions.change_version(actor=cast.clara, version_id=version("8.4").pk, dates=Dates(since=OLD))
    run_tasks()
    assert not Recheck.objects.exists()
    assert Answer.objects.get(pk=answer.pk).rechecks == []


def test_moving_twice_changes_nothing(cast, waiting):
    assert actions.move_answers(timezone.now()) == 0
    assert Recheck.objects.count() == 1


def test_alternatives_have_no_default_and_nothing_waits(cast, php, answer, run_tasks):
    actions.attest(actor=cast.omar, answer_id=answer.pk, facts={"cms": "wordpress"})
    dates = Dates(since=OLD, until=timezone.localdate())

    actions.change_version(actor=cast.clara, version_id=version("wordpress").pk, dates=dates)
    run_tasks()

    assert not Recheck.objects.exists()


def test_stale_answer_loses_first_place_and_the_page_says_why(browse, cast, waiting, answer):
    actions.accept_answer(actor=cast.aminata, question_id=answer.question_id, answer_id=answer.pk)
    other = actions.answer(
        actor=cast.clara, question_id=answer.question_id, source="Newer", language="en"
    )

    html = browse().get(answer.question.path).content.decode()

    assert html.index(f"answer-{other.pk}") < html.index(f"answer-{answer.pk}")
    assert "Not confirmed on PHP 8.4 yet" in html
    assert "PHP 8.2</bdi> (confirmed by 1 person)" in html


@pytest.fixture
def two_answers(cast, php, levels, answer):
    """One confirmed for 8.2 and accepted, one for 8.4; aminata has a site of each."""
    other = actions.answer(
        actor=cast.clara, question_id=answer.question_id, source="Other", language="en"
    )
    attested(cast.omar, answer, "8.2")
    attested(cast.omar, other, "8.4")
    actions.accept_answer(actor=cast.aminata, question_id=answer.question_id, answer_id=answer.pk)
    for value in ("8.4", "8.2"):
        HostedSite.objects.create(
            external_id=value,
            domain=f"a{value}.example",
            owner=cast.aminata,
            level=levels["free"],
            platform={"php": value},
        )
    return answer, other


def test_reader_with_a_site_sees_first_what_fits_it(browse, call, cast, two_answers):
    old, new = two_answers
    sites = {row.platform["php"]: row.pk for row in HostedSite.objects.all()}

    def order(person, site=None):
        page = queries.question_page(person, old.question_id, site)
        return [facts.post.pk for facts in page.answers]

    assert order(cast.omar) == [old.pk, new.pk]
    assert order(cast.aminata) == [old.pk, new.pk], "a8.2.example comes first"
    assert order(cast.aminata, sites["8.4"]) == [new.pk, old.pk]
    assert order(cast.aminata, queries.NO_SITE) == [old.pk, new.pk]
    assert order(cast.omar, sites["8.4"]) == [old.pk, new.pk], "of another: no site"

    path = f"{old.question.path}?site={sites['8.4']}"
    html = browse(cast.aminata).get(path).content.decode()
    assert "Confirmed for your site: <bdi>PHP 8.4</bdi>" in html
    assert "This worked for me on PHP 8.4" in html
    assert "Confirmed for your site" not in browse(cast.omar).get(path).content.decode()
    assert "Confirmed for your site" not in browse().get(path).content.decode()
    assert "Here because it is confirmed for your site." in html
    why = f"/api/v1/questions/{old.question_id}/ranking?site={sites['8.4']}"
    for person, found in ((cast.aminata, [new.pk, old.pk]), (cast.omar, [old.pk, new.pk])):
        places = call(person).get(why).json()["answers"]
        assert [place["answer"] for place in places] == found
    answer = call(cast.aminata).get(f"/api/v1/questions/{old.question_id}?site={sites['8.4']}")
    assert [row["fits"] for row in answer.json()["answers"]] == [["PHP 8.4"], []]


def test_reader_without_a_site_sees_on_what_each_answer_works(browse, call, cast, two_answers):
    asked = two_answers[0].question

    for person in (None, cast.omar):
        html = browse(person).get(asked.path).content.decode()
        rows = call(person).get(f"/api/v1/questions/{asked.pk}").json()["answers"]

        for answer, label, row in zip(two_answers, ("PHP 8.2", "PHP 8.4"), rows, strict=True):
            shown = html.partition(f'id="works-on-{answer.pk}"')[2].partition("</div>")[0]
            assert f"<p>Works on: <bdi>{label}</bdi> (confirmed by 1 person)" in shown
            assert shown.count("Works on:") == shown.count("confirmed by") == 1
            assert row["answer"]["id"] == answer.pk
            assert [(one["label"], one["confirmed"]) for one in row["works_on"]] == [(label, 1)]


def test_reader_is_told_who_said_on_which_version_it_works_and_when(
    browse, call, cast, php, answer
):
    attested(cast.omar, answer, "8.2", days_ago=60)
    attested(cast.clara, answer, "8.4", days_ago=3)
    attested(cast.bao, answer, "8.4", days_ago=2)
    at = dict(Attestation.objects.values_list("person__handle", "at"))
    told = [("bao", "8.4", True), ("clara", "8.4", False), ("omar", "8.2", False)]

    for person in (None, cast.nadia):
        html = browse(person).get(f"/answers/{answer.pk}/attestations").content.decode()
        rows = call(person).get(f"/api/v1/answers/{answer.pk}/attestations").json()["results"]

        items = html.partition('<ul class="list"')[2].partition("</ul>")[0].split("<li>")[1:]
        for (who, value, is_claim), item, row in zip(told, items, rows, strict=True):
            assert f"<bdi>PHP {value}</bdi>" in item
            assert f'href="/people/{who}"><bdi>{who.capitalize()}</bdi>' in item
            assert f'<time datetime="{at[who].isoformat()[:16]}Z"' in item
            assert ("says its author" in item) == is_claim
            assert (row["person"], row["label"], row["is_claim"]) == (who, f"PHP {value}", is_claim)
            assert datetime.fromisoformat(row["at"]) == at[who]


def test_queue_is_ordered_by_traffic(browse, call, cast, waiting, run_tasks):
    question = actions.ask(
        actor=cast.aminata, title="A busy question", source="x", language="en", tag_names=[]
    )
    busy = actions.answer(actor=cast.bao, question_id=question.pk, source="x", language="en")
    Attestation.objects.create(
        answer=busy,
        person=cast.omar,
        version=version("8.2"),
        at=timezone.now() - timedelta(days=9),
    )
    actions.move_answers(timezone.now())
    assert [row.answer_id for row in queries.recheck_page(cast.omar, None).results] == [
        waiting.answer_id,
        busy.pk,
    ]

    actions.add_views({question.pk: 7, 10**9: 3})

    listed = call(cast.omar).get("/api/v1/rechecks").json()["results"]
    assert [(row["answer"], row["views"]) for row in listed] == [
        (busy.pk, 7.0),
        (waiting.answer_id, 0.0),
    ]
    html = browse(cast.omar).get("/rechecks").content.decode()
    assert html.index("A busy question") < html.index("White page")
    assert "Yours: others say." in browse(cast.bao).get("/rechecks").content.decode()


@pytest.mark.parametrize("rows", [2, 12])
def test_pages_cost_the_same_with_more_rows(
    rows, browse, call, cast, php, answer, run_tasks, django_assert_max_num_queries
):
    for number in range(rows):
        row = actions.answer(
            actor=cast.bao, question_id=answer.question_id, source=f"a{number}", language="en"
        )
        attested(cast.omar, row, "8.2")
    make_default(cast, "8.4", run_tasks)
    visitor, member, api = browse(), browse(cast.aminata), call(cast.omar)
    visitor.get("/questions")

    for path in (answer.question.path, "/platforms", f"/answers/{row.pk}/attestations"):
        with django_assert_max_num_queries(6):
            assert visitor.get(path).status_code == 200
    for path in (answer.question.path, "/rechecks", "/platforms"):
        with django_assert_max_num_queries(14):
            assert member.get(path).status_code == 200
    for path in ("rechecks", "platforms", f"answers/{row.pk}/attestations"):
        with django_assert_max_num_queries(5):
            assert api.get(f"/api/v1/{path}").status_code == 200


@pytest.mark.parametrize("face", FACES)
def test_answers_of_a_locked_question_are_confirmed_by_nobody(
    face, perform, browse, call, cast, waiting
):
    answer = waiting.answer
    lock = {"actor": cast.moira, "question_id": answer.question_id}
    acts = [(cast.omar, UNDO, answer), (cast.clara, ATTEST, answer), (cast.nadia, WORKS, waiting)]

    def told():
        """Return whether one is asked: on the page, and by the queue."""
        html = browse(cast.clara).get(answer.question.path).content.decode()
        queue = call(cast.clara).get("/api/v1/rechecks").json()["results"]
        return "This worked for me" in html, len(queue)

    actions.lock_question(**lock, reason="dispute")
    assert told() == (False, 0)
    for person, act, row in [*acts, (cast.nadia, FAILS, waiting)]:
        assert perform(face, person, act, row) == WRONG_MOMENT

    actions.unlock_question(**lock)
    assert told() == (True, 1)
    for person, act, row in acts:
        assert perform(face, person, act, row) == DONE
