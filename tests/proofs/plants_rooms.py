"""What is planted in the rooms: questions, tickets, pairs, workshops, and talk about them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat import actions as chat
from chat.models import ChatMessage
from core.faces import PAGE, coming_from
from core.things import kind_of
from forum import actions as forum
from forum.models import Ask, Attestation, Platform, PlatformVersion, Question, Tag
from forum.tags import resolve
from helpdesk import actions as desk
from helpdesk.models import InboundMail, Queue
from helpdesk.queries import QueueFilters
from mentoring import actions as mentoring
from mentoring.matcher import Slot as WeeklySlot
from mentoring.models import Mentorship, Proposal
from mentoring.terms import Terms
from people import actions as people
from people.actions import remove_post
from people.models import Hold, RoleGrant
from tests.cast import SECRET
from tests.proofs.plants_desk import plant_desk
from tests.proofs.world import World
from workshops import actions as workshops
from workshops.clock import Slot
from workshops.models import Venue, Workshop
from workshops.plans import Plan


def plant_forum(world: World) -> None:
    """An open question, and one that is taken away with all that stands under it."""
    mods = ("bao", "moira")
    seen = world.rows["question"] = forum.ask(
        actor=world.aminata,
        title="Why does my mail land in spam?",
        source=f"It did not before. Who knows? {SECRET}, for searches to find.",
        language="en",
        tag_names=["mail"],
    )
    world.rows["answer"] = forum.answer(
        actor=world.bao, question_id=seen.pk, source="Your SPF record is old.", language="en"
    )
    forum.accept_answer(actor=world.aminata, question_id=seen.pk, answer_id=world.answer.pk)
    world.rows["away_answer"] = forum.answer(
        actor=world.bao, question_id=seen.pk, source=world.secret("answer", *mods), language="en"
    )
    away_comment = forum.comment(
        actor=world.bao, question_id=seen.pk, source=world.secret("formercomment", *mods)
    )
    world.rows["away_comment"] = forum.edit_comment(
        actor=world.bao,
        comment_id=away_comment.pk,
        revision=1,
        source=world.secret("comment", *mods),
    )
    world.rows["comment"] = forum.comment(
        actor=world.omar, question_id=seen.pk, answer_id=world.answer.pk, source="Thanks!"
    )
    away = world.rows["away_question"] = forum.ask(
        actor=world.bao,
        title=f"What is {world.secret('question', *mods)}?",
        source=world.secret("source", *mods),
        language="en",
        tag_names=["php"],
    )
    # What aminata wrote under it stays hers in the export of her data.
    forum.answer(
        actor=world.aminata,
        question_id=away.pk,
        source=world.secret("under", *mods, "aminata"),
        language="en",
    )
    forum.edit_question(
        actor=world.bao,
        question_id=away.pk,
        revision=1,
        title=away.title,
        source="Shorter.",
        tag_names=[],
    )
    orphan = forum.ask(
        actor=world.esme,
        title="How do I leave a mailing list?",
        source="The link in the mail is dead.",
        language="en",
        tag_names=[],
    )
    world.rows["orphan_answer"] = forum.answer(
        actor=world.bao, question_id=orphan.pk, source="Write to its owner.", language="en"
    )
    world.rows["moira_question"] = forum.ask(
        actor=world.moira,
        title="Which words do you flag?",
        source="I would like to hear.",
        language="en",
        tag_names=[],
    )
    pending = world.rows["pending_question"] = forum.ask(
        actor=world.aminata,
        title=f"Is this {world.secret('pending', 'aminata', 'moira')}?",
        source="Perhaps.",
        language="en",
        tag_names=[],
    )
    Question.objects.filter(pk=pending.pk).update(visibility="pending")
    plant_held(world)
    plant_ask(world)
    plant_changes(world)
    plant_platforms(world)
    plant_tongues(world)


def plant_tongues(world: World) -> None:
    """Words for a tag, a merge, a guide with a translation, and translations of posts; beside each
    what is hidden: a guide taken away, and a translation of an answer that is."""
    tag = Tag.objects.get(name="mail")
    world.rows["word"] = forum.add_synonym(
        actor=world.bao, tag_id=tag.pk, language="fr", name="courriel"
    )
    post, _other = resolve(["post", "e-post"])
    world.rows["merge"] = forum.merge_tags(actor=world.moira, tag_id=post.pk, into_id=tag.pk)
    guide = world.rows["guide"] = forum.write_guide(
        actor=world.bao, title="Mail that arrives", source="## Part\n\nText.", language="en"
    )
    forum.translate_guide(
        actor=world.moira,
        guide_id=guide.pk,
        language="es",
        from_revision=1,
        title="Correo que llega",
        source="## Parte",
    )
    forum.name_editor(actor=world.bao, guide_id=guide.pk, person=world.farid)
    away = forum.write_guide(
        actor=world.bao,
        title=f"Old {world.secret('guide', 'bao', 'moira')}",
        source=f"## {SECRET}",
        language="en",
    )
    forum.translate_guide(
        actor=world.nadia,
        guide_id=away.pk,
        language="es",
        from_revision=1,
        title="Viejo",
        source=world.secret("guidees", "bao", "moira", "nadia"),  # nadia: in her data
    )
    remove_post(actor=world.moira, kind="forum.guide", object_id=away.pk, rule="spam", reason="x")
    world.rows["rendition"] = forum.render_post(
        actor=world.omar,
        kind="forum.question",
        object_id=world.question.pk,
        language="es",
        title="¿Por qué llega como spam?",
        source="Antes no.",
        from_revision=1,
    )
    forum.render_post(
        actor=world.omar,
        kind="forum.answer",
        object_id=world.away_answer.pk,
        language="es",
        source=world.secret("rendered", "bao", "moira", "omar"),  # omar: in his data
        from_revision=1,
    )


def plant_held(world: World) -> None:
    """What the spam score holds: an answer with a former text, and a comment."""
    links = "https://a.example https://b.example https://c.example"
    mika, seen = world.mika, world.question
    with coming_from(PAGE):
        row = forum.answer(
            actor=mika,
            question_id=seen.pk,
            source=f"{world.secret('held', 'mika', 'moira')} {links}",
            language="en",
        )
        forum.comment(
            actor=mika,
            question_id=seen.pk,
            source=f"{world.secret('heldcomment', 'mika', 'moira')} {links}",
        )
    forum.edit_answer(
        actor=mika,
        answer_id=row.pk,
        revision=1,
        source=f"{world.secret('heldagain', 'mika', 'moira')} {links}",
    )
    world.rows["held_answer"] = row
    world.rows["hold"] = Hold.objects.get(thing_kind="forum.answer", thing_id=row.pk)


def plant_platforms(world: World) -> None:
    """What the host runs, an answer that waits since it moved, and a pack for a workshop.

    A site's address stands on a question that nobody but its author and moderators may see.
    """
    php = world.rows["platform"] = Platform.objects.create(key="php", name="PHP")
    cms = Platform.objects.create(key="cms", name="CMS")
    began, moved = date(2020, 1, 1), date(2026, 1, 1)
    old = PlatformVersion.objects.create(platform=php, value="8.2", since=began)
    PlatformVersion.objects.create(platform=php, value="8.4", since=began, default_since=moved)
    PlatformVersion.objects.create(platform=cms, value="wordpress", name="WordPress", since=began)
    world.rows["platform_version"] = old
    said = datetime(2025, 6, 1, tzinfo=UTC)
    Attestation.objects.create(answer=world.answer, person=world.sam, version=old, at=said)
    forum.move_answers(timezone.now())
    world.rows["recheck"] = world.answer.recheck_rows.get()
    Question.objects.filter(pk=world.away_question.pk).update(
        site_domain=world.secret("setup", "bao", "moira")
    )
    forum.ask_for_pack(actor=world.tomas, tag="mail", language="en")


def plant_ask(world: World) -> None:
    """A question that bao was asked about, who alone may know why."""
    question = forum.ask(
        actor=world.aminata,
        title="Who knows about old mail servers?",
        source="Mine is older than I am.",
        language="en",
        tag_names=["mail"],
    )
    why = [{"key": "answered", "tag": world.secret("why", "bao"), "count": 1, "confirmed": 0}]
    world.rows["asked"] = Ask.objects.create(
        question=question, helper=world.bao, rung="helpers", why=why
    )


def plant_changes(world: World) -> None:
    """Texts that were edited, a wiki, and a change that omar suggests to bao's answer."""
    question = world.rows["edited_question"] = forum.ask(
        actor=world.esme,
        title="Which PHP version do I have?",
        source="I cannot find it.",
        language="en",
        tag_names=["php"],
    )
    forum.edit_question(
        actor=world.moira,
        question_id=question.pk,
        revision=1,
        title="Which version of PHP do I have?",
        source="I cannot find it anywhere.",
        tag_names=["php"],
        why="Clearer",
    )
    facts = {"actor": world.bao, "question_id": question.pk, "language": "en"}
    world.rows["edited_answer"] = forum.answer(source="On your page of sites.", **facts)
    forum.edit_answer(
        actor=world.bao,
        answer_id=world.edited_answer.pk,
        revision=1,
        source="On the page of your site.",
    )
    world.rows["wiki_answer"] = forum.answer(source="Ask phpinfo().", **facts)
    forum.make_wiki(actor=world.bao, answer_id=world.wiki_answer.pk)
    world.rows["suggestion"] = forum.suggest(
        actor=world.omar,
        kind="forum.answer",
        object_id=world.edited_answer.pk,
        revision=2,
        source=f"On the page of {world.secret('suggestion', 'omar', 'bao', 'moira')}.",
        why=f"It is {world.secret('because', 'omar', 'bao', 'moira')}",
    )


