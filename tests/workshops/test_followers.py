from django.core import mail

from people.models import Notice
from tests.cast import SECRET
from tests.workshops.planning import make_draft, make_venue, make_workshop, plan, slot
from workshops import actions


def notices_of(person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("verb", flat=True))


def test_who_registers_gets_hours_and_place_by_mail(cast, run_tasks):
    workshop = make_workshop(cast.tomas, make_venue(zone="Africa/Dakar"))
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)

    run_tasks()

    (sent,) = mail.outbox
    assert sent.to == ["aminata@people.example"]
    assert sent.subject == "Your seat: Keep a WordPress site alive"
    assert "Tuesday, 8 December 2026, 18:00–20:00 (Africa/Dakar)" in sent.body
    assert "Maison des associations" in sent.body
    assert f"/workshops/{workshop.pk}/keep-a-wordpress-site-alive" in sent.body


def test_who_waits_reads_the_place_in_line_and_not_the_room(cast, run_tasks):
    workshop = make_workshop(cast.tomas, seats=1)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)

    run_tasks()

    by_person = {message.to[0].split("@")[0]: message for message in mail.outbox}
    assert by_person["bao"].subject.startswith("On the waiting list")
    assert "waiting list: 1. When a seat becomes free for you, we write to you." in (
        by_person["bao"].body
    )
    assert "To leave the waiting list:" in by_person["bao"].body
    assert "give your seat" not in by_person["bao"].body
    assert "give your seat to someone who waits:" in by_person["aminata"].body
    assert SECRET not in by_person["bao"].body
    assert SECRET in by_person["aminata"].body


def test_who_moves_up_is_told_once_and_has_read_it_on_the_page(browse, cast, run_tasks):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)
    run_tasks()
    mail.outbox.clear()

    actions.cancel_registration(actor=cast.aminata, workshop_id=workshop.pk)
    run_tasks()

    assert [(m.to, m.subject) for m in mail.outbox] == [
        (["bao@people.example"], "You have a seat now: Keep a WordPress site alive")
    ]
    assert notices_of(cast.bao) == ["workshops.person_moved_up"]
    assert notices_of(cast.aminata) == []
    html = browse(cast.bao).get(workshop.path).content.decode()
    assert "new notice" not in html
    assert not Notice.objects.unread().filter(person=cast.bao).exists()


def test_new_hours_are_told_to_who_registered_and_to_other_trainers(cast, run_tasks):
    workshop = make_workshop(cast.tomas, make_venue())
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    run_tasks()
    mail.outbox.clear()
    session = workshop.sessions.get()

    same, other = [slot(id=session.pk)], [slot(starts=9, ends=11)]
    plans = [plan(workshop.venue, title="New title", slots=same), plan(workshop.venue, slots=other)]

    for number, changed in enumerate(plans):
        actions.change_workshop(
            actor=cast.clara,
            workshop_id=workshop.pk,
            revision=workshop.revision + number,
            plan=changed,
        )
        run_tasks()

    assert [m.subject for m in mail.outbox] == ["New hours or place: Keep a WordPress site alive"]
    assert "09:00–11:00" in mail.outbox[0].body
    assert notices_of(cast.aminata) == ["workshops.workshop_changed"]
    assert notices_of(cast.tomas) == ["workshops.workshop_changed"] * 2


def test_cancelling_is_told_with_its_reason(cast, run_tasks):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)
    run_tasks()
    mail.outbox.clear()

    actions.cancel_workshop(actor=cast.tomas, workshop_id=workshop.pk, reason="The room is wet")
    run_tasks()

    assert {m.to[0] for m in mail.outbox} == {"aminata@people.example", "bao@people.example"}
    planned = "It was planned for:\n\n- Tuesday, 8 December 2026, 18:00–20:00 (Europe/Paris)\n\n"
    assert all(f"{planned}The room is wet\n\nOther workshops:" in m.body for m in mail.outbox)
    assert notices_of(cast.omar) == []


def test_trainer_named_by_a_coordinator_is_told(cast, run_tasks):
    make_draft(cast.clara, make_venue(), trainers=["tomas"])

    run_tasks()

    assert notices_of(cast.tomas) == ["workshops.workshop_proposed"]


def test_mails_do_not_hold_what_others_need(cast, run_tasks):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk, access_needs=SECRET)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)
    actions.cancel_workshop(actor=cast.tomas, workshop_id=workshop.pk)

    run_tasks()

    assert len(mail.outbox) > 1
    assert not any(SECRET in message.message().as_string() for message in mail.outbox)
