import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from aid import actions
from aid.models import AidClaim, Kind
from people.models import Place
from tests.aid.test_claims import claim_of
from tests.cast import SECRET, make_person


def test_member_claims_help_given_elsewhere_by_page(browse, cast, run_tasks):
    form = {
        "receivers": "@Aminata, omar",
        "minutes": "40",
        "happened_on": timezone.localdate().isoformat(),
        "note": "Moved a site together",
    }

    answer = browse(cast.bao).post("/commons/claims", form)
    run_tasks()

    assert answer.status_code == 303
    claim = AidClaim.objects.get()
    receivers = {row.person for row in claim.receivers.all()}
    assert (claim.minutes, claim.kind, receivers) == (40, Kind.OTHER, {cast.aminata, cast.omar})
    assert cast.aminata.notices.count() == 1
    assert cast.bao.notices.count() == 0


def test_bad_claim_stands_beside_its_field_and_keeps_what_was_typed(browse, cast):
    form = {
        "receivers": "nobody-here",
        "minutes": "0",
        "happened_on": "2026-01-05",
        "note": "typed",
    }

    answer = browse(cast.bao).post("/commons/claims", form)

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Nobody here is called nobody-here." in html
    assert 'value="typed"' in html
    assert 'value="nobody-here"' in html


def test_same_form_sent_twice_makes_one_claim(browse, cast):
    form = {
        "receivers": "aminata",
        "minutes": "40",
        "happened_on": "2026-01-05",
        "note": "once",
        "once": "3f0c",
    }
    client = browse(cast.bao)

    answers = [client.post("/commons/claims", form) for _ in range(2)]

    assert [a.status_code for a in answers] == [303, 303]
    assert AidClaim.objects.count() == 1


@pytest.mark.parametrize("path", ["/commons", "/commons/statement", "/commons/claims"])
def test_outsider_reads_nothing_of_others_help(path, browse, cast):
    claim_of(cast.bao, [cast.aminata], note=SECRET, confirmed_by=cast.aminata)

    assert SECRET in browse(cast.bao).get("/commons/statement").content.decode()
    answer = browse(cast.omar).get(path)
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()


def test_statement_says_minutes_as_hours_and_minutes(browse, cast):
    claim = claim_of(cast.bao, [cast.aminata], minutes=75)
    actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk)

    given = browse(cast.bao).get("/commons/statement").content.decode()
    received = browse(cast.aminata).get("/commons/statement").content.decode()

    assert ">+1 h 15 min</td>" in given.replace("\N{NO-BREAK SPACE}", " ")
    assert ">\N{MINUS SIGN}1 h 15 min</td>" in received.replace("\N{NO-BREAK SPACE}", " ")


def test_page_of_claims_says_what_becomes_of_one_without_an_answer(browse, cast):
    page = browse(cast.bao).get("/commons/claims").content.decode()

    assert "Without an answer within 14 days it does not count." in page


def test_figures_of_the_commons_add_up(browse, cast):
    """Each month has its odd minutes: rounded one by one they would make another sum."""
    for days, minutes in ((0, 40), *[(40, 1430)] * 5, (80, 40)):
        when = timezone.now() - timedelta(days=days)
        claim = claim_of(cast.bao, [cast.aminata], minutes=minutes, happened_at=when)
        actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk)
    cache.clear()

    page = browse().get("/commons").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    by_reach = page[: page.index("What kind of help")]
    cells = re.findall(r"<td class=.number.>([^<]+)</td>", by_reach)

    assert sum(map(in_minutes, cells)) == 7230
    assert '<span class="figure-large">120 h 30 min</span>' in page
    assert sorted(filter(None, map(in_minutes, cells))) == [40, 40, 7150]


