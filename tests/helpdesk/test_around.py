"""What agents do around a ticket, on every face: merging, splitting, links, following, queues."""

import pytest

from helpdesk import actions
from helpdesk.models import Follow, Message, Ticket, TicketLink
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.helpdesk.test_faces import AGENTS, ASKERS, OUTSIDE


def act(noun, method, page=None, *, api=None, api_data=None):
    """An act on a ticket; page, api and api_data may be functions of it."""

    def of(value, ticket):
        return value(ticket) if callable(value) else value

    return Act(
        page=lambda t: (f"{t.path}/{noun}", of(page, t) or {}),
        api=lambda t: (method, f"/api/v1/tickets/{t.pk}/{of(api, t) or noun}", of(api_data, t)),
    )


@pytest.fixture
def twin(desk, open_ticket, ticket):
    """Another ticket of aminata, with two messages, beside `ticket`."""
    made = open_ticket("aminata", "The same once more")
    actions.reply(actor=desk["nadia"], ticket_id=made.pk, source="Seen.", revision=99)
    made.refresh_from_db()
    return made


def first_message(ticket):
    return Message.objects.filter(origin_ticket=ticket, internal=False).order_by("pk").first().pk


def acts(twin):
    number, pk = twin.number, twin.pk
    link = {"kind": "related", "other": number}
    return {
        "merge": act("merger", "PUT", {"into": number}, api_data={"into": pk}),
        "undo merge": act("merger/undo", "DELETE", api="merger"),
        "link": act("links", "PUT", link, api=f"links/related/{pk}"),
        "unlink": act("links/undo", "DELETE", link, api=f"links/related/{pk}"),
        "follow": act("following", "PUT"),
        "unfollow": act("following/undo", "DELETE", api="following"),
        "queue": act("queue", "PUT", {"queue": "domains"}, api_data={"queue": "domains"}),
    }


NAMES = ("merge", "undo merge", "link", "unlink", "follow", "unfollow", "queue")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", NAMES)
def test_agents_of_the_queue_alone(face, name, perform, desk, ticket, twin):
    what = acts(twin)[name]
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys(ASKERS, NOT_ALLOWED)

    if name in ("merge", "link", "unlink"):
        expected["olga"] = expected["farid"] = UNSEEN  # they do not see the other ticket
    assert {who: perform(face, desk[who], what, ticket) for who in expected} == expected
    assert perform(face, None, what, ticket) == SIGN_IN
    for who in sorted(AGENTS):
        for _time in range(2):
            assert (who, perform(face, desk[who], what, ticket)) == (who, DONE)
        if name in ("merge", "queue"):
            return  # the twin has taken all, or vera does not see the other queue


@pytest.mark.parametrize("face", FACES)
def test_merging_and_making_two_again(face, perform, desk, ticket, twin):
    what = acts(twin)

    assert perform(face, desk["vera"], what["merge"], ticket) == DONE
    assert Message.objects.filter(ticket=twin).count() == 4
    assert perform(face, desk["vera"], what["queue"], ticket) == WRONG_MOMENT
    assert perform(face, desk["vera"], what["undo merge"], ticket) == DONE
    assert Message.objects.filter(ticket=twin).count() == 2
    ticket.refresh_from_db()
    assert (ticket.state, ticket.merged_into) == ("new", None)


@pytest.mark.parametrize("face", FACES)
def test_splitting_and_putting_back(face, perform, desk, ticket, twin):
    first = first_message(twin)
    data = {"messages": [first]}
    split = act("split", "POST", data, api="splits", api_data=data)
    expected = dict.fromkeys(OUTSIDE | {"olga", "farid"}, UNSEEN) | {"aminata": NOT_ALLOWED}

    found = {who: perform(face, desk[who], split, twin) for who in expected}
    assert found == expected
    assert perform(face, desk["vera"], split, twin) == DONE
    new = Message.objects.get(pk=first).ticket
    assert new.pk not in (twin.pk, ticket.pk)
    undo = Act(
        page=lambda t: (f"{new.path}/split/undo", {}),
        api=lambda t: ("DELETE", f"/api/v1/tickets/{t.pk}/splits/{new.pk}", None),
    )
    assert perform(face, desk["vera"], split, twin) == INVALID  # it is there no more
    assert perform(face, desk["aminata"], undo, twin) == NOT_ALLOWED
    assert perform(face, desk["omar"], undo, twin) == UNSEEN
    for _time in range(2):
        assert perform(face, desk["vera"], undo, twin) == DONE
    assert Message.objects.get(pk=first).ticket_id == twin.pk
    assert Ticket.objects.get(pk=new.pk).merged_into == twin


