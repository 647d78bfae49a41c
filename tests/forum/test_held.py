"""Posts that look like spam wait for a look: who sees them, what follows, on every face."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.faces import PAGE, coming_from
from core.models import JournalLine
from core.things import thing_of
from forum import actions
from forum.models import Answer, Comment, Question, Suggestion
from people import actions as people
from people import typed
from people.models import Hold, LogLine, Notice, PostedLink, Removal, SpamWord, Trust
from search.actions import rebuild_index
from tests.cast import SECRET, make_person
from tests.faces import (
    DONE,
    FACES,
    INVALID,
    NOT_ALLOWED,
    SIGN_IN,
    TOO_MANY,
    UNSEEN,
    WRONG_MOMENT,
    Act,
)

LINKS = "https://a.example https://b.example https://c.example"
SPAM = f"Buy {SECRET} here: {LINKS}"


def says(source, **form) -> Act:
    """Return the act of answering with a text; form: what else a page's form carries."""
    return Act(
        page=lambda q: (f"/questions/{q.pk}/answers", {"source": source, **form}),
        api=lambda q: (
            "POST",
            f"/api/v1/questions/{q.pk}/answers",
            {"source": source, "language": "en"},
        ),
    )


def decides(decision, **facts) -> Act:
    """Return the act of deciding on a held post."""
    sent = {"decision": decision, **facts}
    return Act(
        page=lambda held: (f"/holds/{held.pk}/decision", sent),
        api=lambda held: ("PUT", f"/api/v1/holds/{held.pk}/decision", sent),
    )


PUBLISH = decides("published")
REMOVE = decides("removed", rule="spam", reason="Advertising.")


@pytest.fixture
def nina(db):
    """Return someone who came today."""
    return make_person("nina")


@pytest.fixture
def held(nina, question):
    """Return the hold of an answer of nina's."""
    with coming_from(PAGE):
        actions.answer(actor=nina, question_id=question.pk, source=SPAM, language="en")
    return Hold.objects.get()


@pytest.mark.parametrize("face", FACES)
def test_what_looks_like_spam_is_its_authors_and_the_moderators(
    face, perform, browse, call, cast, nina, question, run_tasks
):
    run_tasks()
    assert perform(face, nina, says(SPAM), question) == DONE
    run_tasks()
    rebuild_index()

    row = Answer.objects.get()
    assert row.visibility == "pending"
    assert Hold.objects.get().reasons[0][0] == "links"
    question.refresh_from_db()
    assert question.answer_count == 0
    assert not JournalLine.objects.filter(verb="forum.answer_posted").exists()
    for person in (cast.aminata, cast.omar, None):
        for path in (question.path, "/questions", "/questions/unanswered", f"/search?q={SECRET}"):
            text = browse(person).get(path).content.decode()
            assert f"Buy {SECRET}" not in text, path
        answer = call(person).get(f"/api/v1/questions/{question.pk}")
        assert f"Buy {SECRET}" not in answer.content.decode()
    assert not Notice.objects.filter(person=cast.aminata).exists()
    own = call(nina).get(f"/api/v1/answers/{row.pk}").json()
    assert own["visibility"] == "pending"  # a program is told too: nothing happens in the dark
    for person in (nina, cast.moira):
        text = browse(person).get(question.path).content.decode()
        assert SECRET in text
        assert "Waits for a moderator’s look" in text
    assert Notice.objects.filter(person=cast.moira, verb="people.post_held").exists()


def test_questions_and_comments_wait_too(cast, nina, question):
    with coming_from(PAGE):
        asked = actions.ask(
            actor=nina, title="Where do I buy it cheap?", source=SPAM, language="en", tag_names=[]
        )
        said = actions.comment(actor=nina, question_id=question.pk, source=SPAM)

    assert (asked.visibility, said.visibility) == ("pending", "pending")
    assert not Question.objects.visible_to(cast.omar).filter(pk=asked.pk).exists()
    assert not Comment.objects.visible_to(cast.omar).filter(pk=said.pk).exists()
    verbs = set(JournalLine.objects.filter(actor=nina).values_list("verb", flat=True))
    assert verbs == {"people.post_held"}


