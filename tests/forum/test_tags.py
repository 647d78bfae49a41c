"""One tag, whatever it is called: words, merges, and what people choose of tags; on every face."""

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from forum import actions, queries, tags
from forum.models import Question, Tag, TaggedQuestion, TagMerge, TagName
from forum.queries import tag_pages
from people.actions import remove_post
from people.models import Follow, Mute, Person, Trust
from search.queries import search, similar
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.forum.test_faces import EDIT_QUESTION


def tag_of(thing) -> str:
    """Return the address of a question's first tag, or of one that is not there."""
    row = TaggedQuestion.objects.filter(content_object=thing).order_by("pk").first()
    return f"tags/{quote(row.tag.name)}" if row else "tags/nothing"


DESCRIBE = Act(
    page=lambda q: (
        f"/{tag_of(q)}/words",
        {"language": "fr", "name": "Courriel", "description": "Écrire et recevoir."},
    ),
    api=lambda q: (
        "PUT",
        f"/api/v1/{tag_of(q)}/languages/fr",
        {"name": "Courriel", "description": "Écrire et recevoir."},
    ),
)
SYNONYM = Act(
    page=lambda q: (f"/{tag_of(q)}/synonyms", {"language": "en", "name": "E-Mail"}),
    api=lambda q: ("POST", f"/api/v1/{tag_of(q)}/synonyms", {"language": "en", "name": "E-Mail"}),
)


def word_of(thing) -> str:
    word = TagName.objects.order_by("pk").first()
    return f"{tag_of(thing)}/synonyms/{word.pk if word else 1}"


DROP = Act(
    page=lambda q: (f"/{word_of(q)}/removal", {}),
    api=lambda q: ("DELETE", f"/api/v1/{word_of(q)}", None),
)


def choosing(kind: str) -> Act:
    return Act(
        page=lambda q: (f"/{tag_of(q)}/choice", {"kind": kind}),
        api=lambda q: (
            ("PUT", f"/api/v1/{tag_of(q)}/choice", {"kind": kind})
            if kind
            else ("DELETE", f"/api/v1/{tag_of(q)}/choice", None)
        ),
    )


FOLLOW, MUTE, NEITHER = choosing("follow"), choosing("mute"), choosing("")
MERGE = Act(
    page=lambda q: (f"/{tag_of(q)}/merger", {"into": "e-post"}),
    api=lambda q: (
        "POST",
        "/api/v1/tag-merges",
        {"tag": tag_of(q).removeprefix("tags/"), "into": "e-post"},
    ),
)


def merge_id(_thing) -> int:
    row = TagMerge.objects.order_by("pk").first()
    return row.pk if row else 1


UNDO = Act(
    page=lambda q: (f"/tag-merges/{merge_id(q)}/undo", {}),
    api=lambda q: ("DELETE", f"/api/v1/tag-merges/{merge_id(q)}", None),
)

TAG_QUESTION = Act(
    page=lambda q: (f"/questions/{q.pk}/tags", {"tags": "mail, dns", "revision": 1, "why": "DNS"}),
    api=lambda q: (
        "PUT",
        f"/api/v1/questions/{q.pk}/tags",
        {"tags": ["mail", "dns"], "revision": 1, "why": "DNS"},
    ),
)


def asked(person, *names, language="en", title="How do I keep my letters?"):
    return actions.ask(actor=person, title=title, source="Text", language=language, tag_names=names)


@pytest.fixture
def mail(cast):
    """A question under `mail`, beside a tag `e-post` that another one bears."""
    asked(cast.bao, "e-post", title="Where does my post go?")
    return asked(cast.aminata, "mail", "php")


@pytest.fixture
def tag(mail):
    return Tag.objects.get(name="mail")


