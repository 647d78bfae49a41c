"""Who takes part beside who asked: by handle or by mail, until they leave or are taken out."""

import re

import pytest
from allauth.account.models import EmailAddress

from core.errors import InvalidInput, NotSeen
from core.models import OutgoingMail
from helpdesk import actions
from helpdesk.models import Share, Ticket
from helpdesk.tokens import SHARE, token
from people.models import Notice, Person
from tests.cast import make_person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, Act
from tests.helpdesk.mails import answering, sent_to
from tests.helpdesk.test_faces import OUTSIDE

GUEST = "guest@elsewhere.example"


def invites(address):
    return Act(
        page=lambda t: (f"{t.path}/shares", {"person": address}),
        api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/shares/{address}", {}),
    )


def ends(address):
    return Act(
        page=lambda t: (f"{t.path}/shares/undo", {"person": address}),
        api=lambda t: ("DELETE", f"/api/v1/tickets/{t.pk}/shares/{address}", None),
    )


def mails():
    return {mail.to: bytes(mail.raw or b"").decode() for mail in OutgoingMail.objects.all()}


@pytest.mark.parametrize("face", FACES)
def test_inviting_by_mail_on_every_face(face, perform, desk, ticket):
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys(("farid", "olga"), NOT_ALLOWED)

    assert {who: perform(face, desk[who], invites(GUEST), ticket) for who in expected} == expected
    assert perform(face, None, invites(GUEST), ticket) == SIGN_IN
    for who in ("aminata", "vera"):
        for _time in range(2):
            assert perform(face, desk[who], invites(GUEST.upper()), ticket) == DONE
    assert perform(face, desk["aminata"], invites("no@address@at-all"), ticket) == INVALID
    assert perform(face, desk["vera"], invites("aminata@people.example"), ticket) == INVALID
    assert Share.objects.get(address=GUEST).person.state == "stub"
    for who in ("farid", "olga"):
        assert perform(face, desk[who], ends(GUEST), ticket) == NOT_ALLOWED
    assert perform(face, desk["vera"], ends(GUEST), ticket) == DONE
    assert perform(face, desk["vera"], ends(GUEST), ticket) == UNSEEN


def test_guest_gets_what_is_said_by_mail_but_no_note_and_not_their_own(desk, ticket, run_tasks):
    share = actions.invite(actor=desk["aminata"], ticket_id=ticket.pk, address=GUEST)
    run_tasks()
    assert "lets you take part" in mails()[GUEST]
    OutgoingMail.objects.all().delete()

    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Try now.", revision=99)
    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source="Hm, odd.")
    run_tasks()

    assert "Try now." in mails()[GUEST]
    assert not any("Hm, odd." in mails()[to] for to in (GUEST, "aminata@people.example"))
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mails()[GUEST]
    OutgoingMail.objects.all().delete()
    Person.objects.filter(pk=share.person_id).update(state="active")
    guest = Person.objects.get(pk=share.person_id)
    actions.reply(actor=guest, ticket_id=ticket.pk, source="It works.", revision=99)
    run_tasks()
    assert GUEST not in mails()


def html_of(mail):
    return mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("state", ["active", "stub", "imported"])
def test_guest_reads_below_what_came_since_they_were_invited_and_answers_by_mail(
    state, desk, ticket, run_tasks
):
    if state != "stub":
        known = make_person("guest", state=state)
        EmailAddress.objects.filter(user=known).update(email=GUEST, verified=state == "active")
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Between us.", revision=99)
    actions.invite(actor=desk["aminata"], ticket_id=ticket.pk, address=GUEST)
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="It is **DNS**.", revision=99)
    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source="Hm, odd.")
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Try *now*.", revision=99)
    run_tasks()

    mail = sent_to(GUEST)[-1]

    text, html = mail.get_body(("plain",)).get_content(), html_of(mail)
    assert "> It is **DNS**." in text
    assert html.index("<em>now</em>") < html.index('<blockquote type="cite"')
    assert "<strong>DNS</strong>" in html[html.index('<blockquote type="cite"') :]
    assert not any(words in text + html for words in ("Between us.", "Hm, odd.", "Since Monday"))
    assert mail["Auto-Submitted"] == "no"
    assert mail["In-Reply-To"] == sent_to(GUEST)[0]["In-Reply-To"]

    answer = actions.receive_mail(raw=answering(mail, "Works here.").as_bytes())

    assert (answer.outcome, answer.ticket) == ("replied", ticket)
    assert answer.person.state == state


