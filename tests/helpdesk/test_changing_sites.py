"""Which site a ticket is about: who says it, on every face, and what is promised then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import replies
from core.models import JournalLine
from helpdesk import actions
from helpdesk.models import Ticket
from people.models import HostedSite, RoleGrant
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT
from tests.helpdesk.mails import received
from tests.helpdesk.test_around import act
from tests.helpdesk.test_clock_rows import stored, worked_out
from tests.helpdesk.test_faces import ASKERS, OUTSIDE


def about(site):
    pk = site.pk if site else None
    return act("site", "PUT", {"site": pk or ""}, api_data={"site": pk})


@pytest.fixture
def plain(desk, site, open_ticket):
    """Aminata's ticket of which nobody said yet that it is about her organisation's site."""
    return open_ticket()


@pytest.mark.parametrize("face", FACES)
def test_agents_who_know_who_asked_say_which_site(face, perform, desk, ticket, levels):
    other = HostedSite.objects.create(
        external_id="own", domain="own.example", owner=desk["aminata"], level=levels["free"]
    )
    foreign = HostedSite.objects.create(
        external_id="omar", domain="omar.example", owner=desk["omar"], level=levels["free"]
    )
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys({*ASKERS, "vera"}, NOT_ALLOWED)

    assert {who: perform(face, desk[who], about(other), ticket) for who in expected} == expected
    assert perform(face, None, about(other), ticket) == SIGN_IN
    for _time in range(2):
        assert perform(face, desk["nadia"], about(other), ticket) == DONE
    assert perform(face, desk["nadia"], about(foreign), ticket) == INVALID

    ticket.refresh_from_db()
    assert (ticket.site, ticket.organisation) == (other, None)
    assert ticket.level_version.level.slug == "free"
    assert JournalLine.objects.filter(verb="helpdesk.site_changed").count() == 1
    assert stored(ticket) == worked_out(ticket)
    assert perform(face, desk["nadia"], about(None), ticket) == DONE
    actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=_another(desk).pk)
    assert perform(face, desk["nadia"], about(other), ticket) == WRONG_MOMENT


def _another(desk):
    return actions.open_ticket(
        actor=desk["aminata"], subject="Once more", source="The same.", language="en"
    )


def test_what_was_paid_for_the_site_is_promised(desk, site, plain):
    assert (plain.level_version.level.slug, plain.solution_due_at) == ("free", None)

    actions.change_site(actor=desk["nadia"], ticket_id=plain.pk, site_id=site.pk)

    plain.refresh_from_db()
    assert (plain.site, plain.organisation) == (site, site.organisation)
    assert plain.level_version.level.slug == "guaranteed"
    assert plain.solution_due_at is not None
    assert stored(plain) == worked_out(plain)
    assert Ticket.objects.visible_to(desk["olga"]).filter(pk=plain.pk).exists()
    actions.change_site(actor=desk["nadia"], ticket_id=plain.pk, site_id=None)
    plain.refresh_from_db()
    assert plain.level_version.level.slug == "free"


@pytest.mark.parametrize("face", FACES)
def test_who_works_for_the_organisation_alone_has_it_in_hand_no_more(
    face, perform, desk, organisation, ticket
):
    RoleGrant.objects.create(person=desk["omar"], role="agent", organisation=organisation)
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["omar"])

    assert perform(face, desk["nadia"], about(None), ticket) == DONE

    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.state) == (None, "waiting_us")
    assert not ticket.assignments.filter(ended_at=None).exists()
    assert stored(ticket) == worked_out(ticket)


def test_who_works_the_queue_keeps_it_in_hand(desk, ticket):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])

    actions.change_site(actor=desk["nadia"], ticket_id=ticket.pk, site_id=None)

    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.state) == (desk["vera"], "open")


def test_level_that_an_agent_gave_stays(desk, site, ticket):
    actions.change_level(actor=desk["nadia"], ticket_id=ticket.pk, level_slug="free")

    actions.change_site(actor=desk["nadia"], ticket_id=ticket.pk, site_id=None)
    actions.change_site(actor=desk["nadia"], ticket_id=ticket.pk, site_id=site.pk)

    ticket.refresh_from_db()
    assert ticket.level_version.level.slug == "free"


def test_page_offers_the_requesters_sites_and_tells_nobody_the_domain(browse, desk, site, plain):
    page = browse(desk["nadia"]).get(f"{plain.path}/around").content.decode()
    assert f'<option value="{site.pk}">{site.domain}</option>' in page
    assert site.domain not in browse(desk["vera"]).get(f"{plain.path}/around").content.decode()

    actions.change_site(actor=desk["nadia"], ticket_id=plain.pk, site_id=site.pk)

    assert "said which site it is about" in browse(desk["aminata"]).get(plain.path).content.decode()
    masked = browse(desk["vera"]).get(plain.path).content.decode()
    assert "said which site it is about" in masked
    assert site.domain not in masked


@pytest.fixture
def kept(desk, ticket):
    """Farid's ticket, in which aminata's goes on, about the site that is none of his."""
    days_ago = timezone.now() - timedelta(days=30)
    Ticket.objects.filter(pk=ticket.pk).update(state="closed", last_activity_at=days_ago)
    token = replies.token_of("helpdesk.ticket", ticket.pk, desk["farid"].pk)
    return received("farid@people.example", to=replies.reply_address(token)).ticket


@pytest.mark.parametrize("face", FACES)
def test_site_of_another_that_a_ticket_kept_is_no_change(face, perform, desk, site, kept):
    assert (kept.requester, kept.site) == (desk["farid"], site)

    assert perform(face, desk["nadia"], about(site), kept) == DONE

    kept.refresh_from_db()
    assert (kept.site, kept.level_version.level.slug) == (site, "guaranteed")
    assert not JournalLine.objects.filter(verb="helpdesk.site_changed").exists()
    assert perform(face, desk["nadia"], about(None), kept) == DONE
    assert perform(face, desk["nadia"], about(site), kept) == INVALID


@pytest.mark.parametrize("has_own", [False, True])
def test_page_has_the_site_chosen_that_a_ticket_kept(browse, desk, site, kept, levels, has_own):
    if has_own:
        HostedSite.objects.create(
            external_id="own", domain="own.example", owner=desk["farid"], level=levels["free"]
        )

    page = browse(desk["nadia"]).get(f"{kept.path}/around").content.decode()

    assert f'<option value="{site.pk}" selected>{site.domain}</option>' in page
    assert ("own.example" in page) == has_own
    assert site.domain not in browse(desk["vera"]).get(f"{kept.path}/around").content.decode()