@pytest.mark.parametrize("face", FACES)
def test_moderator_publishes_and_what_follows_a_post_follows(
    face, perform, call, cast, nina, question, held, run_tasks
):
    run_tasks()
    assert perform(face, cast.omar, PUBLISH, held) == UNSEEN
    assert perform(face, nina, PUBLISH, held) == NOT_ALLOWED
    assert perform(face, None, PUBLISH, held) == SIGN_IN
    assert perform(face, cast.moira, PUBLISH, held) == DONE
    assert perform(face, cast.moira, PUBLISH, held) == WRONG_MOMENT
    run_tasks()

    question.refresh_from_db()
    assert question.answer_count == 1
    line = JournalLine.objects.get(verb="forum.answer_posted")
    assert (line.actor, line.parent_id) == (nina, question.pk)
    told = set(Notice.objects.values_list("person__handle", "verb"))
    assert {
        ("aminata", "forum.answer_posted"),
        ("nina", "people.post_published"),
    } <= told
    assert SECRET in call().get(f"/api/v1/search?q={SECRET}").content.decode()
    assert SpamWord.objects.get(digest="").fine == 1


@pytest.mark.parametrize("face", FACES)
def test_public_log_says_by_which_rule_a_post_was_held_and_that_nobody_did_it(
    face, perform, browse, call, cast, nina, held, run_tasks
):
    assert perform(face, cast.moira, PUBLISH, held) == DONE
    row = Answer.objects.get()
    assert perform(face, nina, changes("answer", f"{SPAM} https://d.example"), row) == DONE
    run_tasks()

    shown = call().get("/api/v1/moderation/log").json()["results"]
    rule = "It looked like advertising or spam"
    assert [(row["text"], row["thing"], row["rule"], row["is_automatic"]) for row in shown] == [
        ("Held for a look", "an answer", rule, True),  # the edit
        ("Published after a look", "an answer", rule, False),
        ("Held for a look", "an answer", rule, True),
    ]
    page = browse().get("/moderation/log").content.decode()
    said = (rule, "automatic</span>", "by a moderator</span>")
    assert [page.count(words) for words in said] == [3, 2, 1]
    assert "nina" not in page
    LogLine.objects.update(rule="")  # as lines were written before their acts had a rule
    assert {row["rule"] for row in call().get("/api/v1/moderation/log").json()["results"]} == {rule}


@pytest.mark.parametrize("face", FACES)
def test_moderator_takes_it_away_with_a_reason(face, perform, cast, nina, held, run_tasks):
    assert perform(face, cast.moira, decides("removed"), held) == INVALID
    assert perform(face, cast.moira, REMOVE, held) == DONE
    assert perform(face, cast.moira, REMOVE, held) == WRONG_MOMENT
    run_tasks()

    assert Answer.objects.get().visibility == "removed"
    assert Notice.objects.filter(person=nina, verb="people.post_removed").exists()
    assert not JournalLine.objects.filter(verb="forum.answer_posted").exists()
    assert SpamWord.objects.get(digest="").spam == 1


def test_appeal_brings_a_held_post_to_everyone(cast, nina, held, run_tasks):
    people.decide_hold(
        actor=cast.moira, hold_id=held.pk, decision="removed", rule="spam", reason="No."
    )
    removal = people.restore_post(actor=cast.moira, kind="forum.answer", object_id=held.thing_id)
    run_tasks()

    assert removal.undone_at is not None
    assert Answer.objects.get().visibility == "visible"
    assert JournalLine.objects.filter(verb="forum.answer_posted").count() == 1
    counted = SpamWord.objects.get(digest="")
    assert (counted.spam, counted.fine) == (0, 1)


def test_taking_it_away_oneself_and_back_goes_round_no_look(cast, nina, held):
    args = {"actor": nina, "kind": "forum.answer", "object_id": held.thing_id}
    people.remove_post(**args, rule="author")
    people.restore_post(**args)

    assert Answer.objects.get().visibility == "pending"
    assert Hold.objects.get().decision == ""


@pytest.mark.parametrize("face", FACES)
def test_nobody_answers_what_waits(face, perform, cast, nina):
    with coming_from(PAGE):
        asked = actions.ask(
            actor=nina, title="Where do I buy it cheap?", source=SPAM, language="en", tag_names=[]
        )

    assert perform(face, cast.moira, says("Here."), asked) == WRONG_MOMENT
    assert perform(face, cast.omar, says("Here."), asked) == UNSEEN


def test_trusted_and_those_with_a_role_are_not_judged(perform, cast, nina, question):
    Trust.objects.create(person=nina, level=2)

    assert perform("page", nina, says(SPAM), question) == DONE
    assert perform("page", cast.bao, says(SPAM), question) == DONE
    assert set(Answer.objects.values_list("visibility", flat=True)) == {"visible"}