@pytest.mark.parametrize("face", FACES)
def test_trusted_people_name_a_tag_in_a_language(face, perform, cast, mail, tag):
    assert perform(face, cast.omar, DESCRIBE, mail) == NOT_ALLOWED
    assert perform(face, None, DESCRIBE, mail) == SIGN_IN
    for person in (cast.bao, cast.nadia, cast.moira):
        assert perform(face, person, DESCRIBE, mail) == DONE

    tag.refresh_from_db()
    assert tag.names == {"fr": "Courriel"}
    assert tag.descriptions == {"fr": "Écrire et recevoir."}
    assert TagName.objects.get().name_folded == "courriel"


def trusted(person, level):
    Trust.objects.update_or_create(person=person, defaults={"level": level})
    return Person.objects.get(pk=person.pk)


@pytest.mark.parametrize("face", FACES)
def test_who_is_trusted_with_tags_changes_them_and_nothing_else(face, perform, cast, mail):
    assert perform(face, None, TAG_QUESTION, mail) == SIGN_IN
    assert perform(face, trusted(cast.omar, 1), TAG_QUESTION, mail) == NOT_ALLOWED
    omar = trusted(cast.omar, 2)

    for _again in range(2):
        assert perform(face, omar, TAG_QUESTION, mail) == DONE

    mail.refresh_from_db()
    assert (mail.revision, mail.title, mail.source) == (2, "How do I keep my letters?", "Text")
    assert sorted(mail.tags.names()) == ["dns", "mail"]
    newest = mail.revisions.get(number=2)
    assert (newest.author, newest.why, newest.tags) == (omar, "DNS", ["dns", "mail"])
    assert Tag.objects.get(name="dns").question_count == 1
    assert perform(face, omar, EDIT_QUESTION, mail) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_tags_changed_meanwhile_are_shown_and_none_is_lost(face, perform, browse, cast, mail):
    omar = trusted(cast.omar, 2)
    actions.tag_question(actor=cast.moira, question_id=mail.pk, revision=1, tag_names=["smtp"])

    assert perform(face, omar, TAG_QUESTION, mail) == WRONG_MOMENT

    assert list(mail.tags.names()) == ["smtp"]
    path, facts = TAG_QUESTION.page(mail)
    html = browse(omar).post(path, facts).content.decode()
    assert "under these tags now: smtp" in html
    assert 'name="revision" value="2"' in html
    assert 'value="mail, dns"' in html


@pytest.mark.parametrize("face", FACES)
def test_tags_of_what_is_locked_or_taken_away_stay(face, perform, cast, mail):
    omar = trusted(cast.omar, 2)
    actions.lock_question(actor=cast.moira, question_id=mail.pk, reason="dispute")
    assert perform(face, omar, TAG_QUESTION, mail) == WRONG_MOMENT
    actions.unlock_question(actor=cast.moira, question_id=mail.pk)

    remove_post(actor=cast.moira, kind="forum.question", object_id=mail.pk, rule="spam", reason="x")
    assert perform(face, omar, TAG_QUESTION, mail) == UNSEEN
    assert sorted(mail.tags.names()) == ["mail", "php"]


@pytest.mark.parametrize(
    ("who", "level", "offered"),
    [
        ("omar", 1, False),
        ("omar", 2, True),
        ("omar", 3, False),
        ("moira", 0, False),
    ],
)
def test_changing_tags_is_offered_to_who_may_not_edit_it_all(
    who, level, offered, browse, cast, mail
):
    person = trusted(getattr(cast, who), level)

    html = browse(person).get(mail.path).content.decode()

    assert (f'href="/questions/{mail.pk}/tags"' in html) is offered
    assert (f'href="/questions/{mail.pk}/edit"' in html) is (level == 3 or who == "moira")


