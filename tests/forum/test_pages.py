import re
from typing import Any

import pytest
from django.urls import resolve

from forum import actions, queries
from forum.models import Answer, Guide, Question
from people.actions import remove_post
from people.models import Person, PersonSkill, Skill, SkillName
from tests.cast import SECRET
from tests.faces import DONE, FACES, Act
from tests.proofs.routes import all_routes


def test_question_page_shows_the_accepted_answer_first(browse, cast, question, answer):
    second = actions.answer(
        actor=cast.clara, question_id=question.pk, source="Second", language="en"
    )
    actions.vote(actor=cast.omar, kind="forum.answer", object_id=answer.pk, value=1)
    assert [f.post for f in queries.question_page(cast.omar, question.pk).answers] == [
        answer,
        second,
    ]

    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=second.pk)

    html = browse().get(question.path).content.decode()
    assert html.index(f"answer-{second.pk}") < html.index(f"answer-{answer.pk}")
    assert "Accepted by the asker" in html
    assert "<strong>last night</strong>" in html


def test_another_slug_leads_to_the_canonical_path(browse, question):
    for path in (f"/questions/{question.pk}", f"/questions/{question.pk}/old-title"):
        answer = browse().get(path)
        assert (answer.status_code, answer["Location"]) == (301, question.path)


@pytest.mark.parametrize(
    "title", ["Answers", "edit", "votes", "العربية هنا", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"]
)
def test_every_title_gives_a_page(title, browse, cast):
    question = actions.ask(
        actor=cast.aminata,
        title=title.ljust(10, "-"),
        source="x",
        language="en",
        tag_names=[],
    )

    assert browse().get(question.path).status_code == 200


@pytest.mark.parametrize(("model", "name"), [(Question, "question"), (Guide, "guide")])
def test_no_title_leads_to_another_address(model, name):
    own = re.compile(rf"^/?{name}s/<int:[a-z_]+>/([a-z-]+)(?:/undo)?$")
    words = {found[1] for route in all_routes() if (found := own.match(route.template))}
    assert {"edit", "purge", "revisions"} <= words

    leads_to = {word: resolve(model(pk=7, title=f"{word} ...?").path).url_name for word in words}

    assert leads_to == dict.fromkeys(words, name)


def test_asking_shows_past_questions_first_without_javascript(browse, cast, question, run_tasks):
    run_tasks()
    form = {
        "title": "My page is white after updating",
        "source": "Typed text is kept",
        "language": "en",
        "tags": "php",
    }
    client = browse(cast.omar)

    first = client.post("/questions/ask", form)

    html = first.content.decode()
    assert first.status_code == 200
    assert question.path in html
    assert "Typed text is kept" in html
    assert "Before it is published:" in html
    assert 'role="alert"' not in html  # a step, and no fault
    assert "notice now" not in html
    assert "Before it is published:" not in client.get("/questions/ask").content.decode()
    assert Question.objects.count() == 1
    looked = re.findall(r'name="looked" value="([^"]+)"', html)
    assert looked == [f"forum.question:{question.pk}"]
    asked = client.post("/questions/ask", {**form, "looked": looked})
    assert asked.status_code == 303
    assert "Your question is published." in client.get(asked["Location"]).content.decode()
    assert "Your question is published." not in client.get(asked["Location"]).content.decode()
    assert Question.objects.count() == 2


def test_asking_stops_once_for_what_is_close_and_for_a_secret(browse, cast, question, run_tasks):
    run_tasks()
    secret = "My password: Xk9!vTq2#LmZ8w"
    form = {"title": "My page is white after updating", "source": secret, "language": "en"}
    client = browse(cast.omar)

    stopped = client.post("/questions/ask", form).content.decode()

    assert question.path in stopped
    assert 'name="send_secrets"' in stopped
    looked = re.findall(r'name="looked" value="([^"]+)"', stopped)
    sent = client.post("/questions/ask", {**form, "looked": looked, "send_secrets": "1"})
    assert sent.status_code == 303
    assert Question.objects.get(source=secret).author == cast.omar


def test_asking_stops_only_for_what_was_not_seen_while_typing(browse, cast, question, run_tasks):
    title = "My page is white after updating"
    form = {"title": title, "source": "Since noon.", "language": "en"}
    client = browse(cast.omar)
    run_tasks()

    typed = client.get("/questions/similar", {"title": title}).content.decode()
    later = client.get(
        "/questions/similar",
        {"title": "Zebra stripes", "looked": [f"forum.question:{question.pk}", "nonsense"]},
    ).content.decode()
    both = client.get(
        "/questions/similar", {"title": title, "looked": f"forum.question:{question.pk}"}
    ).content.decode()

    seen = f'name="looked" value="forum.question:{question.pk}"'
    assert [typed.count(seen), later.count(seen), both.count(seen)] == [1, 1, 1]
    assert question.path in typed
    assert question.path not in later
    assert "nonsense" not in later
    other = {**form, "looked": "forum.question:0"}
    assert "Before it is published:" in client.post("/questions/ask", other).content.decode()
    known = {**form, "looked": ["forum.question:0", f"forum.question:{question.pk}"]}
    assert client.post("/questions/ask", known).status_code == 303


@pytest.mark.parametrize(
    ("title", "source", "chosen", "language"),
    [
        ("Pourquoi ma page est blanche ?", "Depuis hier je ne vois que du blanc.", "", "fr"),
        ("Why is the page white?", "It is so since I did the update.", "", "en"),
        ("Warum ist die Seite weiß?", "Seit gestern ist das so.", "en", "en"),
        ("PHP memory exhausted 256M", "Fatal error", "", "de"),
    ],
)
def test_question_is_in_the_language_of_its_text_else_in_the_askers(
    title, source, chosen, language, browse, cast
):
    cast.omar.languages.update(language="de")
    client = browse(cast.omar)
    form = client.get("/questions/ask").content.decode()

    client.post("/questions/ask", {"title": title, "source": source, "language": chosen})

    assert '<option value="" selected>as I write it</option>' in form
    assert Question.objects.get().language == language


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("You have to rename the folder, and then it will work as it was.", "en"),
        ("Vous devez renommer le dossier, et ensuite tout est comme avant pour vous.", "fr"),
        ("Plugins!", "de"),  # too short to tell: as the question
    ],
)
@pytest.mark.parametrize("face", FACES)
def test_answer_is_in_the_language_of_its_text_else_in_the_questions(
    face, source, expected, perform, cast, monkeypatch
):
    Person.objects.filter(pk=cast.bao.pk).update(interface_language="fr")
    asked = actions.ask(
        actor=cast.aminata,
        title="Weiße Seite nach dem Update",
        source="Seit gestern ist jede Seite weiß.",
        language="de",
        tag_names=[],
    )
    act = Act(
        page=lambda q: (f"/questions/{q.pk}/answers", {"source": source, "language": ""}),
        api=lambda q: ("POST", f"/api/v1/questions/{q.pk}/answers", {"source": source}),
    )

    assert perform(face, Person.objects.get(pk=cast.bao.pk), act, asked) == DONE

    assert Answer.objects.get().language == expected


