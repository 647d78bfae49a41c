"""Changes suggested to what others wrote, on every face."""

import pytest

from forum import actions
from forum.models import Suggestion
from people.actions import remove_post
from people.models import Person, Trust
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

WORDS = {"source": "Rename the plugins folder by FTP.", "revision": 1, "why": "Says how"}


def suggesting(**changes) -> Act:
    facts = {**WORDS, **changes}
    return Act(
        page=lambda a: (f"/answers/{a.pk}/suggest", facts),
        api=lambda a: ("POST", f"/api/v1/answers/{a.pk}/suggestions", facts),
    )


SUGGEST = suggesting()
SUGGEST_QUESTION = Act(
    page=lambda q: (
        f"/questions/{q.pk}/suggest",
        {**WORDS, "title": "A white page after an update", "tags": "php, wordpress"},
    ),
    api=lambda q: (
        "POST",
        f"/api/v1/questions/{q.pk}/suggestions",
        {**WORDS, "title": "A white page after an update", "tags": ["php", "wordpress"]},
    ),
)
ACCEPT = Act(
    page=lambda s: (f"/suggestions/{s.pk}/acceptance", {}),
    api=lambda s: ("PUT", f"/api/v1/suggestions/{s.pk}/acceptance", {}),
)
MENDED = {"source": "Rename it, by FTP or SSH.", "revision": 1}
ACCEPT_MENDED = Act(
    page=lambda s: (f"/suggestions/{s.pk}/acceptance", MENDED),
    api=lambda s: ("PUT", f"/api/v1/suggestions/{s.pk}/acceptance", MENDED),
)
DECLINE = Act(
    page=lambda s: (f"/suggestions/{s.pk}/refusal", {"reason": "It was clear."}),
    api=lambda s: ("PUT", f"/api/v1/suggestions/{s.pk}/refusal", {"reason": "It was clear."}),
)
DECLINE_WITHOUT_REASON = Act(
    page=lambda s: (f"/suggestions/{s.pk}/refusal", {"reason": " "}),
    api=lambda s: ("PUT", f"/api/v1/suggestions/{s.pk}/refusal", {"reason": " "}),
)
WITHDRAW = Act(
    page=lambda s: (f"/suggestions/{s.pk}/withdrawal", {}),
    api=lambda s: ("PUT", f"/api/v1/suggestions/{s.pk}/withdrawal", None),
)
DECIDING = [ACCEPT, ACCEPT_MENDED, DECLINE]


@pytest.fixture
def suggestion(cast, answer):
    return actions.suggest(actor=cast.omar, kind="forum.answer", object_id=answer.pk, **WORDS)


@pytest.mark.parametrize("face", FACES)
def test_who_may_not_edit_suggests_once(face, perform, browse, cast, answer):
    assert perform(face, cast.omar, SUGGEST, answer) == DONE
    assert perform(face, cast.omar, SUGGEST, answer) == WRONG_MOMENT

    row = Suggestion.objects.get()
    assert (row.answer, row.author, row.why, row.state) == (
        answer,
        cast.omar,
        "Says how",
        "waiting",
    )
    answer.refresh_from_db()
    assert (answer.revision, answer.source) == (1, "Rename the plugins folder.")
    assert "by FTP" not in browse().get(answer.question.path).content.decode()


@pytest.mark.parametrize("face", FACES)
def test_title_and_tags_of_a_question_are_suggested(face, perform, cast, question):
    assert perform(face, cast.omar, SUGGEST_QUESTION, question) == DONE

    row = Suggestion.objects.get()
    assert (row.title, row.tags) == ("A white page after an update", ["php", "wordpress"])


