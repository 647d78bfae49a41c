"""Secrets typed into a live conversation are pointed out before others read them."""

import pytest

from chat.models import ChatMessage
from tests.faces import DONE, FACES, INVALID, Act

SECRET = "Blue!Sky9"
TYPED = f"The password is {SECRET}."


def saying(**more):
    facts = {"source": TYPED, "client_id": "1", **more}
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/messages", facts),
        api=lambda room: ("POST", f"/api/v1/rooms/{room.pk}/messages", facts),
    )


def editing(**more):
    facts = {"source": TYPED, "revision": 1, **more}
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/messages/1/edit", facts),
        api=lambda room: ("PATCH", f"/api/v1/rooms/{room.pk}/messages/1", facts),
    )


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [saying, editing])
def test_a_secret_comes_back_once_and_goes_if_it_is_meant(
    face, act, perform, cast, working_room, say
):
    say(cast.bao, working_room)

    assert perform(face, cast.bao, act(), working_room) == INVALID
    assert not ChatMessage.objects.filter(source=TYPED).exists()
    assert perform(face, cast.bao, act(send_secrets="1"), working_room) == DONE
    assert ChatMessage.objects.filter(source=TYPED).count() == 1


def test_the_room_comes_back_with_what_was_typed(browse, cast, working_room):
    page, _form = saying().page(working_room)

    answer = browse(cast.bao).post(page, {"source": TYPED, "client_id": "1"})

    told = answer.content.decode()
    assert answer.status_code == 422
    assert "Send all the same" in told
    assert f">{TYPED}</textarea>" in told


def test_a_browser_with_javascript_gets_the_notice_alone_whose_button_sends_the_form(
    browse, cast, working_room
):
    page, form = saying().page(working_room)

    answer = browse(cast.bao).post(page, form, headers={"HX-Request": "true"})

    told = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="send_secrets" value="1" form="say"' in told
    assert "<html" not in told
    assert "<button hidden" not in told


def test_the_api_names_code_and_spans(call, cast, working_room):
    _method, path, body = saying().api(working_room)

    told = call(cast.bao).post(path, body, format="json").json()

    assert (told["code"], told["allowed"]) == ("secrets_found", ["send_secrets"])
    [span] = told["spans"]
    assert TYPED[span["start"] : span["end"]] == SECRET
