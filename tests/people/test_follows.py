"""Following and muting a thing, on all faces, and ending it by a link of a mail."""

import json

import pytest
from django.test import Client

from people import actions
from people.follow_queries import followed, muted, standing, ways_of
from people.models import Follow, MailChoice, Mute, Person
from people.stop_links import FOLLOWED
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

KIND = "people.person"


def on(noun: str, method: str, kind: str = KIND) -> Act:
    """Return the act on a thing: the page says kind and id, the API has them in its address."""
    page = noun + ("/undo" if method == "DELETE" else "")
    return Act(
        page=lambda row: (f"/{page}", {"kind": kind, "id": row.pk}),
        api=lambda row: (method, f"/api/v1/{noun}/{kind}/{row.pk}", None),
    )


FOLLOW, UNFOLLOW = on("follows", "PUT"), on("follows", "DELETE")
MUTE, UNMUTE = on("mutes", "PUT"), on("mutes", "DELETE")
ALL = [FOLLOW, UNFOLLOW, MUTE, UNMUTE]


def choosing(**ways: str) -> Act:
    """Return the act of choosing how mail comes; `_` stands for the dot of a kind."""
    mails = {kind.replace("_", "."): way for kind, way in ways.items()}
    form = {f"mails.{kind}": way for kind, way in mails.items()}
    return Act(
        page=lambda _: ("/me/notices/choices", {"digest": "daily", **form}),
        api=lambda _: ("PUT", "/api/v1/notices/choices", {"mails": mails}),
    )


STOP = Act(
    page=lambda person: (
        FOLLOWED.path(person, KIND, person.pk),
        {"List-Unsubscribe": "One-Click"},
    ),
    api=lambda _: ("", "", None),
)


@pytest.mark.parametrize("face", FACES)
def test_member_follows_and_stops(face, perform, cast):
    assert perform(face, cast.omar, FOLLOW, cast.bao) == DONE
    assert perform(face, cast.omar, FOLLOW, cast.bao) == DONE
    assert standing(cast.omar, KIND, cast.bao.pk).is_following
    assert not standing(cast.clara, KIND, cast.bao.pk).is_following

    assert perform(face, cast.omar, UNFOLLOW, cast.bao) == DONE
    assert perform(face, cast.omar, UNFOLLOW, cast.bao) == DONE
    assert not standing(cast.omar, KIND, cast.bao.pk).is_following

    assert perform(face, cast.omar, FOLLOW, cast.bao) == DONE
    assert Follow.objects.get().stopped_at is None


@pytest.mark.parametrize("face", FACES)
def test_member_mutes_and_hears_again(face, perform, cast):
    for _again in range(2):
        assert perform(face, cast.omar, MUTE, cast.bao) == DONE
    assert standing(cast.omar, KIND, cast.bao.pk).is_muted

    assert perform(face, cast.omar, UNMUTE, cast.bao) == DONE
    assert perform(face, cast.omar, MUTE, cast.bao) == DONE
    assert perform(face, cast.omar, FOLLOW, cast.bao) == DONE  # who follows wants to hear
    assert not Mute.objects.exists()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", ALL)
def test_refusals_are_the_same_on_every_face(face, act, perform, cast):
    assert perform(face, None, act, cast.bao) == SIGN_IN
    assert perform(face, cast.bao, act, cast.bao) == WRONG_MOMENT

    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")
    assert perform(face, cast.omar, act, cast.bao) == NOT_ALLOWED
    Person.objects.filter(pk=cast.bao.pk).update(state="imported")
    assert perform(face, cast.clara, act, cast.bao) == UNSEEN
    assert not Follow.objects.exists()
    assert not Mute.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_what_cannot_be_followed_is_unseen(face, perform, cast):
    for kind in ("people.calendar", "nothing.here"):
        assert perform(face, cast.omar, on("follows", "PUT", kind), cast.bao) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_everyone_chooses_how_mail_comes(face, perform, cast):
    assert ways_of(cast.omar)[KIND] == "daily"

    assert perform(face, cast.omar, choosing(people_person="weekly"), None) == DONE

    assert ways_of(cast.omar) == {**ways_of(cast.clara), KIND: "weekly"}
    assert perform(face, cast.omar, choosing(people_person="hourly"), None) == INVALID
    assert perform(face, None, choosing(people_person="never"), None) == SIGN_IN
    assert MailChoice.objects.count() == 1


