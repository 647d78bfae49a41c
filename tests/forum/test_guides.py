"""Guides on every face: written by the trusted, kept up together, in several languages."""

import pytest
from django.contrib.auth.models import AnonymousUser

from forum import actions, queries
from forum.models import Guide, GuideEditor
from people import actions as people
from people.actions import remove_post
from people.models import Notice, Person
from search.queries import search
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.helpdesk.mails import sent_to
from tests.people.test_follows import on

TEXT = """[TOC]

## Before you begin

Make a backup[^1].

!!! warning
    It takes an hour.

## Move the files

### By SFTP

[^1]: See the other guide.
"""
WORDS = {"title": "Move a site here", "summary": "For any PHP site.", "source": TEXT}
WRITE = Act(
    page=lambda _: ("/guides/new", {**WORDS, "language": "en"}),
    api=lambda _: ("POST", "/api/v1/guides", {**WORDS, "language": "en"}),
)
BADLY = Act(
    page=lambda _: ("/guides/new", {"title": "x", "language": "en"}),
    api=lambda _: ("POST", "/api/v1/guides", {"title": "x", "source": "", "language": "en"}),
)
CHANGED = {**WORDS, "source": TEXT.replace("an hour", "two hours"), "revision": 1}
EDIT = Act(
    page=lambda g: (f"/guides/{g.pk}/edit", CHANGED),
    api=lambda g: ("PUT", f"/api/v1/guides/{g.pk}", CHANGED),
)
FRENCH = {
    "title": "Déménager un site ici",
    "source": "## Avant de commencer",
    "language": "fr",
    "from_revision": 1,
}
TRANSLATE = Act(
    page=lambda g: (f"/guides/{g.pk}/translate", FRENCH),
    api=lambda g: ("POST", f"/api/v1/guides/{g.pk}/translations", FRENCH),
)
NAME = Act(
    page=lambda g: (f"/guides/{g.pk}/editors", {"handle": "omar"}),
    api=lambda g: ("PUT", f"/api/v1/guides/{g.pk}/editors/omar", None),
)
DISMISS = Act(
    page=lambda g: (f"/guides/{g.pk}/editors/omar/removal", {}),
    api=lambda g: ("DELETE", f"/api/v1/guides/{g.pk}/editors/omar", None),
)


@pytest.fixture
def guide(cast):
    return actions.write_guide(actor=cast.bao, language="en", **WORDS)


def translated(person, guide, **facts):
    return actions.translate_guide(actor=person, guide_id=guide.pk, **{**FRENCH, **facts})


@pytest.mark.parametrize("face", FACES)
def test_trusted_people_write_guides(face, perform, cast):
    for person, expected in ((None, SIGN_IN), (cast.omar, NOT_ALLOWED), (cast.tomas, NOT_ALLOWED)):
        assert perform(face, person, WRITE, None) == expected
    assert perform(face, cast.bao, BADLY, None) == INVALID
    for person in (cast.bao, cast.nadia, cast.moira):
        assert perform(face, person, WRITE, None) == DONE

    assert [row.author for row in Guide.objects.order_by("pk")] == [
        cast.bao,
        cast.nadia,
        cast.moira,
    ]


@pytest.mark.parametrize("face", FACES)
def test_editors_change_it_and_a_stale_change_is_refused(face, perform, cast, guide):
    for person, expected in ((None, SIGN_IN), (cast.omar, NOT_ALLOWED)):
        assert perform(face, person, EDIT, guide) == expected
    actions.name_editor(actor=cast.bao, guide_id=guide.pk, person=cast.omar)

    assert perform(face, cast.omar, EDIT, guide) == DONE
    assert perform(face, cast.nadia, EDIT, guide) == WRONG_MOMENT

    guide.refresh_from_db()
    assert (guide.revision, guide.revisions.count()) == (2, 2)
    assert "two hours" in guide.html


@pytest.mark.parametrize("face", FACES)
def test_translation_is_made_once_and_stale_with_its_original(face, perform, cast, guide):
    for person, expected in ((None, SIGN_IN), (cast.omar, NOT_ALLOWED)):
        assert perform(face, person, TRANSLATE, guide) == expected
    assert perform(face, cast.moira, TRANSLATE, guide) == DONE
    assert perform(face, cast.moira, TRANSLATE, guide) == WRONG_MOMENT
    french = Guide.objects.get(language="fr")
    assert not french.is_stale

    assert perform(face, cast.bao, EDIT, guide) == DONE

    assert Guide.objects.select_related("original").get(pk=french.pk).is_stale
    assert list(queries.guides_in(cast.omar, "fr", stale=True)) == [french]


