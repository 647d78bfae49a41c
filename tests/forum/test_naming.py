"""Who is named in a post is told: once, if they may see it and did not keep away."""

import pytest

from core.faces import PAGE, coming_from
from forum import actions
from forum.queries.following import NAMED
from people import actions as people
from people.models import Block, Hold, Notice, Person
from people.queries import show_notices
from tests.cast import make_person
from tests.faces import DONE, FACES, Act
from tests.forum.test_files import note
from tests.forum.test_held import LINKS, PUBLISH
from tests.helpdesk.mails import sent_to

QUESTION, PERSON = "forum.question", "people.person"


def told(person) -> list[str]:
    """Return what is on a person's bell, in order."""
    return [row.verb for row in Notice.objects.filter(person=person).order_by("pk")]


def mails(person):
    return sent_to(f"{person.handle}@people.example")


def asking(source) -> Act:
    facts = {"title": "Who has seen a page like this?", "source": source, "language": "en"}
    return Act(
        page=lambda _: ("/questions/ask", {**facts, "tags": "", "looked": "1"}),
        api=lambda _: ("POST", "/api/v1/questions", facts),
    )


def answering(source) -> Act:
    return Act(
        page=lambda q: (f"/questions/{q.pk}/answers", {"source": source}),
        api=lambda q: (
            "POST",
            f"/api/v1/questions/{q.pk}/answers",
            {"source": source, "language": "en"},
        ),
    )


def changing(source) -> Act:
    return Act(
        page=lambda a: (
            f"/answers/{a.pk}/edit",
            {"source": source, "revision": str(a.revision)},
        ),
        api=lambda a: (
            "PUT",
            f"/api/v1/answers/{a.pk}",
            {"source": source, "revision": a.revision},
        ),
    )


@pytest.fixture
def question(question, run_tasks):
    """A question of which everyone has heard, and everyone reads English."""
    Person.objects.update(interface_language="en")
    run_tasks()
    return question


@pytest.fixture
def says(question, run_tasks):
    """Return a function by which someone answers, and what follows is followed."""

    def do(person, source):
        row = actions.answer(actor=person, question_id=question.pk, source=source, language="en")
        run_tasks()
        return row

    return do


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [asking, answering])
def test_who_is_named_is_told_once(face, act, perform, cast, question, run_tasks):
    text = "Look, @Omar and @omar: is it as `@clara` says, @nobody?"

    assert perform(face, cast.bao, act(text), question) == DONE
    run_tasks()
    run_tasks()

    assert (told(cast.omar), told(cast.clara)) == ([NAMED], [])
    (mail,) = mails(cast.omar)
    body = mail.get_body(("plain",)).get_content()
    assert "Bao mentioned you:" in body
    assert "You get this because you are named in it." in body


@pytest.mark.parametrize("face", FACES)
def test_change_tells_those_alone_whom_the_text_before_did_not_name(
    face, perform, cast, question, says, run_tasks
):
    row = says(cast.bao, "As @omar said.")

    for source in ("As @omar and @clara said.", "As @clara said.", "As @omar said, and @clara."):
        row.refresh_from_db()
        assert perform(face, cast.bao, changing(source), row) == DONE
        run_tasks()

    assert (told(cast.omar), told(cast.clara)) == ([NAMED], [NAMED])


def test_change_of_files_alone_tells_nobody_again(cast, question, says, run_tasks):
    row = says(cast.bao, "As @aminata and @omar said.")
    facts = {"actor": cast.bao, "answer_id": row.pk}
    actions.edit_answer(**facts, revision=1, source=row.source, uploads=[note()])
    run_tasks()
    assert (told(cast.aminata), told(cast.omar)) == (["forum.answer_posted"], [NAMED])

    new = f"{row.source} And @clara."
    actions.edit_answer(**facts, revision=1, source=new, uploads=[note("more.log")])
    run_tasks()
    Notice.objects.filter(person=cast.clara).delete()
    actions.edit_answer(**facts, revision=2, source=new, uploads=[note("last.log")])
    run_tasks()

    everyone = (cast.aminata, cast.omar, cast.clara)
    assert [told(one) for one in everyone] == [["forum.answer_posted"], [NAMED], []]


def test_changed_text_that_brings_a_file_tells_whom_it_names(cast, says, run_tasks):
    row = says(cast.bao, "As was said.")
    facts = {"actor": cast.bao, "answer_id": row.pk, "revision": 1}
    actions.edit_answer(**facts, source="As @omar said.", uploads=[note()])
    run_tasks()

    assert told(cast.omar) == [NAMED]


def test_changed_questions_and_comments_name_too(cast, question, run_tasks):
    said = actions.comment(actor=cast.bao, question_id=question.pk, source="Hello @omar")
    run_tasks()
    actions.edit_comment(
        actor=cast.bao, comment_id=said.pk, revision=1, source="Hello @omar, @clara"
    )
    actions.edit_question(
        actor=cast.moira,
        question_id=question.pk,
        revision=1,
        title=question.title,
        source="Nothing works, @nadia says.",
        tag_names=["php"],
    )
    run_tasks()

    assert [told(one) for one in (cast.omar, cast.clara, cast.nadia)] == [[NAMED]] * 3
    notices = Notice.objects.filter(person=cast.nadia).select_related("line__actor")
    assert "Moira" in show_notices(cast.nadia, list(notices))[0].text


