"""Web Push: which browsers, and what is sent there once, for their eyes alone."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as site
from django.db import transaction
from django.utils import timezone

from core import journal
from core.models import JournalLine
from people import actions, notices, web_push
from people.actions import notify
from people.actions.push import NotNow
from people.models import OutgoingPush, Person, PushSubscription
from people.tasks import send_push
from people.web_push import endpoint_fault
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.push_service import Browser, claims_in, packed

ENDPOINT = "https://push.example.com/send/abc"
KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET_OF_IT = "BTBZMqHH6r4Tts7J_aSIgg"
FACTS = {"endpoint": ENDPOINT, "p256dh": KEY, "auth": SECRET_OF_IT}


def subscribing(**facts: str) -> Act:
    sent = {**FACTS, **facts}
    return Act(
        page=lambda _: ("/me/browsers", sent),
        api=lambda _: ("POST", "/api/v1/push-subscriptions", sent),
    )


SUBSCRIBE = subscribing()
UNSUBSCRIBE = Act(
    page=lambda row: (f"/me/browsers/{row.pk}/removal", {}),
    api=lambda row: ("DELETE", f"/api/v1/push-subscriptions/{row.pk}", None),
)


@pytest.fixture
def subscription(cast):
    """Return a browser of aminata's."""
    return actions.subscribe(actor=cast.aminata, **FACTS, label="Firefox, Linux")


@pytest.fixture
def browser(cast, push):
    """Return a browser of aminata's that listens."""
    made = Browser(push)
    actions.subscribe(actor=cast.aminata, **made.facts)
    return made


@pytest.fixture
def tested(monkeypatch):
    monkeypatch.setattr(notices, "_texts", dict(notices._texts))
    notices.declare("people.tested", "%(who)s changed “%(what)s”")


@pytest.fixture
def happen(cast, tested):
    """Return a function that lets bao do something aminata is told of."""

    def do():
        with transaction.atomic():
            line = journal.record("people.tested", actor=cast.bao, thing=cast.bao)
        return notify(person=cast.aminata, line=line)

    return do


@pytest.mark.parametrize("face", FACES)
def test_browser_is_added_once_and_taken_away(face, perform, cast):
    assert perform(face, cast.aminata, SUBSCRIBE, None) == DONE
    assert perform(face, cast.aminata, SUBSCRIBE, None) == DONE
    row = PushSubscription.objects.get()
    assert (row.person, row.endpoint, row.p256dh) == (cast.aminata, ENDPOINT, KEY)

    assert perform(face, cast.omar, UNSUBSCRIBE, row) == UNSEEN
    assert perform(face, None, UNSUBSCRIBE, row) == SIGN_IN
    assert perform(face, cast.aminata, UNSUBSCRIBE, row) == DONE
    assert perform(face, cast.aminata, UNSUBSCRIBE, row) == UNSEEN
    assert not PushSubscription.objects.exists()
    verbs = JournalLine.objects.filter(thing_id=cast.aminata.pk).values_list("verb", flat=True)
    assert "people.push_unsubscribed" in verbs