@pytest.mark.parametrize("face", FACES)
def test_trusted_people_name_editors(face, perform, cast, guide):
    for person, expected in ((None, SIGN_IN), (cast.omar, NOT_ALLOWED), (cast.clara, NOT_ALLOWED)):
        assert perform(face, person, NAME, guide) == expected
    assert perform(face, cast.nadia, NAME, guide) == DONE
    assert perform(face, cast.nadia, NAME, guide) == DONE
    assert GuideEditor.objects.get().person == cast.omar

    assert perform(face, cast.clara, DISMISS, guide) == NOT_ALLOWED
    assert perform(face, cast.omar, DISMISS, guide) == DONE
    assert perform(face, cast.omar, DISMISS, guide) == DONE
    assert not GuideEditor.objects.exists()


def test_page_has_contents_footnotes_boxes_and_languages(browse, cast, guide):
    french = translated(cast.moira, guide)

    html = browse().get(guide.path).content.decode()

    assert html.count('href="#guide-move-the-files"') >= 2  # [TOC] and beside it
    assert 'class="admonition warning"' in html
    assert 'href="#fn:1"' in html
    assert f'href="{french.path}"' in html
    assert browse().get(f"/guides/{guide.pk}/old").status_code == 301


def test_stale_translation_shows_what_to_translate(browse, call, cast, guide):
    french = translated(cast.moira, guide)
    actions.edit_guide(actor=cast.bao, guide_id=guide.pk, **CHANGED)
    client = browse(cast.moira)

    assert "The original has changed since" in browse().get(french.path).content.decode()
    page = client.get(f"/guides/{french.pk}/edit").content.decode()
    assert "an hour</del>" in page
    assert "two hours</ins>" in page
    pieces = call(None).get(f"/api/v1/guides/{french.pk}/changes").json()["pieces"]
    assert {piece["kind"] for piece in pieces} == {"same", "added", "removed"}

    form = {"title": french.title, "source": "## Avant", "revision": 1, "from_revision": 2}
    assert client.post(f"/guides/{french.pk}/edit", form).status_code == 303
    french = Guide.objects.select_related("original").get(pk=french.pk)
    assert french.is_stale  # nobody said that it follows
    form = {**form, "revision": 2, "is_current": "on"}
    assert client.post(f"/guides/{french.pk}/edit", form).status_code == 303
    assert not Guide.objects.select_related("original").get(pk=french.pk).is_stale
    assert call(None).get(f"/api/v1/guides/{french.pk}/changes").json() == {"pieces": []}


def test_programs_are_told_where_a_translation_is(call, cast, guide):
    client = call(cast.bao)

    made = client.post(f"/api/v1/guides/{guide.pk}/translations", FRENCH, format="json")

    assert made["Location"] == f"/api/v1/guides/{made.json()['id']}"
    assert client.get(made["Location"]).json()["title"] == FRENCH["title"]


def test_programs_get_contents_editors_and_languages_as_the_page_shows_them(call, cast, guide):
    def asked(row):
        shown = call(None).get(f"/api/v1/guides/{row.pk}").json()
        return shown["editors"], shown["languages"], shown["contents"]

    parts = [
        {"level": 2, "anchor": "guide-before-you-begin", "text": "Before you begin"},
        {"level": 2, "anchor": "guide-move-the-files", "text": "Move the files"},
        {"level": 3, "anchor": "guide-by-sftp", "text": "By SFTP"},
    ]
    assert asked(guide) == ([], [], parts)
    french = translated(cast.bao, guide)
    actions.name_editor(actor=cast.bao, guide_id=guide.pk, person=cast.omar)
    sent = call(cast.bao).put(f"/api/v1/guides/{guide.pk}", CHANGED, format="json").json()

    version = {"id": french.pk, "language": "fr", "original": guide.pk, "is_stale": True}
    of_original = (["omar"], [{**version, "url": french.path}], parts)
    assert asked(guide) == of_original
    assert (sent["editors"], sent["languages"], sent["contents"]) == of_original
    editors, languages, contents = asked(french)
    assert editors == ["omar"]
    assert [(one["id"], one["original"], one["is_stale"]) for one in languages] == [
        (guide.pk, None, False)
    ]
    assert [one["text"] for one in contents] == ["Avant de commencer"]

    remove_post(actor=cast.moira, kind="forum.guide", object_id=french.pk, rule="spam", reason="x")
    assert asked(guide) == (["omar"], [], parts)


