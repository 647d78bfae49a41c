"""Words taken out of what the kernel keeps: answers are known to have them in every form."""

import json

import pytest

from core.models import KeptAnswer
from core.purging import empty_answers, mail_without, purge_kept
from tests.helpdesk.mails import written

SECRET = "Zq7 & *Trom*bone"


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


@pytest.mark.parametrize(
    ("body", "is_emptied"),
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
def test_an_answer_with_the_words_is_emptied_in_whatever_form(cast, body, is_emptied):
    row = keep(cast.omar, "/anywhere", body.encode())

    purge_kept(SECRET, "[gone]")

    row.refresh_from_db()
    assert bytes(row.body) == (b"{}" if is_emptied else body.encode())
    assert row.status == 201


@pytest.mark.parametrize("secret", ["**", "é!", "ü-ü-ü"])
def test_words_of_few_letters_are_known_as_they_were_typed(cast, secret):
    rows = [
        keep(cast.omar, f"/{n}", text.encode()) for n, text in enumerate([f"a {secret}", "a é"])
    ]

    purge_kept(secret, "[gone]")

    for row in rows:
        row.refresh_from_db()
    assert [bytes(row.body) for row in rows] == [b"{}", "a é".encode()]


def test_answers_about_a_thing_are_emptied_and_lead_to_it_without_its_title(cast):
    slug = {"Location": "/questions/7/my-secret-title"}
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


def test_a_mail_without_the_words_stays_as_it_is():
    raw = written("Omar <omar@people.example>", subject="Hello", body="Nothing.").as_bytes()

    assert mail_without(raw, SECRET, "[gone]") == raw
