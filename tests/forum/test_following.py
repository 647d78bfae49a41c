"""Who is told of what happens to a question, how, and how they answer by mail."""

import pytest

from core.models import OutgoingMail
from forum import actions
from forum.listeners import PERSON, QUESTION, TAG, Happening, Pointer, listeners
from forum.models import Answer, Comment, Tag
from helpdesk.actions import receive_mail
from people import actions as people
from people.models import Follow, Notice, Person
from tests.faces import DONE, FACES, SIGN_IN, UNSEEN
from tests.helpdesk.mails import answering, sent_to
from tests.people.test_follows import on

FOLLOW = on("follows", "PUT", QUESTION)
ALL = [FOLLOW, on("follows", "DELETE", QUESTION), on("mutes", "PUT", QUESTION)]


def told(person, *verbs: str) -> list[str]:
    """Return what is on a person's bell, in order."""
    return [row.verb for row in Notice.objects.filter(person=person).order_by("pk")]


def address(person) -> str:
    return f"{person.handle}@people.example"


def follow(person, kind: str, row) -> None:
    people.follow(actor=person, kind=kind, object_id=row.pk)


@pytest.fixture
def question(question, run_tasks):
    """A question of which everyone has heard."""
    run_tasks()
    return question


@pytest.fixture
def english(cast):
    """Everyone reads English."""
    Person.objects.update(interface_language="en")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", ALL)
def test_questions_are_followed_by_who_sees_them(face, act, perform, cast, question):
    assert perform(face, cast.omar, act, question) == DONE
    assert perform(face, None, act, question) == SIGN_IN

    people.remove_post(
        actor=cast.moira, kind=QUESTION, object_id=question.pk, rule="spam", reason="planted"
    )
    assert perform(face, cast.clara, act, question) == UNSEEN


def test_who_takes_part_follows_by_themselves_until_they_stop(cast, question, answer):
    rows = Follow.objects.current().order_by("pk").values_list("person__handle", "reason")
    assert list(rows) == [("aminata", "asked"), ("bao", "answered")]

    people.unfollow(actor=cast.bao, kind=QUESTION, object_id=question.pk)
    actions.comment(actor=cast.bao, question_id=question.pk, source="One more thing")

    assert not Follow.objects.current().filter(person=cast.bao).exists()


def test_each_is_told_once_and_nobody_of_their_own(cast, question, run_tasks):
    for kind, row in ((QUESTION, question), (PERSON, cast.bao), (TAG, Tag.objects.get(name="php"))):
        follow(cast.omar, kind, row)
    run_tasks()

    actions.answer(actor=cast.bao, question_id=question.pk, source="Try this", language="en")
    run_tasks()
    run_tasks()

    assert told(cast.omar) == ["forum.answer_posted"]
    assert told(cast.aminata) == ["forum.answer_posted"]
    assert told(cast.bao) == []
    assert Notice.objects.get(person=cast.omar).topic == QUESTION
    assert len(sent_to(address(cast.omar))) == 1


def test_new_question_is_told_to_who_follows_its_tags_or_its_asker(cast, question, run_tasks):
    follow(cast.omar, TAG, Tag.objects.get(name="php"))
    follow(cast.clara, PERSON, cast.aminata)
    follow(cast.bao, TAG, Tag.objects.get(name="wordpress"))

    actions.ask(
        actor=cast.aminata,
        title="Which PHP for my site?",
        source="x",
        language="en",
        tag_names=["php"],
    )
    run_tasks()

    assert told(cast.omar) == told(cast.clara) == ["forum.question_asked"]
    assert told(cast.bao) == []
    waiting = Notice.objects.filter(waits=True).values_list("topic", flat=True)
    assert sorted(waiting) == [TAG, PERSON]  # by default in the morning's mail
    assert sent_to(address(cast.omar)) == []


def asked_about_php(author):
    return actions.ask(
        actor=author,
        title="Which PHP for my site?",
        source="x",
        language="en",
        tag_names=["php"],
    )


def test_tags_chosen_before_a_merge_count_after_it_and_until_it_is_undone(
    browse, cast, question, run_tasks, english
):
    old, php = (Tag.objects.get(name=name) for name in ("wordpress", "php"))
    people.choose_mails(actor=cast.omar, ways={TAG: "at_once"})
    actions.choose_tag(actor=cast.omar, tag_id=old.pk, kind="follow")
    for person in (cast.bao, cast.nadia):
        follow(person, PERSON, cast.aminata)
    actions.choose_tag(actor=cast.bao, tag_id=old.pk, kind="mute")
    merge = actions.merge_tags(actor=cast.moira, tag_id=old.pk, into_id=php.pk)

    asked_about_php(cast.aminata)
    run_tasks()

    assert told(cast.omar) == told(cast.nadia) == ["forum.question_asked"]
    assert told(cast.bao) == []
    (mail,) = sent_to(address(cast.omar))
    stop = "/" + str(mail["List-Unsubscribe"]).strip("<>").split("/", 3)[3]

    actions.undo_tag_merge(actor=cast.moira, merge_id=merge.pk)
    asked_about_php(cast.aminata)
    run_tasks()

    assert told(cast.omar) == ["forum.question_asked"]
    assert told(cast.bao) == ["forum.question_asked"]

    actions.merge_tags(actor=cast.moira, tag_id=old.pk, into_id=php.pk)
    assert browse().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    asked_about_php(cast.aminata)
    run_tasks()

    assert told(cast.omar) == ["forum.question_asked"]
    assert told(cast.bao) == ["forum.question_asked"]


