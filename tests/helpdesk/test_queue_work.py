"""The queue at work: sorted, searched, kept as views, and many tickets at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import InvalidInput
from helpdesk import actions
from helpdesk.models import SavedView, Ticket
from helpdesk.queries import QueueFilters, queue_rows
from helpdesk.queries.views import saved_views
from helpdesk.words import COMMON, MANY, MOST_TERMS
from people.actions import erase_person
from people.models import GuaranteeLevelVersion
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, Act
from tests.helpdesk.conftest import opened


def bulk(act, *tickets, **facts):
    ids = [ticket.pk for ticket in tickets]
    form = {"tickets": ids, "act": act, "asked": "waits_for=us"}
    for name in ("state", "queue"):
        if name in facts:
            form["act"] = f"{name}:{facts[name]}"
    if "into" in facts:
        form["into"] = facts["into"].number
        facts["into"] = facts["into"].pk
    return Act(
        page=lambda _t: ("/queue/bulk", form),
        api=lambda _t: ("POST", "/api/v1/tickets/bulk", {"tickets": ids, "act": act, **facts}),
    )


@pytest.mark.parametrize("face", FACES)
def test_many_at_once_on_every_face(face, perform, desk, open_ticket):
    tickets = [open_ticket("aminata", f"Number {n}") for n in range(3)]
    take = bulk("take", *tickets)

    for who in ("aminata", "omar", "clara"):
        assert perform(face, desk[who], take, None) == NOT_ALLOWED
    assert perform(face, None, take, None) == SIGN_IN
    for _time in range(2):
        assert perform(face, desk["vera"], take, None) == DONE
    assert set(Ticket.objects.values_list("assignee__handle", flat=True)) == {"vera"}
    assert perform(face, desk["vera"], bulk("state", *tickets, state="solved"), None) == DONE
    assert set(Ticket.objects.values_list("state", flat=True)) == {"solved"}
    for wrong in (bulk("take"), bulk("fly", *tickets), bulk("merge", *tickets)):
        assert perform(face, desk["vera"], wrong, None) == INVALID


def test_to_have_a_ticket_and_to_work_on_it_are_called_differently(browse, desk, ticket):
    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="waiting_us")
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["nadia"])
    client = browse(desk["vera"])

    queue = client.get("/queue").content.decode()
    page = client.get(ticket.path).content.decode()

    assert '<option value="take">Assign to me</option>' in queue
    assert '<option value="state:open">We work on it</option>' in queue
    assert ">Assign to me</button>" in page
    assert ">We work on it</button>" in page


def test_each_stands_by_itself_and_the_summary_says_why(call, browse, desk, ticket, open_ticket):
    solved, others = open_ticket(), open_ticket("omar")
    actions.set_state(actor=desk["nadia"], ticket_id=solved.pk, state="solved")
    ids = [others.pk, ticket.pk, solved.pk, 10**9]
    data = {"tickets": ids, "act": "take"}

    rows = call(desk["vera"]).post("/api/v1/tickets/bulk", data, format="json").json()
    assert [(row["ticket"], row["done"], row["code"]) for row in rows] == [
        (others.pk, True, ""),
        (ticket.pk, True, ""),
        (solved.pk, False, "done"),
        (10**9, False, "not_found"),
    ]
    page = browse(desk["vera"]).post(
        "/queue/bulk",
        {"tickets": ids[:3], "act": "merge", "into": ticket.number, "asked": "waits_for=us"},
        follow=True,
    )
    shown = page.content.decode()
    assert page.redirect_chain == [("/queue?waits_for=us", 303)]
    assert "Done with 1 ticket." in shown
    assert f"{others.number}: Name another ticket of the same person." in shown
    assert f"{ticket.number}: Name another ticket of the same person." in shown
    solved.refresh_from_db()
    assert solved.merged_into == ticket


def test_bulk_reaches_no_ticket_of_another_queue(call, desk, ticket, open_ticket, other_queue):
    own = open_ticket("omar")
    Ticket.objects.filter(pk=own.pk).update(queue=other_queue)
    facts = {"act": "queue", "queue": "hosting", "tickets": [ticket.pk, own.pk]}

    rows = call(desk["odile"]).post("/api/v1/tickets/bulk", facts, format="json").json()

    assert [row["code"] for row in rows] == ["not_found", ""]
    own.refresh_from_db()
    ticket.refresh_from_db()
    assert own.queue == ticket.queue


@pytest.mark.parametrize("face", FACES)
def test_views_are_kept_on_every_face(face, perform, desk, ticket):
    def keep(**facts):
        filters = {"waits_for": "us", "assigned": "nobody"}
        return Act(
            page=lambda _t: (
                "/queue/views",
                {"asked": "waits_for=us&assigned=nobody", "name": "Free", **facts},
            ),
            api=lambda _t: (
                "POST",
                "/api/v1/queue/views",
                {"name": "Free", "filters": filters, **facts},
            ),
        )

    def remove(view):
        return Act(
            page=lambda _t: ("/queue/views/undo", {"view": view.pk}),
            api=lambda _t: ("DELETE", f"/api/v1/queue/views/{view.pk}", None),
        )

    assert perform(face, desk["aminata"], keep(), None) == NOT_ALLOWED
    assert perform(face, None, keep(), None) == SIGN_IN
    assert perform(face, desk["vera"], keep(queue="domains"), None) == INVALID
    for _time in range(2):
        assert perform(face, desk["vera"], keep(queue="hosting"), None) == DONE
    view = SavedView.objects.get()
    assert (view.queue.slug, view.filters["assigned"]) == ("hosting", "nobody")
    assert [row.name for row in saved_views(desk["nadia"])] == ["Free"]
    assert saved_views(desk["odile"]) == []
    assert perform(face, desk["nadia"], remove(view), None) == NOT_ALLOWED
    assert perform(face, desk["odile"], remove(view), None) == UNSEEN
    assert perform(face, desk["vera"], remove(view), None) == DONE
    assert not SavedView.objects.exists()


def test_views_count_what_their_reader_sees_and_no_more_than_99(
    browse, desk, ticket, open_ticket, assert_asks
):
    for name, filters in (
        ("Mine", QueueFilters(assigned="me")),
        ("Free", QueueFilters(assigned="nobody")),
    ):
        actions.save_view(actor=desk["vera"], name=name, filters=filters, queue_slug="hosting")
    actions.assign(actor=desk["vera"], ticket_id=ticket.pk, assignee=desk["vera"])
    open_ticket()

    def counts(name):
        return {view.name: view.count_words for view in saved_views(desk[name])}

    assert counts("vera") == {"Mine": "1", "Free": "1"}
    assert counts("nadia") == {"Mine": "0", "Free": "1"}
    row = Ticket.objects.latest("pk")
    Ticket.objects.bulk_create(
        Ticket(
            requester=row.requester,
            queue=row.queue,
            subject=f"Copy {number}",
            language="en",
            turn_at=row.turn_at,
        )
        for number in range(120)
    )
    assert counts("vera") == {"Mine": "1", "Free": "99+"}
    with assert_asks(2):
        saved_views(desk["vera"])
    page = browse(desk["vera"]).get("/queue?waits_for=us&assigned=nobody").content.decode()
    assert 'aria-current="page"><bdi>Free</bdi> <span class="count">99+</span>' in page


def test_twenty_views_are_enough_and_erasing_takes_them_out(desk):
    for number in range(20):
        actions.save_view(actor=desk["vera"], name=f"View {number}", filters=QueueFilters())
    client_facts = {"actor": desk["vera"], "filters": QueueFilters()}
    with pytest.raises(InvalidInput):
        actions.save_view(name="One more", **client_facts)
    actions.save_view(name="View 3", **client_facts)
    erase_person(actor=desk["vera"], handle="vera")

    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"sort": "newest"}, ["third", "second", "first"]),
        ({"sort": "activity"}, ["first", "third", "second"]),
        ({"sort": "turn"}, ["first", "second", "third"]),
        ({"state": "waiting_us"}, ["first"]),
        ({"assigned": "vera"}, ["first"]),
        ({"assigned": "VERA", "waits_for": ""}, ["first"]),
        ({"q": "spa fold"}, ["second"]),
    ],
)
def test_queue_is_sorted_and_narrowed(browse, desk, open_ticket, filters, found):
    texts = {"first": "Nothing", "second": "Spam, in the Folder", "third": "Error"}
    tickets = {name: open_ticket("aminata", name, source=texts[name]) for name in texts}
    actions.reply(
        actor=desk["vera"],
        ticket_id=tickets["first"].pk,
        source="Hm",
        revision=9,
        then="waiting_us",
    )
    if filters.get("sort") == "turn":
        Ticket.objects.filter(pk=tickets["first"].pk).update(turn_at=tickets["second"].opened_at)

    page = browse(desk["nadia"]).get("/queue", filters).content.decode()
    rows = queue_rows(desk["nadia"], QueueFilters(**filters))

    places = sorted((page.find(f'lang="en">{name}</a>'), name) for name in tickets)
    assert [name for place, name in places if place >= 0] == found
    assert rows.count() == len(found)


@pytest.fixture
def written(desk, ticket):
    """A ticket with words in a reply that no other has, beside those of its note."""
    actions.reply(
        actor=desk["nadia"],
        ticket_id=ticket.pk,
        source="Écris à postmaster@chorale-du-lac.example, un registre l'exige.",
        revision=99,
    )
    return ticket


def found(client, text, api=True):
    path = "/api/v1/tickets" if api else "/tickets"
    answer = client.get(path, {"q": text})
    if api:
        return [row["number"] for row in answer.json()["results"]]
    return answer.content.decode()


@pytest.mark.parametrize("text", ["écris", "ÉCRIS registre", "chorale lac", "postmas", "spam"])
def test_words_are_found_by_all_who_see_them_and_nobody_else(call, browse, desk, written, text):
    for name in ("aminata", "farid", "olga", "nadia"):
        assert found(call(desk[name]), text) == [written.number], name
    assert written.number in found(browse(desk["aminata"]), text, api=False)
    # A volunteer sees addresses masked, and finds nothing by them.
    masked = text in {"chorale lac", "postmas"}
    for name, here in (("nadia", True), ("vera", not masked)):
        page = browse(desk[name]).get("/queue", {"q": text, "waits_for": ""}).content.decode()
        assert (written.number in page) is here, name
    assert found(call(desk["vera"]), text) == ([] if masked else [written.number])
    for name in ("omar", "mika", "odile", "moira", "clara"):
        assert found(call(desk[name]), text) == [], name
        assert written.number not in found(browse(desk[name]), text, api=False)


@pytest.mark.parametrize("text", ["registrar", "NOTESECRETPLUM", "internal registrar"])
def test_words_of_notes_are_found_by_agents_alone(call, browse, desk, written, text):
    for name in ("nadia", "vera"):
        assert found(call(desk[name]), text) == [written.number], name
    for name in ("aminata", "farid", "olga", "odile", "omar"):
        assert found(call(desk[name]), text) == [], name
        assert written.number not in found(browse(desk[name]), text, api=False)


@pytest.fixture(params=["each of few", "newest texts", "last texts, then tickets", "tickets"])
def way(request, monkeypatch):
    """Let PostgreSQL go about a narrowed search in each of its ways, SQLite in both of its."""
    few, many, common = {
        "each of few": (500, MANY, COMMON),
        "newest texts": (0, MANY, COMMON),
        "last texts, then tickets": (0, -1, 2),
        "tickets": (0, -1, -1),
    }[request.param]
    monkeypatch.setattr("helpdesk.queries.finding.FEW", few)
    monkeypatch.setattr("helpdesk.words.MANY", many)
    monkeypatch.setattr("helpdesk.words.COMMON", common)
    if many < 0:
        monkeypatch.setattr("helpdesk.words.SPARED", 0)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("filters", "of_api"),
    [
        ({"state": "open"}, {"state": "open"}),
        ({"tag": "lake"}, {"tag": "lake"}),
        ({"assigned": "vera"}, {"assignee": "vera"}),
        ({"level": "guaranteed"}, {"level": "guaranteed"}),
    ],
)
def test_filters_come_before_the_newest_texts(
    call, browse, desk, open_ticket, monkeypatch, levels, filters, of_api
):
    monkeypatch.setattr("helpdesk.words.NEWEST", 2)
    old = open_ticket(source="A quagga on the road")
    actions.assign(actor=desk["nadia"], ticket_id=old.pk, assignee=desk["vera"])
    actions.tag_ticket(actor=desk["nadia"], ticket_id=old.pk, names=["lake"])
    paid = GuaranteeLevelVersion.objects.filter(level__slug="guaranteed").latest("pk")
    Ticket.objects.filter(pk=old.pk).update(state="open", level_version=paid)
    for number in range(4):
        open_ticket(source=f"A quagga at home {number}")
    assert old.number not in found(call(desk["nadia"]), "quagga")

    shown = {"waits_for": "", "q": "quag", **filters}
    page = browse(desk["nadia"]).get("/queue", shown).content.decode()
    rows = call(desk["nadia"]).get("/api/v1/tickets", {"q": "quag", **of_api}).json()["results"]

    assert old.number in page
    assert [row["number"] for row in rows] == [old.number]
    assert "only the newest are looked through" in page
    shown["q"] = "quag home"
    assert old.number not in browse(desk["nadia"]).get("/queue", shown).content.decode()


@pytest.mark.parametrize("is_api", [True, False])
def test_agents_own_tickets_are_found_by_texts_older_than_the_newest_of_all(
    call, browse, desk, open_ticket, monkeypatch, is_api
):
    monkeypatch.setattr("helpdesk.words.NEWEST", 2)
    own = open_ticket("nadia", source="A quagga on the road")
    others = [open_ticket(source=f"A quagga at home {number}") for number in range(4)]
    face = call(desk["nadia"]) if is_api else browse(desk["nadia"])

    page = face.get("/api/v1/tickets/mine" if is_api else "/tickets", {"q": "quag"})

    assert own.number in page.content.decode()
    assert not any(row.number in page.content.decode() for row in others)


@pytest.mark.usefixtures("way")
def test_what_waits_is_found_by_programs_before_the_newest_texts_of_all(
    call, desk, open_ticket, monkeypatch
):
    monkeypatch.setattr("helpdesk.words.NEWEST", 2)
    waiting = open_ticket(source="A quagga on the road")
    for number in range(4):
        done = open_ticket(source=f"A quagga at home {number}")
        actions.set_state(actor=desk["nadia"], ticket_id=done.pk, state="solved")

    rows = call(desk["nadia"]).get("/api/v1/queue", {"q": "quag"}).json()["results"]

    assert [row["number"] for row in rows] == [waiting.number]


@pytest.mark.usefixtures("way")
def test_narrowed_search_finds_notes_for_agents_and_nothing_masked(call, browse, desk, written):
    written.refresh_from_db()
    narrowed = {"waits_for": "", "state": written.state}

    for name, text, here in (
        ("nadia", "internal registrar", True),
        ("vera", "internal registrar", True),
        ("nadia", "postmas", True),
        ("vera", "postmas", False),
        ("odile", "internal registrar", False),
    ):
        page = browse(desk[name]).get("/queue", {"q": text, **narrowed}).content.decode()
        asked = {"q": text, "state": written.state}
        rows = call(desk[name]).get("/api/v1/tickets", asked).json()["results"]
        assert (written.number in page) is here, (name, text)
        assert [row["number"] for row in rows] == ([written.number] if here else []), (name, text)
    for name, text, here in (("aminata", "postmas", True), ("aminata", "internal", False)):
        asked = {"q": text, "state": written.state}
        rows = call(desk[name]).get("/api/v1/tickets", asked).json()["results"]
        assert bool(rows) is here, (name, text)


def test_beginnings_of_few_and_of_very_many_words_find_the_same(call, desk, open_ticket):
    many = " ".join(f"zéb{number:03}" for number in range(MOST_TERMS + 5))
    ticket = open_ticket(source=f"{many} quagga")

    for text in ("zéb", "zéb0", "zéb068", "quagga zéb00", "quag ZÉB"):
        assert found(call(desk["nadia"]), text) == [ticket.number], text
    assert found(call(desk["nadia"]), "zéb069") == []
    assert found(call(desk["nadia"]), "quagga horse") == []


@pytest.mark.parametrize(
    "text", ['"', "'", "a OR b", "*", "(", "NEAR(", ":*", "a:b", "é" * 199, "\\"]
)
def test_what_means_something_to_a_database_is_words_alone(call, desk, written, text):
    answer = call(desk["nadia"]).get("/api/v1/tickets", {"q": text})

    assert answer.status_code == 200


def test_number_that_is_typed_leads_to_the_ticket(browse, desk, written):
    spoken = written.number.replace("-", " ").lower()

    for name, path in (("nadia", "/queue"), ("aminata", "/tickets")):
        answer = browse(desk[name]).get(path, {"q": spoken})
        assert (answer.status_code, answer.headers.get("Location")) == (303, written.path)
    assert browse(desk["omar"]).get("/tickets", {"q": spoken}).status_code == 200


def test_words_follow_what_is_changed_moved_and_erased(call, desk, written, open_ticket):
    Ticket.objects.filter(pk=written.pk).update(subject="Quince")
    assert found(call(desk["nadia"]), "quince") == [written.number]
    twin = open_ticket()
    actions.merge(actor=desk["nadia"], ticket_id=written.pk, into_id=twin.pk)
    assert found(call(desk["aminata"]), "postmaster") == [twin.number]

    written.messages.model.objects.filter(ticket=twin).update(source="", html="")
    assert found(call(desk["nadia"]), "postmaster") == []


def test_searching_costs_the_same_however_many_there_are(call, desk, written):
    client = call(desk["nadia"])
    client.get("/api/v1/tickets", {"q": "spam"})

    with CaptureQueriesContext(connection) as of_few:
        client.get("/api/v1/tickets", {"q": "spam"})
    for number in range(10):
        opened(desk["aminata"], f"More spam {number}")
    with CaptureQueriesContext(connection) as of_many:
        client.get("/api/v1/tickets", {"q": "spam"})

    # PostgreSQL estimates first how often a word stands in subjects and in messages; SQLite asks
    # which words of each begin so.
    assert len(of_few) == len(of_many) == 7


@pytest.mark.parametrize("name", ["q", "tag", "assigned"])
def test_control_signs_are_left_out_of_the_queues_words(browse, desk, name):
    page = browse(desk["vera"]).get(f"/queue?{name}=ve%00%1bra")

    assert page.status_code == 200
    assert not any(sign in page.content.decode() for sign in "\x00\x1b")