@pytest.mark.parametrize("face", FACES)
def test_visitors_and_suspended_people_add_none(face, perform, cast):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, None, SUBSCRIBE, None) == SIGN_IN
    assert perform(face, cast.omar, SUBSCRIBE, None) == NOT_ALLOWED
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "facts",
    [
        {"endpoint": "http://push.example.com/a"},
        {"endpoint": "https://127.0.0.1/a"},
        {"endpoint": "https://localhost/a"},
        {"p256dh": "BAAA"},
        {"p256dh": packed(b"\x04" + b"\x01" * 64)},  # not on the curve
        {"auth": "AAAA"},
        {"auth": "é"},
    ],
)
def test_what_no_browser_gives_is_refused(face, facts, perform, cast):
    assert perform(face, cast.aminata, subscribing(**facts), None) == INVALID
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_one_person_has_twenty_browsers_at_most(face, perform, cast):
    for number in range(20):
        facts = {**FACTS, "endpoint": f"{ENDPOINT}{number}"}
        actions.subscribe(actor=cast.aminata, **facts)

    assert perform(face, cast.aminata, SUBSCRIBE, None) == WRONG_MOMENT
    again = subscribing(endpoint=f"{ENDPOINT}0")
    assert perform(face, cast.aminata, again, None) == DONE


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://fcm.googleapis.com/fcm/send/a:b", ""),
        ("https://updates.push.services.mozilla.com/wpush/v2/a", ""),
        ("https://[2606:4700::1111]/a", ""),
        ("https://8.8.8.8:8443/a", ""),
        ("http://fcm.googleapis.com/a", "not_https"),
        ("ftp://fcm.googleapis.com/a", "not_https"),
        ("//fcm.googleapis.com/a", "not_https"),
        ("https://", "invalid"),
        ("https://a:b@push.example.com/", "invalid"),
        ("https://push.example.com/ a", "invalid"),
        ("https://push.example.com:99999/", "invalid"),
        ("https://pu\nsh.example.com/", "invalid"),
        ("https://é.example.com/", "invalid"),
        ("https://localhost/", "not_public"),
        ("https://printer/", "not_public"),
        ("https://db.internal/", "not_public"),
        ("https://db.internal./", "not_public"),
        ("https://127.0.0.1/", "not_public"),
        ("https://127.1/", "not_public"),
        ("https://0x7f000001/", "not_public"),
        ("https://2130706433/", "not_public"),
        ("https://10.1.2.3/", "not_public"),
        ("https://192.168.0.1/", "not_public"),
        ("https://169.254.169.254/latest/meta-data", "not_public"),
        ("https://100.64.0.1/", "not_public"),
        ("https://0.0.0.0/", "not_public"),
        ("https://224.0.0.1/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://[::]/", "not_public"),
        ("https://[fd00::1]/", "not_public"),
        ("https://[fe80::1]/", "not_public"),
        ("https://[::ffff:127.0.0.1]/", "not_public"),
    ],
)
def test_push_services_are_outside_and_speak_tls(address, fault):
    assert endpoint_fault(address) == fault


def test_loopback_is_open_by_a_setting_alone(settings):
    assert endpoint_fault("http://127.0.0.1:8150/a") == "not_https"
    settings.PUSH_TO_LOOPBACK = True

    assert endpoint_fault("http://127.0.0.1:8150/a") == ""
    assert endpoint_fault("http://10.0.0.1/a") == "not_https"


