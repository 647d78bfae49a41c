"""A ticket becomes a public answer: nothing is public without consent to the very text."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.db import DatabaseError, connection, transaction

from core.models import JournalLine, OutgoingMail
from forum.actions import edit_answer, edit_question
from forum.models import Answer, Question
from helpdesk import actions
from helpdesk.consent_links import link_path
from helpdesk.models import Consent, Message, PublicAnswer
from people.actions import remove_post, restore_post
from people.models import Person
from search.actions import rebuild_index
from search.documents import PUBLIC
from search.engines import engine
from search.found import Query
from tests.faces import DONE, FACES, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    "title": "Mail lands in spam after a move",
    "question": "Since Monday mail lands in spam.",
    "answer": "The SPF record still names the old server: name the new one.",
    "language": "en",
}


def act(noun, data=None, *, api="", method="PUT", api_data=None):
    body = data if api_data is None else api_data
    return Act(
        page=lambda t: (f"{t.path}/public/{noun}", data or {}),
        api=lambda t: (method, f"/api/v1/tickets/{t.pk}/public-answer{api}", body),
    )


def hash_of(ticket):
    answer = PublicAnswer.objects.filter(ticket=ticket).order_by("-pk").first()
    return answer.text_hash if answer else ""


def saying(agrees):
    word = "yes" if agrees else "no"
    return Act(
        page=lambda t: (
            f"{t.path}/public/consent",
            {"text_hash": hash_of(t), "agrees": word},
        ),
        api=lambda t: (
            "PUT",
            f"/api/v1/tickets/{t.pk}/public-answer/consent",
            {"text_hash": hash_of(t), "agrees": agrees},
        ),
    )


PROPOSE = act("draft", {}, method="POST")
WRITE = act("text", {**TEXT, "tags": "mail"}, api_data={**TEXT, "tags": ["mail"]})
ASK = act("asking", {}, api="/asking")
AGREE, REFUSE = saying(True), saying(False)
BY_LINK = Act(
    page=lambda t: (
        link_path(t.public_answers.get()),
        {"text_hash": hash_of(t), "agrees": "yes"},
    ),
    api=lambda t: ("GET", "", None),
)
WITHDRAW = act("consent/undo", {}, api="/consent", method="DELETE")


@pytest.fixture
def solved(desk, ticket):
    """Aminata's ticket, answered, with her private facts in what was said."""
    actions.reply(
        actor=desk["aminata"],
        ticket_id=ticket.pk,
        source="Call 06 12 34 56 78 or aminata@people.example, site collectif-du-port.example.",
        revision=99,
    )
    actions.reply(
        actor=desk["nadia"],
        ticket_id=ticket.pk,
        source="Hello Aminata, in /home/aminata/www/.htaccess you named 203.0.113.9. Nadia",
        revision=99,
    )
    return actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="solved")


@pytest.fixture
def asked(desk, solved):
    actions.propose_answer(actor=desk["nadia"], ticket_id=solved.pk)
    actions.write_public_text(
        actor=desk["nadia"], ticket_id=solved.pk, text=actions.Text(**TEXT, tags=("mail",))
    )
    return actions.ask_consent(actor=desk["nadia"], ticket_id=solved.pk)


@pytest.fixture
def published(desk, asked):
    return actions.answer_consent(
        actor=desk["aminata"],
        ticket_id=asked.ticket_id,
        text_hash=asked.text_hash,
        agrees=True,
    )


