"""Who gives roles, and what a role for one queue or organisation is worth."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.models import JournalLine
from helpdesk.models import Queue
from people import actions, rules
from people.models import HostedSite, Organisation, Person, RoleGrant
from people.models.standing import reader
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act


def grants(**facts) -> Act:
    """Return the act of giving omar a role; organisation: its slug, with its id for the API."""
    slug, pk = facts.pop("organisation", ("", None))
    sent = {"handle": "omar", **facts}
    form = {"volunteer": "on", "organisation": slug, **sent}
    sent |= {"organisation_id": pk} if slug else {}
    return Act(page=lambda _: ("/roles", form), api=lambda _: ("POST", "/api/v1/role-grants", sent))


EVERYWHERE = grants(role="moderator")
OF_QUEUE = grants(role="agent", queue_id=5)
END = Act(
    page=lambda grant: (f"/roles/{grant.pk}/end", {}),
    api=lambda grant: ("DELETE", f"/api/v1/role-grants/{grant.pk}", None),
)


@pytest.fixture(autouse=True)
def queues(db):
    """Two queues; names of the second are missing."""
    Queue.objects.create(pk=5, slug="hosting", names={"en": "Hosting", "fr": "Hébergement"})
    Queue.objects.create(pk=6, slug="mail-trouble")


@pytest.fixture
def root(db):
    return Person.objects.create_superuser("root-admin", "x")


@pytest.fixture
def queue_head(cast):
    """Return bao, coordinator of queue 5."""
    RoleGrant.objects.create(person=cast.bao, role="coordinator", queue_id=5)
    return cast.bao


@pytest.mark.parametrize("face", FACES)
def test_superuser_gives_a_role_once(face, perform, cast, root):
    assert perform(face, root, EVERYWHERE, None) == DONE
    assert perform(face, root, EVERYWHERE, None) == DONE

    grant = RoleGrant.objects.get(person=cast.omar)
    assert (grant.role, grant.granted_by, grant.volunteer, grant.queue_id) == (
        "moderator",
        root,
        True,
        None,
    )
    assert rules.has_role(Person.objects.get(pk=cast.omar.pk), "moderator")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [EVERYWHERE, OF_QUEUE])
@pytest.mark.parametrize("who", ["aminata", "bao", "nadia", "tomas", "moira", "panel", "omar"])
def test_others_give_none(face, perform, cast, act, who):
    assert perform(face, getattr(cast, who), act, None) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_visitor_signs_in_first(face, perform, cast):
    assert perform(face, None, EVERYWHERE, None) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_coordinator_gives_roles_of_queues_alone(face, perform, cast):
    assert perform(face, cast.clara, OF_QUEUE, None) == DONE
    assert perform(face, cast.clara, EVERYWHERE, None) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_coordinator_of_a_queue_gives_roles_of_it_alone(face, perform, cast, queue_head):
    assert perform(face, queue_head, OF_QUEUE, None) == DONE
    assert perform(face, queue_head, grants(role="agent", queue_id=6), None) == NOT_ALLOWED
    assert perform(face, queue_head, EVERYWHERE, None) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "act",
    [
        grants(role="moderator", queue_id=5),
        grants(role="agent", organisation=("nowhere", 10**6)),
        grants(role="agent", queue_id=10**6),
        grants(role="king", queue_id=5),
        grants(role="agent", queue_id=5, handle="nobody"),
    ],
)
def test_nonsense_is_told(face, perform, cast, act):
    assert perform(face, cast.clara, act, None) == INVALID


def test_queues_are_chosen_and_shown_by_their_names(browse, cast, root):
    actions.grant_role(actor=root, person_id=cast.omar.pk, role="agent", queue_id=5)

    page = browse(cast.clara).get("/roles").content.decode()

    assert '<option value="5">Hosting</option>' in page
    assert '<option value="6">mail-trouble</option>' in page
    for person in (cast.clara, cast.omar):
        assert "queue “Hosting”" in browse(person).get("/roles").content.decode()


@pytest.mark.parametrize("typed", ["Atelier Vélo", "atelier vélo", "velo", "VELO"])
def test_organisation_is_named_by_name_or_slug(browse, cast, typed):
    velo = Organisation.objects.create(name="Atelier Vélo", slug="velo")
    sent = {"handle": "omar", "role": "coordinator", "organisation": typed}

    assert browse(cast.clara).post("/roles", sent).status_code == 303

    assert RoleGrant.objects.get(person=cast.omar).organisation == velo


def test_organisations_of_one_name_are_told_apart(browse, cast):
    for slug in ("velo", "velo-2"):
        Organisation.objects.create(name="Atelier Vélo", slug=slug)
    sent = {"handle": "omar", "role": "coordinator", "organisation": "Atelier Vélo"}

    page = browse(cast.clara).post("/roles", sent).content.decode()

    assert "Several have this name. Write one of: velo, velo-2." in page
    assert not RoleGrant.objects.filter(person=cast.omar).exists()


def test_coordinator_of_one_organisation_learns_of_no_other(browse, cast):
    mine, _theirs = (Organisation.objects.create(name=name, slug=name) for name in ("a", "b"))
    RoleGrant.objects.create(person=cast.bao, role="coordinator", organisation=mine)
    client = browse(cast.bao)

    pages = [
        client.post("/roles", {"handle": "omar", "role": "agent", "organisation": name})
        for name in ("b", "none-at-all")
    ]

    assert [page.status_code for page in pages] == [422, 422]
    assert all("There is no such organisation." in page.content.decode() for page in pages)


def test_role_of_a_queue_counts_there_alone(cast, queue_head):
    grant = actions.grant_role(actor=queue_head, person_id=cast.omar.pk, role="agent", queue_id=5)
    omar = Person.objects.get(pk=cast.omar.pk)

    assert rules.has_role(omar, "agent", queue_id=5)
    assert rules.has_role(omar, "agent", anywhere=True)
    assert not rules.has_role(omar, "agent", queue_id=6)
    assert not rules.has_role(omar, "agent")
    assert omar.roles == set()
    assert grant.person in Person.objects.with_role("agent", queue_id=5)
    assert grant.person not in Person.objects.with_role("agent")
    assert cast.nadia in Person.objects.with_role("agent", queue_id=5)


def test_integrator_of_one_organisation_does_not_see_all_sites(cast, levels):
    mine = Organisation.objects.create(name="Mine", slug="mine")
    HostedSite.objects.create(
        external_id="x", domain="x.example", owner=cast.bao, level=levels["free"]
    )
    RoleGrant.objects.create(person=cast.omar, role="integrator", organisation=mine)
    omar = Person.objects.get(pk=cast.omar.pk)

    assert not HostedSite.objects.visible_to(omar).exists()
    assert not rules.can_import(omar)


def test_roles_rest_while_suspended(cast):
    Person.objects.filter(pk=cast.moira.pk).update(state="suspended")
    moira = Person.objects.get(pk=cast.moira.pk)

    assert moira.roles == set()
    assert not rules.has_role(moira, "moderator", anywhere=True)


@pytest.fixture
def grant(cast, root):
    """Return omar's role of agent in queue 5."""
    return actions.grant_role(actor=root, person_id=cast.omar.pk, role="agent", queue_id=5)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("who", ["clara", "omar"])