def test_what_an_agent_does_is_mailed_with_what_was_said_and_what_we_do_alone_is_not(
    desk, ticket, run_tasks
):
    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="solved")
    run_tasks()

    opened_mail, solved_mail = sent_to("aminata@people.example")

    assert "Since Monday." not in opened_mail.as_string()
    html = html_of(solved_mail)
    assert "Since Monday." in html[html.index("gmail_quote") :]
    assert "Internal: registrar" not in solved_mail.as_string()
    assert re.search(r'<a href="[^"]*grade=good">I was helped well</a>', html)
    assert solved_mail["In-Reply-To"] == opened_mail["In-Reply-To"]


def test_link_in_the_mail_ends_it_without_signing_in_and_only_when_posted(browse, desk, ticket):
    share = actions.invite(actor=desk["nadia"], ticket_id=ticket.pk, address=GUEST)
    path, visitor = f"/guests/{token(SHARE, share.pk)}", browse(None)

    assert visitor.get(path).status_code == 200
    assert Share.objects.filter(pk=share.pk).exists()
    for _time in range(2):
        answer = visitor.post(path, {"List-Unsubscribe": "One-Click"})
        assert "no more mails" in answer.content.decode()
    assert not Share.objects.filter(pk=share.pk).exists()
    assert visitor.post(path[:-1] + "_", {}).status_code == 404
    assert visitor.get(f"/guests/{token('helpdesk.rating', share.pk)}").status_code == 404


def test_whose_an_address_is_is_told_to_nobody(browse, call, desk, ticket, run_tasks):
    EmailAddress.objects.filter(user=desk["bao"]).update(email="secret-bao@work.example")
    actions.invite(actor=desk["nadia"], ticket_id=ticket.pk, address="secret-bao@work.example")
    run_tasks()

    assert Ticket.objects.visible_to(desk["bao"]).filter(pk=ticket.pk).exists()
    for name, sees_address in (("aminata", True), ("nadia", True), ("farid", False)):
        shown = browse(desk[name]).get(ticket.path).content.decode()
        rows = call(desk[name]).get(f"/api/v1/tickets/{ticket.pk}/shares").json()["results"]
        assert ("secret-bao@work.example" in shown) == sees_address
        assert ("secret-bao@work.example" in str(rows)) == sees_address
        assert not re.search(r"\bBao\b|people/bao", shown)
        assert "'bao'" not in str(rows)
    with pytest.raises(InvalidInput):
        actions.invite(actor=desk["nadia"], ticket_id=ticket.pk, address="farid@people.example")
    assert (
        browse(desk["bao"])
        .post(f"{ticket.path}/shares/undo", {"person": "secret-bao@work.example"})
        .headers["Location"]
        == "/tickets"
    )
    assert not Ticket.objects.visible_to(desk["bao"]).filter(pk=ticket.pk).exists()


def test_who_opened_it_is_told_when_an_agent_brings_someone_in(desk, ticket, run_tasks):
    actions.share(actor=desk["nadia"], ticket_id=ticket.pk, person=desk["bao"])
    actions.share(actor=desk["aminata"], ticket_id=ticket.pk, person=desk["tomas"])
    run_tasks()

    told = Notice.objects.filter(verb="helpdesk.participant_added")
    assert [row.person for row in told] == [desk["aminata"]]


def test_twenty_are_enough_and_a_stranger_ends_nothing(desk, ticket):
    for number in range(19):
        actions.invite(actor=desk["aminata"], ticket_id=ticket.pk, address=f"g{number}@x.example")
    with pytest.raises(InvalidInput):
        actions.invite(actor=desk["aminata"], ticket_id=ticket.pk, address=GUEST)
    with pytest.raises(NotSeen):
        actions.uninvite(actor=desk["aminata"], ticket_id=ticket.pk, address="")
    assert Person.objects.filter(state="stub").count() == 19
