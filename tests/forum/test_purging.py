"""A secret that was edited out is taken out of all that is kept, by who may; on every face."""

import re

import pytest
from django.apps import apps
from django.urls import reverse

from aid.models import AidClaim
from chat.actions import close_room, open_room, post_message
from chat.models import ChatMessage
from core.errors import InvalidInput, NotAllowed
from core.models import JournalLine, OutgoingMail, UnsentForm
from forum import actions
from forum.models import Comment, Draft, Guide, GuideRevision, Revision
from people.actions import choose_mails, decide_flag, flag, remove_post
from people.models import Flag, LogLine, Notice, OutgoingPush, Person, PushSubscription
from search.queries import search
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

SECRET = "Blue!Sky9x"
TYPED = f"The password is {SECRET}, it was in wp-config.php."


def purging(kind="questions", text=SECRET):
    return Act(
        page=lambda row: (f"/{kind}/{row.pk}/purge", {"found": [text]}),
        api=lambda row: ("POST", f"/api/v1/{kind}/{row.pk}/purges", {"text": text}),
    )


PURGE, PURGE_GUIDE = purging(), purging("guides")


@pytest.fixture
def leaked(cast, question):
    """A question with a secret in its first text, which its asker has edited out."""
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title=question.title,
        source=TYPED,
        tag_names=["php"],
    )
    return actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=2,
        title=question.title,
        source="The password was in wp-config.php.",
        tag_names=["php"],
    )


@pytest.fixture
def guide(cast):
    """A guide with a secret in an earlier text, and a translation that has it still."""
    row = actions.write_guide(
        actor=cast.bao, title="Move a site here", summary="How to", source=TYPED, language="en"
    )
    actions.edit_guide(
        actor=cast.bao, guide_id=row.pk, revision=1, title=row.title, source="Safe now."
    )
    actions.translate_guide(
        actor=cast.nadia,
        guide_id=row.pk,
        language="fr",
        from_revision=2,
        title="Déménager un site",
        source=f"Le mot de passe : {SECRET}",
    )
    row.refresh_from_db()
    return row


def tables_with(words: str) -> set[str]:
    """Return which tables have words in any row, and mails as they go out.

    Not what a visitor typed into a form themselves, kept for an hour for their session alone.
    """
    found = {
        model._meta.label
        for model in apps.get_models()
        if model is not UnsentForm
        and any(words in repr(row) for row in model._base_manager.values())
    }
    raws = [bytes(mail.raw or b"") for mail in OutgoingMail.objects.all()]
    return found | ({"raw mail"} if any(words.encode() in raw for raw in raws) else set())


@pytest.mark.parametrize("face", FACES)
def test_who_takes_a_secret_out_of_a_question(face, perform, cast, leaked):
    assert perform(face, cast.omar, PURGE, leaked) == NOT_ALLOWED
    assert perform(face, cast.bao, PURGE, leaked) == NOT_ALLOWED
    assert perform(face, None, PURGE, leaked) == SIGN_IN
    # The asker takes out what looks like a secret, and no other words.
    assert perform(face, cast.aminata, purging(text="wp-config.php"), leaked) == INVALID
    assert perform(face, cast.aminata, PURGE, leaked) == DONE
    assert not tables_with(SECRET)
    assert perform(face, cast.moira, PURGE, leaked) == INVALID  # it is not there any more
    assert perform(face, cast.moira, purging(text="wp-config.php"), leaked) == DONE
    assert not tables_with("wp-config")