@pytest.mark.parametrize("face", FACES)
def test_synonyms_come_and_go(face, perform, cast, mail, tag):
    for person, expected in ((cast.omar, NOT_ALLOWED), (None, SIGN_IN)):
        assert perform(face, person, SYNONYM, mail) == expected
    assert perform(face, cast.bao, SYNONYM, mail) == DONE
    assert perform(face, cast.bao, SYNONYM, mail) == DONE
    assert TagName.objects.get().tag == tag

    assert perform(face, cast.omar, DROP, mail) == NOT_ALLOWED
    assert perform(face, cast.bao, DROP, mail) == DONE
    assert perform(face, cast.bao, DROP, mail) == UNSEEN
    assert not TagName.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_word_of_another_tag_is_refused(face, perform, cast, mail):
    other = Tag.objects.get(name="php")
    actions.add_synonym(actor=cast.bao, tag_id=other.pk, language="en", name="e-mail")

    assert perform(face, cast.bao, SYNONYM, mail) == INVALID
    with pytest.raises(InvalidInput):
        actions.add_synonym(actor=cast.bao, tag_id=other.pk, language="de", name="MAIL")
    actions.add_synonym(  # another language may mean another thing by it
        actor=cast.bao, tag_id=Tag.objects.get(name="mail").pk, language="de", name="e-mail"
    )


@pytest.mark.parametrize("typed", ["mail", "Mail", "courriel", "COURRIEL", "E-MAIL", "ÉCRIT"])
def test_any_word_leads_to_the_one_tag(typed, browse, call, cast, mail, tag):
    actions.describe_tag(
        actor=cast.bao, tag_id=tag.pk, language="fr", name="courriel", description=""
    )
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="en", name="e-mail")
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="fr", name="écrit")

    question = asked(cast.omar, typed, "Courriel")

    assert list(question.tags.all()) == [tag]
    assert Tag.objects.count() == 3
    assert question.title in browse().get(f"/tags/{quote(typed)}").content.decode()
    found = browse().get(f"/questions?tag={quote(typed)}", follow=True)
    assert question.title in found.content.decode()
    api = call(cast.omar)
    assert api.get(f"/api/v1/tags/{quote(typed)}").json()["id"] == tag.pk
    assert len(api.get(f"/api/v1/questions?tag={quote(typed)}").json()["results"]) == 2


def test_word_of_two_languages_is_read_in_that_of_the_text(cast, tag):
    php = Tag.objects.get(name="php")
    actions.add_synonym(actor=cast.bao, tag_id=php.pk, language="en", name="gift")
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="de", name="Gift")

    assert tags.resolve(["gift"], "de") == [tag]
    assert tags.resolve(["gift"], "en") == [php]
    assert tags.resolve(["gift"], "ar") == [tag]  # the older tag, whoever asks


def test_readers_see_their_own_word(browse, cast, mail, tag):
    actions.describe_tag(
        actor=cast.bao, tag_id=tag.pk, language="fr", name="courriel", description="Écrire."
    )
    french = browse()
    french.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"

    for path in (mail.path, "/questions", "/tags/mail"):
        assert ">mail</" in browse().get(path).content.decode(), path
        html = french.get(path, headers={"accept-language": "fr"}).content.decode()
        assert ">courriel</" in html, path
        assert ">mail</a>" not in html, path


@pytest.mark.parametrize("face", FACES)
def test_moderator_merges_and_undoes(face, perform, cast, mail, tag):
    for person, expected in ((None, SIGN_IN), (cast.bao, NOT_ALLOWED), (cast.omar, NOT_ALLOWED)):
        assert perform(face, person, MERGE, mail) == expected
    assert perform(face, cast.moira, MERGE, mail) == DONE
    into = Tag.objects.get(name="e-post")
    assert set(mail.tags.names()) == {"e-post", "php"}
    assert tags.find("MAIL") == into
    assert asked(cast.omar, "mail").tags.get() == into
    merged = TagMerge.objects.get()
    with pytest.raises(InvalidInput):
        actions.merge_tags(actor=cast.moira, tag_id=into.pk, into_id=into.pk)

    assert perform(face, cast.bao, UNDO, mail) == NOT_ALLOWED
    assert perform(face, cast.moira, UNDO, mail) == DONE
    assert perform(face, cast.moira, UNDO, mail) == DONE

    assert list(mail.tags.order_by("tagged__pk").values_list("name", flat=True)) == ["mail", "php"]
    merged.refresh_from_db()
    assert merged.undone_by == cast.moira
    assert tags.find("mail") == tag


