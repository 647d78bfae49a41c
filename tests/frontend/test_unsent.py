"""What was typed comes back where the session had ended, or the page was too old."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.actions import open_room
from core import tasks, unsent
from core.models import UnsentForm
from forum.models import Answer, Comment, Question
from helpdesk.actions import open_ticket
from helpdesk.models import Message, Ticket
from helpdesk.queries import ticket_page
from tests.conftest import asked_of

WORDS = "Set memory_limit to 256M, then restart <php-fpm>.\n\nIt worked for me."
PASSWORD = "an-old-tram-in-Porto"


@pytest.fixture
def question(cast):
    from forum import actions

    return actions.ask(
        actor=cast.aminata,
        title="PHP runs out of memory",
        source="Since yesterday.",
        language="en",
        tag_names=[],
    )


@pytest.fixture
def ticket(cast):
    return open_ticket(
        actor=cast.aminata, subject="The site is down", source="Since noon.", language="en"
    )


def made_for(person) -> str:
    """Return what forms of this person's pages carry to say for whom they were made."""
    client = Client()
    client.force_login(person, backend="people.backends.HandleBackend")
    page = client.get("/questions/ask").content.decode()
    return re.findall(r'name="once" value="([^"]+)"', page)[0]


def text_of(response) -> str:
    return unescape(response.content.decode())


def sign_in(client, person):
    person.set_password(PASSWORD)
    person.save()
    return client.post(
        "/accounts/login/?next=/unsent",
        {"login": f"{person.handle}@people.example", "password": PASSWORD},
    )


def form_on(page) -> dict[str, str]:
    """Return what the first form of the page would send, as a browser reads it."""
    html = page.content.decode()
    html = html[html.index('<input type="hidden" name="unsent"') : html.index("Send it now")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, value in re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', html, re.S
    ):
        found[name] = unescape(value)
    return found


def writes(question, ticket, room):
    revision = ticket_page(ticket.requester, ticket.pk).revision
    return {
        "ask": ("/questions/ask", {"title": "Mail is late", "source": WORDS, "language": "en"}),
        "answer": (f"/questions/{question.pk}/answers", {"source": WORDS}),
        "comment": (f"/questions/{question.pk}/comments", {"source": "Thanks"}),
        "edit": (
            f"/questions/{question.pk}/edit",
            {"title": question.title, "source": WORDS, "revision": question.revision},
        ),
        "ticket": ("/tickets/new", {"subject": "Mail is late", "source": WORDS, "language": "en"}),
        "reply": (f"{ticket.path}/replies", {"source": WORDS, "revision": revision}),
        "chat": (f"/rooms/{room.pk}/messages", {"source": "Look_here", "client_id": "a1"}),
    }


ACTS = {
    "ask": "Your question",
    "answer": "Your answer",
    "comment": "Your comment",
    "edit": "Edit the question",
    "ticket": "Open my ticket",
    "reply": "Public reply",
    "chat": "Your message, live",
}


@pytest.mark.parametrize("name", ACTS)
def test_words_sent_after_the_session_ended_come_back_and_are_sent_by_a_press(
    name, browse, cast, question, ticket
):
    room = open_room(actor=cast.aminata, kind="forum.question", object_id=question.pk)
    path, form = writes(question, ticket, room)[name]
    said = form["source"]
    form["once"] = made_for(cast.aminata)
    client = browse()

    answer = client.post(path, form, headers={"Referer": f"http://testserver{question.path}"})
    landed = sign_in(client, cast.aminata)
    page = client.get(landed["Location"])

    assert answer["Location"] == "/accounts/login/?next=/unsent"
    assert landed["Location"] == "/unsent"
    assert said in text_of(page)
    assert f'<h2 id="act-{UnsentForm.objects.get().token}">{ACTS[name]}</h2>' in text_of(page)
    assert f"<bdi>{path}</bdi>" in text_of(page)
    assert f'href="http://testserver{question.path}"' in text_of(page)
    sent = form_on(page)
    assert sent.items() >= {key: str(value) for key, value in form.items()}.items()
    assert not is_there(said)
    again = client.post(path, sent, follow=True)
    assert again.status_code == 200
    assert is_there(said)
    assert "Nothing waits here" in text_of(client.get("/unsent"))


def is_there(said: str) -> bool:
    from chat.models import ChatMessage

    rows = (Question, Answer, Comment, Message, ChatMessage)
    return any(model.objects.filter(source=said).exists() for model in rows)