def test_muted_question_and_person_are_silent(cast, question, answer, run_tasks):
    follow(cast.omar, QUESTION, question)
    people.mute(actor=cast.omar, kind=PERSON, object_id=cast.bao.pk)
    people.mute(actor=cast.aminata, kind=QUESTION, object_id=question.pk)
    actions.comment(actor=cast.bao, question_id=question.pk, source="Hello @omar")
    run_tasks()

    assert (told(cast.omar), told(cast.aminata)) == ([], [])


def test_what_was_taken_away_is_not_told(cast, question, run_tasks):
    follow(cast.omar, QUESTION, question)
    row = actions.answer(actor=cast.bao, question_id=question.pk, source="Spam", language="en")
    people.remove_post(
        actor=cast.moira, kind="forum.answer", object_id=row.pk, rule="spam", reason="Spam."
    )
    run_tasks()

    assert told(cast.omar) == told(cast.aminata) == []


def test_mail_that_waits_is_taken_back_with_the_post(cast, question, run_tasks, settings):
    settings.MAILS_TO_ADDRESS_PER_HOUR = 0  # every mail waits
    row = actions.answer(actor=cast.bao, question_id=question.pk, source="Spam", language="en")
    run_tasks()
    assert OutgoingMail.objects.filter(to=address(cast.aminata)).count() == 1

    people.remove_post(
        actor=cast.moira, kind="forum.answer", object_id=row.pk, rule="spam", reason="Spam."
    )
    run_tasks()

    assert not OutgoingMail.objects.filter(to=address(cast.aminata)).exists()
    assert OutgoingMail.objects.filter(to=address(cast.bao)).exists()  # why it was taken away


def test_mail_about_a_question_of_an_undone_split_is_taken_back(cast, question, answer, run_tasks):
    run_tasks()
    move = actions.split_question(
        actor=cast.moira,
        question_id=question.pk,
        title="Something else entirely",
        source="Asked beside.",
        reason="strayed",
        answer_ids=[answer.pk],
    )
    run_tasks()
    about = {"thing_kind": "forum.question", "to": address(cast.omar)}
    waiting = [
        OutgoingMail.objects.create(thing_id=row.pk, message_id=f"<{row.pk}@mail>", **about)
        for row in (question, move.into)
    ]

    actions.undo_split(actor=cast.moira, question_id=move.into_id)
    run_tasks()

    left = OutgoingMail.objects.filter(pk__in=[row.pk for row in waiting])
    assert [row.thing_id for row in left] == [question.pk]


def test_who_may_not_see_it_is_told_nothing(cast, question, run_tasks):
    follow(cast.omar, QUESTION, question)
    actions.answer(actor=cast.bao, question_id=question.pk, source="Try this", language="en")
    type(question).objects.filter(pk=question.pk).update(visibility="pending")
    run_tasks()

    assert (told(cast.omar), told(cast.aminata)) == ([], [])


def test_others_hear_that_it_is_solved(cast, question, answer, run_tasks):
    follow(cast.omar, QUESTION, question)
    run_tasks()
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    run_tasks()

    assert "forum.answer_accepted" in told(cast.bao)
    assert told(cast.omar) == ["forum.answer_posted", "forum.question_solved"]


def test_many_followers_are_told_by_tasks(cast, question, run_tasks, monkeypatch):
    monkeypatch.setattr("forum.telling_followers.AT_ONCE", 2)
    for person in (cast.omar, cast.clara, cast.nadia, cast.moira):
        follow(person, QUESTION, question)
    actions.answer(actor=cast.bao, question_id=question.pk, source="Try this", language="en")
    run_tasks()

    assert Notice.objects.filter(verb="forum.answer_posted").count() == 5


def test_mail_says_why_it_comes_and_how_to_end_it(browse, cast, question, run_tasks, english):
    follow(cast.omar, QUESTION, question)
    actions.answer(actor=cast.bao, question_id=question.pk, source="Try this", language="en")
    run_tasks()

    (mail,) = sent_to(address(cast.omar))
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == f"Re: {question.title}"
    assert "Bao answered" in text
    assert "You get this because you follow this question." in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = str(mail["List-Unsubscribe"]).strip("<>").partition("localhost:8000")[2]
    path = path or "/" + str(mail["List-Unsubscribe"]).strip("<>").split("/", 3)[3]
    assert browse().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follow.objects.current().filter(person=cast.omar).exists()


# Answers by mail.


@pytest.fixture
def notified(cast, question, answer, run_tasks, english):
    """The mail that aminata has of bao's answer."""
    run_tasks()
    return sent_to(address(cast.aminata))[0]


def sent(mail):
    return receive_mail(raw=mail.as_bytes())