@pytest.mark.parametrize("face", FACES)
def test_who_may_edit_does_and_what_was_agreed_to_stays(face, perform, cast, answer):
    for person in (cast.bao, cast.moira):
        assert perform(face, person, SUGGEST, answer) == NOT_ALLOWED
    type(answer).objects.filter(pk=answer.pk).update(is_agreed=True)
    assert perform(face, cast.omar, SUGGEST, answer) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "changes",
    [{"why": ""}, {"source": "Rename the plugins folder."}, {"source": " "}, {"revision": 7}],
)
def test_suggestion_says_what_and_why(face, changes, perform, cast, answer):
    assert perform(face, cast.omar, suggesting(**changes), answer) == INVALID
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("who", ["bao", "moira"])
def test_author_or_moderator_accepts_and_the_suggester_is_credited(
    face, who, perform, cast, suggestion
):
    assert perform(face, getattr(cast, who), ACCEPT, suggestion) == DONE
    assert perform(face, getattr(cast, who), ACCEPT, suggestion) == DONE

    suggestion.refresh_from_db()
    answer = suggestion.answer
    newest = answer.revisions.get(number=2)
    assert (suggestion.state, suggestion.became, answer.revision) == ("accepted", 2, 2)
    assert (newest.author, newest.why, newest.source) == (cast.omar, "Says how", WORDS["source"])
    assert answer.source == WORDS["source"]


@pytest.mark.parametrize("face", FACES)
def test_reviewer_accepts_with_corrections(face, perform, cast, suggestion):
    assert perform(face, cast.bao, ACCEPT_MENDED, suggestion) == DONE

    assert suggestion.answer.revisions.get(number=2).source == MENDED["source"]


@pytest.mark.parametrize("face", FACES)
def test_author_declines_with_a_reason(face, perform, cast, suggestion):
    assert perform(face, cast.bao, DECLINE_WITHOUT_REASON, suggestion) == INVALID
    assert perform(face, cast.bao, DECLINE, suggestion) == DONE
    assert perform(face, cast.bao, DECLINE, suggestion) == DONE
    assert perform(face, cast.bao, ACCEPT, suggestion) == WRONG_MOMENT

    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.reason) == ("declined", "It was clear.")
    assert suggestion.answer.revision == 1


@pytest.mark.parametrize("face", FACES)
def test_suggester_withdraws_and_does_not_decide(face, perform, cast, suggestion):
    for act in DECIDING:
        assert perform(face, cast.omar, act, suggestion) == NOT_ALLOWED
    assert perform(face, cast.bao, WITHDRAW, suggestion) == NOT_ALLOWED

    assert perform(face, cast.omar, WITHDRAW, suggestion) == DONE
    assert perform(face, cast.omar, WITHDRAW, suggestion) == DONE
    assert perform(face, cast.bao, ACCEPT, suggestion) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [*DECIDING, WITHDRAW])
def test_others_see_nothing_of_it(face, act, perform, cast, suggestion):
    assert perform(face, None, act, suggestion) == SIGN_IN
    for person in (cast.aminata, cast.clara, cast.panel):
        assert perform(face, person, act, suggestion) == UNSEEN
    remove_post(
        actor=cast.moira,
        kind="forum.answer",
        object_id=suggestion.answer_id,
        rule="spam",
        reason="planted",
    )
    assert perform(face, cast.omar, act, suggestion) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_suspended_people_suggest_and_decide_nothing(face, perform, cast, answer, suggestion):
    Person.objects.filter(pk__in=[cast.bao.pk, cast.omar.pk]).update(state="suspended")

    assert perform(face, cast.bao, ACCEPT, suggestion) == NOT_ALLOWED
    assert perform(face, cast.omar, SUGGEST, answer) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_stale_suggestion_is_merged(face, perform, cast, suggestion):
    edit(cast.bao, suggestion.answer, "Now rename the plugins folder.")

    assert perform(face, cast.bao, ACCEPT, suggestion) == DONE

    suggestion.refresh_from_db()
    newest = suggestion.answer.revisions.get(number=3)
    assert newest.source == "Now rename the plugins folder by FTP."
    assert (newest.author, newest.written_on) == (cast.omar, 1)


@pytest.mark.parametrize("face", FACES)
def test_suggestion_that_touches_a_newer_change_waits(face, perform, cast, suggestion):
    edit(cast.bao, suggestion.answer, "Rename the plugins directory.")

    assert perform(face, cast.bao, ACCEPT, suggestion) == WRONG_MOMENT

    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.answer.revision) == ("waiting", 2)


def edit(actor, answer, source):
    actions.edit_answer(actor=actor, answer_id=answer.pk, revision=answer.revision, source=source)