def answers_late(client, question, person, **form) -> str:
    """Send an answer from a page made for this person, with no session; return where it leads."""
    form = {"source": WORDS, "once": made_for(person), **form}
    answer = client.post(f"/questions/{question.pk}/answers", form)
    return answer.get("Location", "")


def test_sign_in_page_says_that_the_words_are_not_lost(browse, cast, question):
    client = browse()
    told = client.get(answers_late(client, question, cast.bao))

    assert "not lost: sign in within an hour" in text_of(told)
    assert "memory_limit" not in text_of(told)
    assert "not lost" not in text_of(client.get("/accounts/login/"))


def test_words_are_for_the_browser_that_sent_them_and_for_an_hour(browse, cast, question):
    client, other = browse(), browse()
    answers_late(client, question, cast.bao)
    token = UnsentForm.objects.get().token
    sign_in(other, cast.bao)

    assert "memory_limit" not in text_of(other.get("/unsent"))
    other.post(f"/unsent/{token}/removal")
    other.post("/unsent/removal")
    assert UnsentForm.objects.count() == 1
    sign_in(client, cast.bao)
    assert "memory_limit" in text_of(client.get("/unsent"))
    UnsentForm.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert "memory_limit" not in text_of(client.get("/unsent"))
    tasks.prune.call()
    assert not UnsentForm.objects.exists()


def test_another_who_signs_in_sees_nothing_and_it_is_gone(browse, cast, question):
    client = browse()
    answers_late(client, question, cast.bao)

    landed = sign_in(client, cast.omar)

    assert not UnsentForm.objects.exists()
    page = text_of(client.get(landed["Location"]))
    assert "memory_limit" not in page
    assert "Nothing waits here" in page


def test_planted_form_of_rights_is_not_kept_and_offered_to_nobody(browse, cast):
    planted = {"handle": "omar", "role": "moderator", "comment": "Thanks for all"}
    cast.moira.is_superuser = True
    client = browse()

    for once in ("", "f" * 32, made_for(cast.omar), made_for(cast.moira)):
        answer = client.post("/roles", {**planted, "once": once})
        assert "Thanks for all" in text_of(answer)
        assert "Send it now" not in text_of(answer)

    assert not UnsentForm.objects.exists()
    sign_in(client, cast.moira)
    assert "Nothing waits here" in text_of(client.get("/unsent"))


@pytest.mark.parametrize("change", [lambda once: once[:32], lambda once: once[:-1] + "~", None])
def test_words_from_a_page_made_for_nobody_are_shown_and_not_kept(change, browse, cast, question):
    once = change(made_for(cast.bao)) if change else ""

    answer = browse().post(f"/questions/{question.pk}/answers", {"source": WORDS, "once": once})

    assert answer.status_code == 401
    assert WORDS in text_of(answer)
    assert not UnsentForm.objects.exists()


def test_every_field_that_will_be_sent_is_shown_but_tokens(browse, cast, question):
    client = browse()
    answers_late(client, question, cast.bao, language="fr", note="hidden", draft="d1")
    sign_in(client, cast.bao)

    html = text_of(client.get("/unsent"))
    seen = re.sub(r"<[^>]*>", " ", html)

    for words in (" Language   fr ", " note   hidden ", " draft   d1 "):
        assert words in seen
    assert form_on(client.get("/unsent"))["once"] not in seen


def test_only_pages_of_who_is_signed_in_say_for_whom_they_are_made(browse, cast):
    assert re.fullmatch(r"[0-9a-f]{32}:\d+:\w+:[\w-]+", made_for(cast.bao))
    assert len(made_for(cast.bao)) < 32 + 80


def test_words_are_thrown_away_at_a_press(browse, cast, question):
    client = browse()
    answers_late(client, question, cast.bao)
    sign_in(client, cast.bao)

    client.post(f"/unsent/{UnsentForm.objects.get().token}/removal")

    assert not UnsentForm.objects.exists()
    assert "Nothing waits here" in text_of(client.get("/unsent"))


def test_words_are_thrown_away_on_the_page_that_asks_to_sign_in(browse, cast, question):
    client = browse()
    page = client.get(answers_late(client, question, cast.bao))
    assert 'action="/unsent/removal"' in text_of(page)

    told = client.post("/unsent/removal", follow=True)

    assert "thrown away" in text_of(told)
    assert not UnsentForm.objects.exists()
    sign_in(client, cast.bao)
    assert "Nothing waits here" in text_of(client.get("/unsent"))


