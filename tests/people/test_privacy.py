"""Taking one's data away, and leaving for good."""

import json
from dataclasses import replace
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as django_mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django_tasks_db.models import DBTaskResult
from rest_framework.test import APIClient

from core import mail, things
from core.files import store_upload
from core.models import JournalLine, KeptAnswer, OutgoingMail
from core.worker import Worker
from people import actions
from people.models import (
    AboutText,
    ApiToken,
    Block,
    HostedSite,
    Membership,
    Notice,
    Person,
    RoleGrant,
    Session,
)
from tests.cast import SECRET
from tests.faces import DONE, INVALID, SIGN_IN, WRONG_MOMENT, Act, outcome

PASSWORD = "olive-terracotta-9"
ERASE = Act(
    page=lambda sent: ("/me/erasure", sent),
    api=lambda sent: ("POST", "/api/v1/people/me/erasure", sent),
)
FACES = ("page", "api")  # a page of its own, without parts


@pytest.fixture
def secret_omar(cast, levels, post):
    """Give omar everything a person can have, with the secret word in it."""
    omar = cast.omar
    omar.set_password(PASSWORD)
    omar.display_name = SECRET
    omar.external_id = SECRET
    omar.save()
    AboutText.objects.create(person=omar, source=SECRET, html=SECRET)
    EmailAddress.objects.filter(user=omar).update(email=f"{SECRET.lower()}@mail.example")
    actions.flag(
        actor=omar, kind="tests.post", object_id=post.pk, reason="spam", text=f"{SECRET} flag"
    )
    actions.block(actor=omar, handle="bao")
    actions.create_token(actor=omar, name=SECRET, scopes=["read"], days=3)
    HostedSite.objects.create(
        external_id=SECRET,
        domain=f"{SECRET.lower()}.example",
        owner=omar,
        level=levels["free"],
        platform={"cms": SECRET},
    )
    RoleGrant.objects.create(person=omar, role="helper")
    Notice.objects.create(
        person=omar,
        line=JournalLine.objects.filter(verb="people.flag_raised").get(),
        verb="people.flag_raised",
        thing_kind="tests.post",
        thing_id=post.pk,
    )
    send_mail(SECRET, SECRET, None, [f"{SECRET.lower()}@mail.example"])
    return omar


@pytest.fixture
def erase():
    """Return a function that erases on a face, by a session, and says how it went."""

    def do(face: str, person, **sent) -> str:
        client: Any = APIClient() if face == "api" else Client()
        if person is not None:
            client.force_login(person, backend="people.backends.HandleBackend")
        if face == "api":
            method, path, data = ERASE.api(sent)
            return outcome(face, getattr(client, method.lower())(path, data, format="json"))
        path, data = ERASE.page(sent)
        return outcome(face, client.post(path, data))

    return do


def test_export_holds_what_is_ones_own(browse, call, cast, secret_omar, post):
    store_upload(
        actor=secret_omar, upload=SimpleUploadedFile(f"{SECRET}.txt", b"Notes"), thing=post
    )
    page = browse(secret_omar).get("/me/data")
    answer = call(secret_omar).get("/api/v1/people/me/data")

    assert page["Content-Disposition"] == 'attachment; filename="entraide.json"'
    data = json.loads(page.content)
    assert set(data["things"]) == {"people.person", "people.site", "people.flag"}
    (me,) = data["things"]["people.person"]
    assert (me["handle"], me["display_name"], me["roles"][0]["role"]) == ("omar", SECRET, "helper")
    assert data["things"]["people.flag"][0]["text"] == f"{SECRET} flag"
    assert data["addresses"][0]["email"] == f"{SECRET.lower()}@mail.example"
    assert data["blocked"] == ["bao"]
    assert [token["name"] for token in data["tokens"]] == [SECRET]
    assert "people.flag_raised" in {act["verb"] for act in data["acts"]}
    assert [(row["to"], row["subject"]) for row in data["mails"]] == [
        (f"{SECRET.lower()}@mail.example", SECRET)
    ]
    assert [notice["verb"] for notice in data["notices"]] == ["people.flag_raised"]
    assert [file["name"] for file in data["files"]] == [f"{SECRET}.txt"]
    assert set(answer.json()) == set(data)


def test_export_of_another_is_not_to_be_had(browse, cast, secret_omar):
    text = browse(cast.aminata).get("/me/data").content.decode()

    assert SECRET not in text
    assert "omar" not in text


def test_suspended_people_may_take_their_data(browse, cast):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert browse(cast.omar).get("/me/data").status_code == 200


@pytest.mark.parametrize("face", FACES)
def test_nothing_is_left_of_who_one_was(face, erase, cast, secret_omar, browse, run_tasks):
    elsewhere = browse(secret_omar)
    assert elsewhere.get("/me/notices").status_code == 200
    assert browse(cast.aminata).get("/me/notices").status_code == 200

    assert erase(face, secret_omar, handle="@Omar", password=PASSWORD) == DONE
    run_tasks()

    omar = Person.objects.get(pk=secret_omar.pk)
    assert (omar.state, omar.handle, omar.display_name) == ("erased", f"erased-{omar.pk}", "")
    assert not omar.has_usable_password()
    assert omar.roles == set()
    assert not EmailAddress.objects.filter(user=omar).exists()
    assert not ApiToken.objects.filter(user=omar).exists()
    assert not Notice.objects.filter(person=omar).exists()
    assert not Block.objects.filter(person=omar).exists()
    assert not Membership.objects.filter(person=omar).exists()
    site = HostedSite.objects.get(owner=omar)
    assert site.domain == f"erased-{site.pk}.invalid"
    assert elsewhere.get("/me/notices").status_code == 302
    assert Session.objects.filter(person=cast.aminata).exists()
    assert not any(
        session.get_decoded().get("_auth_user_id") == str(omar.pk)
        for session in Session.objects.all()
    )
    assert JournalLine.objects.filter(verb="people.person_erased", actor=omar).count() == 1


