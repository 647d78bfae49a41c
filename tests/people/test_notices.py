"""The bell: told once, in one's language, of what one may see."""

import pytest
from django.db import transaction

from core import journal
from core.models import JournalLine, OutgoingMail
from people import actions, notices
from people.actions import notify
from people.models import Notice, Person
from people.models.standing import reader
from tests.faces import DONE, FACES, SIGN_IN, Act

READ_ALL = Act(
    page=lambda _: ("/me/notices/reading", {}),
    api=lambda _: ("PUT", "/api/v1/notices/reading", None),
)


@pytest.fixture
def line(cast):
    """Return the line of something bao did."""
    with transaction.atomic():
        return journal.record("people.tested", actor=cast.bao, thing=cast.bao)


@pytest.fixture
def notice(cast, line, monkeypatch):
    """Return aminata's notice of it."""
    monkeypatch.setattr(notices, "_texts", dict(notices._texts))
    notices.declare("people.tested", "%(who)s changed “%(what)s”")
    return notify(person=cast.aminata, line=line)


def unread(person) -> int:
    read = reader(person.pk)
    assert read is not None
    return read.unread_notices or 0


def test_one_line_is_one_notice_however_often(cast, line):
    first = notify(person=cast.aminata, line=line)

    assert notify(person=cast.aminata, line=line) == first
    assert Notice.objects.count() == 1


def test_nobody_is_told_of_what_they_did(cast, line):
    assert notify(person=cast.bao, line=line) is None


def test_erased_people_are_told_nothing(cast, line):
    cast.omar.state = Person.State.ERASED
    cast.omar.save()

    assert notify(person=cast.omar, line=line) is None


def test_nobody_is_told_of_what_they_may_not_see(cast, post, posts):
    posts.filter(pk=post.pk).update(visibility="removed")
    with transaction.atomic():
        line = journal.record("tests.written", actor=cast.clara, thing=post)

    assert notify(person=cast.omar, line=line) is None
    assert notify(person=cast.moira, line=line) is not None


def test_mail_goes_along_once(cast, line, notice, run_tasks):
    cast.clara.interface_language = "en"

    for _again in range(2):
        notify(person=cast.clara, line=line, mail="people/notice")

    mail = OutgoingMail.objects.get()
    assert mail.to == "clara@people.example"
    assert mail.subject == "Bao changed “Bao”"
    assert b"/people/bao" in bytes(mail.raw or b"")


def test_page_shows_what_its_fragment_does(browse, cast, notice):
    client = browse(cast.aminata)

    part = client.get("/me/notices?x=1", headers={"HX-Request": "true"}).content.decode().strip()

    assert part.startswith('<section id="notices"')
    assert 'data-live-fragment="/me/notices?x=1"' in part
    assert part.endswith("</section>")
    assert part in client.get("/me/notices?x=1").content.decode()


def test_page_shows_and_opening_marks_as_read(browse, cast, notice):
    client = browse(cast.aminata)
    assert "Bao\u2069 changed “\u2068Bao" in client.get("/me/notices").content.decode()
    assert "1 new notice" in client.get("/people/omar").content.decode()

    assert client.get(f"/me/notices/{notice.pk}")["Location"] == "/people/bao"

    assert unread(cast.aminata) == 0
    assert "1 new notice" not in client.get("/people/omar").content.decode()


@pytest.mark.parametrize("face", FACES)
def test_all_are_marked_as_read(face, perform, cast, notice):
    assert perform(face, cast.omar, READ_ALL, None) == DONE
    assert unread(cast.aminata) == 1

    assert perform(face, cast.aminata, READ_ALL, None) == DONE
    assert perform(face, cast.aminata, READ_ALL, None) == DONE

    assert unread(cast.aminata) == 0
    assert perform(face, None, READ_ALL, None) == SIGN_IN


def test_notices_of_others_are_unseen(browse, call, cast, notice):
    assert browse(cast.omar).get(f"/me/notices/{notice.pk}").status_code == 404
    assert call(cast.omar).put(f"/api/v1/notices/{notice.pk}/reading").status_code == 404
    assert call(cast.omar).get("/api/v1/notices").json()["results"] == []
    assert unread(cast.aminata) == 1


def test_api_lists_marks_and_filters(call, cast, notice):
    client = call(cast.aminata)

    (row,) = client.get("/api/v1/notices?unread=true").json()["results"]
    assert (row["verb"], row["url"], row["read_at"]) == ("people.tested", "/people/bao", None)
    assert row["at"].endswith("Z")
    assert client.put(f"/api/v1/notices/{notice.pk}/reading").json() == {"read": 1}

    assert client.get("/api/v1/notices?unread=true").json()["results"] == []
    assert len(client.get("/api/v1/notices?unread=false").json()["results"]) == 1
    assert client.get("/api/v1/notices?unread=perhaps").status_code == 422  # not all of them


def test_what_is_gone_from_sight_is_not_told_any_more(browse, cast, notice):
    Person.objects.filter(pk=cast.bao.pk).update(state="imported")
    client = browse(cast.aminata)

    assert "Bao" not in client.get("/me/notices").content.decode()
    assert client.get(f"/me/notices/{notice.pk}").status_code == 404


def test_erased_actor_has_no_name(browse, cast, notice):
    Person.objects.filter(pk=cast.bao.pk).update(state="erased", display_name="")

    page = browse(cast.aminata).get("/me/notices").content.decode()

    assert "a former member" in page


def test_kind_that_nobody_declares_any_more_is_left_out(browse, cast, notice):
    Notice.objects.update(thing_kind="gone.thing")

    assert browse(cast.aminata).get("/me/notices").status_code == 200


def test_followers_tell_once_even_when_run_again(cast, post, run_tasks):
    actions.remove_post(
        actor=cast.moira, kind="tests.post", object_id=post.pk, rule="spam", reason="Advertising."
    )
    run_tasks()
    line = JournalLine.objects.get(verb="people.post_removed")

    from people.followers import tell_authors_why

    tell_authors_why(line)

    assert Notice.objects.filter(person=cast.bao).count() == 1
    mail = OutgoingMail.objects.get(to="bao@people.example")
    assert mail.subject == "A text of yours was taken away"


def test_unread_notices_are_counted_to_a_limit(cast):
    rows = [JournalLine(face="task", verb="a.b", thing_kind="a", thing_id=1) for _row in range(120)]
    lines = JournalLine.objects.bulk_create(rows)
    Notice.objects.bulk_create(
        Notice(person=cast.aminata, line=line, verb="a.b", thing_kind="a", thing_id=1)
        for line in lines
    )

    assert unread(cast.aminata) == 99
    assert unread(cast.bao) == 0
