"""Organisations, who is in them and the sites they share."""

import pytest

from people import actions
from people.models import HostedSite, Membership, Organisation, Person
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

FOUND = Act(
    page=lambda _: ("/me/organisations", {"name": "  Vélo   Atelier "}),
    api=lambda _: ("POST", "/api/v1/organisations", {"name": "  Vélo   Atelier "}),
)


def adding(handle: str, role: str = "member") -> Act:
    sent = {"handle": handle, "role": role}
    return Act(
        page=lambda row: (f"/organisations/{row.pk}/members", sent),
        api=lambda row: ("POST", f"/api/v1/organisations/{row.pk}/members", sent),
    )


def removing(person: Person) -> Act:
    return Act(
        page=lambda row: (f"/organisations/{row.pk}/members/{person.pk}/removal", {}),
        api=lambda row: ("DELETE", f"/api/v1/organisations/{row.pk}/members/{person.pk}", None),
    )


@pytest.fixture
def atelier(cast):
    """Return aminata's organisation, with bao in it."""
    organisation = actions.create_organisation(actor=cast.aminata, name=f"Atelier {SECRET}")
    actions.add_member(actor=cast.aminata, organisation_id=organisation.pk, handle="bao")
    return organisation


def roles(organisation) -> dict[str, str]:
    return dict(organisation.memberships.values_list("person__handle", "role"))


@pytest.mark.parametrize("face", FACES)
def test_who_founds_owns(face, perform, cast):
    assert perform(face, cast.aminata, FOUND, None) == DONE

    organisation = Organisation.objects.get()
    assert organisation.name == "Vélo Atelier"
    assert organisation.slug.startswith("velo-atelier-")
    assert roles(organisation) == {"aminata": "owner"}


@pytest.mark.parametrize("face", FACES)
def test_suspended_and_visitors_found_nothing(face, perform, cast):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, cast.omar, FOUND, None) == NOT_ALLOWED
    assert perform(face, None, FOUND, None) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_owner_takes_in_and_makes_owner(face, perform, cast, atelier):
    assert perform(face, cast.aminata, adding("@Omar"), atelier) == DONE
    assert perform(face, cast.aminata, adding("omar"), atelier) == DONE
    assert perform(face, cast.aminata, adding("bao", "owner"), atelier) == DONE

    assert roles(atelier) == {"aminata": "owner", "bao": "owner", "omar": "member"}


@pytest.mark.parametrize("face", FACES)
def test_member_takes_nobody_in(face, perform, cast, atelier):
    assert perform(face, cast.bao, adding("omar"), atelier) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_outsider_does_not_see_it(face, perform, cast, atelier):
    assert perform(face, cast.omar, adding("omar"), atelier) == UNSEEN
    assert perform(face, cast.omar, removing(cast.bao), atelier) == UNSEEN


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("handle", ["nobody", "", "x" * 60])
def test_unknown_handle_is_told(face, perform, cast, atelier, handle):
    assert perform(face, cast.aminata, adding(handle), atelier) == INVALID


@pytest.mark.parametrize("face", FACES)
def test_owner_takes_out_and_members_leave(face, perform, cast, atelier):
    actions.add_member(actor=cast.aminata, organisation_id=atelier.pk, handle="omar")

    assert perform(face, cast.aminata, removing(cast.omar), atelier) == DONE
    assert perform(face, cast.aminata, removing(cast.omar), atelier) == UNSEEN
    assert perform(face, cast.bao, removing(cast.aminata), atelier) == NOT_ALLOWED
    assert perform(face, cast.bao, removing(cast.bao), atelier) == DONE
    assert roles(atelier) == {"aminata": "owner"}


@pytest.mark.parametrize("face", FACES)
def test_last_owner_stays(face, perform, cast, atelier):
    assert perform(face, cast.aminata, removing(cast.aminata), atelier) == WRONG_MOMENT
    assert perform(face, cast.aminata, adding("aminata", "member"), atelier) == WRONG_MOMENT
    assert roles(atelier) == {"aminata": "owner", "bao": "member"}


@pytest.mark.parametrize(("who", "step"), [("omar", "/tickets/new"), ("panel", "/me/tokens")])
def test_who_has_no_site_reads_what_to_do_next(browse, cast, who, step):
    page = browse(getattr(cast, who)).get("/me/sites").content.decode()

    assert f'<a class="button" href="{step}">' in page


def test_members_share_sites_and_outsiders_see_none(browse, call, cast, atelier, levels):
    site = HostedSite.objects.create(
        external_id="x", domain="atelier.example", organisation=atelier, level=levels["free"]
    )

    assert "atelier.example" in browse(cast.bao).get("/me/sites").content.decode()
    assert browse(cast.bao).get(f"/sites/{site.pk}").status_code == 200
    for client in (browse(cast.omar), browse(cast.nadia), browse(cast.moira)):
        for path in ("/me/sites", f"/sites/{site.pk}", f"/organisations/{atelier.pk}"):
            text = client.get(path).content.decode()
            assert "atelier.example" not in text
            assert SECRET not in text
    assert call(cast.omar).get(f"/api/v1/sites/{site.pk}").status_code == 404
    assert call(cast.omar).get(f"/api/v1/organisations/{atelier.pk}").status_code == 404
    assert call(cast.omar).get("/api/v1/sites").json()["results"] == []


def test_sites_are_filtered(call, cast, levels):
    for index, level in enumerate(["free", "guaranteed"]):
        HostedSite.objects.create(
            external_id=f"x{index}",
            domain=f"x{index}.example",
            owner=cast.aminata,
            level=levels[level],
        )
    client = call(cast.aminata)

    def domains(query: str) -> list[str]:
        found = client.get(f"/api/v1/sites{query}").json()["results"]
        return [row["domain"] for row in found]

    assert domains("") == ["x0.example", "x1.example"]
    assert domains("?level=guaranteed") == ["x1.example"]
    assert domains("?external_id=x0") == ["x0.example"]
    assert domains("?domain=none.example") == []
    assert domains("?organisation=5") == []
    assert client.get(f"/api/v1/sites?organisation={10**30}").status_code == 422


def test_levels_are_public(call, levels):
    found = call().get("/api/v1/levels").json()["results"]

    assert [(row["slug"], row["name"], row["first_response_minutes"]) for row in found] == [
        ("free", "Free", 2880),
        ("guaranteed", "Guaranteed", 240),
    ]


@pytest.mark.parametrize("rows", [3, 30])
def test_lists_of_the_api_cost_the_same_for_few_and_many(
    call, cast, levels, django_assert_num_queries, rows
):
    for index in range(rows):
        organisation = Organisation.objects.create(name=f"O{index}", slug=f"o{index}")
        Membership.objects.create(person=cast.aminata, organisation=organisation)
        HostedSite.objects.create(
            external_id=f"x{index}",
            domain=f"x{index}.example",
            owner=cast.aminata,
            level=levels["free"],
        )
    client = call(cast.aminata)

    with django_assert_num_queries(3):  # token, roles, list
        assert client.get("/api/v1/sites").status_code == 200
    with django_assert_num_queries(3):
        assert client.get("/api/v1/organisations").status_code == 200


@pytest.mark.parametrize("path", ["sites", "organisations", "flags", "removals"])
@pytest.mark.parametrize("pk", [0, 2**63 - 1, 10**30])
def test_numbers_beyond_all_rows_are_not_found(call, cast, path, pk):
    assert call(cast.moira).get(f"/api/v1/{path}/{pk}").status_code == 404