@pytest.mark.parametrize("face", FACES)
def test_the_way_of_a_public_answer_on_every_face(face, perform, desk, solved):
    def does(who, what):
        return perform(face, desk[who] if who else None, what, solved)

    assert does(None, PROPOSE) == SIGN_IN
    assert {who: does(who, PROPOSE) for who in ("aminata", "farid", "olga")} == dict.fromkeys(
        ("aminata", "farid", "olga"), NOT_ALLOWED
    )
    assert {does(who, PROPOSE) for who in ("omar", "odile", "moira")} == {UNSEEN}
    assert does("vera", PROPOSE) == DONE
    assert does("nadia", PROPOSE) == DONE  # twice is once
    assert PublicAnswer.objects.count() == 1
    assert does("aminata", AGREE) == UNSEEN  # a draft is the agents' own
    assert does("nadia", AGREE) == NOT_ALLOWED
    assert does("nadia", WRITE) == DONE
    assert does("nadia", ASK) == DONE
    assert does("nadia", ASK) == DONE
    assert does("aminata", WRITE) == NOT_ALLOWED
    assert does("aminata", WITHDRAW) == WRONG_MOMENT
    assert {does(who, AGREE) for who in ("farid", "olga", "omar")} == {UNSEEN}
    assert not Question.objects.exists()
    assert does("aminata", AGREE) == DONE
    assert does("aminata", AGREE) == DONE
    assert Question.objects.count() == Consent.objects.count() == 1
    assert does("nadia", WRITE) == WRONG_MOMENT
    assert does("nadia", WITHDRAW) == NOT_ALLOWED
    assert does("aminata", WITHDRAW) == DONE
    assert does("aminata", WITHDRAW) == DONE
    assert does("nadia", PROPOSE) == DONE  # anew, with a new consent
    assert PublicAnswer.objects.count() == 2


KNOWN_BY_MAIL = ["stub", "imported", "silenced", "suspended"]


def known_as(state, person):
    """Let a person be known in this state alone; return them as read anew."""
    Person.objects.filter(pk=person.pk).update(state=state)
    return Person.objects.get(pk=person.pk)


@pytest.mark.parametrize("state", KNOWN_BY_MAIL)
@pytest.mark.parametrize("face", FACES)
def test_who_may_not_write_says_yes_and_takes_it_back(face, state, perform, desk, asked):
    requester = known_as(state, desk["aminata"])
    if face == "api" and state in ("stub", "imported"):  # who never signed in has no token
        assert perform(face, requester, AGREE, asked.ticket) == SIGN_IN
        return

    assert perform(face, requester, AGREE, asked.ticket) == DONE
    assert PublicAnswer.objects.get().state == "published"
    assert perform(face, requester, WITHDRAW, asked.ticket) == DONE
    assert PublicAnswer.objects.get().state == "withdrawn"


@pytest.mark.parametrize("state", KNOWN_BY_MAIL)
@pytest.mark.parametrize("says", ["yes", "no"])
def test_the_link_counts_for_who_has_only_mail(says, state, browse, desk, asked):
    known_as(state, desk["aminata"])
    said = {"text_hash": asked.text_hash, "agrees": says}

    done = browse(None).post(link_path(asked), said)

    assert done.status_code == 200
    assert Consent.objects.get().person == desk["aminata"]
    assert PublicAnswer.objects.get().state == {"yes": "published", "no": "refused"}[says]


def test_the_link_of_the_erased_says_nothing(browse, desk, asked):
    known_as("erased", desk["aminata"])
    said = {"text_hash": asked.text_hash, "agrees": "yes"}

    assert browse(None).post(link_path(asked), said).status_code == 403
    assert not Question.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_a_no_keeps_it_private(face, perform, desk, asked):
    assert perform(face, desk["aminata"], REFUSE, asked.ticket) == DONE
    assert perform(face, desk["aminata"], AGREE, asked.ticket) == WRONG_MOMENT
    assert not Question.objects.exists()


def test_the_draft_has_neutral_words_for_private_facts(desk, solved):
    note = Message.objects.get(internal=True)

    draft = actions.propose_answer(actor=desk["nadia"], ticket_id=solved.pk)

    text = f"{draft.title} {draft.question_source} {draft.answer_source}"
    for fact in ("06 12", "aminata", "Aminata", "Nadia", "collectif-du-port", "203.0.113.9"):
        assert fact not in text
    assert "Call (phone number) or (mail address), site example.org." in draft.question_source
    assert note.source not in text
    assert draft.answer_source == "Hello (name), in /home/user you named (IP address). (name)"