@pytest.mark.parametrize("face", FACES)
def test_what_does_not_fit_is_said(face, perform, desk, ticket, twin, open_ticket):
    others = open_ticket("omar")
    for what in (
        act(
            "links", "PUT", {"kind": "friend", "other": twin.number}, api=f"links/friend/{twin.pk}"
        ),
        act("queue", "PUT", {"queue": "nowhere"}, api_data={"queue": "nowhere"}),
        act("merger", "PUT", {"into": others.number}, api_data={"into": others.pk}),
        act("split", "POST", {"messages": []}, api="splits", api_data={"messages": []}),
    ):
        assert perform(face, desk["vera"], what, ticket) == INVALID
    assert not TicketLink.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_tickets_that_say_the_same_are_linked_both_ways_once(
    face, perform, browse, call, desk, ticket, twin
):
    def linking(other, noun="links", method="PUT"):
        data = {"kind": "duplicate", "other": other.number}
        return act(noun, method, data, api=f"links/duplicate/{other.pk}")

    for one, other in ((ticket, twin), (twin, ticket)):
        assert perform(face, desk["vera"], linking(other), one) == DONE
    link = TicketLink.objects.get()
    assert (link.kind, {link.ticket_id, link.other_id}) == ("duplicate", {ticket.pk, twin.pk})
    for one, other in ((ticket, twin), (twin, ticket)):
        [told] = call(desk["vera"]).get(f"/api/v1/tickets/{one.pk}/links").json()
        assert (told["kind"], told["ticket"]) == ("duplicate", other.pk)
        assert "says the same" in browse(desk["vera"]).get(f"{one.path}/around").content.decode()

    undo = linking(ticket, "links/undo", "DELETE")
    assert perform(face, desk["vera"], undo, twin) == DONE
    assert not TicketLink.objects.exists()


def test_thread_says_which_messages_a_merger_brought(browse, desk, ticket, twin):
    actions.merge(actor=desk["nadia"], ticket_id=twin.pk, into_id=ticket.pk)

    for who in ("aminata", "nadia"):
        page = browse(desk[who]).get(ticket.path).content.decode()
        assert page.count(f'written in <bdi class="number">{twin.number}</bdi>') == 2
        assert f'written in <bdi class="number">{ticket.number}</bdi>' not in page


def test_merged_ticket_leads_on_by_page_and_by_api(browse, call, desk, ticket, twin):
    actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=twin.pk)

    for name in ("aminata", "nadia"):
        answer = browse(desk[name]).get(ticket.path)
        assert (answer.status_code, answer.headers["Location"]) == (302, twin.path)
        shown = call(desk[name]).get(f"/api/v1/tickets/{ticket.pk}").json()
        assert (shown["state"], shown["merged_into"]) == ("merged", twin.pk)
    page = browse(desk["nadia"]).get(twin.path).content.decode()
    assert f'action="{ticket.path}/merger/undo"' in page
    assert (
        f'action="{ticket.path}/merger/undo"'
        not in browse(desk["aminata"]).get(twin.path).content.decode()
    )
    guest = browse(desk["farid"]).get(ticket.path)
    assert guest.status_code == 200
    assert twin.number not in guest.content.decode()


def test_around_shows_agents_links_followers_and_other_tickets(browse, call, desk, ticket, twin):
    actions.link(actor=desk["nadia"], ticket_id=ticket.pk, other_id=twin.pk, kind="child")
    actions.follow(actor=desk["nadia"], ticket_id=ticket.pk)
    path, api = f"{ticket.path}/around", f"/api/v1/tickets/{ticket.pk}"

    for headers in ({}, {"HX-Request": "true"}):
        shown = browse(desk["vera"]).get(path, headers=headers).content.decode()
        assert twin.number in shown
        assert "this is a part of it" in shown
        assert "Nadia" in shown
    assert call(desk["vera"]).get(f"{api}/links").json() == [
        {"kind": "child", "ticket": twin.pk, "number": twin.number, "subject": twin.subject}
    ]
    assert call(desk["vera"]).get(f"/api/v1/tickets/{twin.pk}/links").json()[0]["kind"] == "parent"
    assert call(desk["vera"]).get(f"{api}/followers").json() == [{"person": "nadia"}]
    for noun in ("links", "followers"):
        assert call(desk["aminata"]).get(f"{api}/{noun}").status_code == 403
        assert call(desk["omar"]).get(f"{api}/{noun}").status_code == 404
    assert browse(desk["aminata"]).get(path).status_code == 403
    assert browse(desk["omar"]).get(path).status_code == 404
    assert browse(desk["aminata"]).get(f"{ticket.path}/split").status_code == 403


def test_around_costs_the_same_however_much_there_is(
    browse, desk, ticket, twin, open_ticket, assert_asks
):
    client, path = browse(desk["vera"]), f"{ticket.path}/around"
    client.get(path)

    with assert_asks(10):
        client.get(path)
    for number in range(5):
        other = open_ticket("aminata", f"More {number}")
        actions.link(actor=desk["nadia"], ticket_id=ticket.pk, other_id=other.pk, kind="related")
    for name in ("nadia", "vera"):
        actions.follow(actor=desk[name], ticket_id=ticket.pk)
    with assert_asks(10):
        client.get(path)


def test_another_queue_keeps_the_turn_and_who_works_there_too(desk, ticket):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])

    moved = actions.change_queue(actor=desk["vera"], ticket_id=ticket.pk, queue_slug="domains")

    turn = ticket.turn_at
    ticket.refresh_from_db()
    assert (ticket.queue.slug, ticket.assignee, ticket.state) == ("domains", None, "waiting_us")
    assert (ticket.turn_at, moved.pk) == (turn, ticket.pk)
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["nadia"])
    actions.change_queue(actor=desk["nadia"], ticket_id=ticket.pk, queue_slug="hosting")
    ticket.refresh_from_db()
    assert (ticket.queue.slug, ticket.assignee) == ("hosting", desk["nadia"])
    assert not Follow.objects.exists()
