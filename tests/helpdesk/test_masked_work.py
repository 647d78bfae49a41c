"""What volunteers do with tickets keeps the mask: finding, macros, fields, links, splits, mails."""

import pytest

from chat.queries import room_of
from core.models import OutgoingMail
from helpdesk import actions
from helpdesk.models import FieldValue, Ticket, TicketField
from helpdesk.queries.lists import QueueFilters
from tests.helpdesk.desk_acts import made_macro
from tests.helpdesk.test_masking import decoded, leaks, said  # noqa: F401  (a fixture)

REASON = "I have to call them about their site."
HELLO = "Hello {requester}, about {site}: it is solved."


@pytest.fixture
def worked(desk, said):  # noqa: F811  (the fixture)
    """The same ticket with all that is around it: a twin, a link, a field, a list, a rating."""
    ticket, nadia = said, desk["nadia"]
    twin = actions.open_ticket(
        actor=desk["aminata"],
        subject="Aminata: collectif-du-port.example is down again",
        source="Aminata here.",
        language="en",
    )
    actions.link(actor=nadia, ticket_id=ticket.pk, other_id=twin.pk, kind="related")
    actions.add_to_checklist(actor=nadia, ticket_id=ticket.pk, items=["Call Aminata"])
    field = TicketField.objects.create(
        queue=ticket.queue, key="contact", kind="text", labels={"en": "Contact"}
    )
    FieldValue.objects.create(ticket=ticket, field=field, text="aminata@people.example")
    actions.reply(actor=nadia, ticket_id=twin.pk, source="Dear Aminata, done.", revision=99)
    for one in (twin, ticket):
        actions.set_state(actor=nadia, ticket_id=one.pk, state="solved")
    actions.rate(actor=desk["aminata"], ticket_id=ticket.pk, grade="good", comment="From Aminata")
    actions.save_view(actor=desk["vera"], name="Down", filters=QueueFilters(waits_for="", q="down"))
    return ticket


def test_no_panel_list_or_answer_says_who_asked(browse, call, desk, worked, run_tasks):
    run_tasks()
    api = f"/api/v1/tickets/{worked.pk}"
    made_macro(desk["vera"], queue="hosting", texts={"en": HELLO})
    pages = ["around", "split", "desk", "past", "thread"]
    calls = ["links", "followers", "ratings", "fields", "checklist", "knowledge", "macros"]
    calls += ["messages", "events"]

    assert leaks(browse(desk["vera"]), [f"{worked.path}/{page}" for page in pages]) == []
    assert leaks(browse(desk["vera"]), ["/queue?waits_for=&q=down", "/reports/helpdesk"]) == []
    assert leaks(call(desk["vera"]), [api, *(f"{api}/{name}" for name in calls)]) == []
    assert leaks(call(desk["vera"]), ["/api/v1/tickets?q=down"]) == []
    assert leaks(call(desk["vera"]), ["/api/v1/queue/views"]) == []
    for page in ("around", "split", "desk", "past"):  # staff do read it: the walk shows something
        assert leaks(browse(desk["nadia"]), [f"{worked.path}/{page}"]) != []


def test_masked_page_is_told_of_news_by_its_queue_s_room(browse, desk, said, run_tasks):  # noqa: F811
    run_tasks()
    own, queue = room_of("helpdesk.ticket", said.pk), room_of("helpdesk.queue", said.queue_id)
    page = browse(desk["vera"]).get(said.path).content.decode()

    assert f'data-live-rooms="{queue.pk}:{queue.head}"' in page
    assert 'data-room="' not in page
    assert browse(desk["vera"]).get(f"/rooms/{own.pk}").status_code in (403, 404)
    actions.reply(actor=desk["nadia"], ticket_id=said.pk, source="One more.", revision=99)
    run_tasks()
    assert room_of("helpdesk.queue", said.queue_id).head > queue.head

    actions.unmask(actor=desk["vera"], ticket_id=said.pk, reason=REASON)
    page = browse(desk["vera"]).get(said.path).content.decode()
    assert f'data-live-rooms="{own.pk}:' in page