def test_text_changed_before_anyone_was_told_tells_once(cast, question, run_tasks):
    row = actions.answer(
        actor=cast.bao, question_id=question.pk, source="So, @clara.", language="en"
    )
    actions.edit_answer(actor=cast.bao, answer_id=row.pk, revision=1, source="So, @omar.")
    run_tasks()

    assert (told(cast.omar), told(cast.clara)) == ([NAMED], [])


def test_who_follows_anyway_is_told_once(cast, question, says):
    people.follow(actor=cast.omar, kind=QUESTION, object_id=question.pk)

    says(cast.bao, "As @omar and @aminata said.")

    assert told(cast.omar) == told(cast.aminata) == ["forum.answer_posted"]
    assert len(mails(cast.omar)) == 1


def test_nobody_is_told_of_themselves_or_of_whom_they_keep_away_from(cast, question, says):
    Block.objects.create(person=cast.omar, blocked=cast.bao)
    Block.objects.create(person=cast.bao, blocked=cast.clara)
    people.mute(actor=cast.nadia, kind=PERSON, object_id=cast.bao.pk)
    people.mute(actor=cast.tomas, kind=QUESTION, object_id=question.pk)

    says(cast.bao, "@bao @omar @clara @nadia @tomas @moira")

    everyone = (cast.bao, cast.omar, cast.clara, cast.nadia, cast.tomas, cast.moira)
    assert [told(one) for one in everyone] == [[], [], [], [], [], [NAMED]]


def test_nobody_is_told_of_whom_they_keep_away_from_by_an_edit(cast, question, says, run_tasks):
    row = says(cast.bao, "As was said.")
    actions.make_wiki(actor=cast.bao, answer_id=row.pk)
    Block.objects.create(person=cast.omar, blocked=cast.tomas)
    Block.objects.create(person=cast.tomas, blocked=cast.clara)
    Block.objects.create(person=cast.nadia, blocked=cast.bao)

    new = "As @omar, @clara, @nadia and @moira said."
    actions.edit_answer(actor=cast.tomas, answer_id=row.pk, revision=1, source=new)
    run_tasks()

    everyone = (cast.omar, cast.clara, cast.nadia, cast.moira)
    assert [told(one) for one in everyone] == [[], [], [], [NAMED]]


def test_block_does_not_tell_who_writes_under_a_pseudonym(cast, hidden, run_tasks):
    Block.objects.create(person=cast.omar, blocked=cast.aminata)
    run_tasks()
    row = actions.answer(actor=cast.aminata, question_id=hidden.pk, source="So, @omar?")
    actions.comment(actor=cast.aminata, question_id=hidden.pk, source="So, @omar?")
    run_tasks()
    actions.edit_answer(actor=cast.aminata, answer_id=row.pk, revision=1, source="@clara, @omar?")
    run_tasks()

    assert (told(cast.omar), told(cast.clara)) == ([NAMED, NAMED], [NAMED])


def test_mail_comes_as_was_chosen_and_none_of_what_was_stopped(cast, question, says):
    people.choose_mails(actor=cast.omar, ways={QUESTION: "daily"})
    people.choose_mails(actor=cast.clara, ways={QUESTION: "never"})
    people.unfollow(actor=cast.nadia, kind=QUESTION, object_id=question.pk)

    says(cast.bao, "@omar @clara @nadia")

    named = (cast.omar, cast.clara, cast.nadia)
    assert [told(one) for one in named] == [[NAMED]] * 3
    assert [mails(one) for one in named] == [[]] * 3
    waiting = Notice.objects.filter(waits=True).values_list("person__handle", flat=True)
    assert list(waiting) == ["omar"]


def test_held_post_tells_when_it_is_published(perform, cast, question, run_tasks):
    nina = make_person("nina")
    with coming_from(PAGE):
        row = actions.answer(
            actor=nina, question_id=question.pk, source=f"@omar, see {LINKS}", language="en"
        )
        actions.edit_answer(
            actor=nina, answer_id=row.pk, revision=1, source=f"@omar, @clara, see {LINKS}"
        )
    run_tasks()
    assert told(cast.omar) == told(cast.clara) == []

    assert perform("page", cast.moira, PUBLISH, Hold.objects.get()) == DONE
    run_tasks()

    assert told(cast.omar) == told(cast.clara) == [NAMED]


def test_what_one_may_not_see_is_not_told(cast, question, run_tasks):
    row = actions.answer(actor=cast.bao, question_id=question.pk, source="@omar", language="en")
    people.remove_post(
        actor=cast.moira, kind="forum.answer", object_id=row.pk, rule="spam", reason="x"
    )
    run_tasks()

    assert told(cast.omar) == []


def test_asker_under_a_pseudonym_stays_hidden_and_names_not_themselves(
    browse, cast, hidden, run_tasks
):
    Person.objects.update(interface_language="en")
    run_tasks()
    actions.answer(
        actor=cast.aminata, question_id=hidden.pk, source="@omar, @aminata?", language="en"
    )
    run_tasks()

    assert (told(cast.omar), told(cast.aminata)) == ([NAMED], [])
    page = browse(cast.omar).get("/me/notices").content.decode()
    assert "The asker, under a pseudonym\u2069 mentioned you" in page
    (mail,) = mails(cast.omar)
    assert "under a pseudonym mentioned you" in mail.get_body(("plain",)).get_content()
    assert "Aminata" not in mail.as_string()