@pytest.mark.parametrize("face", FACES)
def test_merge_below_another_is_undone_after_it(face, perform, cast, mail, tag):
    into, php = Tag.objects.get(name="e-post"), Tag.objects.get(name="php")
    actions.merge_tags(actor=cast.moira, tag_id=tag.pk, into_id=into.pk)
    later = actions.merge_tags(actor=cast.moira, tag_id=into.pk, into_id=php.pk)
    assert tags.find("mail") == php

    assert perform(face, cast.moira, UNDO, mail) == WRONG_MOMENT

    actions.undo_tag_merge(actor=cast.moira, merge_id=later.pk)
    assert tags.find("mail") == into
    assert perform(face, cast.moira, UNDO, mail) == DONE


def test_names_borrowed_from_a_merged_tag_go_back_with_it(cast, mail, tag):
    into = Tag.objects.get(name="e-post")
    merged = actions.merge_tags(actor=cast.moira, tag_id=tag.pk, into_id=into.pk)
    actions.describe_tag(
        actor=cast.moira, tag_id=into.pk, language="en", name="mail", description=""
    )
    assert tags.find("mail").label == "mail"

    actions.undo_tag_merge(actor=cast.moira, merge_id=merged.pk)

    into.refresh_from_db()
    assert (into.names, tags.find("mail")) == ({}, tag)


def state() -> list[list[tuple]]:
    """Return all that a merge may touch."""
    kept: list[Any] = [Tag, TagName, TaggedQuestion, Follow, Mute]
    return [list(model.objects.order_by("pk").values_list()) for model in kept]


NAMES = ("a", "b", "c", "d")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tagged=st.lists(st.sets(st.sampled_from(NAMES), max_size=4), min_size=1, max_size=4),
    merges=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=4),
)
def test_undoing_merges_restores_exactly(tagged, merges, cast):
    from django.db import transaction

    with transaction.atomic():
        made = dict(zip(NAMES, tags.resolve(NAMES, "en"), strict=True))
        for names in tagged:
            asked(cast.omar, *sorted(names))
        actions.choose_tag(actor=cast.omar, tag_id=made["a"].pk, kind="follow")
        before, done = [], []
        for name, other in merges:
            pair = Tag.objects.in_bulk([made[name].pk, made[other].pk])
            if len(pair) == 2 and not any(tag.merged_into_id for tag in pair.values()):
                before.append(state())
                done.append(
                    actions.merge_tags(
                        actor=cast.moira, tag_id=made[name].pk, into_id=made[other].pk
                    )
                )
        for expected, merge in zip(reversed(before), reversed(done), strict=True):
            actions.undo_tag_merge(actor=cast.moira, merge_id=merge.pk)
            assert state() == expected
        transaction.set_rollback(True)


def test_index_follows_a_merge(cast, mail, tag, run_tasks):
    run_tasks()
    into = Tag.objects.get(name="e-post")

    merged = actions.merge_tags(actor=cast.moira, tag_id=tag.pk, into_id=into.pk)
    run_tasks()
    assert len(search(cast.omar, "letters", tags=["e-post"]).hits) == 1

    actions.undo_tag_merge(actor=cast.moira, merge_id=merged.pk)
    run_tasks()
    assert len(search(cast.omar, "letters", tags=["mail"]).hits) == 1


def found(text, **facts):
    return [hit.object_id for hit in search(AnonymousUser(), text, **facts).hits]