@pytest.mark.parametrize("face", FACES)
def test_who_takes_a_secret_out_of_a_guide(face, perform, cast, guide):
    assert perform(face, cast.omar, PURGE_GUIDE, guide) == NOT_ALLOWED
    assert perform(face, None, PURGE_GUIDE, guide) == SIGN_IN
    assert perform(face, cast.bao, purging("guides", text="Safe now"), guide) == INVALID
    assert perform(face, cast.bao, PURGE_GUIDE, guide) == DONE
    # What someone else put into another language is for moderators, who are asked to.
    (french,) = Guide.objects.filter(source__contains=SECRET)
    assert french.language == "fr"
    assert Flag.objects.get().thing_kind == "forum.guide"
    assert perform(face, cast.moira, PURGE_GUIDE, guide) == DONE
    assert not tables_with(SECRET)
    assert perform(face, cast.moira, purging("guides", text="Safe now"), guide) == DONE
    assert not tables_with("Safe now")


@pytest.mark.parametrize("face", FACES)
def test_nobody_purges_what_they_do_not_see(face, perform, cast, leaked):
    remove_post(
        actor=cast.moira, kind="forum.question", object_id=leaked.pk, rule="secret", reason="!"
    )

    assert perform(face, cast.omar, PURGE, leaked) == UNSEEN
    assert perform(face, cast.moira, PURGE, leaked) == DONE


def test_a_purged_secret_is_nowhere(cast, leaked, call, browse, run_tasks, settings, tmp_path):
    settings.SEARCH_INDEX = tmp_path
    on = {"kind": "forum.question", "object_id": leaked.pk}
    answer = actions.answer(actor=cast.bao, question_id=leaked.pk, source=f"Change {SECRET} now.")
    actions.comment(actor=cast.omar, question_id=leaked.pk, source=f"`{SECRET}` works still")
    words = {"title": "Une page blanche", "source": TYPED, "from_revision": 3}
    actions.render_post(actor=cast.omar, **on, language="fr", **words)
    actions.suggest(
        actor=cast.omar,
        kind="forum.answer",
        object_id=answer.pk,
        revision=1,
        source=f"Change {SECRET} at once.",
        why=SECRET,
    )
    Draft.objects.create(
        person=cast.omar,
        kind=Draft.Kind.ANSWER,
        thing_id=leaked.pk,
        token="6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        fields={"source": SECRET},
    )
    room = open_room(actor=cast.bao, **on)
    post_message(actor=cast.bao, room_id=room.pk, source=f"{SECRET}?", client_id="1")
    flag(actor=cast.omar, **on, reason="secret", text=f"It is {SECRET}")
    call(cast.bao).post(
        f"/api/v1/questions/{leaked.pk}/comments",
        {"source": SECRET, "send_secrets": True},
        format="json",
        headers={"Idempotency-Key": "k"},
    )
    run_tasks()
    OutgoingMail.objects.update(sent_at=None)
    assert tables_with(SECRET)
    assert search(cast.omar, SECRET).hits

    actions.purge_secret(actor=cast.moira, **on, texts=[SECRET])
    run_tasks()

    assert not tables_with(SECRET)
    assert not search(cast.omar, SECRET).hits
    for path in (
        leaked.path,
        f"/questions/{leaked.pk}/revisions",
        f"/questions/{leaked.pk}/revisions/compare?old=1&new=2",
        f"/answers/{answer.pk}/revisions",
        f"/questions/{leaked.pk}.atom",
        f"/api/v1/questions/{leaked.pk}",
        f"/api/v1/questions/{leaked.pk}/revisions",
        f"/api/v1/questions/{leaked.pk}/renditions",
        f"/rooms/{room.pk}",
    ):
        assert SECRET not in browse(cast.omar).get(path, follow=True).content.decode()
    assert "[a secret was taken out]" in browse().get(answer.path, follow=True).content.decode()