def test_only_chosen_messages_of_the_ticket_make_the_draft(desk, solved, open_ticket):
    mine = Message.objects.filter(ticket=solved, internal=False)
    other = Message.objects.get(ticket=open_ticket("omar", "Something else here"))
    note = Message.objects.get(internal=True)

    for wrong in (other.pk, note.pk):
        with pytest.raises(Exception, match="Some fields"):
            actions.propose_answer(
                actor=desk["nadia"], ticket_id=solved.pk, message_ids=[mine[0].pk, wrong]
            )
    draft = actions.propose_answer(
        actor=desk["nadia"], ticket_id=solved.pk, message_ids=[mine[2].pk]
    )

    assert draft.question_source == ""


def test_what_looks_private_still_is_pointed_out_before_asking(call, desk, solved):
    actions.propose_answer(actor=desk["nadia"], ticket_id=solved.pk)
    text = {**TEXT, "answer": "Ask Aminata, 06 12 34 56 78."}
    client, path = call(desk["nadia"]), f"/api/v1/tickets/{solved.pk}/public-answer"
    assert client.put(path, text, format="json").status_code == 200

    refused = client.put(f"{path}/asking", {}, format="json")

    assert refused.status_code == 422
    assert refused.json()["code"] == "private_facts"
    assert [span["kind"] for span in refused.json()["spans"]] == ["name", "phone"]
    assert client.put(f"{path}/asking", {"anyway": True}, format="json").status_code == 200


def test_the_database_refuses_what_nobody_agreed_to(asked):
    with pytest.raises(DatabaseError, match="without consent"), transaction.atomic():
        PublicAnswer.objects.filter(pk=asked.pk).update(state="published")
    with pytest.raises(DatabaseError, match="without consent"), transaction.atomic():
        PublicAnswer.objects.create(
            ticket_id=asked.ticket_id, proposed_by=asked.proposed_by, state="published", title="x"
        )


def test_the_database_keeps_text_and_consent_as_they_were(published):
    for change in ({"answer_source": "Other"}, {"text_hash": "0" * 64}, {"title": "Other words"}):
        with pytest.raises(DatabaseError, match="published"), transaction.atomic():
            PublicAnswer.objects.filter(pk=published.pk).update(**change)
    with pytest.raises(DatabaseError, match="a consent stands"), transaction.atomic():
        Consent.objects.update(text_hash="0" * 64)


def test_a_text_changed_behind_its_hash_is_not_published(desk, asked):
    PublicAnswer.objects.filter(pk=asked.pk).update(answer_source="Nobody agreed to this.")

    with pytest.raises(actions.Overtaken.__base__, match="text has changed"):
        actions.answer_consent(
            actor=desk["aminata"],
            ticket_id=asked.ticket_id,
            text_hash=asked.text_hash,
            agrees=True,
        )
    assert not Question.objects.exists()


def test_nobody_changes_what_was_agreed_to(desk, published):
    solution = Answer.objects.get()
    with pytest.raises(Exception, match="Only its author"):
        edit_question(
            actor=desk["moira"],
            question_id=published.question_id,
            revision=1,
            title="Something else entirely",
            source="x",
            tag_names=[],
        )
    with pytest.raises(Exception, match="Only its author"):
        edit_answer(actor=desk["moira"], answer_id=solution.pk, revision=1, source="x")


LINK = re.compile(r"/consent/\S+")


def link_in_mail():
    import email
    import email.policy

    mail = OutgoingMail.objects.filter(subject__contains="May we publish").latest("pk")
    parsed = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
    body = parsed.get_body(("plain",)).get_content()
    return LINK.search(body).group(), body


def test_the_link_shows_by_get_and_acts_by_post_once(browse, desk, asked, run_tasks):
    run_tasks()
    link, body = link_in_mail()
    for line in TEXT.values():
        assert line in body or line == "en"
    stranger = browse(None)

    for _scan in range(3):
        page = stranger.get(link)
        assert TEXT["answer"].encode() in page.content
        assert b"Yes, publish it" in page.content
    assert PublicAnswer.objects.get().state == "asked"
    said = {"text_hash": asked.text_hash, "agrees": "yes"}
    assert stranger.post(link, {**said, "agrees": "maybe"}).status_code == 422
    done = stranger.post(link, said)

    assert done.status_code == 200
    assert b"it is published" in done.content
    assert Consent.objects.get().person == desk["aminata"]
    again = stranger.get(link)
    assert again.status_code == 200
    assert "You have said yes already" in again.content.decode()
    assert f'href="{asked.path}"' in again.content.decode()
    assert b"Yes, publish it" not in again.content
    assert stranger.post(link, {**said, "agrees": "no"}).status_code == 409
    assert PublicAnswer.objects.get().state == "published"
    assert stranger.get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 404