def plant_tickets(world: World) -> None:
    """Aminata's ticket about her organisation's site, shared with farid; omar has one too.

    Vera is agent of its queue alone, odile of another one, nadia of all; all of them paid, since
    volunteers see a requester masked (tests/helpdesk/test_masking.py).
    """
    queue = world.rows["queue"] = Queue.objects.create(
        slug="hosting", names={"en": "Hosting"}, is_default=True
    )
    other = Queue.objects.create(slug="domains", names={"en": "Domains"})
    RoleGrant.objects.create(person=world.vera, role="agent", queue_id=queue.pk, volunteer=False)
    RoleGrant.objects.create(person=world.odile, role="agent", queue_id=other.pk, volunteer=False)
    agents = ("nadia", "vera")
    readers = ("aminata", "farid", "olga", *agents)
    ticket = world.rows["ticket"] = desk.open_ticket(
        actor=world.aminata,
        subject=world.secret("subject", *readers),
        source=world.secret("request", *readers),
        language="en",
        site_id=world.site.pk,
    )
    for word in ("site", "organisation"):
        world.sees[word] |= set(readers)
    desk.share(actor=world.aminata, ticket_id=ticket.pk, person=world.farid)
    desk.assign(actor=world.nadia, ticket_id=ticket.pk, assignee=world.vera)
    desk.reply(
        actor=world.nadia,
        ticket_id=ticket.pk,
        source=world.secret("reply", *readers),
        revision=99,
        uploads=[text_file(world.secret("sent", *readers), "sentname")],
    )
    world.sees["sentname"] = set(readers)
    desk.write_note(
        actor=world.nadia,
        ticket_id=ticket.pk,
        source=f"@aminata @omar @odile {world.secret('note', *agents)}",
        uploads=[text_file(world.secret("kept", *agents), "keptname")],
    )
    world.sees["keptname"] = set(agents)
    plant_mails(world)
    plant_talk(world)
    world.rows["twin_ticket"] = desk.open_ticket(
        actor=world.aminata,
        subject=world.secret("twin", "aminata", "nadia", "vera"),
        source="The same once more. The password is Blue!Sky9x",
        language="en",
    )
    plant_desk(world)
    world.rows["other_ticket"] = desk.open_ticket(
        actor=world.omar, subject="Where is my domain?", source="Not here.", language="en"
    )
    plant_workings(world)


