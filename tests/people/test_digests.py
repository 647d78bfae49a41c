"""How often a mail tells what was missed: chosen by its reader, ended by a link in it."""

import json
import re

import pytest
from django.test import Client

from people import actions
from people.models import NoticeChoice, Person
from people.queries import digest_of
from people.stop_links import DIGESTS
from tests.faces import DONE, FACES, INVALID, SIGN_IN, Act


def choosing(digest: str) -> Act:
    return Act(
        page=lambda _: ("/me/notices/choices", {"digest": digest}),
        api=lambda _: ("PUT", "/api/v1/notices/choices", {"digest": digest}),
    )


CHOOSE = choosing("hourly")
STOP = Act(
    page=lambda person: (DIGESTS.path(person), {"List-Unsubscribe": "One-Click"}),
    api=lambda _: ("", "", None),
)


@pytest.mark.parametrize("face", FACES)
def test_everyone_chooses_for_themselves(face, perform, cast):
    assert digest_of(cast.aminata) == "daily"

    assert perform(face, cast.aminata, CHOOSE, None) == DONE
    assert perform(face, cast.aminata, CHOOSE, None) == DONE
    assert (digest_of(cast.aminata), digest_of(cast.omar)) == ("hourly", "daily")

    assert perform(face, cast.aminata, choosing("yearly"), None) == INVALID
    assert perform(face, None, CHOOSE, None) == SIGN_IN
    assert digest_of(cast.aminata) == "hourly"


@pytest.mark.parametrize("face", FACES)
def test_suspended_people_may_want_no_mail(face, perform, cast):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, cast.omar, choosing("off"), None) == DONE


def test_page_and_api_show_the_choice(browse, call, cast):
    actions.choose_digest(actor=cast.aminata, digest="off")

    page = browse(cast.aminata).get("/me/notices/choices").content.decode()
    (checked,) = re.findall(r"<input[^>]*\schecked[^>]*>", page)
    assert 'value="off"' in checked
    answer = call(cast.aminata).get("/api/v1/notices/choices").json()
    assert answer["digest"] == "off"
    assert len(answer["push_key"]) == 87


def test_one_click_of_a_mail_program_ends_the_mails(cast):
    """It has no cookie and no token of a form. Source: RFC 8058."""
    client = Client(enforce_csrf_checks=True)
    path = DIGESTS.path(cast.aminata)

    asked = client.get(path)
    assert asked.status_code == 200
    assert digest_of(cast.aminata) == "daily"  # looking changes nothing

    answer = client.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert (digest_of(cast.aminata), digest_of(cast.omar)) == ("off", "daily")
    assert client.post(path).status_code == 200


def test_link_that_is_not_ours_is_unseen(cast, browse):
    right = DIGESTS.path(cast.aminata)
    forged = right.replace(f"/{cast.aminata.pk}:", f"/{cast.omar.pk}:")

    for path in (forged, right[:-1], "/digests/1", "/digests/:"):
        assert browse().post(path).status_code == 404, path
    assert not NoticeChoice.objects.exists()


def test_export_and_erasure(browse, cast):
    actions.choose_digest(actor=cast.aminata, digest="off")
    path = DIGESTS.path(cast.aminata)
    data = json.loads(browse(cast.aminata).get("/me/data").content)
    assert data["notice_choices"] == [{"digest": "off"}]

    cast.aminata.set_unusable_password()
    cast.aminata.save()
    actions.erase_person(actor=cast.aminata, handle="aminata")

    assert not NoticeChoice.objects.exists()
    assert browse().post(path).status_code == 404
