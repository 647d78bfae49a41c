"""Drafts, previews, completed tags and secrets pointed out: on all faces."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import WrongMoment
from forum import actions
from forum.actions.drafting import spend_draft
from forum.actions.purging import purge_guide_words
from forum.models import Answer, Comment, Draft, Question
from forum.models.drafts import DraftQuerySet
from people.actions import export_person
from people.actions.privacy import erase_person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.forum.test_faces import ANSWER, ASK, COMMENT, COMMENT_QUESTION, EDIT, EDIT_QUESTION

PASSWORD = "My password: Xk9!vTq2#LmZ8w"


def keeping(token: Any, kind: str = "answer", source: str = "Half a thought") -> Act:
    def thing(row: Any) -> int:
        return row.pk if row is not None else 0

    return Act(
        page=lambda row: (
            "/drafts",
            {"draft": str(token), "kind": kind, "thing": thing(row), "source": source},
        ),
        api=lambda row: (
            "PUT",
            f"/api/v1/drafts/{token}",
            {"kind": kind, "thing": thing(row), "fields": {"source": source}},
        ),
    )


def deleting(token: Any) -> Act:
    return Act(
        page=lambda _: (f"/drafts/{token}/deletion", {}),
        api=lambda _: ("DELETE", f"/api/v1/drafts/{token}", None),
    )


def with_draft(act: Act, token: Any) -> Act:
    """Return the same act, sent by a form that carries a draft's token."""

    def page(row: Any) -> Any:
        path, form = act.page(row)
        return path, {**form, "draft": str(token)}

    def api(row: Any) -> Any:
        method, path, body = act.api(row)
        return method, path, {**(body or {}), "draft": str(token)}

    return Act(page=page, api=api)


KEEP, DELETE = keeping(uuid4()), deleting(uuid4())


@pytest.mark.parametrize("face", FACES)
def test_draft_is_kept_shown_again_and_deleted(face, perform, browse, cast, question):
    token = uuid4()
    assert perform(face, cast.bao, keeping(token), question) == DONE
    assert perform(face, cast.bao, keeping(token, source="A whole one"), question) == DONE

    row = Draft.objects.get()
    assert (row.person, row.thing_id, row.fields) == (
        cast.bao,
        question.pk,
        {"source": "A whole one"},
    )
    html = browse(cast.bao).get(question.path).content.decode()
    assert "A whole one" in html
    assert str(token) in html
    assert "A whole one" in browse(cast.bao).get("/drafts").content.decode()

    assert perform(face, cast.omar, deleting(token), None) == UNSEEN
    assert perform(face, cast.bao, deleting(token), None) == DONE
    assert perform(face, cast.bao, deleting(token), None) == UNSEEN
    assert not Draft.objects.exists()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("act", "kind", "on"),
    [
        (ASK, "question", ""),
        (ANSWER, "answer", "question"),
        (COMMENT_QUESTION, "comment", "question"),
        (COMMENT, "answer_comment", "answer"),
        (EDIT_QUESTION, "question_edit", "question"),
        (EDIT, "answer_edit", "answer"),
    ],
)
def test_posting_spends_the_draft_and_an_old_tab_revives_nothing(
    face, act, kind, on, perform, browse, cast, question, answer
):
    thing = {"": None, "question": question, "answer": answer}[on]
    who = {"question_edit": cast.aminata, "answer_edit": cast.bao}.get(kind, cast.omar)
    token = uuid4()
    assert perform(face, who, keeping(token, kind), thing) == DONE

    assert perform(face, who, with_draft(act, token), thing) == DONE
    assert perform(face, who, keeping(token, kind, "From the old tab"), thing) == WRONG_MOMENT

    row = Draft.objects.get()
    assert (row.fields, row.spent_at is None) == ({}, False)
    assert "old tab" not in browse(who).get("/drafts").content.decode()