def test_search_knows_a_tags_other_words(call, browse, cast, mail, tag, run_tasks):
    run_tasks()
    assert found("messagerie") == found("letters", tags=["Messagerie"]) == []

    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="fr", name="Messagerie")
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="en", name="letter box")

    assert found("messagerie") == found("MESSAGERIE", language="en") == [mail.pk]
    assert found("letters", tags=["Messagerie"]) == [mail.pk]
    assert found("letter box") == [mail.pk]
    assert found("box gramophone") == []
    hits = call(None).get("/api/v1/search?q=letters&tag=messagerie").json()["results"]
    assert [hit["id"] for hit in hits] == [mail.pk]
    page = browse().get("/search?q=messagerie").content.decode()
    assert (mail.title in page, f">{tag.name}</a>" in page) == (True, True)
    facts = {"tag_id": tag.pk, "language": "en", "name": "letters", "description": ""}
    actions.describe_tag(actor=cast.bao, **facts)
    assert '<a class="tag" href="/tags/letters">letters</a>' in (
        browse().get("/search?q=messagerie").content.decode()
    )
    assert [hit.object_id for hit in similar(cast.omar, "Ma messagerie ?")] == [mail.pk]


@pytest.fixture
def certificates(cast):
    """A question under a tag with words in two languages, one of them with accents."""
    row = actions.ask(
        actor=cast.aminata,
        title="Padlock is missing in the browser",
        source="Gramophone.",
        language="en",
        tag_names=["tls"],
    )
    (tag,) = row.tags.all()
    for language, name in (("fr", "certificat"), ("fr", "hébergement"), ("es", "página")):
        actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language=language, name=name)
    return row


@pytest.mark.parametrize(
    "word",
    [
        *("certificat", "certificats", "Certificats", "CERTIFICATS"),
        *("hébergement", "hebergement", "hébergements", "Hebergements"),
        *("página", "pagina", "paginas"),
    ],
)
def test_words_of_a_tag_are_understood_in_the_plural_and_without_accents(
    word, certificates, run_tasks
):
    run_tasks()

    assert found(word) == [certificates.pk]
    assert found("gramophone", tags=[word]) == [certificates.pk]
    assert found("unrelated") == []


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("certif", ["certificat"]),
        ("certificats", ["certificat"]),
        ("heberg", ["hébergement"]),
        ("Héberg", ["hébergement"]),
        ("hebergements", ["hébergement"]),
        ("zebra", []),
    ],
)
def test_tags_are_completed_without_accents_and_from_a_plural(typed, completed, certificates):
    assert queries.tags_like(typed) == completed


def test_own_name_with_accents_is_found_without(browse, cast, run_tasks):
    row = actions.ask(
        actor=cast.aminata,
        title="Where do my pictures go?",
        source="Gramophone.",
        language="fr",
        tag_names=["Éléments"],
    )
    run_tasks()

    assert found("elements") == [row.pk]
    assert queries.tags_like("elem") == ["éléments"]
    assert "éléments" in browse().get("/tags?q=elem").content.decode()


def test_words_written_before_they_had_forms_get_them(certificates):
    TagName.objects.update(name_plain="", name_stem="")
    Tag.objects.update(name_plain="")

    tags.keep_forms()

    assert set(Tag.objects.values_list("name_plain", flat=True)) == {"tls"}
    assert set(TagName.objects.values_list("name_plain", "name_stem")) == {
        ("certificat", "fr:certificat"),
        ("hebergement", tags.stem("hébergement", "fr")),
        ("pagina", tags.stem("página", "es")),
    }