@pytest.mark.parametrize("face", FACES)
def test_same_link_in_many_posts_waits_whoever_posts_it(face, perform, question, time_machine):
    writers = [make_person(name) for name in ("kim", "lou", "max", "noa")]
    shown = [typed.token(person) for person in writers]
    time_machine.move_to(timezone.now() + timedelta(minutes=2))  # no form was filled in at once

    for person, moment in zip(writers, shown, strict=True):
        act = says("Look at https://www.shop.example/a?x=1", shown=moment)
        assert perform(face, person, act, question) == DONE

    states = list(Answer.objects.order_by("pk").values_list("visibility", flat=True))
    assert states == ["visible", "visible", "visible", "pending"]
    assert [key for key, *_rest in Hold.objects.get().reasons] == ["same_link"]


def test_form_carries_when_it_was_shown(browse, nina, question, time_machine):
    client = browse(nina)
    page = client.get(question.path).content.decode()
    sent = page.partition('name="shown" value="')[2].partition('"')[0]

    client.post(f"/questions/{question.pk}/answers", {"source": LINKS, "shown": sent})
    held = Hold.objects.get()
    assert {key for key, *_rest in held.reasons} == {"links", "typed_at_once"}

    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    client.post(f"/questions/{question.pk}/answers", {"source": LINKS + " again", "shown": sent})
    assert {key for key, *_rest in Hold.objects.latest("pk").reasons} >= {"links"}
    assert "typed_at_once" not in {key for key, *_rest in Hold.objects.latest("pk").reasons}


def test_moment_of_another_person_counts_for_nothing(rf, nina, cast):
    request = rf.post("/", {"shown": typed.token(cast.omar)})
    request.user = nina

    assert typed.seconds(request) == 0
    assert typed.token_of(request) != request.POST["shown"]


def test_beginners_post_so_many_a_day(perform, nina, question, monkeypatch):
    monkeypatch.setattr("people.trust.POSTS_A_DAY", {0: 2})

    for _number in range(2):
        assert perform("api", nina, says("Perhaps the cache."), question) == DONE
    assert perform("api", nina, says("Perhaps the cache."), question) == TOO_MANY
    Trust.objects.create(person=nina, level=1)
    assert perform("api", nina, says("Perhaps the cache."), question) == DONE


def test_hold_page_says_why_to_author_and_moderators_alone(browse, call, cast, nina, held):
    for person in (nina, cast.moira):
        text = browse(person).get(f"/holds/{held.pk}").content.decode()
        assert "3 links in one of the first posts" in text
    assert browse(cast.omar).get(f"/holds/{held.pk}").status_code == 404
    assert call(cast.moira).get(f"/api/v1/holds/{held.pk}").json()["reasons"] == [
        {"text": "3 links in one of the first posts", "points": 3.5}
    ]


@pytest.fixture
def unnamed(cast, hidden, run_tasks):
    """Return the hold of what the asker of a hidden question adds to it."""
    run_tasks()
    with coming_from(PAGE):
        actions.answer(actor=cast.aminata, question_id=hidden.pk, source=SPAM, language="en")
    run_tasks()
    return Hold.objects.get()


def told_of(browse, call, person, paths):
    """Return what pages and the API say to someone, in one text."""
    answers = [
        (call if path.startswith("/api/") else browse)(person).get(path, follow=True)
        for path in paths
    ]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.content.decode() for answer in answers)


def test_moderators_are_not_told_who_wrote_under_a_pseudonym(
    browse, call, cast, unnamed, run_tasks
):
    flag = people.flag(
        actor=cast.omar, kind="forum.question", object_id=Question.objects.get().pk, reason="spam"
    )
    pages = ["/moderation", "/api/v1/reviews", "/me/notices", "/api/v1/notices"]
    pages += [f"/flags/{flag.pk}", f"/api/v1/flags/{flag.pk}"]
    pages += [f"/holds/{unnamed.pk}", f"/api/v1/holds/{unnamed.pk}"]

    waits = told_of(browse, call, cast.moira, pages)
    people.decide_hold(
        actor=cast.moira, hold_id=unnamed.pk, decision="removed", rule="spam", reason="No."
    )
    removal = Removal.objects.get()
    appeal = people.appeal(
        actor=cast.aminata, subject="removal", subject_id=removal.pk, text="It is no spam."
    )
    run_tasks()
    pages += [f"/removals/{removal.pk}", f"/api/v1/removals/{removal.pk}", "/moderation/log"]
    pages += [f"/appeals/{appeal.pk}", f"/api/v1/appeals/{appeal.pk}", "/api/v1/appeals"]
    decided = told_of(browse, call, cast.moira, pages)

    for told in (waits, decided):
        assert "aminata" not in told.lower()
        assert "under a pseudonym" in told
    assert "Someone under a pseudonym\u2069 asks for another look" in decided
    assert not JournalLine.objects.filter(actor=cast.aminata, verb__startswith="people.").exists()
    own = call(cast.aminata).get("/api/v1/appeals").json()["results"]
    assert [row["id"] for row in own] == [appeal.pk]