def test_the_secret_word_is_nowhere_in_the_database(erase, secret_omar, run_tasks):
    from django.apps import apps

    assert erase("page", secret_omar, handle="omar", password=PASSWORD) == DONE
    run_tasks()

    for model in apps.get_models():
        if not model._meta.managed:
            continue
        for row in model._base_manager.values():
            assert SECRET.lower() not in repr(row).lower(), (model, row)


def test_answers_of_the_erased_stay_without_a_name(erase, browse, cast, secret_omar):
    erase("page", secret_omar, handle="omar", password=PASSWORD)

    assert browse().get("/people/omar").status_code == 404
    assert browse().get(f"/people/erased-{secret_omar.pk}").status_code == 404


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "sent",
    [
        {"handle": "omar", "password": "wrong"},
        {"handle": "aminata", "password": PASSWORD},
        {"handle": "omar"},
        {},
    ],
)
def test_leaving_needs_handle_and_password(face, erase, secret_omar, sent):
    assert erase(face, secret_omar, **sent) == INVALID
    assert Person.objects.get(pk=secret_omar.pk).state == "active"


@pytest.mark.parametrize("face", FACES)
def test_without_a_password_the_handle_is_enough(face, erase, cast):
    assert erase(face, cast.aminata, handle="aminata") == DONE
    assert Person.objects.get(pk=cast.aminata.pk).state == "erased"


@pytest.mark.parametrize("face", FACES)
def test_suspended_people_may_leave(face, erase, cast):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert erase(face, cast.omar, handle="omar") == DONE


@pytest.mark.parametrize("face", FACES)
def test_visitor_signs_in_first(face, erase, db):
    assert erase(face, None, handle="omar") == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_last_owner_among_others_stays_until_another_owns(face, erase, cast):
    organisation = actions.create_organisation(actor=cast.aminata, name="Atelier")
    actions.add_member(actor=cast.aminata, organisation_id=organisation.pk, handle="bao")

    assert erase(face, cast.aminata, handle="aminata") == WRONG_MOMENT
    assert Person.objects.get(pk=cast.aminata.pk).state == "active"

    actions.add_member(
        actor=cast.aminata, organisation_id=organisation.pk, handle="bao", role="owner"
    )
    assert erase(face, cast.aminata, handle="aminata") == DONE


def test_a_token_cannot_erase(call, cast):
    answer = call(cast.omar).post("/api/v1/people/me/erasure", {"handle": "omar"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "session_needed")
    assert Person.objects.get(pk=cast.omar.pk).state == "active"


def test_every_room_is_asked_to_erase(erase, cast, monkeypatch):
    asked: list[str] = []

    def asks(kind: str):
        return lambda person: asked.append(kind)

    declared = {kind: replace(row, erase=asks(kind)) for kind, row in things._things.items()}
    monkeypatch.setattr(things, "_things", declared)

    assert erase("page", cast.omar, handle="omar") == DONE

    assert sorted(asked) == sorted(declared)


def test_mails_and_kept_answers_of_the_erased_go_too(erase, call, browse, cast, run_tasks):
    call(cast.omar).post(
        "/api/v1/organisations",
        {"name": SECRET},
        format="json",
        headers={"Idempotency-Key": "k"},
    )
    browse(cast.omar).post("/accounts/password/reset/", {"email": "omar@people.example"})
    run_tasks()
    assert OutgoingMail.objects.filter(to="omar@people.example").exists()
    assert KeptAnswer.objects.filter(person=cast.omar).exists()

    erase("page", cast.omar, handle="omar")

    assert not OutgoingMail.objects.filter(to="omar@people.example").exists()
    assert not KeptAnswer.objects.filter(person=cast.omar).exists()


class FullMailbox(BaseEmailBackend):
    """A server that takes no mail for now, and names the address in its refusal."""

    def send_messages(self, email_messages):
        raise SMTPRecipientsRefused({to: (450, b"Full") for one in email_messages for to in one.to})


def test_mails_that_wait_for_the_erased_never_go_out(erase, cast, settings):
    sent_to = ("omar@people.example", "Omar@People.example", "bao@people.example")
    for address in sent_to:
        send_mail("Hello", "Body", None, [address])
    settings.MAIL_TRANSPORT = f"{__name__}.FullMailbox"
    mailworker = Worker("mailworker", queues=["mail"])
    mailworker.run_one()  # the first fails, and waits for its next attempt
    assert DBTaskResult.objects.filter(traceback__contains="omar@people.example").exists()
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"

    erase("page", cast.omar, handle="omar")
    while mailworker.run_one():
        pass

    assert [one.to for one in django_mail.outbox] == [["bao@people.example"]]
    assert OutgoingMail.objects.values_list("to", flat=True).get() == "bao@people.example"
    assert not DBTaskResult.objects.filter(traceback__icontains="omar").exists()


def test_mail_forgotten_while_its_task_was_taken_is_left(cast):
    send_mail("Hello", "Body", None, ["omar@people.example"])
    mail_id = OutgoingMail.objects.get().pk
    OutgoingMail.objects.all().delete()

    mail.send(mail_id)

    assert django_mail.outbox == []
