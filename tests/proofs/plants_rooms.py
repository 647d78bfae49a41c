"""What is planted in the rooms: questions, tickets, pairs, workshops, and talk about them."""

from datetime import date, datetime, time, timedelta
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat import actions as chat
from chat.queries import room_of
from forum import actions as forum
from forum.models import Question
from helpdesk import actions as desk
from helpdesk.models import Queue
from mentoring import actions as mentoring
from mentoring.matcher import Slot as WeeklySlot
from mentoring.models import Mentorship, Proposal
from mentoring.terms import Terms
from people.models import RoleGrant
from tests.cast import SECRET
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
    world.rows["away_comment"] = forum.comment(
        actor=world.bao, question_id=seen.pk, source=world.secret("comment", *mods)
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


def plant_tickets(world: World) -> None:
    """Aminata's ticket about her organisation's site, shared with farid; omar has one too.

    Vera is agent of its queue alone, odile of another one, nadia of all.
    """
    queue = world.rows["queue"] = Queue.objects.create(
        slug="hosting", names={"en": "Hosting"}, is_default=True
    )
    other = Queue.objects.create(slug="domains", names={"en": "Domains"})
    RoleGrant.objects.create(person=world.vera, role="agent", queue_id=queue.pk)
    RoleGrant.objects.create(person=world.odile, role="agent", queue_id=other.pk)
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
    say(world, "nadia", ticket, world.secret("tickettalk", *readers))
    desk.open_ticket(
        actor=world.aminata,
        subject=world.secret("twin", "aminata", "nadia", "vera"),
        source="The same once more.",
        language="en",
    )
    world.rows["other_ticket"] = desk.open_ticket(
        actor=world.omar, subject="Where is my domain?", source="Not here.", language="en"
    )


def text_file(text: str, name: str) -> "SimpleUploadedFile":
    return SimpleUploadedFile(f"{SECRET}{name}.txt", text.encode(), "text/plain")


def say(world: World, name: str, thing: Any, text: str) -> None:
    """Say something in the room of a ticket or a pair."""
    kind = "helpdesk.ticket" if thing is world.ticket else "mentoring.mentorship"
    room = room_of(kind, thing.pk)
    assert room is not None
    chat.post_message(actor=world.people[name], room_id=room.pk, source=text, client_id=text)
    world.rows[f"room_of_{kind}"] = room


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