def plant_workings(world: World) -> None:
    """A solved ticket split off omar's, and a view that vera shares with hosting's agents."""
    asked = world.other_ticket
    more = desk.reply(actor=world.omar, ticket_id=asked.pk, source="And my mail?", revision=9)
    split = world.rows["split_ticket"] = desk.split(
        actor=world.nadia, ticket_id=asked.pk, message_ids=[more.pk]
    )
    desk.set_state(actor=world.nadia, ticket_id=split.pk, state="solved")
    world.rows["view"] = desk.save_view(
        actor=world.vera, name="Free", filters=QueueFilters(), queue_slug="hosting"
    )


def plant_public_answers(world: World) -> None:
    """One ticket whose requester is asked, and one that is public: whose it was, nobody learns."""
    for name, word in (("asked_ticket", "asked"), ("public_ticket", "published")):
        ticket = world.rows[name] = desk.open_ticket(
            actor=world.aminata,
            subject=world.secret(f"{word}subject", "aminata", "nadia", "vera"),
            source="It is slow.",
            language="en",
        )
        desk.set_state(actor=world.nadia, ticket_id=ticket.pk, state="solved")
        desk.propose_answer(actor=world.nadia, ticket_id=ticket.pk)
        text = "All may read it."
        if word == "asked":
            text = world.secret("askedtext", "aminata", "nadia", "vera")
        answer = desk.write_public_text(
            actor=world.nadia,
            ticket_id=ticket.pk,
            text=desk.Text("Why is a site so slow?", "It is slow.", text, "en"),
        )
        desk.ask_consent(actor=world.nadia, ticket_id=ticket.pk)
    desk.answer_consent(
        actor=world.aminata, ticket_id=ticket.pk, text_hash=answer.text_hash, agrees=True
    )