@pytest.mark.parametrize("face", FACES)
def test_token_that_was_never_saved_is_spent_too(face, perform, cast, question):
    token = uuid4()
    assert perform(face, cast.bao, with_draft(ANSWER, token), question) == DONE
    assert perform(face, cast.bao, keeping(token), question) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_nobody_reads_or_writes_the_draft_of_another(face, perform, call, browse, cast, question):
    token = uuid4()
    assert perform(face, cast.bao, keeping(token, "question", "PLUM"), None) == DONE

    assert perform(face, cast.omar, keeping(token, "question", "Mine"), None) == UNSEEN
    for person in (cast.omar, cast.moira, cast.clara):
        assert "PLUM" not in browse(person).get("/drafts").content.decode()
        assert "PLUM" not in browse(person).get(f"/questions/ask?draft={token}").content.decode()
        assert call(person).get("/api/v1/drafts").json()["results"] == []
    assert "PLUM" in browse(cast.bao).get(f"/questions/ask?draft={token}").content.decode()
    assert perform(face, None, keeping(token), question) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_draft_is_of_something_one_sees(face, perform, cast, question):
    type(cast.omar).objects.filter(pk=cast.omar.pk).update(state="suspended")
    assert perform(face, cast.omar, keeping(uuid4()), question) == NOT_ALLOWED
    assert perform(face, cast.bao, keeping(uuid4(), "nonsense"), question) == INVALID
    Question.objects.filter(pk=question.pk).update(visibility="removed")
    assert perform(face, cast.bao, keeping(uuid4()), question) == UNSEEN


def test_emptied_draft_is_gone_and_fifty_are_enough(cast, question):
    token = uuid4()
    facts = {"actor": cast.bao, "kind": "question", "thing_id": 0}
    actions.keep_draft(**facts, token=token, fields={"title": "Hm"})
    assert actions.keep_draft(**facts, token=token, fields={"title": "  "}) is None
    for _number in range(50):
        actions.keep_draft(**facts, token=uuid4(), fields={"title": "Hm"})
    with pytest.raises(Exception, match="Some fields"):
        actions.keep_draft(**facts, token=uuid4(), fields={"title": "Hm"})


def test_drafts_are_purged_after_ninety_days_exported_and_erased(cast):
    facts = {"actor": cast.bao, "kind": "question", "thing_id": 0, "fields": {"title": "Mine"}}
    old = actions.keep_draft(**facts, token=uuid4())
    new = actions.keep_draft(**facts, token=uuid4())
    now = timezone.now()
    Draft.objects.filter(pk=old.pk).update(saved_at=now - timedelta(days=91))
    Draft.objects.filter(pk=new.pk).update(saved_at=now - timedelta(days=89))

    assert actions.purge_drafts(now) == 1
    assert Draft.objects.get() == new
    [exported] = export_person(actor=cast.bao)["things"]["forum.draft"]
    assert exported["title"] == "Mine"
    erase_person(actor=cast.bao, handle="bao")
    assert not Draft.objects.exists()


def test_button_keeps_the_draft_of_a_whole_form_without_javascript(browse, cast):
    client = browse(cast.omar)
    form = {"title": "Why is my mail late?", "source": "Since Monday.", "tags": "mail"}
    sent = {**form, "language": "fr", "draft": str(uuid4()), "kind": "question", "thing": "0"}

    assert client.post("/drafts", {**sent, "pseudonym": "on"}).status_code == 303

    path = f"/questions/ask?draft={sent['draft']}"
    assert path in client.get("/drafts").content.decode()
    html = client.get(path).content.decode()
    assert "Since Monday." in html
    assert "Your draft is back" in html
    assert "checked" in html


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/questions/ask", {"title": "Short"}),
        ("/questions/{question}/answers", {}),
        ("/questions/{question}/comments", {}),
        ("/answers/{answer}/edit", {"revision": "1"}),
    ],
)
def test_preview_without_javascript_shows_it_and_posts_nothing(
    path, form, browse, cast, question, answer
):
    before = [model.objects.count() for model in (Question, Answer, Comment)]
    where = path.format(question=question.pk, answer=answer.pk)
    sent = {**form, "source": "So **bold** <script>x</script>", "preview": "1"}

    page = browse(cast.bao).post(where, sent)

    html = page.content.decode()
    assert page.status_code == 200
    assert "So <strong>bold</strong>" in html
    assert "<script>x" not in html
    assert "So **bold** &lt;script&gt;" in html
    assert [model.objects.count() for model in (Question, Answer, Comment)] == before


def test_preview_is_a_fragment_and_an_endpoint(browse, call, cast):
    page = browse(cast.bao).post("/previews", {"source": "*so*"}, headers={"HX-Request": "true"})
    told = call(cast.bao).post("/api/v1/previews", {"source": "*so*"}, format="json")

    assert "<em>so</em>" in page.content.decode()
    assert "<em>so</em>" in told.json()["html"]
    assert call(None).post("/api/v1/previews", {"source": "x"}, format="json").status_code == 401


def test_last_tag_of_a_line_is_completed(browse, question):
    html = browse().get("/tags?tags=mail, word", headers={"HX-Request": "true"}).content.decode()

    assert '<option value="mail, wordpress">' in html


