"""Who talks in a workshop's room."""

from chat.actions import open_room, post_message
from tests.cast import SECRET
from tests.workshops.planning import make_venue, make_workshop
from workshops import actions


def test_those_who_lead_and_those_with_a_seat_talk_and_nobody_else(browse, call, cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    for person in (cast.aminata, cast.bao):  # bao waits
        actions.register(actor=person, workshop_id=workshop.pk)
    assert "Open the live conversation" in browse(cast.tomas).get(workshop.path).content.decode()
    room = open_room(actor=cast.tomas, kind="workshops.workshop", object_id=workshop.pk)
    post_message(actor=cast.aminata, room_id=room.pk, source=SECRET, client_id="a")

    for person in (cast.tomas, cast.clara, cast.aminata):
        assert SECRET in browse(person).get(workshop.path).content.decode()
        assert SECRET in browse(person).get(f"/rooms/{room.pk}").content.decode()
    for person in (cast.bao, cast.omar, cast.moira, cast.nadia):
        page = browse(person).get(workshop.path).content.decode()
        assert SECRET not in page
        assert "live conversation" not in page.lower()
        assert browse(person).get(f"/rooms/{room.pk}").status_code == 404
        assert call(person).get(f"/api/v1/messages?q={SECRET}&everywhere=1").json()["results"] == []
    assert SECRET not in browse().get(workshop.path).content.decode()


def test_seat_given_back_closes_the_door_and_its_trainer_moderates(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=2)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    room = open_room(actor=cast.aminata, kind="workshops.workshop", object_id=workshop.pk)

    form = {"seconds": 10}
    assert browse(cast.aminata).post(f"/rooms/{room.pk}/pace", form).status_code == 403
    assert browse(cast.tomas).post(f"/rooms/{room.pk}/pace", form).status_code == 303
    actions.cancel_registration(actor=cast.aminata, workshop_id=workshop.pk)

    assert browse(cast.aminata).get(f"/rooms/{room.pk}").status_code == 404


def test_cancelled_workshop_offers_neither_seat_nor_talk(browse, cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    for person in (cast.aminata, cast.bao):  # bao waits
        actions.register(actor=person, workshop_id=workshop.pk)
    open_room(actor=cast.tomas, kind="workshops.workshop", object_id=workshop.pk)
    offers = ("You have a seat.", "on the waiting list", "live conversation")

    def offered(person):
        page = browse(person).get(workshop.path).content.decode()
        return [words for words in offers if words.lower() in page.lower()]

    assert offered(cast.aminata) == ["You have a seat.", "live conversation"]
    assert offered(cast.bao) == ["on the waiting list"]
    actions.cancel_workshop(actor=cast.tomas, workshop_id=workshop.pk, reason="The room is wet")

    for person in (cast.tomas, cast.aminata, cast.bao):
        assert offered(person) == []