def plant_learning_need(world: World) -> None:
    """Aminata's public ticket is a learning need, which is hers to confirm."""
    need = desk.note_learning_need(
        actor=world.nadia, ticket_id=world.public_ticket.pk, skills=["php"]
    )
    world.rows["needing_ticket"] = need.ticket


def plant_mails(world: World) -> None:
    """A stranger's mail that names the ticket, for its agents to decide on; and one of farid's."""
    agents = ("nadia", "vera")
    number = world.ticket.number
    world.rows["mail"] = desk.receive_mail(
        raw=(
            f"From: Stranger <stranger@elsewhere.example>\nSubject: [{number}] "
            f"{world.secret('mailsubject', *agents)}\n\nMe too. {world.secret('mailed', *agents)}\n"
        ).encode()
    )
    world.rows["failed_mail"] = desk.store_mail(
        raw=f"From: f@elsewhere.example\n\n{world.secret('failedmail', *agents)}\n".encode()
    )
    known = {"queue": world.ticket.queue, "from_email": "f@elsewhere.example"}
    failed = {"outcome": "failed", "attempts": 12, **known}
    InboundMail.objects.filter(pk=world.failed_mail.pk).update(**failed)
    readers = ("aminata", "farid", "olga", *agents)
    # They write to them from it; of her, vera sees no more than the mask leaves.
    world.sees["mail of farid"] |= set(agents)
    world.sees["mail of aminata"].add("nadia")
    desk.receive_mail(
        raw=(
            f"From: aminata@people.example\nSubject: [{number}]\n"
            f"Cc: {world.secret('copied')} <cc@elsewhere.example>\n\nStill so.\n"
        ).encode()
    )
    desk.receive_mail(
        raw=(
            f"From: farid@people.example\nSubject: [{number}]\n"
            f"Cc: {world.secret('copiedbyfarid')} <other@elsewhere.example>\n\n"
            f"{world.secret('answered', *readers)}\n\n"
            f"On Sun, Mar 3, 2024 at 10:22 AM X wrote:\n> {world.secret('quoted', *readers)}\n"
        ).encode()
    )


def text_file(text: str, name: str) -> "SimpleUploadedFile":
    return SimpleUploadedFile(f"{SECRET}{name}.txt", text.encode(), "text/plain")


def say(world: World, name: str, thing: Any, text: str, **facts: Any) -> ChatMessage:
    """Say something in the room of a thing, opened where it is not."""
    kind, person = kind_of(thing), world.people[name]
    room = chat.open_room(actor=person, kind=kind, object_id=thing.pk)
    world.rows[f"room_of_{kind}"] = room
    return chat.post_message(
        actor=person, room_id=room.pk, source=text, client_id=uuid4().hex, **facts
    )


def plant_talk(world: World) -> None:
    """What became of messages in a ticket's room, and a working room of helpers with its past.

    One in the ticket's room is flagged: moderators read it, and not what the ticket is called. The
    room of moira's question is closed.
    """
    readers, agents = ("aminata", "farid", "olga", "nadia", "vera"), ("nadia",)
    world.rows["talk"] = say(
        world,
        "nadia",
        world.ticket,
        world.secret("tickettalk", *readers),
        uploads=[text_file(world.secret("talkfile", *readers), "talkname")],
    )
    world.sees["talkname"] = set(readers)
    away = world.rows["away_talk"] = say(
        world, "nadia", world.ticket, world.secret("awaytalk", *agents)
    )
    room_id = away.room_id
    say(world, "aminata", world.ticket, "I have seen it.", reply_to=away.number)
    chat.remove_message(actor=world.nadia, room_id=room_id, number=away.number)
    flagged = say(world, "nadia", world.ticket, world.secret("flaggedtalk", *readers, "moira"))
    people.flag(actor=world.aminata, kind="chat.message", object_id=flagged.pk, reason="unkind")
    helpers = world.rows["helpers_talk"] = say(
        world, "bao", world.question, f"Old words: {world.secret('oldtalk', 'moira', 'bao')}"
    )
    chat.edit_message(
        actor=world.bao, room_id=helpers.room_id, number=1, revision=1, source="New words."
    )
    say(world, "moira", world.moira_question, "That is all.")
    closed = world.rows["closed_room"] = world.rows["room_of_forum.question"]
    chat.close_room(actor=world.moira, room_id=closed.pk, reason="It is said.")