def test_new_tag_close_to_a_known_one_is_asked_about_once(browse, cast, question):
    client = browse(cast.omar)
    form = {"title": "Zebra crossing unrelated?", "source": "Zebra.", "language": "en"}
    sent = {**form, "tags": "wordpres, php", "looked": "forum.question:0"}

    first = client.post("/questions/ask", sent)

    html = first.content.decode()
    assert first.status_code == 200
    assert "Did you mean" in html
    assert "<bdi>wordpress</bdi>" in html
    assert 'name="looked"' in html  # who looked at similar questions is not asked to look again
    assert Question.objects.count() == 1
    assert client.post("/questions/ask", {**sent, "meant": "1"}).status_code == 303


def with_secret(act: Act, *, send: bool) -> Act:
    def page(row: Any) -> Any:
        path, form = act.page(row)
        extra = {"send_secrets": "1"} if send else {}
        return path, {**form, "source": PASSWORD, **extra}

    def api(row: Any) -> Any:
        method, path, body = act.api(row)
        return method, path, {**(body or {}), "source": PASSWORD, "send_secrets": send}

    return Act(page=page, api=api)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("act", "on", "who"),
    [
        (ASK, "", "omar"),
        (ANSWER, "question", "omar"),
        (COMMENT_QUESTION, "question", "omar"),
        (COMMENT, "answer", "omar"),
        (EDIT_QUESTION, "question", "aminata"),
        (EDIT, "answer", "bao"),
    ],
)
def test_secret_is_pointed_out_and_sent_if_it_is_meant(
    face, act, on, who, perform, cast, question, answer
):
    thing = {"": None, "question": question, "answer": answer}[on]
    person = getattr(cast, who)

    assert perform(face, person, with_secret(act, send=False), thing) == INVALID
    assert perform(face, person, with_secret(act, send=True), thing) == DONE


def test_secret_is_told_with_its_place_and_the_text_is_kept(browse, call, cast, question):
    path = f"/api/v1/questions/{question.pk}/comments"
    told = call(cast.omar).post(path, {"source": PASSWORD}, format="json").json()
    pages = [
        browse(cast.omar).post(f"/questions/{question.pk}/{name}", {"source": PASSWORD})
        for name in ("comments", "answers")
    ]

    assert (told["code"], told["allowed"]) == ("secrets_found", ["send_secrets"])
    [span] = told["spans"]
    assert PASSWORD[span["start"] : span["end"]] == "Xk9!vTq2#LmZ8w"
    for page in pages:
        html = page.content.decode()
        assert page.status_code == 422
        # Enter presses the first button, which is not this one.
        assert html.index("<button hidden>") < html.index('name="send_secrets"')
        assert "Xk9!vTq2#LmZ8w" in html


def test_refused_comment_comes_back_into_its_place(browse, cast, question):
    page = browse(cast.omar).post(
        f"/questions/{question.pk}/comments", {"source": PASSWORD}, headers={"HX-Request": "true"}
    )

    assert page.headers["HX-Retarget"] == f"#say-question-{question.pk}"
    assert 'name="send_secrets"' in page.content.decode()


def test_form_kept_while_it_is_posted_is_spent(cast, question, monkeypatch):
    token = uuid4()
    count = DraftQuerySet.visible_to

    def posted_meanwhile(rows, person):
        spend_draft(cast.omar, "answer", question.pk, token)
        return count(rows, person)

    monkeypatch.setattr(DraftQuerySet, "visible_to", posted_meanwhile)
    with pytest.raises(WrongMoment) as refused:
        actions.keep_draft(
            actor=cast.omar,
            token=token,
            kind="answer",
            thing_id=question.pk,
            fields={"source": "Half a thought"},
        )

    assert refused.value.code == "spent"


# Guides and translations: the same sheet.


@pytest.fixture
def guide(cast):
    return actions.write_guide(
        actor=cast.moira, title="Move to PHP 8.4", source="## Steps\n\nWait.", language="en"
    )


@pytest.fixture
def rendition(cast, question):
    return actions.render_post(
        actor=cast.omar,
        kind="forum.question",
        object_id=question.pk,
        language="fr",
        title="Page blanche après la mise à jour",
        source="Depuis hier.",
        from_revision=1,
    )


@pytest.fixture
def sheets(question, answer, guide, rendition):
    """Return by kind of draft: what it is about, its form's path, and who writes it."""
    return {
        "question_into": (question.pk, f"/questions/{question.pk}/translate", "omar"),
        "answer_into": (answer.pk, f"/answers/{answer.pk}/translate", "omar"),
        "rendition_edit": (rendition.pk, f"/renditions/{rendition.pk}/edit", "omar"),
        "guide": (0, "/guides/new", "moira"),
        "guide_edit": (guide.pk, f"/guides/{guide.pk}/edit", "moira"),
        "guide_into": (guide.pk, f"/guides/{guide.pk}/translate", "moira"),
    }