def test_kinds_of_help_are_shown_month_by_month_and_read_by_api(browse, call, cast):
    given = (
        (0, 40, Kind.OTHER),
        (0, 15, Kind.OTHER),
        (40, 90, Kind.MENTORING),
        (40, 5, Kind.OTHER),
    )
    for days, minutes, kind in given:
        when = timezone.now() - timedelta(days=days)
        claim = claim_of(cast.bao, [cast.aminata], minutes=minutes, kind=kind, happened_at=when)
        actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk)
    cache.clear()
    today = timezone.localdate()
    earlier = (timezone.now() - timedelta(days=40)).astimezone().date()

    page = browse().get("/commons").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    kinds = page[page.index("What kind of help") :]
    totals, months = kinds.split("<thead>")
    columns = re.findall(r"<th scope=.col.[^>]*>([^<]+)</th>", months)
    rows = [
        [in_minutes(cell) for cell in re.findall(r"<td class=.number.>([^<]+)</td>", row)]
        for row in re.findall(r"<tr><th scope=.row.>.*?</tr>", months)
    ]
    of = {name: [row[at] for row in rows] for at, name in enumerate(columns[1:])}

    assert of["other help"][-1] == 55
    assert sum(of["other help"]) == 60
    assert sorted(filter(None, of["a mentoring session"])) == [90]
    assert set(of["a workshop"]) == {0}
    assert len(re.findall("<rect ", totals)) == 3
    figures = {row["month"]: row["by_kind"] for row in call().get("/api/v1/aid/figures").json()}
    assert figures[today.replace(day=1).isoformat()]["other"] == 55
    assert figures[earlier.replace(day=1).isoformat()]["mentoring"] == 90


def in_minutes(words):
    hours, minutes = re.fullmatch(r"(?:(\d+) h)? ?(?:(\d+) min)?", words).groups()
    return int(hours or 0) * 60 + int(minutes or 0)


def test_outsider_reads_nothing_of_others_help_by_api(call, cast):
    claim_of(cast.bao, [cast.aminata], note=SECRET, confirmed_by=cast.aminata)

    for path in ("claims", "statement", "figures"):
        answer = call(cast.omar).get(f"/api/v1/aid/{path}")
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()
    assert call().get("/api/v1/aid/figures").status_code == 200
    assert call().get("/api/v1/aid/statement").status_code == 401


def test_helper_claims_by_api(call, cast):
    body = {
        "receivers": ["aminata"],
        "minutes": 20,
        "happened_at": "2026-11-01T10:00:00Z",
        "note": "DNS",
    }

    answer = call(cast.bao).post("/api/v1/aid/claims", body)

    assert answer.status_code == 201
    assert answer.json()["receivers"][0]["handle"] == "aminata"
    bad = call(cast.bao).post("/api/v1/aid/claims", {**body, "receivers": ["ghost"]})
    assert bad.status_code == 422
    assert bad.json()["errors"] == [
        {"field": "receivers", "code": "unknown_person", "detail": "ghost"}
    ]


@pytest.mark.parametrize("rows", [3, 20])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("/commons/claims", 9), ("/commons/statement", 7), ("/commons", 8)],
)
def test_pages_cost_the_same_with_more_rows(
    path, queries, rows, browse, cast, django_assert_max_num_queries
):
    for _index in range(rows):
        claim_of(cast.bao, [cast.aminata], confirmed_by=cast.aminata)
    client = browse(cast.aminata)

    with django_assert_max_num_queries(queries):
        assert client.get(path).status_code == 200


def test_confirmation_is_in_the_journal_without_words(cast):
    from core.models import JournalLine

    claim = claim_of(cast.bao, [cast.aminata], note=SECRET)
    actions.confirm_claim(actor=cast.aminata, claim_id=claim.pk)

    lines = JournalLine.objects.filter(thing_kind="aid.claim", thing_id=claim.pk)
    assert {line.verb for line in lines} == {
        "aid.help_claimed",
        "aid.claim_confirmed",
        "aid.claim_settled",
    }
    assert SECRET not in str([line.changes for line in lines])


@pytest.mark.parametrize("helpers_in_lyon", [0, 5])
def test_the_commons_name_no_place_when_all_is_elsewhere(browse, cast, helpers_in_lyon):
    lyon = Place.objects.create(name="Lyon", country="FR")
    for number in range(10):
        place = lyon if number < helpers_in_lyon else None
        helper = make_person(f"helper-{number}", place=place)
        claim_of(helper, [cast.aminata], confirmed_by=cast.aminata)

    html = browse().get("/commons").content.decode()

    assert ("From where, in" in html) == bool(helpers_in_lyon)
    assert ("elsewhere</dt>" in html) == bool(helpers_in_lyon)