def test_answer_to_a_new_answer_is_a_comment_on_it(cast, answer, notified):
    mail = sent(answering(notified, "That **worked**, thanks."))

    comment = Comment.objects.get()
    assert (mail.outcome, mail.thing_kind, mail.thing_id) == (
        "answered",
        "forum.comment",
        comment.pk,
    )
    assert (comment.author, comment.answer) == (cast.aminata, answer)
    assert comment.source == "That **worked**, thanks."


def test_answer_to_a_comment_on_the_question_is_one(cast, question, notified, run_tasks):
    actions.comment(actor=cast.omar, question_id=question.pk, source="Which theme?")
    run_tasks()

    sent(answering(sent_to(address(cast.aminata))[-1], "The default one."))

    row = Comment.objects.get(author=cast.aminata)
    assert (row.question, row.answer, row.source) == (question, None, "The default one.")


def test_answer_to_a_new_question_is_an_answer(cast, run_tasks, english):
    people.choose_mails(actor=cast.omar, ways={PERSON: "at_once"})
    follow(cast.omar, PERSON, cast.aminata)
    question = actions.ask(
        actor=cast.aminata, title="Which PHP for my site?", source="x", language="en", tag_names=[]
    )
    run_tasks()

    sent(answering(sent_to(address(cast.omar))[0], "Rename the plugins folder."))

    row = Answer.objects.get()
    assert (row.author, row.question, row.language) == (cast.omar, question, "en")


def test_same_mail_and_same_words_twice_are_one_post(notified):
    mail = answering(notified, "Thanks!", message_id="<1@here.example>")
    again = answering(notified, "Thanks!", message_id="<2@here.example>")

    for _each in range(2):
        sent(mail)
    sent(again)

    assert Comment.objects.count() == 1


BY_FORM = {"Reply-To": "aminata@people.example"}


@pytest.mark.parametrize(
    ("body", "headers", "sender", "reason", "said"),
    [
        ("I am away.", {"Auto-Submitted": "auto-replied"}, "", "automatic", ""),
        ("Hi", {}, "omar@people.example", "refused_another_address", "another address"),
        ("Hi", BY_FORM, "noreply@forms.example", "refused_another_address", "another address"),
        ("", {}, "", "refused_invalid_input", "nothing above"),
        ("The password is: hunter2-Tr0ub4dor", {}, "", "refused_secrets_found", "a password"),
        ("x" * 1200, {}, "", "refused_invalid_input", "1,000"),
    ],
)
def test_refused_mail_posts_nothing_and_says_why(
    body, headers, sender, reason, said, cast, notified
):
    before = OutgoingMail.objects.count()

    mail = sent(answering(notified, body, sender=sender, **headers))

    assert (mail.outcome, mail.reason) == ("discarded", reason)
    assert not Comment.objects.exists()
    new = sent_to(address(cast.aminata))[1:]
    assert len(new) == OutgoingMail.objects.count() - before == bool(said)
    if said:
        text = new[0].get_body(("plain",)).get_content()
        assert said in text
        assert "hunter2" not in text


def test_suspended_person_posts_nothing_by_mail(cast, notified):
    people.sanction(
        actor=cast.moira,
        handle="aminata",
        reason="Be kind to each other.",
        days=7,
    )

    mail = sent(answering(notified, "Thanks!"))

    assert (mail.outcome, mail.reason) == ("discarded", "refused_suspended")
    assert not Comment.objects.exists()
    assert "suspended" in sent_to(address(cast.aminata))[-1].get_body(("plain",)).get_content()


def test_removed_post_takes_no_answer_by_mail(cast, answer, notified):
    people.remove_post(
        actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="Spam."
    )

    assert sent(answering(notified, "Thanks!")).reason == "refused_not_found"
    assert not Comment.objects.exists()


# The calculation.


def test_listeners_by_nearest_follow():
    what = Happening(1, 9, [5], takers={2}, by_author=True)
    follows = [
        Pointer(3, QUESTION, 1),
        Pointer(3, TAG, 5),
        Pointer(4, TAG, 5),
        Pointer(6, PERSON, 9),
        Pointer(2, QUESTION, 1, is_stopped=True),
        Pointer(9, QUESTION, 1),
    ]
    mutes = [Pointer(3, TAG, 5)]
    new = Happening(1, 9, [5], takers={9}, is_new=True, by_author=True)

    assert listeners(what, follows, mutes) == {3: QUESTION, 6: PERSON}
    assert listeners(new, follows, []) == {3: TAG, 4: TAG, 6: PERSON}
    assert listeners(new, follows, [Pointer(4, PERSON, 9), Pointer(6, TAG, 5)]) == {3: TAG}


def test_muted_question_says_what_its_asker_is_still_told(browse, cast, question, run_tasks):
    client = browse(cast.aminata)
    client.post("/mutes", {"kind": "forum.question", "id": question.pk})

    assert "what moderators do with a question of your own" in (
        client.get(question.path).content.decode()
    )
    actions.lock_question(actor=cast.moira, question_id=question.pk, reason="dispute")
    run_tasks()
    assert told(cast.aminata) == ["forum.question_locked"]