def test_earlier_decisions_do_not_tell_who_wrote_under_a_pseudonym(browse, cast, unnamed, question):
    said = actions.comment(actor=cast.aminata, question_id=question.pk, source=SPAM)
    people.remove_post(
        actor=cast.moira, kind="forum.comment", object_id=said.pk, rule="spam", reason="x"
    )
    people.sanction(actor=cast.moira, handle="aminata", reason="Advertising.", days=7)

    html = browse(cast.moira).get(f"/holds/{unnamed.pk}").content.decode()

    assert "Nothing, about this or about who wrote it." in html


def test_named_authors_are_named_in_the_queue(browse, call, cast, nina, held):
    told = told_of(
        browse,
        call,
        cast.moira,
        ["/moderation", f"/holds/{held.pk}", f"/api/v1/holds/{held.pk}", "/api/v1/reviews"],
    )

    assert told.count("nina") >= 4
    assert "under a pseudonym" not in told


def test_demo_and_imports_are_not_judged(nina, question):
    row = actions.answer(actor=nina, question_id=question.pk, source=SPAM, language="en")

    assert row.visibility == "visible"


def test_reason_is_said_to_be_needed_by_one_of_the_choices(browse, cast, held):
    html = browse(cast.moira).get(f"/holds/{held.pk}").content.decode()

    assert html.count("(needed when you take it away)") == 2
    assert "(optional)" not in html


# Edits are looked at as new posts are.


def writes(person, kind, question, source="Thanks, I will try."):
    """Return a post of a kind by someone."""
    if kind == "question":
        return actions.ask(
            actor=person,
            title="Where is the cache kept?",
            source=source,
            language="en",
            tag_names=[],
        )
    if kind == "answer":
        return actions.answer(actor=person, question_id=question.pk, source=source, language="en")
    return actions.comment(actor=person, question_id=question.pk, source=source)


def changes(kind, source, revision=1) -> Act:
    """Return the act of changing a post of a kind."""
    facts = {"source": source, "revision": revision}
    more = {"title": "Where is the cache kept?"} if kind == "question" else {}
    tags: dict[str, list[str]] = {"tags": []} if kind == "question" else {}
    return Act(
        page=lambda row: (f"/{kind}s/{row.pk}/edit", facts | more),
        api=lambda row: ("PUT", f"/api/v1/{kind}s/{row.pk}", facts | more | tags),
    )


