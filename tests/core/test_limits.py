"""Who is counted, and that nobody slips out of the count."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import RequestFactory

from core.errors import TooMany
from core.limits import address_of, draw, subscriber_of
from people.models import Trust
from tests.cast import make_person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
PAGE, API = "/language", "/api/v1/nothing"


@pytest.fixture(autouse=True)
def few_writes(settings):
    settings.WRITES_PER_MINUTE = 3
    with time_machine.travel(NOON, tick=False):
        yield


def statuses(client, times=4, path=PAGE, **headers) -> list[int]:
    return [client.post(path, headers=headers).status_code for _number in range(times)]


def test_visitor_who_writes_too_fast_is_told_when_to_go_on_as_a_page(browse):
    browser = browse()
    assert 429 not in statuses(browser, 3)

    refused = browser.post(PAGE)

    assert refused.status_code == 429
    assert refused["Retry-After"] == "55"
    assert "<h1>A little slower, please</h1>" in refused.content.decode()


def test_visitor_who_writes_too_fast_is_told_when_to_go_on_as_a_fragment(browse):
    browser = browse()
    statuses(browser, 3)

    refused = browser.post(PAGE, headers={"HX-Request": "true"})

    assert (refused.status_code, refused["Retry-After"]) == (429, "55")
    assert "<html" not in refused.content.decode()


def test_program_that_writes_too_fast_gets_a_problem_document(cast, call):
    program = call(cast.panel)
    assert 429 not in [program.post(API).status_code for _number in range(3)]

    refused = program.post(API)

    assert (refused.status_code, refused["Retry-After"]) == (429, "55")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many"


def test_count_begins_again_with_the_next_minute(browse):
    browser = browse()
    assert statuses(browser)[-1] == 429

    with time_machine.travel(NOON + timedelta(seconds=55), tick=False):
        assert browser.post(PAGE).status_code != 429


def test_hour_has_a_limit_of_its_own(browse, settings):
    settings.WRITES_PER_HOUR = 5
    browser = browse()
    statuses(browser, 3)

    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        assert statuses(browser, 3)[-2:] == [302, 429]
        assert browser.post(PAGE)["Retry-After"] == str(59 * 60 - 5)


def test_reading_is_not_counted(browse):
    browser = browse()

    assert {browser.get("/nowhere").status_code for _number in range(10)} == {404}


def test_one_persons_writes_are_not_anothers(browse, cast):
    assert statuses(browse(cast.omar))[-1] == 429

    assert 429 not in statuses(browse(cast.aminata), 3)
    assert statuses(browse(cast.aminata), 1) == [429]  # in another browser


def test_newcomer_writes_half_as_often_as_who_has_helped(browse, settings):
    settings.WRITES_PER_MINUTE, settings.WRITES_PER_HOUR = 30, 4
    newcomer, helper = make_person("nina"), make_person("hugo")
    moderator = make_person("miro", role="moderator")
    Trust.objects.create(person=helper, level=1)

    def refused_at(person):
        return statuses(browse(person), 6).index(429) + 1

    assert refused_at(newcomer) == 3
    assert refused_at(helper) == 5
    assert refused_at(moderator) == 5  # a role is trust that was given


def test_header_of_a_program_does_not_hide_who_writes_on_a_page(browse):
    browser = browse()

    seen = [statuses(browser, 1, Authorization=f"Token {n}")[0] for n in range(4)]

    assert seen[-1] == 429


def test_false_tokens_are_counted_by_their_address(call):
    program = call()

    seen = [statuses(program, 1, path=API, Authorization=f"Token {n}")[0] for n in range(31)]

    assert 429 not in seen[:30]
    assert seen[30] == 429


def test_written_address_of_a_stranger_is_not_believed(browse):
    browser = browse()

    seen = [statuses(browser, 1, X_Forwarded_For=f"192.0.2.{n}")[0] for n in range(4)]

    assert seen[-1] == 429


def test_clients_behind_a_trusted_proxy_are_counted_apart(browse, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    browser = browse()

    assert statuses(browser, X_Forwarded_For="192.0.2.1")[-1] == 429
    assert 429 not in statuses(browser, 3, X_Forwarded_For="192.0.2.2")
    seen = [statuses(browser, 1, X_Forwarded_For=f"10.0.0.{n}, 192.0.2.3")[0] for n in range(4)]
    assert seen[-1] == 429


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        ([], "192.0.2.9", "203.0.113.1", "192.0.2.9"),
        (["192.0.2.9"], "192.0.2.9", "203.0.113.1", "203.0.113.1"),
        (["192.0.2.9"], "192.0.2.9", "10.1.1.1, 203.0.113.1", "203.0.113.1"),
        (["192.0.2.9", "192.0.2.8"], "192.0.2.9", "203.0.113.1, 192.0.2.8", "203.0.113.1"),
        (["192.0.2.9"], "192.0.2.9", "nonsense", "192.0.2.9"),
        (["192.0.2.9"], "192.0.2.9", "", "192.0.2.9"),
        (["192.0.2.9"], "192.0.2.7", "203.0.113.1", "192.0.2.7"),
        (["unix"], "", "2001:db8::1", "2001:db8::1"),
        ([], "", "203.0.113.1", "unix"),
    ],
)
def test_address_is_read_from_the_right_and_from_proxies_we_trust(
    proxies, remote, forwarded, address, settings
):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    assert address_of(request) == address


def test_subscriber_of_ipv6_is_counted_once_for_all_their_addresses():
    assert subscriber_of("2001:db8::1") == subscriber_of("2001:db8::ffff") == "2001:db8::/64"
    assert subscriber_of("2001:db8:0:1::1") != subscriber_of("2001:db8::1")
    assert subscriber_of("192.0.2.1") == "192.0.2.1"


def test_body_too_large_for_us_is_refused_before_it_is_read(browse, settings):
    settings.MAX_BODY_BYTES = 1000
    page = browse().post(PAGE, {"text": "a" * 1000})
    api = browse().post(API, {"text": "a" * 1000})

    assert (page.status_code, api.status_code) == (413, 413)
    assert api.json()["code"] == "too_large"


# Buckets, in the cache that there is: with REDIS_URL in Redis, for all processes.


@pytest.fixture
def drawn():
    """Return a function that draws so often at a moment, and says what was given."""
    who = uuid.uuid4().hex

    def one(_number: int = 0) -> bool:
        try:
            draw(who, "test", a_second=5, burst=20)
        except TooMany:
            return False
        return True

    def do(times: int, after: float, threads: int = 1) -> int:
        moment = NOON + timedelta(seconds=after)
        with time_machine.travel(moment, tick=False), ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(one, range(times)))

    return do


def test_bucket_gives_twenty_at_once_and_then_five_a_second(drawn):
    assert drawn(30, 0) == 20
    assert drawn(3, 0.1) == 0
    assert drawn(3, 0.2) == 1
    assert drawn(30, 1.2) == 5
    assert [drawn(1, 1.4 + n / 5) for n in range(50)] == [1] * 50


def test_bucket_is_full_again_after_four_seconds_and_never_fuller(drawn):
    assert drawn(30, 0) == 20

    assert drawn(50, 3.8) == 19
    assert drawn(50, 4000) == 20


def test_end_of_a_window_gives_no_second_burst(drawn):
    """Fixed windows gave 40 around one of their ends."""
    for edge in range(40):
        before, after = drawn(30, 10 * edge + 0.95), drawn(30, 10 * edge + 1.05)
        assert (before, after) == (20, 0)


@pytest.mark.parametrize("back", [2, 3600])
def test_clock_put_back_keeps_nobody_waiting_longer_than_it_takes_to_fill(back, drawn):
    assert drawn(20, back) == 20

    assert drawn(1, 0) in {0, 1}
    assert drawn(1, back + 0.3) == 1


@time_machine.travel(NOON, tick=False)
def test_who_is_refused_is_told_when_there_is_a_token():
    draw("someone", "slow", a_second=0.25, burst=1)

    with pytest.raises(TooMany) as refused:
        draw("someone", "slow", a_second=0.25, burst=1)

    assert refused.value.extra["retry_after"] == 4


def test_bucket_drawn_from_by_many_at_once_gives_no_more(drawn):
    assert drawn(80, 0, threads=8) == 20