@pytest.mark.parametrize("asked", ["aminata", "Collectif port", "farid", "aminata@people.example"])
def test_names_find_nothing_masked(desk, worked, asked, call):
    found = f"/api/v1/tickets?q={asked}"

    assert call(desk["vera"]).get(found).json()["results"] == []
    assert call(desk["nadia"]).get(found).json()["results"] != []
    assert call(desk["vera"]).get("/api/v1/tickets?q=PHP").json()["results"] != []

    actions.unmask(actor=desk["vera"], ticket_id=worked.pk, reason=REASON)
    assert [row["id"] for row in call(desk["vera"]).get(found).json()["results"]] == [worked.pk]


def test_a_macro_is_read_masked_and_sent_to_who_asked(browse, desk, said, run_tasks):  # noqa: F811
    macro = made_macro(desk["vera"], queue="hosting", texts={"en": HELLO})
    client = browse(desk["vera"])
    shown = client.post(f"{said.path}/composer", {"insert": f"text:macro:{macro.pk}"})
    page = shown.content.decode()

    assert "aminata" not in page.lower()
    assert "Hello (name)" in page
    actions.run_macro(
        actor=desk["vera"],
        ticket_id=said.pk,
        macro_id=macro.pk,
        revision=99,
        source="Hello (name), about example.org: it is solved.",
    )
    last = said.messages.order_by("-pk").first()
    assert last.source.startswith("Hello Aminata")
    assert leaks(client, [said.path], facts=("aminata", "collectif")) == []


def test_a_masked_value_sent_back_changes_nothing(desk, worked):
    values = {"contact": "(mail address)"}
    actions.fill_fields(actor=desk["vera"], ticket_id=worked.pk, values=values)
    assert FieldValue.objects.get(ticket=worked).value == "aminata@people.example"

    actions.fill_fields(actor=desk["vera"], ticket_id=worked.pk, values={"contact": "by post"})
    assert FieldValue.objects.get(ticket=worked).value == "by post"


def test_who_follows_masked_is_mailed_masked(desk, said, run_tasks):  # noqa: F811
    actions.assign(actor=desk["nadia"], ticket_id=said.pk, assignee=desk["nadia"])
    run_tasks()
    OutgoingMail.objects.all().delete()
    actions.follow(actor=desk["vera"], ticket_id=said.pk)
    actions.reply(actor=desk["farid"], ticket_id=said.pk, source="Farid again.", revision=99)
    run_tasks()

    mails = OutgoingMail.objects.filter(to="vera@people.example")
    assert [mail for mail in mails if "farid" in decoded(mail).lower()] == []
    assert mails.count() == 1


def test_a_part_of_a_masked_ticket_is_masked_too(browse, desk, worked):
    first = worked.messages.filter(internal=False).order_by("pk")[1]
    new = actions.split(actor=desk["vera"], ticket_id=worked.pk, message_ids=[first.pk], subject="")

    assert leaks(browse(desk["vera"]), [new.path, f"{new.path}/around"]) == []
    assert Ticket.objects.get(pk=new.pk).requester == desk["aminata"]


def test_secrets_stand_in_no_field_list_or_macro(browse, call, desk, worked):
    values = {"contact": "the word is hunter2xyz"}
    actions.fill_fields(actor=desk["nadia"], ticket_id=worked.pk, values=values)
    items = ["Try hunter2xyz"]
    actions.add_to_checklist(actor=desk["nadia"], ticket_id=worked.pk, items=items)

    actions.purge_secret(actor=desk["vera"], ticket_id=worked.pk, texts=["hunter2xyz"])
    api = f"/api/v1/tickets/{worked.pk}"
    paths = [f"{api}/fields", f"{api}/checklist"]
    assert leaks(call(desk["nadia"]), paths, facts=("hunter2xyz",)) == []


def test_a_macro_sends_no_secret_unasked(browse, call, desk, said):  # noqa: F811
    macro = made_macro(desk["nadia"])
    sent = {"macro": macro.pk, "revision": 99, "source": "Password: hunter2XYZ!9"}
    before = said.messages.count()

    refused = call(desk["nadia"]).post(f"/api/v1/tickets/{said.pk}/macros", sent, format="json")
    page = browse(desk["nadia"]).post(f"{said.path}/macros", sent)
    assert (refused.status_code, page.status_code) == (422, 422)
    assert 'name="send_secrets"' in page.content.decode()
    assert said.messages.count() == before

    done = browse(desk["nadia"]).post(f"{said.path}/macros", {**sent, "send_secrets": "1"})
    assert done.status_code == 303
    assert said.messages.count() == before + 1
