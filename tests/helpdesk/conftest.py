"""What the tests of the help desk stand on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forum.actions import answer, ask
from helpdesk import actions
from helpdesk.models import Queue, Ticket
from people.models import HostedSite, Membership, Organisation, RoleGrant
from tests.cast import SECRET, make_person
from tests.helpdesk.mail_servers import smtp_sink


@pytest.fixture
def queue(db):
    return Queue.objects.create(slug="hosting", names={"en": "Hosting"}, is_default=True)


@pytest.fixture
def other_queue(db):
    return Queue.objects.create(slug="domains", names={"en": "Domains"})


@pytest.fixture
def desk(cast, levels, queue, other_queue):
    """The cast at a desk with two queues: more people, with grants for one of them."""
    cast_of_desk = {
        "vera": make_person("vera"),  # volunteer agent of hosting alone
        "odile": make_person("odile"),  # agent of domains alone: never sees hosting
        "farid": make_person("farid"),  # aminata shares her ticket with him
        "olga": make_person("olga"),  # owner of aminata's organisation
        "mika": make_person("mika"),  # plain member of that organisation
    }
    RoleGrant.objects.create(person=cast_of_desk["vera"], role="agent", queue_id=queue.pk)
    RoleGrant.objects.create(person=cast_of_desk["odile"], role="agent", queue_id=other_queue.pk)
    return {**{name: getattr(cast, name) for name in vars(cast)}, **cast_of_desk}


@pytest.fixture
def organisation(desk):
    made = Organisation.objects.create(slug="port", name="Collectif du Port")
    for name, role in (("olga", "owner"), ("mika", "member"), ("aminata", "member")):
        Membership.objects.create(organisation=made, person=desk[name], role=role)
    return made


@pytest.fixture
def site(organisation, levels):
    return HostedSite.objects.create(
        external_id="port-1",
        domain="collectif-du-port.example",
        organisation=organisation,
        level=levels["guaranteed"],
        platform={"php": "8.4"},
    )


def opened(person, subject=f"Mail lands in spam {SECRET}", **facts) -> Ticket:
    facts = {"source": f"Since Monday. {SECRET}", "language": "en", **facts}
    return actions.open_ticket(actor=person, subject=subject, **facts)


@pytest.fixture
def open_ticket(desk):
    """Return a function that opens a ticket as one of the desk's people."""
    return lambda name="aminata", *args, **facts: opened(desk[name], *args, **facts)


@pytest.fixture
def ticket(desk, site, open_ticket):
    """Aminata's ticket about her organisation's site, shared with farid, with one internal note."""
    made = open_ticket(site_id=site.pk)
    actions.share(actor=desk["aminata"], ticket_id=made.pk, person=desk["farid"])
    actions.write_note(
        actor=desk["nadia"], ticket_id=made.pk, source=f"Internal: registrar knows. NOTE{SECRET}"
    )
    made.refresh_from_db()
    return made


@pytest.fixture
def a_question(desk):
    """A public question with an answer, as a suggestion has it."""
    asked = ask(
        actor=desk["bao"],
        title="Mail lands in spam after moving servers",
        source="The SPF record still names the old server.",
        language="en",
        tag_names=["mail"],
    )
    answer(actor=desk["omar"], question_id=asked.pk, source="Name the new one.", language="en")
    return asked


@pytest.fixture
def both(desk, site):
    """Return a function that opens so many paid and so many free tickets; returns their ids.

    The promises are near, unless hours says how far off they are.
    """

    def open_them(paid, free, hours=1):
        ids = [opened(desk["aminata"], f"Paid {n}", site_id=site.pk).pk for n in range(paid)]
        due_at = timezone.now() + timedelta(hours=hours)
        Ticket.objects.filter(pk__in=ids).update(turn_at=due_at)
        return ids, [opened(desk["omar"], f"Free {n}").pk for n in range(free)]

    return open_them


@pytest.fixture
def sink(settings):
    """A real SMTP server that takes what the worker sends."""
    with smtp_sink() as (sink, port):
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield sink
