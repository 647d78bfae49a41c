"""What becomes of mails that come in."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from core import replies
from core.models import JournalLine, OutgoingMail, StoredFile, UndeliverableAddress
from helpdesk import actions
from helpdesk.models import InboundMail, Message, QueueAddress, Ticket, TicketLink
from people.actions import erase_person, export_person
from people.models import HostedSite, Person
from tests.cast import SECRET
from tests.helpdesk.conftest import opened
from tests.helpdesk.mails import answering, bounce, received, sent_to, written

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
AMINATA = "aminata@people.example"


@pytest.fixture
def acknowledged(desk, ticket, run_tasks):
    """The mail that aminata has of her ticket."""
    run_tasks()
    return sent_to(AMINATA)[0]


def again(answer):
    return actions.receive_mail(raw=answer.as_bytes())


def test_stranger_opens_a_ticket_as_a_stub_and_hears_of_it(desk, run_tasks):
    mail = received()
    run_tasks()

    person = Person.objects.get(state=Person.State.STUB)
    ticket = Ticket.objects.get()
    assert (mail.outcome, mail.ticket, mail.person) == ("opened", ticket, person)
    assert (ticket.requester, ticket.subject, ticket.language) == (person, "My site is down", "fr")
    assert (person.display_name, person.interface_language) == ("Zoé", "fr")
    assert not EmailAddress.objects.get(user=person).verified
    (sent,) = sent_to("zoe@outside.example")
    assert ticket.number in sent["Subject"]
    assert "Votre message est bien arrivé" in sent.get_body(("plain",)).get_content()
    assert sent["Auto-Submitted"] == "auto-replied"
    assert sent["In-Reply-To"] == f"<{mail.mail_id}>"
    assert JournalLine.objects.get(verb="helpdesk.ticket_opened").face == "mail"


@pytest.mark.parametrize("sender", ['"john doe"@outside.example', "zoe@[192.0.2.7]"])
def test_rare_addresses_are_answered(desk, run_tasks, sender):
    mail = received(f"Zoé <{sender}>")
    run_tasks()

    assert (mail.outcome, mail.person.display_name) == ("opened", "Zoé")
    assert len(sent_to(sender)) == 1


def test_stub_may_do_nothing_on_the_pages(desk, browse):
    received()
    stub = Person.objects.get(state=Person.State.STUB)

    answer = browse(stub).post("/tickets/new", {"subject": "More", "source": "x", "language": "fr"})

    assert answer.status_code in (302, 403)
    assert Ticket.objects.count() == 1


def test_same_mail_twice_makes_one_ticket(desk):
    first = received(message_id="<one@outside.example>")
    second = actions.receive_mail(
        raw=b"Received: by another way\n" + written(message_id="<one@outside.example>").as_bytes()
    )

    assert (first.pk, Ticket.objects.count()) == (second.pk, 1)


def test_two_mails_under_one_id_are_two(desk):
    received(message_id="<one@outside.example>")
    received(message_id="<one@outside.example>", body="Something else, and for the first time.")

    assert InboundMail.objects.count() == Ticket.objects.count() == 2


def test_known_address_opens_a_ticket_of_its_own(desk):
    mail = received(AMINATA, subject="Another thing")

    assert mail.ticket.requester == desk["aminata"]


def own_site(person, domain, levels, level="guaranteed"):
    return HostedSite.objects.create(
        external_id=domain, domain=domain, owner=person, level=levels[level]
    )


def test_mail_of_who_owns_one_site_is_about_it(desk, levels):
    own = own_site(desk["omar"], "omar.example", levels)

    ticket = received("omar@people.example").ticket

    assert (ticket.site, ticket.level_version.level.slug) == (own, "guaranteed")
    assert ticket.solution_due_at is not None


def test_mail_is_about_the_own_site_it_names(desk, levels):
    one = own_site(desk["omar"], "one.example", levels)
    own_site(desk["omar"], "two.example", levels, "free")
    own_site(desk["bao"], "three.example", levels)
    said = {
        "Nothing works.": None,
        "See https://www.One.example/contact?x=1.": one,
        "Mail to info@one.example bounces.": one,
        "one.example shows what two.example should": None,
        "three.example is down, and notone.example too.": None,
    }

    found = {body: received("omar@people.example", body=body).ticket.site for body in said}

    assert found == said
    named = received("omar@people.example", subject="one.example: 500").ticket
    assert named.level_version.level.slug == "guaranteed"


def test_organisations_site_is_meant_by_its_owner_or_by_name(desk, site):
    said = {
        name: received(f"{name}@people.example").ticket.organisation for name in ("olga", "mika")
    }
    named = received("mika@people.example", body=f"{site.domain} is slow.").ticket

    assert said == {"olga": site.organisation, "mika": None}
    assert (named.site, named.organisation) == (site, site.organisation)


@pytest.mark.parametrize(
    ("below", "is_named"),
    [
        ("Mika, Mika@{domain}", False),
        ("Mika <mailto:mika@{domain}>.", False),
        ("mika@{domain}\n{domain}", True),
        ("info@{domain} bounces", True),
        ("not.mika@{domain} bounces", True),
    ],
)
def test_own_address_below_a_mail_names_no_site(below, is_named, desk, site):
    address = f"mika@{site.domain}"
    EmailAddress.objects.filter(user=desk["mika"]).update(email=address)

    ticket = received(
        address, body="A private thing.\n\n" + below.format(domain=site.domain)
    ).ticket

    assert ticket.requester == desk["mika"]
    assert (ticket.site == site) == is_named
    assert Ticket.objects.visible_to(desk["olga"]).filter(pk=ticket.pk).exists() == is_named


def test_form_says_nothing_of_ones_site(desk, levels):
    own_site(desk["omar"], "omar.example", levels)

    mail = received("Contact <noreply@forms.example>", Reply_To="omar@people.example")

    assert (mail.outcome, mail.ticket.requester, mail.ticket.site) == ("opened", desk["omar"], None)


def test_queue_by_address(desk, other_queue):
    QueueAddress.objects.create(queue=other_queue, address="domains@entraide.example")

    assert received(to="Domains <Domains@Entraide.example>").ticket.queue == other_queue
    redirected = received("a@outside.example", Delivered_To="domains@entraide.example")
    assert redirected.ticket.queue == other_queue
    assert received("b@outside.example").ticket.queue.slug == "hosting"


def test_answer_with_the_token_lands_on_the_ticket(desk, ticket, acknowledged):
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Which?", revision=99)

    mail = again(answering(acknowledged, "All of them."))

    ticket.refresh_from_db()
    assert (mail.outcome, mail.ticket, mail.proof) == ("replied", ticket, "token")
    assert mail.message.author == desk["aminata"]
    assert mail.message.source == "All of them."
    assert "Entraide wrote:" in mail.folded_text
    assert ticket.state == "waiting_us"
    line = JournalLine.objects.filter(verb="helpdesk.reply_posted").latest("pk")
    assert (line.face, line.actor) == ("mail", desk["aminata"])


def known_as(state, name, *, verified):
    Person.objects.filter(handle=name).update(state=state)
    EmailAddress.objects.filter(user__handle=name).update(verified=verified)


@pytest.mark.parametrize(
    ("state", "verified"), [("active", True), ("stub", False), ("imported", True)]
)
def test_whoever_asked_answers_by_mail(state, verified, desk, ticket, acknowledged):
    known_as(state, "aminata", verified=verified)

    mail = again(answering(acknowledged, "All of them."))
    by_number = received(AMINATA, subject=f"Re: [{ticket.number}] Mail lands in spam")

    assert (mail.outcome, mail.ticket, mail.proof) == ("replied", ticket, "token")
    assert (by_number.outcome, by_number.proof) == ("replied", "subject")
    assert mail.message.side == "requester"


def test_imported_unproven_address_is_believed_with_its_token_alone(desk, ticket, acknowledged):
    known_as("imported", "aminata", verified=False)

    assert again(answering(acknowledged, "All of them.")).outcome == "replied"
    by_number = received(AMINATA, subject=f"Re: [{ticket.number}] Mail lands in spam")
    assert (by_number.outcome, by_number.reason) == ("quarantined", "not_a_participant")


@pytest.mark.parametrize("gone", ["To", "references"])
def test_either_the_address_or_the_id_is_enough(gone, ticket, acknowledged):
    answer = answering(acknowledged, "All of them.")
    if gone == "To":
        answer.replace_header("To", "help@entraide.example")
    else:
        del answer["References"], answer["In-Reply-To"]

    mail = again(answer)

    assert (mail.outcome, mail.ticket, mail.proof) == ("replied", ticket, "token")


def test_token_is_believed_from_its_persons_address_alone(ticket, acknowledged):
    mail = again(answering(acknowledged, "Let me in.", sender="omar@people.example"))

    assert (mail.outcome, mail.reason, mail.ticket) == ("quarantined", "another_address", ticket)
    assert not Message.objects.filter(source="Let me in.").exists()


def test_forged_token_proves_nothing(desk, ticket, acknowledged):
    body, _dash, mac = replies.token_of(
        "helpdesk.ticket", ticket.pk, desk["aminata"].pk
    ).rpartition("-")
    forged = f"reply+{body}-{'a' * len(mac)}@entraide.example"

    mail = received("omar@people.example", to=forged)

    assert mail.ticket != ticket
    assert mail.outcome == "opened"


def test_from_alone_adds_only_where_the_sender_takes_part(desk, ticket):
    subject = f"Re: [{ticket.number}] Mail lands in spam"

    own = received(AMINATA, subject=subject, body="One more fact.")
    guest = received("farid@people.example", subject=subject, body="I see it too.")
    stranger = received(subject=subject, body="And me.")
    agent = received("nadia@people.example", subject=subject, body="As an agent.")

    assert (own.outcome, own.proof, guest.outcome) == ("replied", "subject", "replied")
    for mail in (stranger, agent):
        assert (mail.outcome, mail.reason, mail.ticket) == (
            "quarantined",
            "not_a_participant",
            ticket,
        )


def test_answer_to_ones_own_mail_finds_its_ticket(desk):
    first = received(message_id="<first@outside.example>")

    second = received(body="One more fact.", In_Reply_To="<first@outside.example>")
    other = received("x@outside.example", body="Me too.", References="<first@outside.example>")

    assert (second.outcome, second.ticket, second.proof) == ("replied", first.ticket, "reference")
    assert (other.outcome, other.reason) == ("quarantined", "not_a_participant")


def test_agent_answers_by_mail(desk, ticket, run_tasks):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source="Well?", revision=99)
    run_tasks()

    again(answering(sent_to("vera@people.example")[-1], "Try the new DNS."))

    message = Message.objects.get(source="Try the new DNS.")
    assert (message.side, message.internal, message.author) == ("agent", False, desk["vera"])
    ticket.refresh_from_db()
    assert ticket.state == "waiting_requester"


def test_answer_to_a_note_is_a_note(desk, ticket, run_tasks):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source=f"Look here {SECRET}")
    run_tasks()
    noted = [one for one in sent_to("vera@people.example") if SECRET in str(one)][-1]

    again(answering(noted, "I see."))
    run_tasks()

    assert Message.objects.get(source="I see.").internal
    assert not any("I see." in str(one) for one in sent_to(AMINATA))


def test_answer_to_a_note_of_a_merged_ticket_is_a_note_where_it_goes_on(desk, ticket, run_tasks):
    other = opened(desk["aminata"], "The same again")
    actions.assign(actor=desk["nadia"], ticket_id=other.pk, assignee=desk["vera"])
    actions.write_note(actor=desk["nadia"], ticket_id=other.pk, source=f"Look here {SECRET}")
    run_tasks()
    noted = [one for one in sent_to("vera@people.example") if SECRET in str(one)][-1]
    actions.merge(actor=desk["nadia"], ticket_id=other.pk, into_id=ticket.pk)

    again(answering(noted, "I see."))

    note = Message.objects.get(source="I see.")
    assert (note.ticket, note.internal) == (ticket, True)


def test_former_agent_answers_no_more(desk, ticket, run_tasks):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source="Well?", revision=99)
    run_tasks()
    desk["vera"].role_grants.all().delete()

    mail = again(answering(sent_to("vera@people.example")[-1], "Still me."))

    assert (mail.outcome, mail.reason) == ("quarantined", "sees_no_more")


def ended(ticket, days):
    Ticket.objects.filter(pk=ticket.pk).update(
        state="closed", last_activity_at=timezone.now() - timedelta(days=days)
    )


def test_closed_ticket_opens_again_within_the_days(ticket, acknowledged):
    ended(ticket, 3)

    again(answering(acknowledged, "It is back."))

    ticket.refresh_from_db()
    assert ticket.state == "waiting_us"


def assert_goes_on(new, ticket, *, by):
    """Assert that one ticket goes on in another: its queue, site, level, and the link of both."""
    for name in ("queue", "site", "organisation", "level_version"):
        assert getattr(new, name) == getattr(ticket, name), name
    link = TicketLink.objects.get()
    assert (link.ticket, link.other, link.kind, link.by) == (ticket, new, "related", by)


def test_what_goes_on_stays_in_its_queue_and_leaves_a_site_that_changed_hands(
    desk, ticket, other_queue, acknowledged
):
    Ticket.objects.filter(pk=ticket.pk).update(queue=other_queue)
    HostedSite.objects.update(organisation=None, owner=desk["omar"])
    ended(ticket, 30)

    mail = again(answering(acknowledged, "It is back."))

    assert (mail.ticket.queue, mail.queue) == (other_queue, other_queue)
    assert (mail.ticket.site, mail.ticket.organisation) == (None, None)
    assert mail.ticket.level_version.level.slug == "free"


def test_later_an_answer_begins_a_linked_ticket(browse, desk, ticket, acknowledged):
    ended(ticket, 30)

    mail = again(answering(acknowledged, "It is back."))

    assert mail.outcome == "opened"
    assert mail.ticket != ticket
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    line = JournalLine.objects.get(verb="helpdesk.ticket_opened", thing_id=mail.ticket.pk)
    assert line.changes["after"] == ticket.pk
    assert_goes_on(mail.ticket, ticket, by=desk["aminata"])
    page = browse(desk["aminata"]).get(mail.ticket.path).content.decode()
    assert f"It goes on from ticket {ticket.number}" in page


@pytest.mark.parametrize("name", ["farid", "olga"])
def test_later_a_participants_answer_begins_a_ticket_of_theirs(name, browse, desk, ticket):
    ended(ticket, 30)
    token = replies.token_of("helpdesk.ticket", ticket.pk, desk[name].pk)

    mail = received(f"{name}@people.example", to=replies.reply_address(token))

    assert (mail.outcome, mail.ticket.requester) == ("opened", desk[name])
    assert_goes_on(mail.ticket, ticket, by=desk[name])
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    page = browse(desk[name]).get(mail.ticket.path).content.decode()
    assert f"It goes on from ticket {ticket.number}" in page


def test_late_answer_of_who_was_imported_is_theirs_and_so_is_what_they_write_next(
    desk, ticket, acknowledged, run_tasks
):
    known_as("imported", "aminata", verified=False)
    ended(ticket, 30)

    late = again(answering(acknowledged, "It is back."))

    assert (late.outcome, late.ticket.requester) == ("opened", desk["aminata"])
    assert_goes_on(late.ticket, ticket, by=desk["aminata"])
    run_tasks()
    assert late.ticket.number in sent_to("aminata@people.example")[-1]["Subject"]
    assert not Person.objects.filter(state="stub").exists()
    unasked = received(AMINATA, subject="Something else")
    assert (unasked.ticket.requester.state, unasked.ticket.site) == ("stub", None)
    answered = again(answering(acknowledged, "It is back again."))
    assert (answered.outcome, answered.person) == ("opened", desk["aminata"])


def test_an_agents_answer_opens_again_however_late(desk, ticket):
    ended(ticket, 30)
    token = replies.token_of("helpdesk.ticket", ticket.pk, desk["nadia"].pk)

    mail = received("nadia@people.example", to=replies.reply_address(token))

    assert (mail.outcome, mail.ticket) == ("replied", ticket)


def test_answer_to_a_merged_ticket_lands_on_the_target(desk, ticket, open_ticket, acknowledged):
    into = open_ticket()
    actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=into.pk)

    mail = again(answering(acknowledged, "Here too."))

    assert (mail.outcome, mail.ticket) == ("replied", into)


def snapshot(ticket):
    ticket.refresh_from_db()
    fields = ("state", "turn_at", "waiting_since", "last_activity_at", "message_count")
    return [getattr(ticket, name) for name in (*fields, "first_response_at")]


def test_automatic_answer_is_kept_and_changes_nothing(
    browse, desk, ticket, acknowledged, run_tasks
):
    ended(ticket, 3)
    before, mails = snapshot(ticket), OutgoingMail.objects.count()

    mail = again(answering(acknowledged, "I am away.", Auto_Submitted="auto-replied"))
    run_tasks()

    assert (mail.outcome, mail.ticket, mail.message) == ("kept", ticket, None)
    assert snapshot(ticket) == before
    assert OutgoingMail.objects.count() == mails
    agent, member = (
        browse(desk[name]).get(ticket.path).content.decode() for name in ("nadia", "aminata")
    )
    assert mail.path in agent
    assert "An automatic mail came in" in agent
    assert mail.path not in member
    assert "automatic mail" not in member
    assert "I am away." in browse(desk["nadia"]).get(mail.path).content.decode()
    assert browse(desk["aminata"]).get(mail.path).status_code == 404


def test_automatic_mail_of_a_stranger_waits_whatever_number_it_names(browse, desk, ticket):
    facts = {"subject": f"Re: [{ticket.number}]", "Auto_Submitted": "auto-replied"}

    stranger, own = received(**facts), received(AMINATA, **facts)

    assert (stranger.outcome, stranger.reason, stranger.ticket) == (
        "quarantined",
        "automatic",
        ticket,
    )
    assert (own.outcome, own.proof) == ("kept", "subject")
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert own.path in page
    assert stranger.path not in page


def test_brake_holds_for_automatic_mails(desk, ticket, acknowledged, settings):
    settings.MAILS_FROM_ADDRESS_PER_HOUR = 2
    away = {"Auto_Submitted": "auto-replied"}

    mails = [again(answering(acknowledged, f"Away {number}.", **away)) for number in range(3)]

    assert [mail.outcome for mail in mails] == ["kept", "kept", "quarantined"]
    assert (mails[2].reason, mails[2].ticket) == ("too_many", ticket)


ROBOTS = [
    {"Auto_Submitted": "auto-generated"},
    {"Precedence": "bulk"},
    {"X_Autoreply": "yes"},
    {"X_Auto_Response_Suppress": "All"},
    {"X_Loop": "x"},
    {"Return_Path": "<>"},
    {"sender": "noreply@shop.example"},
    {"sender": "MAILER-DAEMON@mx.example"},
    {"subject": "Réponse automatique : absent"},
]


@pytest.mark.parametrize("facts", ROBOTS)
def test_no_robot_is_ever_answered(facts, desk, run_tasks):
    mail = received(**facts)
    run_tasks()

    assert mail.is_automatic
    assert mail.outcome in ("quarantined", "bounced")
    assert not OutgoingMail.objects.exists()
    assert not Ticket.objects.exists()


def test_unsubscribing_alone_is_no_robot(desk):
    assert received(List_Unsubscribe="<mailto:x@y.example>").outcome == "opened"
    assert received("a@x.example", Auto_Submitted="no").outcome == "opened"


def test_our_own_mail_going_round_in_a_circle_is_never_answered(ticket, acknowledged, run_tasks):
    mails = OutgoingMail.objects.count()

    round_trip = actions.receive_mail(raw=acknowledged.as_bytes())
    run_tasks()

    assert round_trip.outcome == "kept"
    assert OutgoingMail.objects.count() == mails


def test_brake_on_one_address(desk, settings):
    settings.MAILS_FROM_ADDRESS_PER_HOUR = 3
    outcomes = [received(subject=f"Number {number}").outcome for number in range(5)]

    assert outcomes == ["opened", "opened", "opened", "quarantined", "quarantined"]
    assert received("b@outside.example").outcome == "opened"


def test_suspended_person_is_heard_by_agents_alone(desk):
    Person.objects.filter(pk=desk["aminata"].pk).update(state="suspended")
    desk["aminata"].sanctions.create(kind="suspension", reason="x", by=desk["moira"])

    mail = received(AMINATA)

    assert (mail.outcome, mail.reason) == ("quarantined", "suspended")


def silenced(person, by):
    person.sanctions.create(kind="silence", reason="x", by=by)
    Person.objects.filter(pk=person.pk).update(state="silenced")


@pytest.mark.parametrize("name", ["aminata", "farid"])
def test_silenced_person_writes_by_mail_where_they_may_on_the_page(name, desk, ticket, browse):
    silenced(desk[name], desk["moira"])
    person = Person.objects.get(handle=name)
    body = {"source": "On the page.", "revision": 99}
    page = browse(person).post(f"{ticket.path}/replies", body)

    mail = received(f"{name}@people.example", subject=f"Re: [{ticket.number}]")

    if name == "aminata":  # who asked still needs help
        assert (page.status_code, mail.outcome) == (303, "replied")
    else:
        assert (page.status_code, mail.outcome, mail.reason) == (403, "quarantined", "may_not_act")
        assert received("farid@people.example", subject="Mine").outcome == "opened"


def test_silenced_agent_writes_no_note_by_mail(desk, ticket, run_tasks):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    actions.share(actor=desk["aminata"], ticket_id=ticket.pk, person=desk["vera"])
    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source=f"Look here {SECRET}")
    run_tasks()
    noted = [one for one in sent_to("vera@people.example") if SECRET in str(one)][-1]
    silenced(desk["vera"], desk["moira"])

    mail = again(answering(noted, "I see."))

    assert (mail.outcome, mail.reason) == ("quarantined", "may_not_act")
    assert not Message.objects.filter(source="I see.").exists()


def test_mail_without_sender_or_too_large_waits(desk, settings):
    nobody = actions.receive_mail(raw=b"Subject: x\n\nHello")
    settings.MAX_MAIL_BYTES = 300
    large = received(body="x" * 1000)

    assert (nobody.reason, large.reason) == ("no_sender", "too_large")
    assert large.raw is not None
    assert len(large.raw) == 300


def test_files_are_checked_and_pictures_stand_in_their_place(browse, desk):
    mail = written(body="See:\n[cid:shot@x]\nThanks")
    mail.add_attachment(
        PNG, "image", "png", cid="<shot@x>", filename="shot.png", disposition="inline"
    )
    mail.add_attachment(b"MZ\x90\x00\x03", "application", "x-msdownload", filename="evil.exe")
    mail.add_attachment("Notes", filename="notes.txt")

    row = actions.receive_mail(raw=mail.as_bytes())

    files = {file.name: file for file in StoredFile.objects.all()}
    assert set(files) == {"shot.png", "notes.txt"}
    picture = f'<img src="{files["shot.png"].get_absolute_url()}?inline=1"'
    assert picture in row.message.html
    assert row.message.html.index("See:") < row.message.html.index(picture)
    assert "evil.exe" in row.message.html
    page = browse(desk["nadia"]).get(row.ticket.path).content.decode()
    assert picture in page


def test_pictures_of_the_page_alone_come_at_the_end(desk):
    mail = written(body="See below")
    mail.add_alternative('<p>See below</p><img src="cid:shot@x">', "html")
    mail.get_payload()[1].add_related(PNG, "image", "png", cid="<shot@x>")

    row = actions.receive_mail(raw=mail.as_bytes())

    assert row.message.html.index("See below") < row.message.html.index("<img")


def test_mail_without_text_or_of_great_length_is_kept(desk):
    mail = written(body="")
    mail.add_attachment("Notes", filename="notes.txt")
    bare = actions.receive_mail(raw=mail.as_bytes())
    long = received(body="One line after the other.\n" * 5000)

    assert bare.outcome == long.outcome == "opened"
    assert StoredFile.objects.filter(name="message.txt").exists()


def test_markup_of_mails_shows_as_written(desk):
    row = received(body="Hello\nworld\n# no heading\n---\n<b>x</b>")

    assert "<h1" not in row.message.html
    assert "<hr" not in row.message.html
    assert "Hello<br>" in row.message.html
    assert "&lt;b&gt;" in row.message.html


def test_bounce_shows_on_the_ticket_and_ends_mails_to_the_address(
    browse, desk, ticket, acknowledged, run_tasks
):
    before = snapshot(ticket)
    row = actions.receive_mail(raw=bounce(acknowledged))

    assert (row.outcome, row.ticket, row.is_automatic) == ("bounced", ticket, True)
    assert UndeliverableAddress.objects.get().address == AMINATA
    assert snapshot(ticket) == before
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert "did not arrive (5.1.1)" in page
    assert "came back" in page
    assert "did not arrive" not in browse(desk["aminata"]).get(ticket.path).content.decode()

    sent = len(sent_to(AMINATA))
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Hello?", revision=99)
    run_tasks()
    unsent = OutgoingMail.objects.filter(to=AMINATA).latest("pk")
    assert len(sent_to(AMINATA)) == sent + 1
    assert unsent.sent_at is None
    assert unsent.failure.startswith("5.1.1")


def test_address_is_mailed_again_once_it_is_proven(desk, ticket, acknowledged, run_tasks):
    actions.receive_mail(raw=bounce(acknowledged))

    again(answering(acknowledged, "I am here."))

    assert not UndeliverableAddress.objects.exists()


@pytest.mark.parametrize("status", ["4.4.1", "5.2.2", "5.7.1"])
def test_what_says_nothing_of_the_address_does_not_end_mails(status, acknowledged):
    row = actions.receive_mail(raw=bounce(acknowledged, status))

    assert row.outcome == "bounced"
    assert not UndeliverableAddress.objects.exists()


def test_forged_bounces_are_believed_of_nothing(desk, acknowledged):
    actions.receive_mail(raw=bounce(acknowledged, address="omar@people.example"))
    acknowledged.replace_header("Message-ID", "<made-up@localhost>")
    row = actions.receive_mail(raw=bounce(acknowledged))

    assert not UndeliverableAddress.objects.exists()
    assert row.reason == "not_ours"


def test_plain_bounce_of_qmail_is_read(acknowledged, ticket):
    words = (
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver "
        f"your message to the following addresses.\n\n<{AMINATA}>:\nSorry, no mailbox here by that "
        f"name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: "
        f"{acknowledged['Message-ID']}\n\nHello"
    )
    row = received("MAILER-DAEMON@mx.example", subject="failure notice", body=words)

    assert (row.outcome, row.ticket) == ("bounced", ticket)
    assert UndeliverableAddress.objects.get().address == AMINATA


def test_what_fails_is_kept_and_tried_again(desk, monkeypatch, browse):
    from helpdesk.actions import receiving

    def broken(mail):
        raise RuntimeError("The moon is in the way.")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "settle", broken)
        row = received()
    assert (row.outcome, row.attempts) == ("failed", 1)
    assert "moon" in row.error
    assert not Ticket.objects.exists()

    assert actions.retry_mails() == 1

    row.refresh_from_db()
    assert (row.outcome, row.error) == ("opened", "")


def test_what_was_stored_before_a_crash_is_settled_later(desk):
    mail = actions.store_mail(raw=written().as_bytes())
    InboundMail.objects.update(received_at=timezone.now() - timedelta(minutes=10))

    assert actions.settle_waiting() == 1
    mail.refresh_from_db()
    assert mail.outcome == "opened"
    assert actions.settle_waiting() == 0


def test_ones_mails_are_in_ones_data_and_gone_with_one(desk):
    mail = received(AMINATA, subject=f"About {SECRET}")

    assert export_person(actor=desk["aminata"])["things"]["helpdesk.mail"][0]["outcome"] == "opened"
    erase_person(actor=desk["aminata"], handle="aminata")

    mail.refresh_from_db()
    assert (mail.raw, mail.from_email, mail.subject, mail.folded_text) == (None, "", "", "")


def test_old_mails_are_forgotten_and_those_to_decide_are_not(desk):
    done, waiting = received(), received(body="News", Precedence="bulk")
    InboundMail.objects.update(received_at=timezone.now() - timedelta(days=100))

    assert actions.purge_mails() == 1

    for row in (done, waiting):
        row.refresh_from_db()
    assert done.raw is None
    assert waiting.raw is not None


def test_answers_to_things_of_other_rooms_go_there(desk, monkeypatch):
    took = []

    def receive(*, actor, object_id, source, language, uploads, mail_id):
        took.append((actor, object_id, source, language, mail_id))
        return desk["aminata"]

    monkeypatch.setattr(replies, "_by_kind", dict(replies._by_kind))
    monkeypatch.setattr(replies, "_by_code", dict(replies._by_code))
    replies.declare("test.thing", code="x", receive=receive)
    token = replies.token_of("test.thing", 31, desk["aminata"].pk)

    facts = {"to": replies.reply_address(token), "message_id": "<1@here.example>"}
    mail = received(AMINATA, body="Thanks, it works.", **facts)
    other = received("omar@people.example", to=replies.reply_address(token), body="Me too.")

    assert took == [(desk["aminata"], 31, "Thanks, it works.", "en", "1@here.example")]
    assert (mail.outcome, mail.thing_id) == ("answered", desk["aminata"].pk)
    assert (other.outcome, other.reason) == ("quarantined", "another_address")