def test_pages_of_a_suggestion_show_what_is_to_decide(browse, cast, suggestion):
    path = f"/suggestions/{suggestion.pk}"
    html = browse(cast.bao).get(path).content.decode()
    assert '<ins><span class="hidden-label">added: </span> by FTP</ins>' in html
    assert "Accept it" in html
    html = browse(cast.omar).get(path).content.decode()
    assert "Accept it" not in html
    assert "Withdraw it" in html

    edit(cast.bao, suggestion.answer, "Now rename the plugins folder.")
    html = browse(cast.bao).get(path).content.decode()
    assert "The two changes do not touch." in html

    edit(cast.moira, type(suggestion.answer).objects.get(), "Rename the plugins directory.")
    html = browse(cast.bao).get(path).content.decode()
    assert "Both changes touch the same place." in html
    assert "&lt;&lt;&lt;&lt;&lt;&lt;&lt; The suggestion" in html

    conflict = browse(cast.bao).post(f"{path}/acceptance", {})
    assert conflict.status_code == 409
    assert "&lt;&lt;&lt;&lt;&lt;&lt;&lt; The suggestion" in conflict.content.decode()
    draft = conflict.context["form"]["source"].value()
    refused = browse(cast.bao).post(f"{path}/acceptance", {"source": draft, "revision": 3})
    assert refused.status_code == 422
    done = browse(cast.bao).post(f"{path}/acceptance", {"source": "Both.", "revision": 3})
    assert done.status_code == 303


def test_list_of_what_waits_for_me(browse, call, cast, question, suggestion):
    mine = actions.suggest(
        actor=cast.bao,
        kind="forum.question",
        object_id=question.pk,
        title=question.title,
        source="Other words",
        tag_names=["php"],
        revision=1,
        why="Tidier words",
    )

    def ids(person, query=""):
        rows = call(person).get(f"/api/v1/suggestions{query}").json()["results"]
        return [row["id"] for row in rows]

    assert "Says how" in browse(cast.bao).get("/suggestions").content.decode()
    assert "Tidier words" not in browse(cast.bao).get("/suggestions").content.decode()
    assert "Tidier words" in browse(cast.bao).get("/suggestions/mine").content.decode()
    assert "Tidier words" in browse(cast.aminata).get("/suggestions").content.decode()
    for words in ("Tidier words", "Says how"):
        assert words in browse(cast.moira).get("/suggestions").content.decode()
        assert words not in browse(cast.clara).get("/suggestions").content.decode()
    assert ids(cast.bao) == [mine.pk, suggestion.pk]
    assert ids(cast.bao, "?mine=true") == [mine.pk]
    assert ids(cast.bao, "?mine=false&state=waiting") == [suggestion.pk]
    assert ids(cast.clara) == []
    actions.decline_suggestion(actor=cast.moira, suggestion_id=mine.pk, reason="No")
    assert "Tidier words" not in browse(cast.aminata).get("/suggestions").content.decode()


def test_both_sides_are_told(cast, suggestion, run_tasks):
    run_tasks()
    assert [notice.verb for notice in cast.bao.notices.all()] == ["forum.suggestion_made"]
    assert [notice.verb for notice in cast.moira.notices.all()] == ["forum.suggestion_waits"]
    others = (cast.omar, cast.aminata, cast.nadia, cast.clara)
    assert not [one for person in others for one in person.notices.filter(verb__contains="sugg")]

    actions.decline_suggestion(actor=cast.moira, suggestion_id=suggestion.pk, reason="No")
    run_tasks()

    assert [notice.verb for notice in cast.omar.notices.all()] == ["forum.suggestion_declined"]


def test_moderator_who_wrote_it_is_told_once(cast, question, run_tasks):
    row = actions.answer(actor=cast.moira, question_id=question.pk, source="a", language="en")
    actions.suggest(actor=cast.omar, kind="forum.answer", object_id=row.pk, **WORDS)
    run_tasks()

    told = cast.moira.notices.filter(verb__startswith="forum.suggestion")
    assert [notice.verb for notice in told] == ["forum.suggestion_made"]