def test_unknown_kind_is_refused(call, cast):
    answer = call(cast.omar).put(
        "/api/v1/notices/choices", {"mails": {"people.flag": "daily"}}, format="json"
    )

    assert answer.status_code == 422


def test_lists_show_what_one_may_see_alone(browse, call, cast):
    actions.follow(actor=cast.omar, kind=KIND, object_id=cast.bao.pk)
    actions.mute(actor=cast.omar, kind=KIND, object_id=cast.clara.pk)
    page = browse(cast.omar).get("/me/follows").content.decode()
    assert ("Bao" in page, "Clara" in page) == (True, True)
    (row,) = call(cast.omar).get("/api/v1/follows").json()["results"]
    assert (row["kind"], row["object_id"], row["reason"]) == (KIND, cast.bao.pk, "chosen")
    (row,) = call(cast.omar).get("/api/v1/mutes").json()["results"]
    assert row["object_id"] == cast.clara.pk
    assert call(cast.clara).get("/api/v1/follows").json()["results"] == []

    Person.objects.filter(pk__in=[cast.bao.pk, cast.clara.pk]).update(state="imported")

    assert (followed(cast.omar), muted(cast.omar)) == ([], [])


def test_one_click_of_a_mail_program_stops_it(cast):
    """It has no cookie and no token of a form. Source: RFC 8058."""
    actions.follow(actor=cast.omar, kind=KIND, object_id=cast.bao.pk)
    client = Client(enforce_csrf_checks=True)
    path = FOLLOWED.path(cast.omar, KIND, cast.bao.pk)

    asked = client.get(path)
    assert (asked.status_code, "Bao" in asked.content.decode()) == (200, True)
    assert Follow.objects.current().exists()  # looking changes nothing

    for _again in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert not Follow.objects.current().exists()
    assert ways_of(cast.omar)[KIND] == "daily"
    assert client.post(path, {"all": "1"}).status_code == 200
    assert ways_of(cast.omar)[KIND] == "never"


def test_link_that_is_not_ours_is_unseen(cast, browse):
    right = FOLLOWED.path(cast.omar, KIND, cast.bao.pk)
    forged = right.replace(f"/{cast.omar.pk}:", f"/{cast.clara.pk}:")

    for path in (forged, right[:-1], "/follows/stop/1", "/follows/stop/::"):
        assert browse().post(path).status_code == 404, path
    assert not Follow.objects.exists()


def test_export_and_erasure(browse, cast):
    actions.follow(actor=cast.aminata, kind=KIND, object_id=cast.bao.pk)
    actions.mute(actor=cast.aminata, kind=KIND, object_id=cast.clara.pk)
    actions.choose_mails(actor=cast.aminata, ways={KIND: "weekly"})
    actions.follow(actor=cast.omar, kind=KIND, object_id=cast.aminata.pk)
    path = FOLLOWED.path(cast.aminata, KIND, cast.bao.pk)
    data = json.loads(browse(cast.aminata).get("/me/data").content)
    assert [row["object_id"] for row in data["follows"]] == [cast.bao.pk]
    assert [row["object_id"] for row in data["mutes"]] == [cast.clara.pk]
    assert data["mail_choices"] == [{"kind": KIND, "way": "weekly"}]

    cast.aminata.set_unusable_password()
    cast.aminata.save()
    actions.erase_person(actor=cast.aminata, handle="aminata")

    for model in (Follow, Mute, MailChoice):
        assert not model.objects.exists()
    assert browse().post(path).status_code == 404