def test_a_secret_in_a_title_leaves_the_ledger_and_what_waits_to_be_shown(cast, question, answer):
    on = {"kind": "forum.question", "object_id": question.pk}
    words = {"source": "White.", "tag_names": ["php"]}
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title=f"White page, password: {SECRET}",
        **words,
    )
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    actions.undo_acceptance(actor=cast.aminata, question_id=question.pk)
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    subscription = PushSubscription.objects.create(person=cast.bao, endpoint="https://push.test/1")
    OutgoingPush.objects.create(
        subscription=subscription,
        title=f"Accepted: White page, password: {SECRET}",
        url=answer.path,
        tag="a",
        thing_kind="forum.answer",
        thing_id=answer.pk,
    )
    assert AidClaim.objects.filter(note__contains=SECRET).count() == 2

    actions.purge_secret(actor=cast.aminata, **on, texts=[SECRET])

    assert not tables_with(SECRET)
    assert OutgoingPush.objects.get().title.startswith("Accepted: White page")


def test_flags_on_what_was_said_live_lose_it_too(cast, leaked):
    on = {"kind": "forum.question", "object_id": leaked.pk}
    room = open_room(actor=cast.bao, **on)
    line = post_message(actor=cast.bao, room_id=room.pk, source="Look", client_id="1")
    said = {"kind": "chat.message", "object_id": line.pk}
    flag(actor=cast.omar, **said, reason="secret", text=f"It was {SECRET}")
    remove_post(actor=cast.moira, **said, rule="secret", reason=f"Says {SECRET}")
    close_room(actor=cast.moira, room_id=room.pk, reason=f"{SECRET} again")

    actions.purge_secret(actor=cast.moira, **on, texts=[SECRET])

    assert not tables_with(SECRET)


def test_the_public_log_tells_of_moderators_without_the_words(cast, leaked, run_tasks, browse):
    actions.purge_secret(
        actor=cast.aminata, kind="forum.question", object_id=leaked.pk, texts=[SECRET]
    )
    run_tasks()
    assert not LogLine.objects.filter(act="forum.secret_purged").exists()

    actions.purge_secret(
        actor=cast.moira, kind="forum.question", object_id=leaked.pk, texts=["wp-config.php"]
    )
    run_tasks()

    line = LogLine.objects.get(act="forum.secret_purged")
    assert (line.thing_kind, line.is_automatic) == ("forum.question", False)
    page = browse().get(reverse("moderation_log")).content.decode()
    assert "A secret taken out for good" in page
    for told in JournalLine.objects.filter(verb="forum.secret_purged"):
        assert set(told.changes) == {"by_moderator"}


def test_a_hidden_asker_stays_hidden(cast, hidden):
    actions.edit_question(
        actor=cast.aminata,
        question_id=hidden.pk,
        revision=1,
        title=hidden.title,
        source=TYPED,
        tag_names=["privacy"],
    )

    actions.purge_secret(
        actor=cast.aminata, kind="forum.question", object_id=hidden.pk, texts=[SECRET]
    )

    assert JournalLine.objects.get(verb="forum.secret_purged").actor is None


# What others wrote is not theirs to take, who are no moderators.

SAID = "You should raise memory_limit in php.ini and restart"


def texts_of(answer):
    """Return what an answer says and said, with all that is kept beside the words."""
    return [
        list(type(answer).objects.filter(pk=answer.pk).values()),
        list(Revision.objects.filter(answer=answer).order_by("pk").values()),
    ]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "text",
    [SAID, "max_execution_time", "php.ini,then", "welcome", "a\u00a0password"],
)
def test_nobody_takes_out_what_others_wrote_by_quoting_it_as_a_password(
    face, text, perform, cast, question
):
    answer = actions.answer(
        actor=cast.bao, question_id=question.pk, source=f"{text}. You are welcome."
    )
    actions.edit_answer(
        actor=cast.bao, answer_id=answer.pk, revision=1, source=f"{text}. See the manual."
    )
    actions.comment(actor=cast.omar, question_id=question.pk, source=f'password: "{text}"')
    actions.suggest(
        actor=cast.omar,
        kind="forum.answer",
        object_id=answer.pk,
        revision=2,
        source=f'password: "{text}"',
        why="Better",
    )
    before = texts_of(answer)

    perform(face, cast.omar, purging(text=text), question)

    assert texts_of(answer) == before
    if " " in text:  # a sentence is no secret at all
        assert not Flag.objects.exists()
        assert text in Comment.objects.get().source