def plant_mentoring(world: World) -> None:
    """Bao mentors aminata; farid's request is proposed to him; mika's to nobody yet."""
    both = ("bao", "aminata")
    mentoring.offer_mentoring(
        actor=world.bao,
        terms=terms(world.secret("offer", *both, "farid", "clara")),
        capacity=2,
    )
    first = mentoring.request_mentoring(
        actor=world.aminata, terms=terms(world.secret("learn", *both, "clara"))
    )
    pair = world.rows["pair"] = _paired(world, first.pk)
    second = world.rows["proposed"] = mentoring.request_mentoring(
        actor=world.farid, terms=terms(world.secret("proposed", "farid", "bao", "clara"))
    )
    _matched(world, second.pk)
    world.rows["proposal"] = Proposal.objects.get(request=second)
    world.rows["wish"] = mentoring.request_mentoring(
        actor=world.mika, terms=terms(world.secret("wish", "mika", "clara"))
    )
    world.rows["met"] = mentoring.log_session(
        actor=world.bao,
        mentorship_id=pair.pk,
        day=day_in(-1),
        start=time(18),
        minutes=60,
        note=world.secret("met", *both),
    )
    world.rows["meeting"] = mentoring.plan_session(
        actor=world.bao,
        mentorship_id=pair.pk,
        day=day_in(2),
        start=time(18),
        minutes=60,
        note=world.secret("meeting", *both),
    )
    say(world, "bao", pair, world.secret("pairtalk", *both))


def terms(source: str) -> Terms:
    evening = WeeklySlot(1, time(18), time(20))
    return Terms(
        skills=["php"], languages=["en"], slots=[evening], time_zone="Europe/Paris", source=source
    )


def _matched(world: World, request_id: int) -> None:
    run = mentoring.run_matcher(actor=world.clara, request_id=request_id)
    world.rows["run"] = mentoring.solve_run(run_id=run.pk)


def _paired(world: World, request_id: int) -> Mentorship:
    _matched(world, request_id)
    proposal = Proposal.objects.get()
    for name in ("bao", "aminata"):
        mentoring.accept_proposal(actor=world.people[name], proposal_id=proposal.pk)
    return Mentorship.objects.get()


def day_in(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def plant_workshops(world: World) -> None:
    """A draft, one to come that is full, and one that took place yesterday; tomas leads them.

    Of the one to come mika and farid have seats, moira waits, and odile gave her seat back.
    """
    team = ("tomas", "clara")
    seated = ("mika", "farid")
    venue = Venue.objects.create(name="Maison", address="4, rue Haute", zone="Europe/Paris")
    world.rows["draft"] = workshops.propose_workshop(
        actor=world.tomas, plan=plan_of(world.secret("draft", *team), 30, venue_id=venue.pk)
    )
    link = f"https://meet.example/{SECRET}online"
    world.sees["online"] = {*team, *seated}
    coming = published(world, plan_of("Mail that arrives", 20, venue_id=venue.pk, online_url=link))
    world.rows["coming"] = coming
    for name in ("odile", *seated, "moira"):
        workshops.register(
            actor=world.people[name],
            workshop_id=coming.pk,
            access_needs=world.secret(f"needs{name}", *team, name),
        )
        if name == "odile":
            workshops.cancel_registration(actor=world.odile, workshop_id=coming.pk)
    world.sees["needsodile"] = {"odile"}  # in her data; who gave a seat back needs nothing any more
    with time_machine.travel(datetime.now().astimezone() - timedelta(days=10), tick=True):
        world.rows["held"] = published(world, plan_of("Mail again", 9, venue_id=venue.pk))
        world.rows["guest"] = workshops.register(actor=world.bao, workshop_id=world.held.pk)


def published(world: World, plan: Plan) -> Workshop:
    made = workshops.propose_workshop(actor=world.tomas, plan=plan)
    return workshops.publish_workshop(actor=world.tomas, workshop_id=made.pk)


def plan_of(title: str, days: int, **facts: Any) -> Plan:
    usual: dict[str, Any] = {
        "title": title,
        "source": "After it you can *do* it.",
        "language": "en",
        "skills": ["php"],
        "venue_id": None,
        "online_url": "",
        "zone": "Europe/Paris",
        "seats": 2,
        "trainers": ["tomas"],
        "slots": [Slot(day=day_in(days), starts=time(0, 1), ends=time(1))],
    }
    return Plan(**{**usual, **facts})