def test_program_may_leave_the_language_to_the_text(call, cast):
    facts = {"title": "Pourquoi ma page est blanche ?", "source": "Je ne vois que du blanc."}
    answer = call(cast.omar).post("/api/v1/questions", facts)

    assert (answer.status_code, answer.json()["language"]) == (201, "fr")


def test_head_of_a_question_follows_what_was_accepted(browse, cast, question, answer):
    client = browse(cast.aminata)
    htmx = {"HX-Request": "true"}

    solved = client.post(
        f"/questions/{question.pk}/acceptance", {"answer": answer.pk}, headers=htmx
    ).content.decode()
    undone = client.post(f"/questions/{question.pk}/acceptance/undo", headers=htmx).content.decode()

    head = '<span id="question-state" hx-swap-oob="true">'
    assert f'{head}<span class="state good">Solved</span></span>' in solved.replace("\n", "")
    assert f"{head}</span>" in undone
    page = client.get(question.path).content.decode()
    assert page.count('id="question-state"') == 1
    assert "hx-swap-oob" not in page[page.index("<main") : page.index("</main>")]


def test_stale_edit_shows_both_texts(browse, cast, answer):
    actions.edit_answer(actor=cast.moira, answer_id=answer.pk, revision=1, source="Newer text")

    page = browse(cast.bao).post(
        f"/answers/{answer.pk}/edit", {"source": "My text", "revision": "1"}
    )

    html = page.content.decode()
    assert page.status_code == 409
    assert "Newer text" in html
    assert "My text" in html
    assert 'name="revision" value="2"' in html


def test_stale_edit_by_api_carries_the_newer_text(call, cast, answer):
    actions.edit_answer(actor=cast.moira, answer_id=answer.pk, revision=1, source="Newer text")

    problem = call(cast.bao).put(f"/api/v1/answers/{answer.pk}", {"source": "Mine", "revision": 1})

    assert problem.status_code == 409
    assert (problem.json()["code"], problem.json()["source"]) == ("stale_revision", "Newer text")


def planted(cast, question, kind) -> Any:
    """Write a post of this kind with the secret in it."""
    if kind == "forum.question":
        return actions.ask(
            actor=cast.bao,
            title=f"{SECRET} hidden question",
            source=SECRET,
            language="en",
            tag_names=[],
        )
    if kind == "forum.answer":
        return actions.answer(actor=cast.bao, question_id=question.pk, source=SECRET, language="en")
    return actions.comment(actor=cast.bao, question_id=question.pk, source=SECRET)


