"""Words taken out of what the kernel keeps: known in every form, and only where they may be."""

import email
import email.policy
import json
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.mail import DIGEST
from core.models import KeptAnswer, OutgoingMail
from core.purging import empty_answers, mail_without, purge_kept, text_of_mail, without
from tests.helpdesk.mails import written

SECRET = "Zq7 & *Trom*bone"
SITE = "https://entraide.example"
PATHS = {"/questions/7"}


@pytest.fixture(autouse=True)
def site(settings):
    settings.PUBLIC_URL = SITE


def keep(person, path, body, **headers):
    return KeptAnswer.objects.create(
        person=person,
        method="POST",
        path=path,
        key=path,
        body_hash="",
        status=201,
        headers=headers,
        body=body,
    )


def is_emptied(person, body, secret):
    """Whether an answer about something else is emptied for a secret."""
    row = keep(person, "/anywhere", body.encode())
    purge_kept(secret, "[gone]", PATHS)
    row.refresh_from_db()
    assert row.status == 201
    assert bytes(row.body) in (b"{}", body.encode())
    return bytes(row.body) == b"{}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SECRET, True),
        ("<p>Zq7 &amp; <em>Trom</em>bone</p>", True),
        (json.dumps({"id": 1, "rows": [{"source": f"Say\n{SECRET}"}]}), True),
        (json.dumps({"html": "<p>Zq7 &amp; <em>Trom</em>bone</p>"}), True),
        (json.dumps([{"html": "<p>Zq7 \u0026amp; <em>Trom</em>bone</p>"}]), True),
        ("<p>Zq8 &amp; <em>Trom</em>bone</p>", False),
        (json.dumps({"id": 7}), False),
        ("", False),
    ],
)
def test_an_answer_with_the_words_is_emptied_in_whatever_form(cast, body, expected):
    assert is_emptied(cast.omar, body, SECRET) == expected


@pytest.mark.parametrize(
    ("secret", "body", "expected"),
    [
        ("Été2024", "Mot de passe : ÉTÉ2024.", True),
        ("Été2024", "/guides/mot-de-passe-ete2024", True),
        ("ÉÈÀÇÙÊ", "eeacue", True),
        ("entrai", "entraide", False),
        ("logins", "We log in so", False),
        ("log", "a log of it", False),
        ("!?!?!?", "say !?!?!? now", True),
        ("!?!?!?", "say nothing", False),
    ],
)
def test_an_answer_about_something_else_is_emptied_for_whole_words_alone(
    cast, secret, body, expected
):
    assert is_emptied(cast.omar, body, secret) == expected


def test_answers_about_a_thing_are_emptied_and_lead_to_it_without_its_title(cast):
    slug = {"Location": "/questions/7/my-secret-title#answer-1"}
    rows = {
        "asked": keep(cast.omar, "/questions/ask", b"x", **slug),
        "answered": keep(cast.omar, "/questions/7/answers", b"x"),
        "itself": keep(cast.omar, "/questions/7", b"x"),
        "another": keep(cast.omar, "/questions/77/answers", b"x", Location="/questions/77/title"),
    }

    empty_answers(["/questions/7"])

    for row in rows.values():
        row.refresh_from_db()
    bodies = {name: bytes(row.body) for name, row in rows.items()}
    assert bodies == {"asked": b"{}", "answered": b"{}", "itself": b"{}", "another": b"x"}
    assert rows["asked"].headers == {"Location": "/questions/7"}
    assert rows["another"].headers == {"Location": "/questions/77/title"}


def test_answers_kept_are_read_once_however_many_paths(cast):
    for number in range(5):
        keep(cast.omar, f"/answers/{number}/votes", b"x")

    with CaptureQueriesContext(connection) as queries:
        empty_answers(f"/answers/{number}" for number in range(100))

    assert len(queries) == 2
    assert {bytes(row.body) for row in KeptAnswer.objects.all()} == {b"{}"}


def mailed(body, **facts):
    mail = written("Us <us@entraide.example>", subject="News", body=body)
    return OutgoingMail.objects.create(
        message_id=f"<{OutgoingMail.objects.count()}@x>", subject="News", raw=bytes(mail), **facts
    )


def said_in(row):
    row.refresh_from_db()
    return bytes(row.raw).decode()


@pytest.mark.parametrize("secret", ["482", "entraide", "log", "148233"])
def test_mails_of_strangers_stay_as_they_are(db, secret):
    text = f"Your code is 148233.\n\n{SITE}/log/482\n"
    rows = [
        mailed(text),
        mailed(text, thing_kind="helpdesk.ticket", thing_id=5),
        mailed(f"{text}\n{SITE}/questions/77/x", thing_kind=DIGEST),
    ]
    before = [bytes(row.raw) for row in rows]

    purge_kept(secret, "[gone by Nadia]", PATHS)

    assert [said_in(row).encode() for row in rows] == before