def test_search_follows_words_through_merges_without_the_worker(cast, mail, tag, run_tasks):
    run_tasks()
    into = Tag.objects.get(name="e-post")
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="fr", name="messagerie")
    actions.add_synonym(actor=cast.bao, tag_id=into.pk, language="de", name="Elektropost")
    (posted,) = into.tagged.values_list("content_object_id", flat=True)
    assert found("elektropost") == [posted]

    merge = actions.merge_tags(actor=cast.moira, tag_id=tag.pk, into_id=into.pk)
    run_tasks()
    for word in ("messagerie", "elektropost"):
        assert sorted(found(word)) == sorted([mail.pk, posted]), word

    actions.undo_tag_merge(actor=cast.moira, merge_id=merge.pk)
    run_tasks()
    assert (found("messagerie"), found("elektropost")) == ([mail.pk], [posted])
    actions.remove_synonym(actor=cast.bao, tag_id=tag.pk, word_id=tag.words.get().pk)
    assert found("messagerie") == []


def test_list_of_a_tag_is_its_page(browse, cast, mail, tag):
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="fr", name="courriel")
    for path, there in (
        ("/questions?tag=Mail", "/tags/mail"),
        ("/questions?tag=courriel&language=en&solved=no", "/tags/courriel?language=en&solved=no"),
        ("/questions/active?tag=mail", "/tags/mail?order=active"),
    ):
        answer = browse().get(path)
        assert (answer.status_code, answer["Location"]) == (301, there)
    unknown = browse().get("/questions?tag=no such/tag")
    assert (unknown.status_code, unknown["Location"]) == (302, "/tags?q=no+such%2Ftag")

    lists = {
        query: mail.title in browse().get(f"/tags/mail{query}").content.decode()
        for query in ("", "?order=unanswered", "?order=active", "?language=fr", "?solved=yes")
    }
    assert list(lists.values()) == [True, True, True, False, False]


def test_page_of_a_tag_follows_mutes_marks_as_read_and_names_its_feed(browse, cast, mail, tag):
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="fr", name="courriel")
    client = browse(cast.omar)

    html = client.get("/tags/courriel").content.decode()
    for part in ('value="follow"', 'value="mute"', "/questions/tagged/mail.atom", "Mark all as"):
        assert part in html
    assert 'class="unread"' in html
    answer = client.post("/questions/reading", {"tag": "courriel"})

    assert (answer.status_code, answer["Location"]) == (303, "/tags/mail")
    assert 'class="unread"' not in client.get("/tags/mail").content.decode()
    assert client.post("/questions/reading", {"tag": "no/such"}).status_code == 404


@pytest.mark.parametrize("face", FACES)
def test_member_follows_mutes_and_does_neither(face, perform, cast, mail, tag):
    assert perform(face, None, FOLLOW, mail) == SIGN_IN
    assert perform(face, cast.omar, FOLLOW, mail) == DONE
    assert perform(face, cast.omar, FOLLOW, mail) == DONE
    assert queries.chosen_tags(cast.omar).followed == [tag]

    assert perform(face, cast.omar, MUTE, mail) == DONE
    assert queries.chosen_tags(cast.omar).muted == [tag]

    assert perform(face, cast.omar, NEITHER, mail) == DONE
    assert perform(face, cast.omar, NEITHER, mail) == DONE
    assert not Follow.objects.current().filter(kind="forum.tag").exists()
    assert not Mute.objects.exists()


def test_muted_tags_are_left_out_of_lists_alone(browse, call, cast, mail, tag):
    actions.choose_tag(actor=cast.omar, tag_id=tag.pk, kind="mute")
    lists = ["/questions", "/questions/active", "/questions/unanswered", "/api/v1/questions"]
    shown = ["/questions?tag=mail", "/tags/mail", "/api/v1/questions?tag=mail", mail.path]

    for paths, expected in ((lists, False), (shown, True)):
        for path in paths:
            client = (call if path.startswith("/api") else browse)(cast.omar)
            html = client.get(path, follow=True).content.decode()
            assert (mail.title in html) is expected, path
    assert mail.title in browse(cast.aminata).get("/questions").content.decode()
    actions.choose_tag(actor=cast.aminata, tag_id=tag.pk, kind="mute")
    assert mail.title in browse(cast.aminata).get("/questions").content.decode()  # one's own