KINDS = ["question", "answer", "comment"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("face", FACES)
def test_what_an_edit_adds_is_held_as_in_a_new_post(
    face, kind, perform, browse, call, cast, nina, question, run_tasks
):
    row = writes(nina, kind, question)
    run_tasks()
    assert perform(face, nina, changes(kind, f"Thanks. {SPAM}"), row) == DONE
    run_tasks()

    row.refresh_from_db()
    assert (row.visibility, row.revision) == ("pending", 2)
    assert [key for key, *_rest in Hold.objects.get().reasons] == ["links"]
    assert not type(row).objects.visible_to(cast.omar).filter(pk=row.pk).exists()
    assert not JournalLine.objects.filter(verb=f"forum.{kind}_edited").exists()
    assert Notice.objects.filter(person=cast.moira, verb="people.post_held").exists()
    own = call(nina).get(f"/api/v1/{kind}s/{row.pk}").json()
    assert own["visibility"] == "pending"
    question.refresh_from_db()
    assert question.answer_count == 0

    assert perform(face, cast.moira, PUBLISH, Hold.objects.get()) == DONE
    run_tasks()

    row.refresh_from_db()
    question.refresh_from_db()
    assert row.visibility == "visible"
    assert question.answer_count == (kind == "answer")
    assert JournalLine.objects.get(verb=f"forum.{kind}_edited").actor == nina


@pytest.mark.parametrize("kind", KINDS)
def test_who_edits_is_told_that_it_waits(kind, browse, call, nina, question):
    row, by_program = writes(nina, kind, question), writes(nina, kind, question)
    act = changes(kind, SPAM)

    page = browse(nina).post(*act.page(row), follow=True).content.decode()
    _method, path, sent = act.api(by_program)
    told = call(nina).put(path, sent, format="json").json()

    assert "Your change is saved, but it looks like spam to the site" in page
    assert told["visibility"] == "pending"


@pytest.fixture
def wiki(cast, question):
    row = actions.answer(
        actor=cast.bao, question_id=question.pk, source="Rename it.", language="en"
    )
    return actions.make_wiki(actor=cast.bao, answer_id=row.pk)


def accepts() -> Act:
    """Return the act of taking a suggestion as it is."""
    return Act(
        page=lambda row: (f"/suggestions/{row.pk}/acceptance", {}),
        api=lambda row: ("PUT", f"/api/v1/suggestions/{row.pk}/acceptance", {}),
    )


@pytest.mark.parametrize("face", FACES)
def test_what_looks_like_spam_in_a_wiki_of_others_waits_as_a_suggestion(
    face, perform, cast, nina, wiki
):
    act = changes("answer", f"Rename it. {SPAM}")
    assert perform(face, nina, act, wiki) == DONE
    assert perform(face, nina, act, wiki) == WRONG_MOMENT

    wiki.refresh_from_db()
    assert (wiki.visibility, wiki.source, wiki.revision) == ("visible", "Rename it.", 1)
    row = Suggestion.objects.get()
    assert (row.state, row.author, row.source) == ("waiting", nina, f"Rename it. {SPAM}")
    assert not Hold.objects.exists()
    assert perform(face, make_person("sock"), accepts(), row) == UNSEEN
    assert perform(face, cast.bao, accepts(), row) == DONE
    wiki.refresh_from_db()
    assert wiki.source == f"Rename it. {SPAM}"


@pytest.fixture
def answered(cast, nina, question):
    """A question of nina's that bao has answered."""
    row = writes(nina, "question", question)
    actions.answer(actor=cast.bao, question_id=row.pk, source="In wp-content.", language="en")
    return row


@pytest.mark.parametrize("face", FACES)
def test_what_looks_like_spam_in_an_answered_question_waits_as_a_suggestion(
    face, perform, browse, cast, nina, answered
):
    act = changes("question", f"Thanks. {SPAM}")
    assert perform(face, nina, act, answered) == DONE
    assert perform(face, nina, act, answered) == WRONG_MOMENT

    answered.refresh_from_db()
    assert (answered.visibility, answered.revision) == ("visible", 1)
    assert not Hold.objects.exists()
    assert "In wp-content." in browse().get(answered.path).content.decode()
    row = Suggestion.objects.get()
    assert (row.state, row.author) == ("waiting", nina)
    assert perform(face, nina, accepts(), row) == NOT_ALLOWED
    assert perform(face, cast.moira, accepts(), row) == DONE
    answered.refresh_from_db()
    assert answered.source == f"Thanks. {SPAM}"


def test_who_edits_an_answered_question_is_told_that_the_change_waits(
    browse, call, nina, answered, question, cast
):
    other = writes(cast.omar, "question", question)
    actions.answer(actor=cast.bao, question_id=other.pk, source="Here.", language="en")
    act = changes("question", SPAM)

    page = browse(nina).post(*act.page(answered), follow=True).content.decode()
    _method, path, sent = act.api(other)
    told = call(cast.omar).put(path, sent, format="json")

    assert "it waits here as a suggestion" in page
    assert (told.status_code, told.json()["state"]) == (202, "waiting")


@pytest.mark.parametrize("face", FACES)
def test_own_answers_to_a_question_do_not_keep_its_edit_from_being_held(
    face, perform, nina, question
):
    row = writes(nina, "question", question)
    actions.answer(actor=nina, question_id=row.pk, source="I found it.", language="en")

    assert perform(face, nina, changes("question", SPAM), row) == DONE

    row.refresh_from_db()
    assert row.visibility == "pending"


@pytest.mark.parametrize("face", FACES)
def test_spam_in_an_answered_question_under_a_pseudonym_is_refused_and_names_nobody(
    face, perform, cast, hidden
):
    actions.answer(actor=cast.bao, question_id=hidden.pk, source="In there.", language="en")

    assert perform(face, cast.aminata, changes("question", SPAM), hidden) == INVALID

    hidden.refresh_from_db()
    assert hidden.visibility == "visible"
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_spam_that_another_suggested_does_not_take_an_answered_question_down(
    face, perform, nina, answered
):
    row = actions.suggest(
        actor=make_person("sock"),
        kind="forum.question",
        object_id=answered.pk,
        revision=1,
        title=answered.title,
        source=SPAM,
        why="It is cheap there.",
    )

    assert perform(face, nina, accepts(), row) == NOT_ALLOWED

    answered.refresh_from_db()
    assert (answered.visibility, answered.revision) == ("visible", 1)


@pytest.mark.parametrize("face", FACES)
def test_spam_that_another_suggested_is_held_as_ones_own(face, perform, nina, question):
    post = writes(nina, "answer", question)
    row = actions.suggest(
        actor=make_person("sock"),
        kind="forum.answer",
        object_id=post.pk,
        revision=1,
        source=SPAM,
        why="It is cheap there.",
    )

    assert perform(face, nina, accepts(), row) == DONE

    post.refresh_from_db()
    assert (post.source, post.visibility) == (SPAM, "pending")
    assert Hold.objects.get().person == nina


def test_who_edits_a_wiki_is_told_that_the_change_waits(browse, call, cast, nina, wiki):
    act = changes("answer", SPAM)

    page = browse(nina).post(*act.page(wiki), follow=True).content.decode()
    _method, path, sent = act.api(wiki)
    told = call(cast.omar).put(path, sent, format="json")

    assert "it waits here as a suggestion" in page
    assert (told.status_code, told.json()["state"]) == (202, "waiting")


def brings_back(kind, number, revision) -> Act:
    """Return the act of bringing an earlier text back."""
    sent = {"number": number, "revision": revision}
    return Act(
        page=lambda row: (f"/{kind}s/{row.pk}/reversion", sent),
        api=lambda row: ("POST", f"/api/v1/{kind}s/{row.pk}/reversion", sent),
    )


@pytest.mark.parametrize("face", FACES)
def test_spam_brought_back_into_a_wiki_of_others_waits_as_a_suggestion(
    face, perform, cast, nina, wiki
):
    for revision, source in ((1, SPAM), (2, "Rename it.")):
        actions.edit_answer(actor=cast.moira, answer_id=wiki.pk, revision=revision, source=source)
    back = brings_back("answer", 2, 3)

    assert perform(face, nina, back, wiki) == DONE
    assert perform(face, nina, back, wiki) == WRONG_MOMENT

    wiki.refresh_from_db()
    assert (wiki.visibility, wiki.revision) == ("visible", 3)
    row = Suggestion.objects.get()
    assert (row.author, row.state, row.source, row.revision) == (nina, "waiting", SPAM, 3)
    assert perform(face, cast.bao, back, wiki) == DONE
    wiki.refresh_from_db()
    assert wiki.source == SPAM


@pytest.mark.parametrize("face", FACES)
def test_spam_brought_back_into_ones_answered_question_waits_as_a_suggestion(
    face, perform, cast, nina, question
):
    row = writes(nina, "question", question, SPAM)
    assert perform(face, cast.moira, changes("question", "Thanks."), row) == DONE
    actions.answer(actor=cast.bao, question_id=row.pk, source="In wp-content.", language="en")

    assert perform(face, nina, brings_back("question", 1, 2), row) == DONE

    row.refresh_from_db()
    assert (row.visibility, row.source, row.revision) == ("visible", "Thanks.", 2)
    assert not Hold.objects.exists()
    waits = Suggestion.objects.get()
    assert (waits.author, waits.source) == (nina, SPAM)
    assert perform(face, cast.moira, accepts(), waits) == DONE


@pytest.mark.parametrize("face", FACES)
def test_spam_brought_back_into_ones_own_answer_is_held(face, perform, cast, nina, question):
    row = writes(nina, "answer", question, SPAM)
    assert perform(face, cast.moira, changes("answer", "Thanks."), row) == DONE

    assert perform(face, nina, brings_back("answer", 1, 2), row) == DONE

    row.refresh_from_db()
    assert (row.visibility, row.source, row.revision) == ("pending", SPAM, 3)


def test_who_brings_spam_back_is_told_that_it_waits(browse, call, cast, nina, wiki):
    for revision, source in ((1, SPAM), (2, "Rename it.")):
        actions.edit_answer(actor=cast.moira, answer_id=wiki.pk, revision=revision, source=source)
    back = brings_back("answer", 2, 3)

    page = browse(nina).post(*back.page(wiki), follow=True).content.decode()
    _method, path, sent = back.api(wiki)
    told = call(cast.omar).post(path, sent, format="json")

    assert "it waits here as a suggestion" in page
    assert (told.status_code, told.json()["state"]) == (202, "waiting")


@pytest.mark.parametrize("face", FACES)
def test_a_second_suggestion_is_refused_and_costs_no_post_of_the_day(
    face, perform, nina, wiki, question, monkeypatch
):
    monkeypatch.setattr("people.trust.POSTS_A_DAY", {0: 2})
    act = changes("answer", f"Rename it. {SPAM}")
    assert perform(face, nina, act, wiki) == DONE

    assert perform(face, nina, act, wiki) == WRONG_MOMENT

    assert perform(face, nina, says("Perhaps the cache."), question) == DONE
    assert perform(face, nina, says("Perhaps the cache, too."), question) == TOO_MANY


def test_links_added_one_by_one_are_counted_together(perform, nina, question):
    row = writes(nina, "answer", question)
    links = LINKS.split()
    for number, expected in ((1, "visible"), (2, "visible"), (3, "pending")):
        act = changes("answer", " ".join(["See", *links[:number]]), revision=number)
        assert perform("page", nina, act, row) == DONE
        row.refresh_from_db()
        assert row.visibility == expected


def test_mending_a_word_is_not_held_for_links_that_were_looked_at(perform, nina, question):
    row = writes(nina, "answer", question, SPAM)

    assert perform("page", nina, changes("answer", f"{SPAM} Really."), row) == DONE
    row.refresh_from_db()
    assert (row.visibility, row.revision) == ("visible", 2)
    assert not PostedLink.objects.exists()


FOUR = "First I looked.\n\nThen I wondered.\n\nIt is cheap here: {}\n\nSo I think."


@pytest.mark.parametrize("kind", ["question", "answer"])
@pytest.mark.parametrize("face", FACES)
def test_links_that_were_taken_out_meanwhile_are_not_added_by_an_earlier_form(
    face, kind, perform, cast, nina, question
):
    row = writes(nina, kind, question, FOUR.format(LINKS))
    assert perform(face, cast.moira, changes(kind, FOUR.format("no.")), row) == DONE

    mended = FOUR.format(LINKS).replace("First", "At first")
    assert perform(face, nina, changes(kind, mended), row) == DONE

    row.refresh_from_db()
    assert (row.visibility, row.revision) == ("visible", 3)
    assert row.source == FOUR.format("no.").replace("First", "At first")


@pytest.mark.parametrize("kind", ["question", "answer"])
@pytest.mark.parametrize("face", FACES)
def test_an_edit_that_is_refused_as_stale_costs_no_post_of_the_day(
    face, kind, perform, cast, nina, question, monkeypatch
):
    monkeypatch.setattr("people.trust.POSTS_A_DAY", {0: 1})
    row = writes(nina, kind, question)
    assert perform(face, cast.moira, changes(kind, "Thanks, I have tried."), row) == DONE

    assert perform(face, nina, changes(kind, "No: https://a.example"), row) == WRONG_MOMENT
    assert perform(face, nina, changes(kind, "No: https://a.example", 2), row) == DONE


def test_edits_with_links_count_as_posts_of_the_day(perform, nina, question, monkeypatch):
    monkeypatch.setattr("people.trust.POSTS_A_DAY", {0: 1})
    row = writes(nina, "answer", question)
    one, two = "https://a.example", "https://a.example https://b.example"

    assert perform("api", nina, changes("answer", f"See {one}"), row) == DONE
    assert perform("api", nina, changes("answer", f"Do see {one}", 2), row) == DONE
    assert perform("api", nina, changes("answer", f"See {two}", 3), row) == TOO_MANY
    assert PostedLink.objects.count() == 1


def test_links_of_edits_count_where_the_same_link_returns(perform, question):
    for name in ("kim", "lou", "max", "noa"):
        person = make_person(name)
        row = writes(person, "comment", question)
        act = changes("comment", "Look at https://www.shop.example/a?x=1")
        assert perform("api", person, act, row) == DONE

    states = Comment.objects.order_by("pk").values_list("visibility", flat=True)
    assert list(states) == ["visible", "visible", "visible", "pending"]
    assert [key for key, *_rest in Hold.objects.get().reasons] == ["same_link"]


def test_spam_added_to_what_one_took_away_waits_when_it_comes_back(nina, question):
    row = writes(nina, "answer", question)
    args = {"actor": nina, "kind": "forum.answer", "object_id": row.pk}
    people.remove_post(**args, rule="author")
    with coming_from(PAGE):
        actions.edit_answer(actor=nina, answer_id=row.pk, revision=1, source=SPAM)
    assert not Hold.objects.waiting().exists()

    people.restore_post(**args)

    row.refresh_from_db()
    assert row.visibility == "pending"
    assert Hold.objects.waiting().exists()


def test_edits_of_the_trusted_are_not_judged(perform, nina, question):
    row = writes(nina, "answer", question)
    Trust.objects.create(person=nina, level=2)

    assert perform("page", nina, changes("answer", SPAM), row) == DONE
    row.refresh_from_db()
    assert row.visibility == "visible"


@pytest.mark.parametrize("kind", KINDS)
def test_edit_held_under_a_pseudonym_names_nobody(kind, perform, cast, hidden):
    row = hidden if kind == "question" else writes(cast.aminata, kind, hidden)

    assert perform("page", cast.aminata, changes(kind, SPAM), row) == DONE

    held = Hold.objects.get()
    assert (held.is_named, held.named) == (False, None)
    people.decide_hold(actor=cast.moira, hold_id=held.pk, decision="published")
    lines = JournalLine.objects.filter(verb__in=["people.post_held", f"forum.{kind}_edited"])
    assert list(lines.values_list("actor", flat=True)) == [None, None]


def test_posts_under_a_pseudonym_count_for_the_pace_and_name_nobody(perform, cast, hidden):
    for number in range(4):
        assert perform("api", cast.aminata, says(f"More of it: {number}."), hidden) == DONE
    assert perform("page", cast.aminata, says(SPAM), hidden) == DONE

    held = Hold.objects.get()
    assert [(key, detail) for key, _points, detail in held.reasons] == [
        ("links", "3"),
        ("pace", "5"),
    ]  # no beginner's any more, whose form was filled in at once
    assert held.named is None
    assert not JournalLine.objects.filter(actor=cast.aminata, verb__startswith="forum.").exists()


# One queue: what an edit that is held says stands there as held posts do.


@pytest.fixture
def held_change(perform, nina, answered):
    """The suggestion that an edit of nina's became, since it looks like spam."""
    assert perform("page", nina, changes("question", f"Thanks. {SPAM}"), answered) == DONE
    return Suggestion.objects.get()


def test_a_held_change_stands_in_the_one_queue_until_it_is_decided(
    browse, call, cast, nina, held_change
):
    for kind in ("", "suggestion"):
        page = browse(cast.moira).get(f"/moderation?kind={kind}").content.decode()
        (waits,) = call(cast.moira).get(f"/api/v1/reviews?kind={kind}").json()["results"]

        assert f'href="{held_change.path}"' in page
        assert "3 links in one of the first posts" in page
        assert SECRET in page
        assert (waits["kind"], waits["url"]) == ("suggestion", held_change.path)
        assert (waits["author"], waits["why"]) == ("nina", "3 links in one of the first posts")
    assert "1 waits" in browse(cast.moira).get("/").content.decode()

    actions.decline_suggestion(
        actor=cast.moira, suggestion_id=held_change.pk, reason="Advertising."
    )

    assert call(cast.moira).get("/api/v1/reviews").json()["results"] == []


def test_what_looked_like_spam_is_forgotten_with_who_wrote_it(cast, nina, held_change):
    actions.accept_suggestion(actor=cast.moira, suggestion_id=held_change.pk)
    assert Suggestion.objects.get().reasons

    thing_of("forum.suggestion").erase(nina)

    assert Suggestion.objects.get().reasons == []


def test_what_is_merely_suggested_is_not_in_the_queue(call, cast, question):
    actions.suggest(
        actor=cast.omar,
        kind="forum.question",
        object_id=question.pk,
        revision=1,
        title=question.title,
        source="Since this night every page is white.",
        why="It is clearer.",
    )

    assert call(cast.moira).get("/api/v1/reviews").json()["results"] == []


def test_a_held_change_says_why_it_waits(browse, call, cast, nina, held_change):
    for person in (nina, cast.moira):
        page = browse(person).get(held_change.path).content.decode()
        assert "3 links in one of the first posts" in page
        assert "it waits here for a look" in page
    path = f"/api/v1/suggestions/{held_change.pk}"
    assert call(cast.moira).get(path).json()["suggestion"]["score"] > 0.5
    assert browse(cast.omar).get(held_change.path).status_code == 404
    actions.withdraw_suggestion(actor=nina, suggestion_id=held_change.pk)
    assert "it waits here for a look" not in browse(nina).get(held_change.path).content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_held_edit_shows_the_text_before_it(kind, perform, browse, call, cast, nina, question):
    row = writes(nina, kind, question, "Thanks, I will try.")
    assert perform("page", nina, changes(kind, f"Thanks, {SPAM}"), row) == DONE
    again = changes(kind, f"Thanks. {SPAM}", revision=2)
    assert perform("page", nina, again, row) == DONE  # what waits is what both edits made

    held = Hold.objects.get()
    page = browse(cast.moira).get(f"/holds/{held.pk}").content.decode()
    told = call(cast.moira).get(f"/api/v1/holds/{held.pk}").json()

    assert "I will try" in page.partition("<del>")[2].partition("</del>")[0]
    assert "https" in page.partition("<ins>")[2]
    assert told["text_before"].endswith("Thanks, I will try.")


def test_a_held_post_has_no_text_before_it(browse, call, cast, held):
    assert "<del>" not in browse(cast.moira).get(f"/holds/{held.pk}").content.decode()
    assert call(cast.moira).get(f"/api/v1/holds/{held.pk}").json()["text_before"] == ""