SHEETS = [
    "question_into",
    "answer_into",
    "rendition_edit",
    "guide",
    "guide_edit",
    "guide_into",
]
TYPED = {
    "title": "A title of enough letters",
    "summary": "For all.",
    "source": "Half a thought, **bold**.",
    "language": "es",
    "from_revision": "1",
    "revision": "1",
}


@pytest.mark.parametrize("kind", SHEETS)
def test_guides_and_translations_are_kept_as_drafts_and_spent_by_posting(
    kind, sheets, browse, cast
):
    thing, path, who = sheets[kind]
    token, client = uuid4(), browse(getattr(cast, who))
    form = {**TYPED, "draft": str(token), "kind": kind, "thing": thing}

    assert client.post("/drafts", form).status_code == 303
    listed = client.get("/drafts").content.decode()
    again = client.get(path + (f"?draft={token}" if kind == "guide" else "")).content.decode()

    assert "Half a thought" in listed
    assert f'href="{path}' in listed
    assert "What it was about is not there" not in listed
    assert TYPED["source"] in again
    assert str(token) in again
    assert "Your draft is back" in again
    assert Draft.objects.get().fields.keys() <= TYPED.keys()
    assert client.post(path, form).status_code == 303
    assert Draft.objects.get().spent_at is not None
    assert TYPED["source"] not in client.get("/drafts").content.decode()
    assert client.post("/drafts", form).status_code == 409


@pytest.mark.parametrize("kind", SHEETS)
def test_guides_and_translations_are_previewed_and_nothing_is_posted(kind, sheets, browse, cast):
    from forum.models import Guide, Rendition

    thing, path, who = sheets[kind]
    client = browse(getattr(cast, who))
    before = Guide.objects.count(), Rendition.objects.count()
    form = {**TYPED, "draft": str(uuid4()), "kind": kind, "thing": thing, "preview": "1"}

    page = client.post(path, form)

    assert page.status_code == 200
    text = page.content.decode()
    assert 'class="preview"' in text
    assert "<strong>bold</strong>" in text
    assert TYPED["title"] in text or kind == "answer_into"
    assert (Guide.objects.count(), Rendition.objects.count()) == before
    assert not Draft.objects.exists()


def test_guide_is_previewed_as_a_guide_to_who_may_write_it_alone(browse, call, cast, guide):
    note = {"source": "!!! note\n    Mind the step.", "kind": "guide", "thing": 0}
    html = browse(cast.moira).post("/previews", note).content.decode()
    assert "admonition" in html
    assert browse(cast.omar).post("/previews", note).status_code == 403
    edit = {**note, "kind": "guide_edit", "thing": guide.pk}
    assert browse(cast.omar).post("/previews", edit).status_code == 403
    actions.name_editor(actor=cast.moira, guide_id=guide.pk, person=cast.omar)
    assert "admonition" in browse(cast.omar).post("/previews", edit).content.decode()
    assert "admonition" not in (
        browse(cast.omar).post("/previews", {**note, "kind": "answer"}).content.decode()
    )

    asked = {"source": note["source"], "guide": True}
    assert "admonition" in call(cast.moira).post("/api/v1/previews", asked).json()["html"]
    assert call(cast.omar).post("/api/v1/previews", asked).status_code == 403
    edited = {**asked, "thing": guide.pk}
    assert "admonition" in call(cast.omar).post("/api/v1/previews", edited).json()["html"]
    assert call(cast.aminata).post("/api/v1/previews", edited).status_code == 403
    assert call(cast.moira).post("/api/v1/previews", {**asked, "thing": 0}).status_code == 200
    assert call(cast.moira).post("/api/v1/previews", {**asked, "thing": 9999}).status_code == 404