def test_followed_tags_count_after_a_merge(browse, call, cast, mail, tag):
    actions.choose_tag(actor=cast.omar, tag_id=tag.pk, kind="follow")
    actions.merge_tags(actor=cast.moira, tag_id=tag.pk, into_id=Tag.objects.get(name="e-post").pk)

    html = browse(cast.omar).get("/questions/my-tags").content.decode()
    assert mail.title in html
    assert "Where does my post go?" in html
    assert call(cast.omar).get("/api/v1/my-tags").json() == {"followed": ["e-post"], "muted": []}


@pytest.mark.parametrize("rows", [2, 20])
def test_pages_of_tags_cost_the_same_with_more_rows(
    rows, browse, cast, mail, tag, django_assert_max_num_queries
):
    for number in range(rows):
        question = asked(cast.bao, "mail", f"beside-{number}", title=f"Question number {number}")
        actions.answer(actor=cast.nadia, question_id=question.pk, source="So.", language="en")
    actions.add_synonym(actor=cast.bao, tag_id=tag.pk, language="fr", name="e-mail")
    visitor, member = browse(), browse(cast.omar)
    visitor.get("/questions")

    pages = ["/tags/mail", "/tags/mail?order=active", "/tags/mail?order=unanswered", "/tags/e-mail"]
    for path, most, for_members in (("/tags", 1, 5), *((page, 6, 7) for page in pages)):
        with django_assert_max_num_queries(most):
            html = visitor.get(path).content.decode()
        with django_assert_max_num_queries(for_members):
            assert member.get(path).status_code == 200
    assert "beside-1" in html


def test_page_of_a_common_tag_shows_what_that_of_a_rare_one_does(
    browse, cast, mail, tag, monkeypatch, django_assert_max_num_queries
):
    for number in range(30):
        question = asked(cast.bao, "mail", f"beside-{number % 3}", title=f"Question {number}")
        if number % 2:
            actions.answer(actor=cast.nadia, question_id=question.pk, source="So.", language="en")
    visitor = browse()
    rare = visitor.get("/tags/mail?order=active").content

    monkeypatch.setattr(tag_pages, "FEW", 30)  # one less than there are
    for counted in (31, 0):  # a tag that knows it, and one that was not counted yet
        Tag.objects.filter(pk=tag.pk).update(question_count=counted)
        with django_assert_max_num_queries(6):
            assert visitor.get("/tags/mail?order=active").content == rare


def test_edit_form_names_tags_in_the_language_of_the_question(browse, cast, tag):
    actions.describe_tag(
        actor=cast.bao, tag_id=tag.pk, language="fr", name="courriel", description=""
    )
    question = asked(cast.aminata, "mail", language="fr")
    client = browse(cast.aminata)

    html = client.get(f"/questions/{question.pk}/edit").content.decode()
    assert 'value="courriel"' in html
    client.post(
        f"/questions/{question.pk}/edit",
        {"title": question.title, "source": "x", "tags": "courriel", "revision": 1},
    )

    assert Question.objects.get(pk=question.pk).tags.get() == tag


def test_tag_nobody_made_is_not_found(browse, call, cast, mail):
    assert browse().get("/tags/nothing").status_code == 404
    assert call(cast.omar).get("/api/v1/tags/nothing").status_code == 404
    assert browse(cast.omar).post("/tags/nothing/choice", {"kind": "follow"}).status_code == 404


def test_letters_that_fold_into_many_fit_the_columns(cast):
    (tag,) = tags.resolve(["\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 12])

    assert len(tag.name_plain) == 200
    TagName.objects.create(
        tag=tag, language="ar", name=tag.name, name_folded=tag.name_folded, name_plain=""
    )
    tags.keep_forms()
    assert len(TagName.objects.get().name_stem) == 200