def test_earlier_texts_tell_what_each_changed(browse, cast, guide):
    actions.edit_guide(actor=cast.moira, guide_id=guide.pk, **CHANGED)

    html = browse().get(f"/guides/{guide.pk}/revisions").content.decode()

    assert html.index("two hours</ins>") < html.index("Text 1")
    assert "an hour</del>" in html
    assert cast.moira.display_name in html


def test_stale_edit_keeps_both_texts(browse, cast, guide):
    actions.edit_guide(actor=cast.bao, guide_id=guide.pk, **CHANGED)

    page = browse(cast.nadia).post(
        f"/guides/{guide.pk}/edit", {**WORDS, "source": "Mine stays", "revision": "1"}
    )

    html = page.content.decode()
    assert page.status_code == 409
    assert "Mine stays" in html
    assert "two hours" in html
    assert 'name="revision" value="2"' in html


def test_taken_away_guide_is_hidden_with_its_translations(browse, call, cast, guide, run_tasks):
    french = translated(cast.moira, guide, source=f"Texte {SECRET}")
    run_tasks()
    assert [hit.url for hit in search(cast.omar, SECRET).hits] == [french.path]

    remove_post(actor=cast.moira, kind="forum.guide", object_id=guide.pk, rule="spam", reason="x")
    for _step in range(2):
        for person in (None, cast.omar, cast.nadia):
            assert search(person or AnonymousUser(), SECRET).hits == []
            for path in (french.path, guide.path, f"/guides/{french.pk}/revisions"):
                assert browse(person).get(path).status_code == 404, path
            for path in (f"/api/v1/guides/{french.pk}", f"/api/v1/guides/{guide.pk}/changes"):
                assert call(person).get(path).status_code == 404, path
            for path in ("/guides?language=fr", "/guides?language=en", "/api/v1/guides"):
                told = (call if "api" in path else browse)(person).get(path).content.decode()
                assert french.title not in told
                assert guide.title not in told
        run_tasks()
    assert browse(cast.bao).get(guide.path).status_code == 200
    assert browse(cast.moira).get(french.path).status_code == 200


@pytest.mark.parametrize("face", FACES)
def test_nobody_changes_what_is_taken_away(face, perform, cast, guide):
    remove_post(actor=cast.moira, kind="forum.guide", object_id=guide.pk, rule="spam", reason="x")

    for act in (EDIT, TRANSLATE):
        assert perform(face, cast.nadia, act, guide) == UNSEEN
        assert perform(face, cast.bao, act, guide) == WRONG_MOMENT


def test_guide_lets_no_script_through(browse, cast):
    row = actions.write_guide(
        actor=cast.bao,
        title="A bad guide",
        source='<script>evil()</script>\n\n<a href="javascript:evil()">x</a>',
        language="en",
    )

    assert "evil()" not in row.html.replace("&lt;script&gt;evil()", "")


@pytest.mark.parametrize("rows", [1, 4])
def test_visitors_pay_the_same_for_more(rows, browse, cast, guide, django_assert_max_num_queries):
    for language in ("fr", "es", "de", "ar")[:rows]:
        translated(cast.moira, guide, language=language)
    for _number in range(rows * 3):
        actions.write_guide(actor=cast.bao, language="en", **WORDS)
    client = browse()
    client.get("/questions")

    for path, most in ((guide.path, 4), ("/guides?language=en", 1)):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_translators_hear_of_a_change(cast, guide, run_tasks):
    translated(cast.moira, guide)
    actions.edit_guide(actor=cast.bao, guide_id=guide.pk, **CHANGED)
    run_tasks()

    assert cast.moira.notices.get().line.verb == "forum.guide_edited"


GUIDE = "forum.guide"


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "act", [on("follows", "PUT", GUIDE), on("follows", "DELETE", GUIDE), on("mutes", "PUT", GUIDE)]
)
def test_guides_are_followed_by_who_sees_them(face, act, perform, cast, guide):
    assert perform(face, cast.omar, act, guide) == DONE
    assert perform(face, None, act, guide) == SIGN_IN

    remove_post(actor=cast.moira, kind=GUIDE, object_id=guide.pk, rule="spam", reason="planted")
    assert perform(face, cast.clara, act, guide) == UNSEEN


