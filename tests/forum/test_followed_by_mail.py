"""The morning's mail of what one follows: once, of what is there still, with all else in it."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress

from core.models import OutgoingMail
from forum import actions
from forum.models import Tag
from people import actions as people
from people.actions.digests import due_notices
from people.models import Notice, Person
from tests.helpdesk.mails import sent_to

OMAR = "omar@people.example"
MONDAY_NOON = datetime(2026, 3, 9, 11, tzinfo=UTC)


@pytest.fixture
def at(run_tasks, monkeypatch):
    """Return a function that lets it become a time and the digests of then be sent."""

    def do(moment: datetime) -> list[str]:
        monkeypatch.setattr("people.actions.digests.timezone.now", lambda: moment)
        before = len(sent_to(OMAR))
        people.send_digests()
        run_tasks()
        texts = [mail.get_body(("plain",)).get_content() for mail in sent_to(OMAR)[before:]]
        monkeypatch.undo()
        return texts

    return do


@pytest.fixture
def asked(cast, question, run_tasks):
    """A question of Monday, under a tag that omar follows."""
    Person.objects.update(interface_language="en", time_zone="Europe/Paris")
    run_tasks()
    tag = Tag.objects.get(name="php")
    people.follow(actor=cast.omar, kind="forum.tag", object_id=tag.pk)
    asked = actions.ask(
        actor=cast.aminata,
        title="Which PHP for my site?",
        source="x",
        language="en",
        tag_names=["php"],
    )
    run_tasks()
    Notice.objects.filter(person=cast.omar).update(at=MONDAY_NOON)
    return asked


def test_comes_next_morning_once(cast, asked, at):
    assert at(MONDAY_NOON + timedelta(hours=10)) == []
    (text,) = at(MONDAY_NOON + timedelta(days=1))

    assert "New questions with tags I follow" in text
    assert "Aminata asked: Which PHP for my site?" in text
    assert asked.path in text
    assert "/digests/" in text
    assert at(MONDAY_NOON + timedelta(days=2)) == []
    assert "\u2068" not in text


@pytest.mark.parametrize(
    ("way", "days", "mails"),
    [("weekly", 6, 0), ("weekly", 7, 1), ("never", 1, 0), ("at_once", 0, 1)],
)
def test_comes_as_was_chosen(way, days, mails, cast, asked, at):
    people.choose_mails(actor=cast.omar, ways={"forum.tag": way})

    assert len(at(MONDAY_NOON + timedelta(days=days))) == mails


def test_who_may_not_write_waits_and_who_has_no_address_does_not(cast, asked, at):
    tuesday = MONDAY_NOON + timedelta(days=1)
    Person.objects.filter(pk=cast.omar.pk).update(state=Person.State.SILENCED)
    assert due_notices(tuesday) == {}
    Person.objects.filter(pk=cast.omar.pk).update(state=Person.State.ACTIVE)
    assert list(due_notices(tuesday)) == [cast.omar.pk]

    EmailAddress.objects.filter(user=cast.omar).delete()

    assert at(tuesday) == []
    assert due_notices(tuesday) == {}


@pytest.mark.parametrize("why", ["removed", "read", "suspended"])
def test_what_is_gone_or_read_is_not_in_it(why, cast, asked, at):
    if why == "removed":
        facts = {"kind": "forum.question", "object_id": asked.pk}
        people.remove_post(actor=cast.moira, rule="spam", reason="Spam.", **facts)
    elif why == "read":
        people.read_all_notices(actor=cast.omar)
    else:
        Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert at(MONDAY_NOON + timedelta(days=1)) == []


def test_link_in_it_ends_digests_of_all_kinds(browse, cast, asked, at):
    (text,) = at(MONDAY_NOON + timedelta(days=1))
    path = "/digests/" + text.partition("/digests/")[2].split()[0]

    assert browse().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    ways = {row.kind: row.way for row in cast.omar.mail_choices.all()}
    assert ways == {"forum.guide": "never", "forum.tag": "never", "people.person": "never"}


def test_finding_whose_hour_has_come_costs_the_same(cast, asked, assert_asks, run_tasks):
    from people.actions.digests import due_notices

    now = MONDAY_NOON + timedelta(days=3)
    with assert_asks(3):
        assert set(due_notices(now)) == {cast.omar.pk}

    for person in (cast.clara, cast.nadia):
        people.follow(actor=person, kind="people.person", object_id=cast.aminata.pk)
    actions.ask(
        actor=cast.aminata, title="Which PHP, once more?", source="x", language="en", tag_names=[]
    )
    run_tasks()
    Notice.objects.update(at=MONDAY_NOON)

    with assert_asks(3):
        assert set(due_notices(now)) == {cast.omar.pk, cast.clara.pk, cast.nadia.pk}
    assert OutgoingMail.objects.count() == 0


@pytest.fixture
def other(cast, asked, run_tasks):
    """Another question of Monday, under the same tag."""
    row = actions.ask(
        actor=cast.aminata,
        title="How do I renew a certificate?",
        source="x",
        language="en",
        tag_names=["php"],
    )
    run_tasks()
    Notice.objects.filter(person=cast.omar).update(at=MONDAY_NOON)
    return row


def waits_in_a_digest(person):
    """Gather a digest as its hour comes, and let no worker send it yet."""
    people.send_digest(person_id=person.pk, hints={"notices": ["forum.tag"]})
    (mail,) = sent_to(OMAR)
    return mail.get_body(("plain",)).get_content()


def hide(cast, question):
    people.remove_post(
        actor=cast.moira,
        kind="forum.question",
        object_id=question.pk,
        rule="spam",
        reason="Spam.",
    )


def test_digest_that_waits_loses_what_is_hidden_and_tells_the_rest_once(
    cast, asked, other, run_tasks, mailoutbox, at
):
    text = waits_in_a_digest(cast.omar)
    assert asked.title in text
    assert other.title in text

    hide(cast, other)
    run_tasks()

    (text,) = [mail.body for mail in mailoutbox if mail.to == [OMAR]]
    assert asked.title in text
    assert other.title not in text
    assert at(MONDAY_NOON + timedelta(days=8)) == []


def test_digest_of_what_is_hidden_alone_is_not_sent(cast, asked, run_tasks, mailoutbox):
    waits_in_a_digest(cast.omar)

    hide(cast, asked)
    run_tasks()

    assert [mail for mail in mailoutbox if mail.to == [OMAR]] == []
    assert not OutgoingMail.objects.filter(to=OMAR).exists()


def test_digest_whose_things_all_stand_goes_as_it_was_written(cast, asked, run_tasks, mailoutbox):
    waits_in_a_digest(cast.omar)
    (before,) = OutgoingMail.objects.filter(to=OMAR)

    run_tasks()

    assert OutgoingMail.objects.get(to=OMAR).message_id == before.message_id
    assert [mail.to for mail in mailoutbox] == [[OMAR]]