@pytest.mark.parametrize("rows", [2, 20])
def test_lists_cost_the_same_with_more_rows(
    rows, browse, call, cast, question, django_assert_max_num_queries
):
    for number in range(rows):
        row = actions.answer(
            actor=cast.bao, question_id=question.pk, source=f"a{number}", language="en"
        )
        actions.suggest(actor=cast.omar, kind="forum.answer", object_id=row.pk, **WORDS)
    bao, api, omar = browse(cast.bao), call(cast.bao), browse(cast.omar)

    for client, path in ((bao, "/suggestions"), (omar, "/suggestions/mine")):
        with django_assert_max_num_queries(7):
            assert client.get(path).status_code == 200
    with django_assert_max_num_queries(7):
        assert api.get("/api/v1/suggestions").status_code == 200


def test_what_was_not_taken_is_forgotten_with_the_person(cast, answer, suggestion):
    from core.things import thing_of

    thing = thing_of("forum.suggestion")
    assert [row["why"] for row in thing.export(cast.omar)] == ["Says how"]
    assert thing.export(cast.bao) == []

    thing.erase(cast.omar)

    assert not Suggestion.objects.exists()


def test_suggestions_on_what_is_hidden_are_hidden(browse, call, cast, answer):
    row = actions.suggest(
        actor=cast.omar,
        kind="forum.answer",
        object_id=answer.pk,
        source=SECRET,
        revision=1,
        why="x",
    )
    remove_post(
        actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="planted"
    )

    assert browse(cast.omar).get(f"/suggestions/{row.pk}").status_code == 404
    assert SECRET not in call(cast.omar).get("/api/v1/suggestions").content.decode()
    assert SECRET in browse(cast.bao).get(f"/suggestions/{row.pk}").content.decode()


@pytest.mark.parametrize(("level", "how"), [(3, UNSEEN), (4, DONE)])
def test_deciding_on_others_changes_takes_more_trust_than_editing(
    level, how, perform, cast, suggestion
):
    Trust.objects.create(person=cast.clara, level=level)
    clara = Person.objects.get(pk=cast.clara.pk)

    assert perform("api", clara, ACCEPT, suggestion) == how


def test_suggestion_that_waits_is_told_on_the_post(browse, cast, question, answer, suggestion):
    path = question.path
    own = browse(cast.omar).get(path).content.decode()
    assert "Your suggestion waits" in own
    assert f'href="{suggestion.path}"' in own
    assert f'action="/suggestions/{suggestion.pk}/withdrawal"' in own
    assert f"/answers/{answer.pk}/suggest" not in own  # one at a time
    for person in (cast.bao, cast.moira):
        text = browse(person).get(path).content.decode()
        assert "1 suggested change waits" in text
        assert f'href="{suggestion.path}"' in text
        assert "withdrawal" not in text
    for person in (cast.aminata, cast.clara, None):
        text = browse(person).get(path).content.decode()
        assert suggestion.path not in text
        assert "suggested change" not in text

    browse(cast.omar).post(f"/suggestions/{suggestion.pk}/withdrawal")
    after = browse(cast.omar).get(path).content.decode()
    assert "Your suggestion waits" not in after
    assert f"/answers/{answer.pk}/suggest" in after


def test_several_suggestions_are_told_apart_by_what_they_are_for(browse, cast, question):
    for person, why in ((cast.omar, "Says how"), (cast.clara, "Says <when>")):
        facts = {**WORDS, "source": f"{why}: all pages", "why": why}
        actions.suggest(
            actor=person,
            kind="forum.question",
            object_id=question.pk,
            title="White page after an update",
            tag_names=["php"],
            **facts,
        )

    text = browse(cast.aminata).get(question.path).content.decode()

    assert "2 suggested changes wait" in text
    assert "<bdi>Says how</bdi>" in text
    assert "<bdi>Says &lt;when&gt;</bdi>" in text


def test_visitors_ask_nothing_more_where_suggestions_wait(
    browse, cast, question, suggestion, statements
):
    waiting = statements(browse(), question.path)
    actions.withdraw_suggestion(actor=cast.omar, suggestion_id=suggestion.pk)

    assert statements(browse(), question.path) == waiting
    assert not [sql for sql in waiting if "forum_suggestion" in sql]
