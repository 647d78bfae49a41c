"""Signing up and in, from the form to the mail and back; the worker really sends."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from people import accounts, actions
from people.models import Person
from tests.cast import make_person

PASSWORD = "olive-terracotta-9"
SIGN_UP = {
    "email": "Zoe@mail.example",
    "handle": "Zoë",
    "display_name": "Zoë Martin",
    "language": "fr",
    "password1": PASSWORD,
}


@pytest.fixture
def letters(run_tasks, settings):
    """Return what the worker sends, after everything in the queue is done."""
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"

    def deliver():
        run_tasks()
        sent, mail.outbox[:] = list(mail.outbox), []
        return sent

    return deliver


def code_in(letter) -> str:
    found = re.search(r"^([A-Z0-9]+(?:-[A-Z0-9]+)*)$", letter.body, re.MULTILINE)
    assert found, letter.body
    return found.group(1)


def path_in(letter) -> str:
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", letter.body)
    assert found, letter.body
    return found.group(1)


def follow(client: Client, response):
    """Return the page a redirect leads to."""
    assert response.status_code in (302, 303), response.content[:2000]
    return client.get(response["Location"])


def is_signed_in(client: Client) -> bool:
    return client.get("/me/notices").status_code == 200


@pytest.mark.django_db
def test_newcomer_signs_up_proves_the_address_and_is_in(browse, letters):
    client = browse()
    follow(client, client.post("/accounts/signup/", SIGN_UP))
    person = Person.objects.get(handle_folded="zoë")
    assert (person.state, person.display_name) == ("stub", "Zoë Martin")
    assert browse().get("/people/Zoë").status_code == 404
    assert not is_signed_in(client)
    (letter,) = letters()
    assert letter.to == ["zoe@mail.example"]
    assert code_in(letter) in letter.subject

    client.post("/accounts/confirm-email/", {"code": code_in(letter)})

    assert is_signed_in(client)
    person.refresh_from_db()
    assert person.state == "active"
    assert browse().get("/people/Zoë").status_code == 200
    assert [row.language for row in person.languages.all()] == ["fr"]
    assert "zoe@mail.example" not in browse().get("/people/Zoë").content.decode()


@pytest.mark.django_db
def test_wrong_code_proves_nothing(browse, letters):
    client = browse()
    client.post("/accounts/signup/", SIGN_UP)
    letters()

    client.post("/accounts/confirm-email/", {"code": "WRONG1"})

    assert not is_signed_in(client)
    assert not EmailAddress.objects.filter(verified=True).exists()


@pytest.mark.parametrize(
    ("handle", "says"),
    [
        ("AMINATA", "Someone else has this handle."),
        ("ａｍｉｎａｔａ", "Someone else has this handle."),  # full width: NFKC makes it the same
        ("admin", "kept for the association"),
        ("Member-x1", "kept for the association"),
        ("a", "Between 2 and 40"),
        ("two words", "Letters, digits"),
        ("-dash", "Letters, digits"),
        ("<b>", "Letters, digits"),
        ("pаypal", "one alphabet"),  # the second letter is Cyrillic
        ("1234", "End with"),
    ],
)
def test_handle_is_refused_beside_the_field_and_all_is_kept(browse, cast, handle, says):
    page = browse().post("/accounts/signup/", {**SIGN_UP, "handle": handle}).content.decode()

    assert says in page
    assert "Zoë Martin" in page
    assert Person.objects.count() == 8


@pytest.mark.parametrize("handle", ["Éléonore", "محمد", "太郎", "anna-lena_2", "Straße", "ñandú"])
def test_handle_may_be_of_any_alphabet(browse, db, handle):
    browse().post("/accounts/signup/", {**SIGN_UP, "handle": handle})

    assert Person.objects.get().handle == handle


def test_two_at_once_with_one_handle_one_wins(browse, cast, monkeypatch):
    """The other took the handle between our look and our write."""
    really = accounts.SignupForm.clean_handle

    def look_then_someone_takes_it(form):
        handle = really(form)
        make_person("zoë")
        return handle

    monkeypatch.setattr(accounts.SignupForm, "clean_handle", look_then_someone_takes_it)

    response = browse().post("/accounts/signup/", SIGN_UP)

    assert response.status_code == 422
    assert "Someone else has this handle." in response.content.decode()
    assert "Zoë Martin" in response.content.decode()
    assert not EmailAddress.objects.filter(email="zoe@mail.example").exists()


def test_signing_up_with_a_known_address_tells_only_its_owner(browse, cast, letters):
    client = browse()
    response = client.post("/accounts/signup/", {**SIGN_UP, "email": "aminata@people.example"})
    fresh = browse().post("/accounts/signup/", SIGN_UP)

    assert response["Location"] == fresh["Location"]
    assert Person.objects.filter(handle_folded="zoë").count() == 1
    about_aminata, _welcome = letters()
    assert about_aminata.to == ["aminata@people.example"]
    assert "/accounts/password/reset/" in about_aminata.body


def sign_in(client: Client, email: str, password: str):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_member_signs_in_by_address_and_the_session_is_new(browse, cast):
    cast.aminata.set_password(PASSWORD)
    cast.aminata.save()
    client = browse()
    client.get("/accounts/login/")
    client.session["kept"] = 1
    before = client.session.session_key

    sign_in(client, "AMINATA@people.example", PASSWORD)

    assert is_signed_in(client)
    assert client.session.session_key != before


def test_sign_in_is_refused_in_the_same_words_for_known_and_unknown(browse, cast):
    known = sign_in(browse(), "aminata@people.example", "nope").content.decode()
    unknown = sign_in(browse(), "nobody@people.example", "nope").content.decode()

    assert "not correct" in known
    assert re.sub(r"aminata|nobody|[0-9a-f]{32}|\w{64}", "", known) == re.sub(
        r"aminata|nobody|[0-9a-f]{32}|\w{64}", "", unknown
    )


def test_guessing_a_password_is_stopped(browse, cast):
    client = browse()
    for _try in range(6):
        response = sign_in(client, "aminata@people.example", "nope")

    assert "Too many" in response.content.decode() or response.status_code == 429


def test_member_resets_the_password_and_other_sessions_end(browse, cast, letters):
    cast.aminata.set_password("the-old-one-7")
    cast.aminata.save()
    elsewhere, client = browse(cast.aminata), browse()
    client.post("/accounts/password/reset/", {"email": "aminata@people.example"})
    (letter,) = letters()

    form = follow(client, client.get(path_in(letter)))
    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    cast.aminata.refresh_from_db()
    assert cast.aminata.check_password(PASSWORD)
    assert client.get(path_in(letter)).status_code == 200
    assert not is_signed_in(browse())


def test_links_in_mails_lead_to_the_public_address_whatever_the_host(
    browse, cast, letters, settings
):
    settings.ALLOWED_HOSTS = ["evil.example", "testserver"]
    settings.PUBLIC_URL = "https://aide.example"
    browse().post(
        "/accounts/password/reset/",
        {"email": "aminata@people.example"},
        headers={"host": "evil.example"},
    )
    (letter,) = letters()

    assert "https://aide.example/accounts/password/reset/key/" in letter.body
    assert "evil" not in letter.body


def test_mails_speak_the_language_of_their_reader(browse, cast, letters):
    """The browser speaks English; the account, French (allauth brings the words)."""
    cast.aminata.interface_language = "fr"
    cast.aminata.set_password(PASSWORD)
    cast.aminata.save()
    client = browse(cast.aminata)
    client.cookies["language"] = "en"
    new = {"oldpassword": PASSWORD, "password1": "terracotta-4-u", "password2": "terracotta-4-u"}

    assert client.post("/accounts/password/change/", new).status_code == 302

    (letter,) = letters()
    assert "Votre mot de passe" in letter.body


@pytest.fixture
def imported(db, levels):
    """Return someone the panel told us of, who never came."""
    row = {
        "external_id": "s1",
        "domain": "velo.example",
        "owner_external_id": "u1",
        "owner_email": "ines@mail.example",
        "owner_name": "Inès",
        "owner_language": "fr",
    }
    actions.import_sites(actor=None, records=[(1, row)])
    return Person.objects.get(external_id="u1")


def test_imported_person_signs_in_by_code_and_is_active(browse, imported, letters):
    client = browse()
    client.post("/accounts/login/code/", {"email": "ines@mail.example"})
    (letter,) = letters()

    response = client.post("/accounts/login/code/confirm/", {"code": code_in(letter)})

    assert response["Location"] == "/me/profile"
    assert is_signed_in(client)
    imported.refresh_from_db()
    assert imported.state == "active"
    assert "velo.example" in client.get("/me/sites").content.decode()


def test_imported_person_resets_and_is_active(browse, imported, letters):
    client = browse()
    client.post("/accounts/password/reset/", {"email": "ines@mail.example"})
    (letter,) = letters()

    form = follow(client, client.get(path_in(letter)))
    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    assert is_signed_in(client)
    imported.refresh_from_db()
    assert imported.state == "active"


def test_nobody_takes_an_imported_account_by_signing_up_with_its_address(browse, imported, letters):
    thief = browse()
    thief.post("/accounts/signup/", {**SIGN_UP, "email": "ines@mail.example"})

    (letter,) = letters()

    assert letter.to == ["ines@mail.example"]
    assert not is_signed_in(thief)
    assert Person.objects.count() == 1
    thief.post("/accounts/confirm-email/", {"code": "AAAAAA"})
    assert not is_signed_in(thief)


def test_nobody_takes_an_imported_account_by_adding_its_address(browse, imported, cast, letters):
    """Not even when the owner signs in by code afterwards."""
    thief = browse(cast.omar)
    thief.post("/accounts/email/", {"action_add": "", "email": "ines@mail.example"})
    letters()
    owner = browse()
    owner.post("/accounts/login/code/", {"email": "ines@mail.example"})
    letter = letters()[-1]

    owner.post("/accounts/login/code/confirm/", {"code": code_in(letter)})

    assert "velo.example" in owner.get("/me/sites").content.decode()
    assert not EmailAddress.objects.filter(user=cast.omar, email="ines@mail.example").exists()


def test_erased_person_cannot_sign_in(browse, cast, letters):
    cast.omar.set_password(PASSWORD)
    cast.omar.save()
    actions.erase_person(actor=cast.omar, handle="omar", password=PASSWORD)
    client = browse()

    sign_in(client, "omar@people.example", PASSWORD)

    assert not is_signed_in(client)


def test_suspended_member_signs_in_reads_and_cannot_write(browse, cast):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")
    client = browse(cast.omar)

    page = client.get("/me/profile")
    assert page.status_code == 200
    assert "Your account is suspended" in page.content.decode()
    assert "/people/omar/sanction" in page.content.decode()
    assert client.post("/me/organisations", {"name": "Mine"}).status_code == 403
    assert client.post("/me/tokens", {"name": "x", "scopes": "read", "days": 1}).status_code == 403