def test_preview_is_as_long_as_what_may_be_posted_on_each_face(browse, call, cast, guide):
    told = "This is longer than 30,000 characters."
    for kind, is_guide, most in (("answer", False, 30_000), ("guide", True, 60_000)):
        for length, fits in ((most, True), (most + 1, False)):
            source = "word " * (length // 5) + "w" * (length % 5)
            page = browse(cast.moira).post("/previews", {"source": source, "kind": kind})
            asked = {"source": source, "guide": is_guide}
            answer = call(cast.moira).post("/api/v1/previews", asked)
            assert ("longer than" not in page.content.decode()) == fits
            assert answer.status_code == (200 if fits else 422)
            if not fits:
                assert answer.json()["errors"][0]["field"] == "source"
    assert (
        told
        in browse(cast.moira)
        .post("/previews", {"source": "w" * 30_001, "kind": "answer"})
        .content.decode()
    )


def test_draft_of_a_translation_brought_back_follows_the_original_as_it_stands_beside_it(
    browse, cast, guide
):
    row = actions.translate_guide(
        actor=cast.moira,
        guide_id=guide.pk,
        language="es",
        from_revision=1,
        title="Mudar un sitio",
        source="Paso a paso.",
    )
    client, path = browse(cast.moira), f"/guides/{row.pk}/edit"
    form = {**TYPED, "kind": "guide_edit", "thing": row.pk, "draft": str(uuid4()), "revision": 1}
    client.post("/drafts", {**form, "from_revision": 1})
    actions.edit_guide(
        actor=cast.moira, guide_id=guide.pk, revision=1, title=guide.title, source="Step by step."
    )

    text = client.get(path).content.decode()
    assert TYPED["source"] in text
    follows = re.search(r'name="from_revision" value="(\d+)"', text)[1]
    client.post(
        path, {**form, "summary": "", "is_current": "on", "from_revision": follows, "once": ""}
    )

    row.refresh_from_db()
    guide.refresh_from_db()
    assert (row.source, row.from_revision) == (TYPED["source"], guide.revision)
    assert not row.is_stale


def test_draft_of_a_translation_is_of_its_language_and_of_what_it_was_made_from(
    browse, cast, question
):
    client, path = browse(cast.omar), f"/questions/{question.pk}/translate"
    form = {**TYPED, "kind": "question_into", "thing": question.pk, "draft": str(uuid4())}
    client.post("/drafts", form)
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title=question.title,
        source="It began on Monday.",
        tag_names=["php"],
    )

    assert TYPED["source"] not in client.get(f"{path}?language=ar").content.decode()
    text = client.get(f"{path}?language=es").content.decode()
    assert TYPED["source"] in text
    assert 'name="from_revision" value="1"' in text
    assert f'href="{path}?language=es"' in client.get("/drafts").content.decode()


def test_draft_of_an_edit_is_of_the_text_it_was_begun_on(browse, cast, guide):
    client, path = browse(cast.moira), f"/guides/{guide.pk}/edit"
    form = {**TYPED, "kind": "guide_edit", "thing": guide.pk, "draft": str(uuid4()), "revision": 1}
    client.post("/drafts", form)
    actions.edit_guide(
        actor=cast.moira,
        guide_id=guide.pk,
        revision=1,
        title=guide.title,
        summary=guide.summary,
        source="What somebody wrote meanwhile.",
    )

    text = client.get(path).content.decode()
    assert TYPED["source"] in text
    assert 'name="revision" value="1"' in text
    assert client.post(path, form).status_code == 409
    guide.refresh_from_db()
    assert guide.source == "What somebody wrote meanwhile."


def test_text_of_a_guide_brought_back_leaves_its_draft_alone(browse, cast, guide):
    client, token = browse(cast.moira), uuid4()
    form = {**TYPED, "kind": "guide_edit", "thing": guide.pk, "draft": str(token), "revision": 1}
    client.post("/drafts", form)

    text = client.get(f"/guides/{guide.pk}/edit?text=1").content.decode()

    assert guide.source in text
    assert "Your draft is back" not in text
    assert str(token) not in text


def test_long_guide_is_kept_whole(cast, guide):
    facts = {"actor": cast.moira, "kind": "guide_edit", "thing_id": guide.pk}
    kept = actions.keep_draft(token=uuid4(), fields={"source": "x" * 70000}, **facts)

    assert len(kept.fields["source"]) == 60000


def test_drafts_of_guides_and_translations_are_rid_of_purged_words(sheets, cast, question, guide):
    for kind, (thing, _path, who) in sheets.items():
        fields = {"source": "The key is hunter-22-hunter."}
        actions.keep_draft(
            actor=getattr(cast, who), token=uuid4(), kind=kind, thing_id=thing, fields=fields
        )
    actions.edit_guide(
        actor=cast.moira,
        guide_id=guide.pk,
        revision=1,
        title=guide.title,
        source="The key is hunter-22-hunter.",
    )

    def clean(text: str) -> str:
        return text.replace("hunter-22-hunter", "…")

    actions.purge_words(question_id=question.pk, clean=clean)
    purge_guide_words(guide_id=guide.pk, clean=clean)

    left = [row.kind for row in Draft.objects.all() if "hunter" in row.fields["source"]]
    assert left == ["guide"]  # about nothing yet