def test_a_used_link_says_that_it_was_refused(browse, asked, run_tasks):
    run_tasks()
    link, _body = link_in_mail()
    browse(None).post(link, {"text_hash": asked.text_hash, "agrees": "no"})

    again = browse(None).get(link)

    assert again.status_code == 200
    assert "You have said no already" in again.content.decode()


def test_a_link_of_an_older_text_is_dead(browse, desk, asked, run_tasks):
    run_tasks()
    link, _body = link_in_mail()
    actions.write_public_text(
        actor=desk["nadia"],
        ticket_id=asked.ticket_id,
        text=actions.Text(**{**TEXT, "answer": "Another answer entirely."}),
    )
    actions.ask_consent(actor=desk["nadia"], ticket_id=asked.ticket_id)

    assert browse(None).get(link).status_code == 409
    assert browse(None).get(link_path(PublicAnswer.objects.get())).status_code == 200


def public_paths(question):
    return [
        question.path,
        "/questions",
        "/",
        "/search?q=spam",
        f"/questions/{question.pk}/revisions",
        f"/answers/{question.answers.get().pk}/revisions",
        f"/api/v1/questions/{question.pk}",
        "/api/v1/questions",
        f"/api/v1/answers/{question.answers.get().pk}",
        "/api/v1/search?q=spam",
        "/api/v1/search/similar?title=mail spam",
    ]


def test_nobody_learns_whose_it_was(browse, call, desk, published, run_tasks):
    run_tasks()
    rebuild_index()
    question = published.question
    ticket = published.ticket

    shown = browse(None).get(question.path).content.decode()
    assert TEXT["answer"] in shown
    assert "without a name" in shown
    for name in (None, "omar", "bao", "moira"):
        for path in public_paths(question):
            client = (
                call(desk[name] if name else None)
                if "api" in path
                else browse(desk[name] if name else None)
            )
            page = client.get(path).content.decode().lower()
            for fact in ("aminata", "collectif", ticket.number.lower(), f"/tickets/{ticket.pk}"):
                assert fact not in page, (name, path, fact)
    for line in JournalLine.objects.filter(thing_kind__startswith="forum."):
        assert (line.actor, line.on_behalf_of, line.parent_id) == (None, None, None)
    assert Question.objects.get().author is None
    assert not [hit for hit in [question.author, question.acceptance.by] if hit]


def test_requesters_who_share_and_strangers_see_nothing_of_it(browse, call, desk, asked):
    for name in ("farid", "olga", "omar", "odile"):
        assert browse(desk[name]).get(f"{asked.ticket.path}/public").status_code == 404
        path = f"/api/v1/tickets/{asked.ticket_id}/public-answer"
        assert call(desk[name]).get(path).status_code == 404
    for name in ("aminata", "nadia", "vera"):
        page = browse(desk[name]).get(f"{asked.ticket.path}/public")
        assert TEXT["answer"] in page.content.decode()


def test_a_moderator_brings_nothing_back_that_was_withdrawn(desk, published):
    remove_post(
        actor=desk["moira"], kind="forum.question", object_id=published.question_id, rule="spam"
    )
    actions.withdraw_consent(actor=desk["aminata"], ticket_id=published.ticket_id)

    with pytest.raises(Exception, match="for others to do"):
        restore_post(actor=desk["moira"], kind="forum.question", object_id=published.question_id)


@pytest.fixture
def worker(tmp_path, settings):
    """Start a real worker on the test's database and index; killed at the end."""
    here = connection.settings_dict
    url = f"sqlite:///{here['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{here['USER']}@{here['HOST']}:{here['PORT'] or 5432}/{here['NAME']}"
    settings.SEARCH_INDEX = tmp_path / "index"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work", "--name", "worker", "--queues", "default"],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "ENTRAIDE_VAR": str(tmp_path),
            "SECRET_KEY": site_settings.SECRET_KEY,
        },
    )
    yield process
    process.kill()
    process.wait()