def test_refused_words_go_on_waiting(browse, cast, question):
    client = browse()
    answers_late(client, question, cast.bao, language="no such")
    sign_in(client, cast.bao)

    sent = form_on(client.get("/unsent"))
    refused = client.post(f"/questions/{question.pk}/answers", sent)

    assert refused.status_code == 422
    assert "memory_limit" in text_of(client.get("/unsent"))


def test_files_are_asked_for_again(browse, cast):
    client = browse()
    note = SimpleUploadedFile("note.txt", b"SECRETPLUM")
    form = {"subject": "Mail is late", "source": WORDS, "language": "en", "attachments": note}
    form["once"] = made_for(cast.aminata)
    client.post("/tickets/new", form)
    sign_in(client, cast.aminata)

    page = text_of(client.get("/unsent"))

    assert 'type="file"' in page
    assert 'enctype="multipart/form-data"' in page
    assert "SECRETPLUM" not in str(list(UnsentForm.objects.values()))


@pytest.mark.parametrize(
    "form",
    [
        {"value": "1", "revision": "1"},
        {"reason": "off_topic", "original": ""},
        {"emoji": "👍"},
        {"source": "   "},
        {"source": WORDS, "password": "hunter2 hunter2"},
        {"source": WORDS, "new_password1": "x"},
        {"source": WORDS, "oldpassword": "x"},
        {"source": WORDS, "code": "123456"},
        {"source": WORDS, "app_secret": "x"},
    ],
)
def test_what_has_no_words_or_a_password_is_not_kept(form, browse, cast, question):
    form = {"once": made_for(cast.bao), **form}
    answer = browse().post(f"/questions/{question.pk}/answers", form)

    assert answer["Location"] == "/accounts/login/?next=/"
    assert not UnsentForm.objects.exists()