@pytest.mark.parametrize("face", FACES)
def test_who_takes_out_their_secret_asks_moderators_for_what_others_wrote(
    face, perform, cast, leaked, browse
):
    answer = actions.answer(actor=cast.bao, question_id=leaked.pk, source=f"Change {SECRET} now.")
    actions.edit_answer(
        actor=cast.bao, answer_id=answer.pk, revision=1, source=f"Change {SECRET} soon."
    )
    quoting = actions.comment(actor=cast.omar, question_id=leaked.pk, source=f"`{SECRET}` works")
    before = texts_of(answer)

    assert perform(face, cast.aminata, PURGE, leaked) == DONE

    assert texts_of(answer) == before
    quoting.refresh_from_db()
    assert SECRET in quoting.source
    assert not Revision.objects.filter(question=leaked, source__contains=SECRET).exists()
    raised = Flag.objects.get()
    assert (raised.reason, raised.thing_kind, raised.thing_id, raised.decision) == (
        "secret",
        "forum.question",
        leaked.pk,
        "",
    )
    assert f"#answer-{answer.pk}" in raised.text
    assert f"#comment-{quoting.pk}" in raised.text
    assert SECRET not in raised.text
    desk = browse(cast.moira).get(f"/flags/{raised.pk}").content.decode()
    assert f'href="/questions/{leaked.pk}/purge"' in desk

    assert perform(face, cast.moira, PURGE, leaked) == DONE
    assert not tables_with(SECRET)


def test_the_page_and_the_api_say_that_moderators_were_asked(cast, browse, call, leaked):
    actions.answer(actor=cast.bao, question_id=leaked.pk, source=f"Change {SECRET} now.")
    path = f"/questions/{leaked.pk}/purge"

    page = browse(cast.aminata).post(path, {"found": [SECRET]}, follow=True).content.decode()

    assert "moderators were asked to take it out there" in page
    actions.comment(actor=cast.aminata, question_id=leaked.pk, source=f"Password: {SECRET}")
    told = call(cast.aminata).post(f"/api/v1/questions/{leaked.pk}/purges", {"text": SECRET})
    assert told.json() == {"is_flagged": True}
    assert Flag.objects.count() == 1


def test_a_flag_decided_before_leads_to_one_on_the_post_itself(cast, leaked):
    answer = actions.answer(actor=cast.bao, question_id=leaked.pk, source=f"Change {SECRET} now.")
    on = {"kind": "forum.question", "object_id": leaked.pk}
    raised = flag(actor=cast.aminata, **on, reason="secret")
    decide_flag(actor=cast.moira, flag_id=raised.pk, decision="declined", answer="It stays.")

    assert actions.purge_secret(actor=cast.aminata, **on, texts=[SECRET]).is_flagged

    waiting = Flag.objects.get(decision="")
    assert (waiting.thing_kind, waiting.thing_id) == ("forum.answer", answer.pk)


def test_a_guide_that_someone_else_changed_is_for_moderators(cast, guide):
    actions.edit_guide(
        actor=cast.nadia, guide_id=guide.pk, revision=2, title=guide.title, source="Safer now."
    )

    with pytest.raises(NotAllowed):
        actions.purge_secret(actor=cast.bao, kind="forum.guide", object_id=guide.pk, texts=[SECRET])


def test_a_key_in_lines_is_its_writers_to_take_out(cast, question):
    lines = "\n".join(
        ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkq" * 4, "-----END PRIVATE KEY-----"]
    )
    row = actions.comment(actor=cast.omar, question_id=question.pk, source=f"Mine:\n\n{lines}\n")
    on = {"kind": "forum.question", "object_id": question.pk}

    actions.purge_secret(actor=cast.omar, **on, texts=[lines])

    row.refresh_from_db()
    assert "BEGIN" not in row.source


