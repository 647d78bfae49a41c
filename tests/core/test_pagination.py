"""Walking a list by its cursors gives every row once, on and back, whatever its order."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from core.errors import InvalidInput
from core.models import OutgoingMail
from core.pagination import KeysetPagination, keyset_page

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, tzinfo=UTC)
ORDER = ("-created_at", "id")

rows = st.lists(st.tuples(st.integers(0, 3), st.integers(-3, 3)), max_size=23)
orders = st.permutations(["created_at", "thing_id", "id"]).flatmap(
    lambda names: st.tuples(*(st.sampled_from([name, f"-{name}"]) for name in names))
)


def fill(facts) -> None:
    OutgoingMail.objects.all().delete()
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            message_id=str(number),
            created_at=START + timedelta(microseconds=microseconds),
            thing_id=thing_id,
        )
        for number, (microseconds, thing_id) in enumerate(facts)
    )


def walk(order, size, cursor=None, back=False) -> tuple[list[list[int]], str | None]:
    """Return the ids of every page from here on (or back), and the cursor that leads back."""
    pages, turned = [], None
    while True:
        page = keyset_page(OutgoingMail.objects.all(), order, cursor, size)
        pages.append([row.pk for row in page.results])
        turned = page.next if back else page.previous
        cursor = page.previous if back else page.next
        if cursor is None:
            return pages, turned


@given(rows, orders, st.integers(1, 7))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_walk_on_and_back_gives_every_row_once_in_order(facts, order, size):
    fill(facts)
    expected = list(OutgoingMail.objects.order_by(*order).values_list("pk", flat=True))

    pages, back = walk(order, size)

    assert [pk for page in pages for pk in page] == expected
    assert all(len(page) == size for page in pages[:-1])
    if back is not None:
        before, on = walk(order, size, back, back=True)
        assert [pk for page in reversed(before) for pk in page] == [
            pk for page in pages[:-1] for pk in page
        ]
        assert [pk for page in walk(order, size, on)[0] for pk in page] == expected[size:]


def test_rows_that_come_and_go_neither_repeat_nor_hide_others():
    fill([(number, 0) for number in range(9)])
    first = keyset_page(OutgoingMail.objects.all(), ORDER, None, 3)
    OutgoingMail.objects.create(message_id="new", created_at=START + timedelta(days=1))
    first.results[-1].delete()

    second = keyset_page(OutgoingMail.objects.all(), ORDER, first.next, 3)

    assert [row.message_id for row in first.results + second.results] == list("876543")


@pytest.mark.django_db
def test_page_costs_one_query(django_assert_num_queries):
    fill([(number, 0) for number in range(9)])
    cursor = keyset_page(OutgoingMail.objects.all(), ORDER, None, 3).next

    with django_assert_num_queries(1):
        keyset_page(OutgoingMail.objects.all(), ORDER, cursor, 3)


def written(*values) -> str:
    text = json.dumps(values)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


MOMENT = START.isoformat()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "%%%%",
        "bnVsbA",  # null
        written(),
        written(0),
        written(2, MOMENT, 1),
        written("0", MOMENT, 1),
        written([], MOMENT, 1),
        written(0, MOMENT),
        written(0, MOMENT, 1, 1),
        written(0, 1, 1),  # a number for a time
        written(0, MOMENT, MOMENT),  # a time for a number
        written(0, None, 1),
        written(0, "2026-11-24T00:00:00", 1),
        written(0, "0001-01-01T00:00:00+14:00", 1),
        written(0, "9999-12-31T23:59:59-14:00", 1),
        written(0, "2026-99-99T00:00:00Z", 1),
        written(0, MOMENT, True),
        written(0, MOMENT, 2**62),
        written(0, MOMENT, float("nan")),
        written(0, MOMENT, float("inf")),
        written(0, MOMENT, [1]),
        written(0, MOMENT, {"a": 1}),
        base64.urlsafe_b64encode(b"[" * 30_000).decode(),
        "A" * 100_000,
    ],
)
def test_cursor_that_is_not_ours_is_bad_input(cursor):
    fill([(1, 1)])

    with pytest.raises(InvalidInput) as refused:
        keyset_page(OutgoingMail.objects.all(), ORDER, cursor)

    assert [(e.field, e.code) for e in refused.value.errors] == [("cursor", "invalid")]


@given(st.one_of(st.text(max_size=80), st.binary(max_size=60).map(base64.urlsafe_b64encode)))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_cursor_or_bad_input(cursor):
    try:
        answer = len(keyset_page(OutgoingMail.objects.all(), ORDER, str(cursor)).results)
    except InvalidInput as refusal:
        answer = -refusal.status

    assert answer in {0, -422}


def asked(**query) -> int:
    request = APIView().initialize_request(APIRequestFactory().get("/", query))
    return len(KeysetPagination().paginate_queryset(OutgoingMail.objects.all(), request))


def test_program_chooses_the_size_of_a_page():
    fill([(0, 0)] * 120)

    assert [asked(), asked(page_size="1"), asked(page_size="100")] == [25, 1, 100]


@pytest.mark.parametrize(
    "size", ["0", "101", "-1", "1.5", "", "x", "٣", "1e2", "0000000019999999", "9" * 5000]
)
def test_size_that_is_not_from_1_to_100_is_bad_input(size):
    with pytest.raises(InvalidInput) as refused:
        asked(page_size=size)

    assert refused.value.errors[0].field == "page_size"