def test_words_too_large_to_keep_are_shown_to_be_copied(browse, cast, question):
    words, once = "word " * (unsent.LARGEST // 5 + 1), made_for(cast.bao)
    path = f"/questions/{question.pk}/answers"
    answer = browse().post(path, {"source": words, "once": once})

    assert answer.status_code == 401
    assert words in text_of(answer)
    assert not UnsentForm.objects.exists()


def test_only_so_many_are_kept(browse, cast, question):
    client, path = browse(), f"/questions/{question.pk}/answers"
    forms = [{"source": f"Try number {n}", "once": made_for(cast.bao)} for n in range(31)]

    answers = [client.post(path, form) for form in forms]

    assert [answer.status_code for answer in answers] == [302] * 30 + [401]
    assert "Try number 30" in text_of(answers[-1])
    assert UnsentForm.objects.count() == unsent.MOST


def test_what_scripts_fetch_keeps_its_words_in_its_own_page(browse, cast, question):
    client, path = browse(), f"/questions/{question.pk}/answers"
    fetched = client.post("/drafts", {"source": WORDS}, headers={"HX-Request": "true"})
    htmx = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{question.path}"}
    previewed = client.post("/previews", {"source": WORDS}, headers=htmx)
    assert not UnsentForm.objects.exists()

    sent = client.post(path, {"source": WORDS, "once": made_for(cast.bao)}, headers=htmx)

    assert [fetched.status_code, previewed.status_code, sent.status_code] == [401] * 3
    assert sent["HX-Redirect"] == "/accounts/login/?next=/unsent"
    assert UnsentForm.objects.get().path == path


SECRETIVE = {"source": WORDS, "send_secrets": "1", "postcode": "1000-001", "language_code": "pt"}


def test_all_the_same_is_asked_again_and_loses_no_words(browse, cast, question):
    client = browse()
    answers_late(client, question, cast.bao, **SECRETIVE)
    sign_in(client, cast.bao)

    sent = form_on(client.get("/unsent"))

    assert sent["source"] == WORDS
    assert sent["postcode"] == "1000-001"
    assert "send_secrets" not in sent


def test_all_the_same_on_a_page_too_old_loses_no_words(db):
    answer = Client(enforce_csrf_checks=True).post("/questions/ask", SECRETIVE)

    assert WORDS in text_of(answer)


def test_part_of_a_page_too_old_is_told_to_reload_and_not_to_copy(db):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    answer = client.post("/questions/ask", {"source": WORDS}, headers={"HX-Request": "true"})

    assert answer.status_code == 403
    assert "reload it, and send again" in text_of(answer)
    assert "Copy what you wrote here" not in text_of(answer)
    assert "memory_limit" not in text_of(answer)


@pytest.mark.parametrize("who", [None, "bao"])
def test_words_of_a_page_too_old_are_shown_and_neither_kept_nor_sent(who, cast, question):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    if who:
        client.force_login(cast.bao, backend="people.backends.HandleBackend")
    headers = {"Referer": f"http://testserver{question.path}", "Sec-Fetch-Site": "same-origin"}

    answer = client.post(f"/questions/{question.pk}/answers", {"source": WORDS}, headers=headers)

    html = answer.content.decode()
    assert answer.status_code == 403
    assert WORDS in unescape(html)
    assert "<php-fpm>" not in html
    assert "readonly" in html
    main = html[html.index("<main") : html.index("</main>")]
    assert "<form" not in main
    assert question.path in main
    assert not UnsentForm.objects.exists()
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_words_of_another_site_are_not_even_shown(headers, browse, question):
    client = Client(enforce_csrf_checks=True)

    answer = client.post(f"/questions/{question.pk}/answers", {"source": WORDS}, headers=headers)

    assert answer.status_code == 403
    assert "memory_limit" not in text_of(answer)


def test_password_of_a_page_too_old_is_not_shown(browse, db):
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/accounts/login/", {"login": "a b c", "password": PASSWORD})

    assert answer.status_code == 403
    assert PASSWORD not in text_of(answer)
    assert "a b c" not in text_of(answer)


def test_tickets_are_still_opened_by_those_signed_in(browse, cast):
    form = {"subject": "Mail is late", "source": WORDS, "language": "en", "looked": "1"}
    browse(cast.aminata).post("/tickets/new", form)

    assert Ticket.objects.count() == 1
    assert not UnsentForm.objects.exists()


REMINDER = "You have words not sent yet."


def statements_of(client, path) -> list[str]:
    """Return what a page asks of which tables; not whose session it is."""
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        client.get(path)
    return [re.sub(r"'[^']*'", "?", one) for one in asked_of(found.captured_queries)]


def leave_unsent(client, cast, question) -> None:
    """Send an answer of aminata's without a session: it is kept."""
    path = f"/questions/{question.pk}/answers"
    client.post(path, {"source": WORDS, "once": made_for(cast.aminata)})


def test_who_goes_elsewhere_after_signing_in_is_reminded_until_it_is_sent_or_thrown_away(
    browse, cast, question
):
    client = browse()
    leave_unsent(client, cast, question)
    assert REMINDER not in text_of(client.get("/questions"))
    sign_in(client, cast.aminata)
    plain = browse(cast.aminata)

    for path in ("/", "/questions", "/me/sites"):
        page = text_of(client.get(path))
        assert REMINDER in page, path
        assert 'href="/unsent"' in page
        assert REMINDER not in text_of(plain.get(path))  # another session of hers
    assert REMINDER not in text_of(client.get("/unsent"))
    reminded, other = (statements_of(one, "/questions") for one in (client, plain))
    assert reminded == other
    token = UnsentForm.objects.get().token
    client.post(f"/unsent/{token}/removal")
    assert REMINDER not in text_of(client.get("/questions"))


def test_reminder_ends_with_the_hour_and_is_for_the_writer_alone(browse, cast, question):
    others, client = browse(), browse()
    leave_unsent(others, cast, question)
    leave_unsent(client, cast, question)
    sign_in(others, cast.omar)
    sign_in(client, cast.aminata)

    assert REMINDER not in text_of(others.get("/questions"))
    assert REMINDER in text_of(client.get("/questions"))
    with time_machine.travel(timezone.now() + unsent.KEPT_FOR + timedelta(minutes=1)):
        assert REMINDER not in text_of(client.get("/questions"))


def test_sent_words_remind_nobody(browse, cast, question):
    client = browse()
    leave_unsent(client, cast, question)
    landed = sign_in(client, cast.aminata)
    client.post(
        f"/questions/{question.pk}/answers", form_on(client.get(landed["Location"])), follow=True
    )

    assert Answer.objects.count() == 1
    assert REMINDER not in text_of(client.get("/questions"))