@pytest.mark.parametrize("kind", ["forum.question", "forum.answer", "forum.comment"])
def test_removed_post_is_seen_by_author_and_moderators_alone(
    kind, browse, call, cast, question, run_tasks
):
    post = planted(cast, question, kind)
    home = post if kind == "forum.question" else question
    run_tasks()
    assert SECRET in browse(cast.omar).get(home.path).content.decode()

    remove_post(actor=cast.moira, kind=kind, object_id=post.pk, rule="spam", reason="planted")
    run_tasks()

    paths = ["/", "/questions", "/questions/active", "/questions/unanswered", home.path]
    paths += [
        "/search?q=hidden+question",
        "/search/now?q=hidden",
        "/questions/similar?title=hidden",
    ]
    paths += [f"/api/v1/questions/{home.pk}", "/api/v1/questions", "/api/v1/search?q=hidden"]
    paths += ["/api/v1/search/similar?title=hidden+question"]
    for person in (None, cast.omar, cast.aminata):
        for path in paths:
            client = call(person) if path.startswith("/api") else browse(person)
            assert SECRET not in client.get(path, follow=True).content.decode(), path
    for person in (cast.bao, cast.moira):
        assert SECRET in browse(person).get(home.path).content.decode()


def test_questions_for_me_are_in_my_languages_about_my_skills(cast, question):
    other = actions.ask(
        actor=cast.aminata,
        title="Como hago una copia?",
        source="x",
        language="es",
        tag_names=["php"],
    )
    mail = actions.ask(
        actor=cast.aminata,
        title="Mail lands in spam",
        source="x",
        language="en",
        tag_names=["mail"],
    )
    assert set(queries.questions_for(cast.bao)) == {question, mail}

    php = Skill.objects.create(slug="php")
    SkillName.objects.create(skill=php, language="fr", name="PHP")
    PersonSkill.objects.create(person=cast.bao, skill=php, level=2)

    assert list(queries.questions_for(cast.bao)) == [question]
    assert other not in queries.questions_for(cast.bao)
    assert list(queries.questions_for(cast.aminata)) == []


def test_asker_is_told_of_an_answer_by_notice_and_mail(cast, answer, run_tasks, mailoutbox):
    run_tasks()

    assert [notice.verb for notice in cast.aminata.notices.all()] == ["forum.answer_posted"]
    assert [mail.to for mail in mailoutbox] == [["aminata@people.example"]]
    assert "White page after a WordPress update" in mailoutbox[0].subject


@pytest.mark.parametrize("rows", [3, 30])
def test_pages_cost_the_same_with_more_rows(
    rows, browse, call, cast, question, django_assert_max_num_queries
):
    for number in range(rows):
        row = actions.answer(
            actor=cast.bao, question_id=question.pk, source=f"a{number}", language="en"
        )
        actions.comment(actor=cast.omar, question_id=question.pk, answer_id=row.pk, source="c")
        actions.ask(
            actor=cast.bao,
            title=f"Question number {number}",
            source="x",
            language="en",
            tag_names=["php", "mail"],
        )
    visitor, member, api = browse(), browse(cast.aminata), call(cast.omar)
    visitor.get("/questions")

    for path in (question.path, "/questions", "/questions/active", "/questions?solved=no"):
        with django_assert_max_num_queries(6):
            assert visitor.get(path).status_code == 200
        with django_assert_max_num_queries(12):
            assert member.get(path).status_code == 200
    for path in ("/api/v1/questions", f"/api/v1/questions/{question.pk}"):
        with django_assert_max_num_queries(12):
            assert api.get(path).status_code == 200


@pytest.mark.parametrize("kind", ["question", "answer"])
def test_comment_sent_in_place_leaves_an_empty_field(kind, browse, cast, question, answer):
    post = question if kind == "question" else answer

    part = (
        browse(cast.omar)
        .post(
            f"/{kind}s/{post.pk}/comments",
            {"source": "The log tells more."},
            headers={"HX-Request": "true"},
        )
        .content.decode()
    )

    assert "The log tells more." in part[: part.index(f'id="say-{kind}-{post.pk}"')]
    fresh = part[part.index(f'<div id="say-{kind}-{post.pk}" hx-swap-oob="true">') :]
    assert f'action="/{kind}s/{post.pk}/comments"' in fresh
    assert "The log tells more." not in fresh
    assert 'name="once"' in fresh


def test_asking_is_not_stopped_for_what_is_weakly_related(browse, cast, question, run_tasks):
    run_tasks()
    form = {"title": "The update of my page statistics is late", "source": "x", "language": "en"}
    client = browse(cast.omar)

    typed = client.get("/questions/similar", {"title": form["title"]}).content.decode()
    sent = client.post("/questions/ask", form)

    assert question.path in typed  # shown, and nobody is stopped for it
    assert sent.status_code == 303


@pytest.mark.parametrize("asked", ["?read=fr", "?site=0", ""])
def test_short_address_keeps_what_was_asked_for(asked, browse, question):
    for path in (f"/questions/{question.pk}", f"/questions/{question.pk}/old-title"):
        answer = browse().get(path + asked)

        assert answer.status_code == 301
        assert answer["Location"] == question.path + asked