def test_coordinator_or_oneself_ends_a_role_once(face, perform, cast, grant, who):
    person = getattr(cast, who)

    assert perform(face, person, END, grant) == DONE
    assert perform(face, person, END, grant) == WRONG_MOMENT

    grant.refresh_from_db()
    assert grant.until <= timezone.now()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("who", ["aminata", "nadia", "moira"])
def test_others_do_not_see_it(face, perform, cast, grant, who):
    assert perform(face, getattr(cast, who), END, grant) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_suspended_cannot_step_down(face, perform, cast, grant):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, cast.omar, END, grant) == NOT_ALLOWED


def test_role_ends_by_itself(cast, root):
    soon = timezone.now() + timedelta(hours=1)
    actions.grant_role(actor=root, person_id=cast.omar.pk, role="trainer", until=soon)

    RoleGrant.objects.filter(person=cast.omar).update(
        since=timezone.now() - timedelta(hours=2), until=timezone.now() - timedelta(hours=1)
    )

    assert Person.objects.get(pk=cast.omar.pk).roles == set()


def test_database_python_and_the_reader_of_pages_agree_which_grants_are_in_force(
    cast, time_machine
):
    now = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    time_machine.move_to(now, tick=False)
    edges = [now + timedelta(microseconds=n) for n in (-10_000_000, -1, 0, 1, 10_000_000)]
    grants = [
        RoleGrant.objects.create(person=cast.omar, role="helper", since=since, until=until)
        for since in edges
        for until in (None, *edges)
        if until is None or until >= since
    ]
    begun = {grant.pk for grant in grants if grant.since <= now}
    ended = {grant.pk for grant in grants if grant.until is not None and grant.until <= now}

    by_python = {grant.pk for grant in grants if grant.is_in_force(now)}
    by_database = {grant.pk for grant in RoleGrant.objects.current().filter(person=cast.omar)}
    by_reader = {grant.pk for grant in reader(cast.omar.pk).grants}

    assert by_python == begun - ended
    assert by_database == by_reader == by_python


def test_outsider_sees_no_roles_but_own(call, browse, cast, grant):
    own = call(cast.omar).get("/api/v1/role-grants").json()["results"]

    assert [row["handle"] for row in own] == ["omar"]
    assert call(cast.aminata).get("/api/v1/role-grants").json()["results"] == []
    assert "clara" not in browse(cast.omar).get("/roles").content.decode().lower()


def test_installation_makes_its_first_administrator_by_address(browse, cast):
    address = EmailAddress.objects.get(user=cast.clara)

    call_command("make_administrator", address.email.upper())
    call_command("make_administrator", address.email)

    clara = Person.objects.get(pk=cast.clara.pk)
    assert clara.is_superuser
    assert JournalLine.objects.filter(verb="people.administrator_made").count() == 1


@pytest.mark.parametrize("address", ["nobody@example.org", "claimed@example.org"])
def test_address_that_nobody_has_proven_makes_no_administrator(cast, address):
    EmailAddress.objects.create(user=cast.omar, email="claimed@example.org", verified=False)

    with pytest.raises(CommandError, match="sign up"):
        call_command("make_administrator", address)

    assert not Person.objects.filter(is_superuser=True).exists()