def changes(person, guide, text="Again."):
    row = Guide.objects.get(pk=guide.pk)
    actions.edit_guide(
        actor=person, guide_id=row.pk, revision=row.revision, title=row.title, source=text
    )


def test_who_follows_a_guide_hears_of_its_changes_once(browse, cast, guide, run_tasks):
    Person.objects.update(interface_language="en")
    people.choose_mails(actor=cast.omar, ways={GUIDE: "at_once"})
    for person in (cast.omar, cast.clara, cast.bao):
        people.follow(actor=person, kind=GUIDE, object_id=guide.pk)
    people.mute(actor=cast.nadia, kind=GUIDE, object_id=guide.pk)
    translated(cast.bao, guide)
    run_tasks()

    changes(cast.bao, guide)
    run_tasks()

    told = Notice.objects.filter(line__verb="forum.guide_edited").order_by("person")
    verb = "forum.followed_guide_edited"
    assert sorted(told.values_list("person__handle", "verb", "waits")) == [
        ("clara", verb, True),  # in the next mail of many
        ("omar", verb, False),
    ]
    bell = browse(cast.omar).get("/me/notices").content.decode()
    assert "changed a guide you follow" in bell
    (mail,) = sent_to("omar@people.example")
    text = mail.get_body(("plain",)).get_content()
    assert guide.path in text
    assert "You get this because you follow this guide." in text

    people.mute(actor=cast.omar, kind=GUIDE, object_id=guide.pk)
    people.mute(actor=cast.clara, kind="people.person", object_id=cast.bao.pk)
    changes(cast.bao, guide, "And again.")
    run_tasks()
    assert told.count() == 2


def test_translator_who_follows_the_original_hears_once_of_its_change(cast, guide, run_tasks):
    people.follow(actor=cast.clara, kind=GUIDE, object_id=guide.pk)
    Guide.objects.filter(pk=translated(cast.bao, guide).pk).update(author=cast.clara)

    changes(cast.bao, guide)
    run_tasks()

    (row,) = Notice.objects.filter(person=cast.clara)
    assert row.verb == "forum.followed_guide_edited"  # and so by mail, as they chose


def test_many_who_follow_a_guide_are_told_by_tasks(cast, guide, run_tasks, monkeypatch):
    monkeypatch.setattr("forum.telling_followers.AT_ONCE", 1)
    for person in (cast.omar, cast.clara):
        people.follow(actor=person, kind=GUIDE, object_id=guide.pk)

    changes(cast.bao, guide)
    run_tasks()

    told = Notice.objects.filter(verb="forum.followed_guide_edited")
    assert set(told.values_list("person__handle", flat=True)) == {"omar", "clara"}


def test_page_of_a_guide_says_whether_one_follows_it(browse, cast, guide):
    page = browse(cast.omar).get(guide.path).content.decode()
    assert f'id="follow-forum-guide-{guide.pk}"' in page
    assert "Stop following" not in page
    people.follow(actor=cast.omar, kind=GUIDE, object_id=guide.pk)

    assert "Stop following" in browse(cast.omar).get(guide.path).content.decode()
    assert "follow-forum" not in browse().get(guide.path).content.decode()


def test_editor_restores_an_earlier_text_of_a_guide(browse, cast):
    row = actions.write_guide(
        actor=cast.moira, title="Move to PHP 8.4", source="The first text.", language="en"
    )
    actions.edit_guide(
        actor=cast.moira, guide_id=row.pk, revision=1, title="Move on", source="The second."
    )
    path, restore = f"/guides/{row.pk}/revisions", f"/guides/{row.pk}/edit?text=1"
    editor = browse(cast.moira)

    assert f'href="{restore}">Restore' in editor.get(path).content.decode()
    assert f"/guides/{row.pk}/edit?text=2" not in editor.get(path).content.decode()
    for person in (cast.omar, None):
        assert "Restore" not in browse(person).get(path).content.decode()
    form = editor.get(restore).content.decode()
    assert "The first text." in form
    assert 'value="Move to PHP 8.4"' in form
    assert 'name="revision" value="2"' in form
    assert editor.get(f"/guides/{row.pk}/edit?text=9").status_code == 404
    assert browse(cast.omar).get(restore).status_code == 403