def wait_until(condition, seconds):
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds
        time.sleep(0.05)
    return time.monotonic() - begin


WITHDRAWN_SECONDS = 5  # what the requester is promised
OPEN_PLACES = [  # pages and feeds are kept for a minute for visitors
    "{path}",
    "/questions/{pk}.atom",
    "/questions",
    "/questions.atom",
    "/questions/active.atom",
    "/tags/mail",
    "/questions/tagged/mail.atom",
    "/search?q=SPF",
    "/search/now?q=SPF",
    "/api/v1/questions",
    "/api/v1/questions/{pk}",
    "/api/v1/search?q=SPF",
    "/api/v1/search/similar?title=Mail+lands+in+spam+after+a+move",
]


def places_of(question, visitor, member):
    """Return where a question is found still: by its title, its answer or its address."""
    traces = (TEXT["title"], TEXT["answer"], question.path)
    found = []
    for place in OPEN_PLACES:
        client = member if "/api/" in place else visitor
        answer = client.get(place.format(path=question.path, pk=question.pk))
        said = answer.content.decode()
        if answer.status_code == 200 and any(trace in said for trace in traces):
            found.append(place)
    return found


def in_the_index(question):
    rows, _total = engine().find(Query(text="SPF", audiences=(PUBLIC,)))
    return question.pk in [row.object_id for row in rows]


@pytest.mark.django_db(transaction=True)
def test_withdrawn_it_is_gone_everywhere_and_from_the_index_within_the_time_promised(
    worker, browse, call, desk, asked, kept_pages
):
    question = actions.answer_consent(
        actor=desk["aminata"], ticket_id=asked.ticket_id, text_hash=asked.text_hash, agrees=True
    ).question
    readers = (browse(None), call(desk["omar"]))
    wait_until(lambda: in_the_index(question), 60)  # the worker has started
    assert places_of(question, *readers) == OPEN_PLACES

    begin = time.monotonic()
    call(desk["aminata"]).delete(f"/api/v1/tickets/{asked.ticket_id}/public-answer/consent")

    assert places_of(question, *readers) == []  # at once: no worker is waited for
    wait_until(lambda: not in_the_index(question), WITHDRAWN_SECONDS)
    seconds = time.monotonic() - begin
    assert seconds < WITHDRAWN_SECONDS
    print(f"gone everywhere after {seconds:.1f} s (promised: {WITHDRAWN_SECONDS})")


def test_what_is_not_solved_yet_is_not_asked_about(browse, call, desk, solved):
    actions.propose_answer(actor=desk["nadia"], ticket_id=solved.pk)
    actions.write_public_text(actor=desk["nadia"], ticket_id=solved.pk, text=actions.Text(**TEXT))
    actions.set_state(actor=desk["nadia"], ticket_id=solved.pk, state="open")

    typed = {**TEXT, "answer": "Typed just now.", "tags": "mail", "once": "a" * 32}
    refused = browse(desk["nadia"]).post(f"{solved.path}/public/asking", typed)
    assert refused.status_code == 409
    assert "The ticket is not solved yet." in refused.content.decode()
    assert "Typed just now." in refused.content.decode()
    refused = call(desk["nadia"]).put(f"/api/v1/tickets/{solved.pk}/public-answer/asking")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_solved")


def test_who_asks_keeps_the_text_they_have_before_them(browse, desk, solved, mailoutbox):
    actions.propose_answer(actor=desk["nadia"], ticket_id=solved.pk)
    client, typed = browse(desk["nadia"]), {**TEXT, "tags": "mail"}

    refused = client.post(f"{solved.path}/public/asking", {**typed, "title": "Short"})
    assert refused.status_code == 422
    assert TEXT["answer"] in refused.content.decode()
    assert solved.public_answers.get().state == "draft"
    asked = client.post(f"{solved.path}/public/asking", typed)
    assert asked.status_code == 303
    answer = solved.public_answers.get()
    assert (answer.state, answer.answer_source) == ("asked", TEXT["answer"])