def test_secrets_of_which_one_begins_with_another_go_together(cast, browse, leaked):
    longer = f"{SECRET}Longer"
    actions.comment(
        actor=cast.aminata, question_id=leaked.pk, source=f"Password: {longer}\nPassword: {SECRET}"
    )

    answered = browse(cast.aminata).post(
        f"/questions/{leaked.pk}/purge", {"found": [SECRET, longer]}
    )

    assert answered.status_code == 303
    assert not tables_with(SECRET)
    assert not tables_with("Longer")


def test_words_that_stand_nowhere_undo_the_whole(cast, browse, leaked):
    answered = browse(cast.moira).post(
        f"/questions/{leaked.pk}/purge", {"found": [SECRET], "text": "no such words"}
    )

    assert answered.status_code == 422
    assert Revision.objects.filter(source__contains=SECRET).exists()


def test_guides_in_all_languages_follow_each_other_still(cast, guide):
    actions.purge_secret(actor=cast.moira, kind="forum.guide", object_id=guide.pk, texts=[SECRET])

    french = guide.translations.get()
    assert french.revision == 2
    assert not french.is_stale
    assert "secret" in french.source
    assert guide.revisions.get(number=1).source.startswith("The password is [")


def test_what_was_agreed_to_is_not_changed_here(cast, question):
    type(question).objects.filter(pk=question.pk).update(is_agreed=True, source=TYPED, author=None)
    purge = {"kind": "forum.question", "object_id": question.pk}

    with pytest.raises(Exception, match="word for word"):
        actions.purge_secret(actor=cast.moira, **purge, texts=[SECRET])


@pytest.mark.parametrize("face", FACES)
def test_an_agreed_text_is_the_wrong_moment(face, perform, cast, question):
    type(question).objects.filter(pk=question.pk).update(is_agreed=True, source=TYPED, author=None)

    assert perform(face, cast.moira, PURGE, question) == WRONG_MOMENT


# Who edits a secret out is told.


@pytest.mark.parametrize("kind", ["questions", "answers", "guides"])
def test_who_edits_a_secret_out_is_led_to_take_it_out_of_the_earlier_texts(
    kind, cast, browse, question, answer
):
    who = {"questions": cast.aminata}.get(kind, cast.bao)
    if kind == "guides":
        row = actions.write_guide(actor=who, title="Move a site", source=TYPED, language="en")
    elif kind == "answers":
        row = actions.edit_answer(actor=who, answer_id=answer.pk, revision=1, source=TYPED)
    else:
        row = actions.edit_question(
            actor=who,
            question_id=question.pk,
            revision=1,
            title=question.title,
            source=TYPED,
            tag_names=["php"],
        )
    home = "guides" if kind == "guides" else "questions"
    home_id = row.pk if home == kind else row.question_id
    typed = {"title": getattr(row, "title", ""), "revision": row.revision, "tags": "php"}
    client = browse(who)

    answered = client.post(f"/{kind}/{row.pk}/edit", {**typed, "source": "It was in the file."})
    assert answered["Location"] == f"/{home}/{home_id}/purge"
    page = client.get(answered["Location"]).content.decode()
    assert "can still be read in the earlier texts" in page
    assert re.search(rf'value="{SECRET}" checked', page)
    assert client.post(answered["Location"], {"found": [SECRET]}).status_code == 303

    assert not tables_with(SECRET)


def test_an_edit_without_a_secret_leads_where_it_led(cast, browse, question):
    typed = {"title": question.title, "source": "White.", "revision": 1, "tags": "php"}

    answered = browse(cast.aminata).post(f"/questions/{question.pk}/edit", typed)

    assert answered["Location"] == question.path