def test_a_mail_of_many_things_that_leads_to_a_purged_one_loses_the_words(db):
    own = f"{SITE}/questions/7/my-log-482#answer-1"
    kept = f"log48 {SITE}/tags/log {SITE}\n{SITE}/questions/77/log"
    row = mailed(f"My log 482\n{own}\n{kept}\n", thing_kind=DIGEST)

    purge_kept("log", "[gone]", PATHS)

    lines = mail_lines(row)
    assert lines == ["My [gone] 482", f"{SITE}/questions/7#answer-1", *kept.split("\n")]


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def mail_lines(row):
    return parsed(said_in(row).encode()).get_content().splitlines()


def test_of_mails_that_went_those_of_many_things_are_forgotten_alone(db):
    code = mailed("Your code is 148233.", sent_at=timezone.now())
    digest = mailed("News.", sent_at=timezone.now(), thing_kind=DIGEST)
    OutgoingMail.objects.update(subject="Code 148233")

    purge_kept("148233", "[gone]", PATHS)

    digest.refresh_from_db()
    assert (digest.raw, digest.subject) == (None, "Code [gone]")
    assert "148233" in said_in(code)
    assert code.subject == "Code 148233"


@pytest.mark.parametrize(
    ("secret", "text", "expected"),
    [
        ("Été2024", "/questions/7/mot-de-passe-ete2024", "/questions/7"),
        ("Ete2024", "/questions/7/mot-de-passe-%C3%A9t%C3%A92024?read=fr", "/questions/7?read=fr"),
        ("entraide", "/questions/7/a", "/questions/7/a"),
        ("questions", "/questions/7/a", "/questions/7/a"),
        ("Tok3n-91x", "/stop/Tok3n-91x", "/stop/[gone]"),
        ("n-9", "/stop/Tok3n-91x", "/stop/Tok3n-91x"),
    ],
)
def test_addresses_of_the_site_lead_where_they_led(secret, text, expected):
    assert text_of_mail(f"<{SITE}{text}>", secret, "[gone]", PATHS) == f"<{SITE}{expected}>"


def test_an_address_that_is_the_secret_goes():
    secret = f"{SITE}/reset/abc"

    assert text_of_mail(f"Go to {secret}.", secret, "[gone]", PATHS) == "Go to [gone]."


def test_a_mail_without_the_words_stays_as_it_is():
    raw = written("Omar <omar@people.example>", subject="Hello", body="Nothing.").as_bytes()

    assert mail_without(raw, clean_of(SECRET)) == raw


def clean_of(secret):
    return partial(without, secret=secret, mark="[gone]")


def test_parts_of_a_mail_keep_their_names_and_what_they_are():
    mail = written("Omar <omar@people.example>", subject="Hello", body="The key is Zq7x.")
    mail.add_attachment("Zq7x\n", subtype="csv", filename="keys.csv", params={"header": "absent"})

    clean = mail_without(bytes(mail), clean_of("Zq7x"))

    part = list(mail_parts(clean))[-1]
    assert part.get_content().strip() == "[gone]"
    assert part.get_filename() == "keys.csv"
    assert part.get_content_disposition() == "attachment"
    assert part.get_content_type() == "text/csv"
    assert part["Content-Type"].params["header"] == "absent"


def mail_parts(raw):
    return parsed(raw).walk()


def test_a_mail_without_a_subject_may_have_the_word_none():
    mail = written("Omar <omar@people.example>", subject="x", body="None of the one.")
    del mail["Subject"]

    clean = mail_without(bytes(mail), clean_of("one"))

    assert b"Subject" not in clean
    assert list(mail_parts(clean))[-1].get_content().strip() == "N[gone] of the [gone]."


PIECES = "<p>The key is <em>Zq7</em>x, <img src='cid:sign'></p>"
PAGE = "<p>The report of May.</p>"


@pytest.mark.parametrize("is_related", [False, True])
def test_only_the_html_that_says_the_same_is_made_anew_of_a_text(is_related):
    """The one of the same alternatives, also with its pictures around it; no page that follows."""
    mail = written("Omar <omar@people.example>", subject="Hello", body="The key is Zq7x.")
    mail.add_alternative(PIECES, subtype="html")
    if is_related:
        mail.get_body(("html",)).add_related(b"x", "image", "png", cid="<sign>")
    mail.add_attachment(PAGE, subtype="html", disposition="inline")

    clean = mail_without(bytes(mail), clean_of("Zq7x"))

    pages = [part for part in mail_parts(clean) if part.get_content_type() == "text/html"]
    same, other = (part.get_content() for part in pages)
    assert "The key is [gone]." in same
    assert "Zq7" not in same
    assert other.strip() == PAGE


def test_a_page_after_a_text_stays_and_loses_the_words_alone():
    mail = written("Omar <omar@people.example>", subject="Hello", body="The key is Zq7x.")
    mail.add_attachment(f"{PAGE}Zq7x", subtype="html", disposition="inline")

    clean = mail_without(bytes(mail), clean_of("Zq7x"))

    assert list(mail_parts(clean))[-1].get_content().strip() == f"{PAGE}[gone]"
