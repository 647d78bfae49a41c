"""What stands folded beside a ticket, for its agents."""

import pytest

from helpdesk import actions, queries
from helpdesk.models import TicketField
from people.moments import minutes_words
from tests.helpdesk.conftest import opened

PARTS = ["tags", "checklist", "time"]


@pytest.fixture
def worked(desk, ticket):
    facts = {"actor": desk["nadia"], "ticket_id": ticket.pk}
    made = actions.add_to_checklist(**facts, items=["Read it", "Mend it"])
    actions.check_item(**facts, item_id=made[0].pk, done=True)
    actions.spend_time(**facts, minutes=35)
    actions.tag_ticket(**facts, names=["mail"])
    actions.follow(**facts)
    return ticket


def states(person, ticket):
    folds = queries.ticket_page(person, ticket.pk).folds
    return {fold.key: (fold.state, fold.minutes) for fold in folds}


def test_agent_reads_the_state_of_each_thing_without_opening_it(desk, worked):
    other = opened(desk["aminata"], "Something else")
    actions.link(actor=desk["nadia"], ticket_id=worked.pk, other_id=other.pk, kind="related")

    found = states(desk["nadia"], worked)

    assert found["tags"] == ("1 tag", 0)
    assert found["checklist"] == ("1 of 2", 0)
    assert found["time"] == ("", 35)
    assert found["links"] == ("1 link", 0)
    assert found["others"] == ("1", 0)
    assert found["followers"] == ("1", 0)
    assert "fields" not in found


def test_requester_has_nothing_folded(browse, desk, worked):
    page = browse(desk["aminata"]).get(worked.path).content.decode()

    assert queries.ticket_page(desk["aminata"], worked.pk).folds == []
    assert 'class="fold"' not in page
    assert "Checklist" not in page


def test_volunteer_who_sees_a_mask_reads_of_no_other_ticket_of_the_person(desk, worked):
    assert "others" in states(desk["nadia"], worked)
    assert "others" not in states(desk["vera"], worked)


def test_field_that_lacks_opens_its_fold(desk, worked, queue):
    TicketField.objects.create(
        queue=queue, key="cms", kind="text", labels={"en": "CMS"}, required="solve"
    )
    is_open = {
        fold.key: fold.is_open for fold in queries.ticket_page(desk["nadia"], worked.pk).folds
    }
    assert is_open["fields"]
    assert not is_open["tags"]

    actions.fill_fields(actor=desk["nadia"], ticket_id=worked.pk, values={"cms": "SPIP"})

    assert states(desk["nadia"], worked)["fields"] == ("", 0)


@pytest.mark.parametrize("part", PARTS)
def test_part_is_asked_alone_when_it_is_opened(part, browse, desk, worked):
    client = browse(desk["nadia"])

    fragment = client.get(f"{worked.path}/desk?part={part}", headers={"HX-Request": "true"})
    page = client.get(f"{worked.path}/desk?part={part}").content.decode()

    assert "<details class=" not in fragment.content.decode()
    assert f'id="fold-{part}" open' in page
    assert f'{worked.path}/desk#fold-{part}"' in client.get(worked.path).content.decode()


def test_write_answers_with_its_part_and_the_new_state(browse, desk, worked):
    client = browse(desk["nadia"])

    answer = client.post(
        f"{worked.path}/times", {"minutes": "25"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert answer.count("<details class=") == 1
    assert 'id="fold-time" open' in answer
    assert minutes_words(60) in answer


def test_unknown_part_is_the_whole_page(browse, desk, worked):
    client = browse(desk["nadia"])

    answer = client.get(f"{worked.path}/around?part=nothing", headers={"HX-Request": "true"})

    assert b"<!doctype html>" in answer.content.lower()


def test_queue_is_narrowed_to_a_tag_by_page_and_api(browse, call, desk, worked, open_ticket):
    other = open_ticket("omar", "No tag here")
    page = browse(desk["nadia"])

    shown = page.get("/queue?tag=MAIL&waits_for=").content.decode()
    assert worked.number in shown
    assert other.number not in shown
    assert 'value="mail"' in shown
    assert worked.number not in page.get("/queue?tag=dns&waits_for=").content.decode()
    found = call(desk["nadia"]).get("/api/v1/tickets?tag=mail").json()["results"]
    assert [row["id"] for row in found] == [worked.pk]