def test_who_may_not_take_it_out_tells_the_moderators_with_one_click(cast, browse, leaked):
    page = browse(cast.omar).get(f"/questions/{leaked.pk}/purge").content.decode()
    assert SECRET not in page
    assert "Tell the moderators" in page

    browse(cast.omar).post(
        "/flags/new", {"kind": "forum.question", "id": leaked.pk, "reason": "secret", "text": ""}
    )

    raised = Flag.objects.get()
    assert raised.reason == "secret"
    desk = browse(cast.moira).get(f"/flags/{raised.pk}").content.decode()
    assert f'href="/questions/{leaked.pk}/purge"' in desk


def test_who_wrote_it_tells_the_moderators_of_a_secret_in_it_and_of_nothing_else(cast, leaked):
    on = {"kind": "forum.question", "object_id": leaked.pk}

    assert flag(actor=cast.aminata, **on, reason="secret").reason == "secret"
    Flag.objects.all().delete()
    with pytest.raises(Exception, match="for others"):
        flag(actor=cast.aminata, **on, reason="spam")


def test_the_api_lists_to_each_what_they_may_take_out(cast, call, leaked):
    path = f"/api/v1/questions/{leaked.pk}/purges"

    assert call(cast.omar).get(path).json() == []
    found = [{"text": SECRET, "what": "a password", "is_past": True}]
    assert call(cast.aminata).get(path).json() == found
    assert call(cast.moira).get(path).json() == found


def test_authors_are_told_what_a_moderator_took_out_of_their_texts(
    cast, leaked, run_tasks, mailoutbox
):
    answer = actions.answer(actor=cast.bao, question_id=leaked.pk, source=TYPED, language="en")
    actions.comment(actor=cast.nadia, question_id=leaked.pk, answer_id=answer.pk, source=TYPED)
    actions.comment(actor=cast.moira, question_id=leaked.pk, source=TYPED)
    actions.answer(actor=cast.clara, question_id=leaked.pk, source="Change it.", language="en")
    choose_mails(actor=cast.bao, ways={"forum.question": "never"})
    Person.objects.exclude(pk=cast.nadia.pk).update(interface_language="en")
    Person.objects.filter(pk=cast.nadia.pk).update(interface_language="fr")
    run_tasks()
    mailoutbox.clear()

    actions.purge_secret(
        actor=cast.moira, kind="forum.question", object_id=leaked.pk, texts=[SECRET]
    )
    run_tasks()

    told = Notice.objects.filter(verb="forum.words_purged")
    assert {row.person.handle for row in told} == {"aminata", "bao", "nadia"}
    mails = {mail.to[0].partition("@")[0]: f"{mail.subject} {mail.body}" for mail in mailoutbox}
    assert mails.keys() == {"aminata", "nadia"}
    assert "Has a password or a key in it" in mails["aminata"]
    assert "Contient un mot de passe ou une clé" in mails["nadia"]
    for said in mails.values():
        assert cast.moira.display_name not in said
        assert SECRET not in said


def test_nobody_is_told_what_they_took_out_themselves(cast, leaked, guide, run_tasks):
    for kind, row, who in (
        ("forum.question", leaked, cast.aminata),
        ("forum.guide", guide, cast.bao),
    ):
        actions.purge_secret(actor=who, kind=kind, object_id=row.pk, texts=[SECRET])
    run_tasks()

    assert not Notice.objects.filter(verb="forum.words_purged").exists()
    actions.purge_secret(actor=cast.moira, kind="forum.guide", object_id=guide.pk, texts=[SECRET])
    run_tasks()
    told = Notice.objects.filter(verb="forum.words_purged")
    assert [row.person for row in told] == [cast.nadia]


def test_a_translation_begun_before_follows_the_text_without_the_secret(cast, guide):
    actions.edit_guide(
        actor=cast.bao, guide_id=guide.pk, revision=2, title=guide.title, source=TYPED
    )
    actions.purge_secret(actor=cast.moira, kind="forum.guide", object_id=guide.pk, texts=[SECRET])

    row = actions.translate_guide(
        actor=cast.nadia,
        guide_id=guide.pk,
        language="es",
        from_revision=3,
        title="Mudar un sitio",
        source="Como antes.",
    )

    guide.refresh_from_db()
    assert (row.from_revision, guide.revision) == (4, 4)
    assert not Guide.objects.select_related("original").get(pk=row.pk).is_stale