def test_name_that_leads_into_a_private_network_is_sent_nothing(cast, push, settings, monkeypatch):
    """The name's look-up is the outside world: here it says what a hostile server would."""
    settings.PUSH_TO_LOOPBACK = False
    port = push.server.server_port
    facts = {**Browser(push).facts, "endpoint": f"https://push.example.com:{port}/a"}
    row = actions.subscribe(actor=cast.aminata, **facts)
    found = [(2, 1, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(web_push.socket, "getaddrinfo", lambda *_args, **_kw: found)

    assert web_push.send(row, {"title": "x"}, topic="t") == web_push.Outcome.GONE
    assert push.received == []


def test_new_notice_comes_once_encrypted_and_signed(browser, push, happen, run_tasks):
    notice = happen()
    run_tasks()
    send_push.enqueue(push_id=1)
    run_tasks()

    (shown,) = push.shown_by(browser)
    assert shown == {
        "title": "\u2068Bao\u2069 changed “\u2068Bao\u2069”",
        "url": f"/me/notices/{notice.pk}",
        "tag": f"notice-{notice.pk}",
    }
    ((_path, headers, body),) = push.received
    assert b"Bao" not in body
    claims = claims_in(headers["Authorization"])
    assert headers["Authorization"].endswith(f",k={web_push.public_key()}")
    assert (claims["aud"], claims["sub"]) == (push.url, "mailto:help@entraide.example")
    ahead = claims["exp"] - timezone.now().timestamp()
    assert 0 < ahead <= 24 * 3600
    assert (headers["Content-Encoding"], headers["TTL"]) == ("aes128gcm", "86400")
    assert len(headers["Topic"]) <= 32
    assert not OutgoingPush.objects.exists()


def test_notice_told_again_is_not_pushed_again(browser, push, cast, happen, run_tasks):
    notice = happen()

    notify(person=cast.aminata, line=notice.line)
    run_tasks()

    assert len(push.received) == 1


def test_text_is_in_the_language_of_the_person(browser, push, cast, happen, run_tasks):
    Person.objects.filter(pk=cast.aminata.pk).update(interface_language="fr")
    cast.aminata.refresh_from_db()
    Person.objects.filter(pk=cast.bao.pk).update(state="erased")
    cast.bao.refresh_from_db()

    happen()
    run_tasks()

    (shown,) = push.shown_by(browser)
    assert "membre" in shown["title"]


def test_every_browser_is_told(cast, browser, push, happen, run_tasks):
    second = Browser(push, "two")
    actions.subscribe(actor=cast.aminata, **second.facts)

    happen()
    run_tasks()

    assert len(push.shown_by(browser)) == len(push.shown_by(second)) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_browser_that_is_gone_is_forgotten(status, browser, push, happen, run_tasks):
    push.answers = [(status, {})]

    happen()
    run_tasks()

    assert not PushSubscription.objects.exists()
    assert not OutgoingPush.objects.exists()


def test_redirect_is_not_followed(browser, push, happen, run_tasks):
    push.answers = [(307, {"Location": f"{push.url}/inside"})]

    happen()
    run_tasks()

    assert [path for path, _headers, _body in push.received] == ["/one"]
    assert PushSubscription.objects.get().last_failed_at is not None


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_certainly_not_taken_is_tried_again(status, browser, push, happen):
    push.answers = [(status, {})]
    happen()
    row = OutgoingPush.objects.get()

    with pytest.raises(NotNow):
        actions.deliver_push(push_id=row.pk)
    with pytest.raises(NotNow):  # at once: the service has a rest
        actions.deliver_push(push_id=row.pk)
    assert len(push.received) == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        actions.deliver_push(push_id=row.pk)

    assert len(push.received) == 2
    assert not OutgoingPush.objects.exists()


def test_what_may_have_been_taken_is_not_tried_again(browser, push, happen):
    push.answers = [(500, {})]
    happen()
    row = OutgoingPush.objects.get()

    actions.deliver_push(push_id=row.pk)
    actions.deliver_push(push_id=row.pk)

    assert len(push.received) == 1


def test_service_that_is_down_is_tried_again(browser, happen, unused_tcp_port):
    PushSubscription.objects.update(endpoint=f"http://127.0.0.1:{unused_tcp_port}/one")
    happen()

    with pytest.raises(NotNow):
        actions.deliver_push(push_id=OutgoingPush.objects.get().pk)

    assert OutgoingPush.objects.get().tried_at is None


def test_what_is_gone_from_sight_is_not_sent(browser, push, cast, happen, run_tasks):
    happen()
    Person.objects.filter(pk=cast.bao.pk).update(state="imported")

    run_tasks()

    assert push.received == []
    assert not OutgoingPush.objects.exists()


def test_old_news_is_not_sent(browser, push, happen, run_tasks):
    happen()
    OutgoingPush.objects.update(created_at=timezone.now() - timedelta(days=2))

    run_tasks()
    assert push.received == []

    assert actions.forget_old_pushes() == 0


def test_shared_browser_belongs_to_who_came_last(browser, push, cast, happen, run_tasks):
    happen()
    actions.subscribe(actor=cast.omar, **browser.facts)

    run_tasks()

    assert push.received == []
    assert PushSubscription.objects.get().person == cast.omar


def test_export_and_erasure(browse, cast, subscription):
    data = json.loads(browse(cast.aminata).get("/me/data").content)
    assert [(row["label"], row["endpoint"]) for row in data["browsers"]] == [
        ("Firefox, Linux", ENDPOINT)
    ]
    assert json.loads(browse(cast.omar).get("/me/data").content)["browsers"] == []

    cast.aminata.set_unusable_password()
    cast.aminata.save()
    actions.erase_person(actor=cast.aminata, handle="aminata")

    assert not PushSubscription.objects.exists()


def test_page_and_api_show_ones_own(browse, call, cast, subscription, assert_asks):
    page = browse(cast.aminata).get("/me/notices/choices").content.decode()
    assert "Firefox, Linux" in page
    assert f'data-push="{web_push.public_key()}"' in page
    assert ENDPOINT not in browse(cast.omar).get("/me/notices/choices").content.decode()

    (row,) = call(cast.aminata).get("/api/v1/push-subscriptions").json()["results"]
    assert (row["id"], row["endpoint"]) == (subscription.pk, ENDPOINT)
    assert call(cast.omar).get("/api/v1/push-subscriptions").json()["results"] == []
    client = browse(cast.aminata)
    with assert_asks(4):
        client.get("/me/notices/choices")


def test_browser_is_named_by_what_it_says(browse, cast):
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"

    browse(cast.aminata).post("/me/browsers", FACTS, headers={"user-agent": agent})

    assert PushSubscription.objects.get().label == "Firefox, Linux"


def test_service_worker_is_served_for_the_whole_site(browse):
    answer = browse().get("/push-worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert b"showNotification" in b"".join(answer.streaming_content)
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_key_is_the_installations_own():
    assert (site.VAR / "push_key").read_text() == site.VAPID_PRIVATE_KEY
    assert (site.VAR / "push_key").stat().st_mode & 0o777 == 0o600
