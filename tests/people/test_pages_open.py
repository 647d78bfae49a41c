"""Every page of people opens for who may see it, at the same number of queries for few and many."""

import pytest

from core.models import JournalLine
from people import actions
from people.models import (
    Flag,
    HostedSite,
    Membership,
    Notice,
    Organisation,
    PersonSkill,
    Skill,
    SkillName,
)


@pytest.fixture
def furnished(cast, levels):
    """Give aminata an organisation, sites, skills, a token and things to look at."""
    organisation = actions.create_organisation(actor=cast.aminata, name="Vélo Atelier")
    for index in range(3):
        HostedSite.objects.create(
            external_id=f"s{index}",
            domain=f"velo-{index}.example",
            organisation=organisation,
            level=levels["free"],
            platform={"php": "8.4"},
        )
    skill = Skill.objects.create(slug="php")
    SkillName.objects.create(skill=skill, language="en", name="PHP")
    PersonSkill.objects.create(person=cast.aminata, skill=skill, level=2)
    return organisation


def test_each_page_opens(browse, cast, furnished):
    site = HostedSite.objects.get(external_id="s0")
    flag = actions.flag(actor=cast.omar, kind="people.person", object_id=cast.bao.pk, reason="spam")
    pages = {
        cast.aminata: [
            "/people/aminata",
            "/people/bao",
            "/me/profile",
            "/me/notices",
            "/me/organisations",
            f"/organisations/{furnished.pk}",
            "/me/sites",
            f"/sites/{site.pk}",
            "/me/tokens",
            "/me/data",
            "/me/erasure",
            "/roles",
            "/skills?q=ph",
            f"/flags/new?kind=people.person&id={cast.bao.pk}",
        ],
        cast.moira: ["/moderation", f"/flags/{flag.pk}"],
    }
    for person, paths in pages.items():
        client = browse(person)
        for path in paths:
            assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    "path",
    [
        "/me/profile",
        "/me/notices",
        "/me/organisations",
        "/me/sites",
        "/me/tokens",
        "/me/data",
        "/me/erasure",
        "/roles",
        "/moderation",
        "/flags/new?kind=people.person&id=1",
    ],
)
def test_visitor_is_asked_to_sign_in(browse, db, path):
    response = browse().get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def fill(cast, furnished, levels, count):
    """Make every list of people `count` rows longer."""
    from tests.cast import make_person

    for index in range(count):
        other = make_person(f"other{furnished.memberships.count()}-{index}")
        Membership.objects.create(person=other, organisation=furnished)
        HostedSite.objects.create(
            external_id=f"many-{other.pk}",
            domain=f"many-{other.pk}.example",
            owner=cast.aminata,
            level=levels["free"],
        )
        mine = Organisation.objects.create(name=other.handle, slug=other.handle)
        Membership.objects.create(person=cast.aminata, organisation=mine)
        line = JournalLine.objects.create(
            actor=other,
            face="page",
            verb="people.flag_decided",
            thing_kind="people.person",
            thing_id=other.pk,
            audience="staff",
        )
        Notice.objects.create(
            person=cast.aminata,
            line=line,
            verb=line.verb,
            thing_kind=line.thing_kind,
            thing_id=line.thing_id,
        )
        Flag.objects.create(
            person=other, thing_kind="people.person", thing_id=cast.omar.pk, reason="spam"
        )
        skill = Skill.objects.create(slug=f"skill-{other.pk}")
        PersonSkill.objects.create(person=cast.aminata, skill=skill)
        actions.block(actor=cast.aminata, handle=other.handle)


# Signed in, every page costs one: the person, with roles and unread notices.
PAGES = [
    ("aminata", "/people/aminata", 5),
    ("aminata", "/me/profile", 5),
    ("aminata", "/me/notices", 3),
    ("aminata", "/me/organisations", 2),
    ("aminata", "/me/sites", 4),
    ("aminata", "/roles", 2),
    ("moira", "/moderation", 12),
]


@pytest.mark.parametrize(("who", "path", "queries"), PAGES)
@pytest.mark.parametrize("rows", [3, 24])
def test_pages_cost_the_same_for_few_and_many(
    browse, cast, furnished, levels, assert_asks, who, path, queries, rows
):
    fill(cast, furnished, levels, rows)
    client = browse(getattr(cast, who))
    client.get("/people/bao")  # fills the cache of skill names

    with assert_asks(queries):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("rows", [3, 24])
def test_organisation_costs_the_same_for_few_and_many(
    browse, cast, furnished, levels, assert_asks, rows
):
    fill(cast, furnished, levels, rows)
    client = browse(cast.aminata)

    with assert_asks(5):
        assert client.get(f"/organisations/{furnished.pk}").status_code == 200


@pytest.mark.parametrize("rows", [3, 24])
def test_profile_is_cheap_for_visitors(
    browse, cast, furnished, levels, django_assert_num_queries, rows
):
    fill(cast, furnished, levels, rows)
    browse().get("/people/bao")

    with django_assert_num_queries(4):
        assert browse().get("/people/aminata").status_code == 200