def test_a_question_s_translation_begun_before_follows_it_too(cast, question):
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=question.revision,
        title=question.title,
        source=TYPED,
        tag_names=["php"],
    )
    question.refresh_from_db()
    began_on = question.revision
    facts = {"kind": "forum.question", "object_id": question.pk}
    actions.purge_secret(actor=cast.moira, texts=[SECRET], **facts)

    row = actions.render_post(
        actor=cast.nadia,
        language="es",
        from_revision=began_on,
        title="¿Por qué no se ve mi sitio?",
        source="Como antes.",
        **facts,
    )

    question.refresh_from_db()
    assert row.from_revision == question.revision == began_on + 1


def test_only_what_words_were_taken_out_of_is_told_as_such(cast, call, guide):
    # Nobody's text that says what the one before said is no purge by itself.
    GuideRevision.objects.create(guide=guide, number=3, title=guide.title, source="Safe now.")
    GuideRevision.objects.create(guide=guide, number=4, title=guide.title, source=TYPED)
    Guide.objects.filter(pk=guide.pk).update(revision=4, source=TYPED)
    actions.purge_secret(actor=cast.moira, kind="forum.guide", object_id=guide.pk, texts=[SECRET])

    listed = call(None).get(f"/api/v1/guides/{guide.pk}/revisions").json()["results"]
    assert [row["number"] for row in listed if row["is_purge"]] == [5]
    rewritten = GuideRevision.objects.filter(guide=guide, is_rewritten=True)
    assert sorted(row.number for row in rewritten) == [1, 4]


def test_who_lost_several_secrets_at_once_is_told_once(cast, leaked, run_tasks, mailoutbox):
    other = "sk_live_51HzQp0aJ3mWvT9xR"
    row = actions.answer(
        actor=cast.bao, question_id=leaked.pk, source=f"{TYPED} And {other}.", language="en"
    )
    run_tasks()
    mailoutbox.clear()

    actions.purge_secret(
        actor=cast.moira, kind="forum.question", object_id=leaked.pk, texts=[SECRET, other]
    )
    run_tasks()

    row.refresh_from_db()
    assert SECRET not in row.source
    assert other not in row.source
    assert row.revision == 2
    told = Notice.objects.filter(verb="forum.words_purged", person=cast.bao)
    assert told.count() == 1
    assert [mail.to for mail in mailoutbox].count(["bao@people.example"]) == 1
    with pytest.raises(InvalidInput):
        actions.purge_secret(
            actor=cast.moira, kind="forum.question", object_id=leaked.pk, texts=["Change", "absent"]
        )
    row.refresh_from_db()
    assert row.revision == 2


def test_who_said_it_beside_is_told_as_authors_are(cast, leaked, run_tasks, mailoutbox):
    room = open_room(actor=cast.omar, kind="forum.question", object_id=leaked.pk)
    for person, words in ((cast.omar, TYPED), (cast.moira, TYPED), (cast.clara, "Hello")):
        post_message(actor=person, room_id=room.pk, source=words, client_id=person.handle)
    run_tasks()
    mailoutbox.clear()

    actions.purge_secret(
        actor=cast.moira, kind="forum.question", object_id=leaked.pk, texts=[SECRET]
    )
    run_tasks()

    told = Notice.objects.filter(verb="forum.words_purged")
    assert {row.person for row in told} == {cast.aminata, cast.omar}
    line = JournalLine.objects.get(verb="forum.words_purged")
    said = ChatMessage.objects.get(author=cast.omar, kind="message")
    assert ["chat.message", said.pk] in line.changes["posts"]
    (mail,) = [mail for mail in mailoutbox if mail.to == ["omar@people.example"]]
    assert cast.moira.display_name not in f"{mail.subject} {mail.body}"
