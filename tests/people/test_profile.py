"""What people say about themselves, and whom they keep away from."""

import pytest

from core import tasks
from core.markup import RENDERER_VERSION
from core.models import JournalLine
from people import actions, gifts, queries
from people.gifts import Gift
from people.models import AboutText, Block, Person, PersonSkill, Place, Skill, SkillName
from people.profiles import Profile, SkillStanding, countries, profile_of, time_zones
from tests.faces import DONE, FACES, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act


@pytest.fixture
def skills(db):
    """Name three skills in two languages."""
    names = {
        "php": {"en": "PHP", "fr": "PHP"},
        "accessibility": {"en": "Accessibility", "fr": "Accessibilité"},
        "mail": {"en": "Mail servers", "fr": "Serveurs de courriel"},
    }
    for slug, by_language in names.items():
        skill = Skill.objects.create(slug=slug)
        for language, name in by_language.items():
            SkillName.objects.create(skill=skill, language=language, name=name)


FORM = {
    "display_name": "Aminata  Diallo",
    "about": "I bake **bread**.",
    "place": "Dakar",
    "country": "SN",
    "time_zone": "Africa/Dakar",
    "interface_language": "fr",
    "languages.0": "fr",
    "languages.1": "en",
    "languages.2": "fr",
    "skills.0.name": "",
    "skills.0.standing": "",
    "skills.1.name": "accessibilite",
    "skills.1.standing": "3",
    "skills.2.name": "php",
    "skills.2.standing": "0",
}
BODY = {
    "display_name": "Aminata  Diallo",
    "about": "I bake **bread**.",
    "place": "Dakar",
    "country": "SN",
    "time_zone": "Africa/Dakar",
    "interface_language": "fr",
    "languages": ["fr", "en"],
    "skills": [{"name": "Accessibility", "standing": 3}, {"name": "PHP", "standing": 0}],
}
EDIT = Act(page=lambda _: ("/me/profile", FORM), api=lambda _: ("PATCH", "/api/v1/people/me", BODY))


def test_language_of_the_profile_wins_over_one_chosen_before(browse, cast, skills):
    client = browse(cast.aminata)
    client.post("/language", {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/me/profile").content.decode()

    client.post("/me/profile", FORM)

    assert '<html lang="fr"' in client.get("/me/profile").content.decode()


@pytest.mark.parametrize("face", FACES)
def test_member_edits_the_profile(face, perform, cast, skills):
    assert perform(face, cast.aminata, EDIT, None) == DONE

    person = Person.objects.get(pk=cast.aminata.pk)
    assert profile_of(person, queries.skill_names("en")) == Profile(
        handle="aminata",
        display_name="Aminata Diallo",
        interface_language="fr",
        time_zone="Africa/Dakar",
        about="I bake **bread**.",
        place="Dakar",
        country="SN",
        languages=("fr", "en"),
        skills=(SkillStanding("Accessibility", 3), SkillStanding("PHP", 0)),
    )
    assert "<strong>bread</strong>" in queries.about_html(person)
    assert JournalLine.objects.get(verb="people.profile_edited").thing_id == person.pk


@pytest.mark.parametrize("face", FACES)
def test_visitor_signs_in_first(face, perform, db):
    assert perform(face, None, EDIT, None) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_suspended_member_edits_nothing(face, perform, cast, skills):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, cast.omar, EDIT, None) == NOT_ALLOWED


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"display_name": ""}, "This field is required."),
        ({"time_zone": "Mars/Olympus"}, "like Europe/Paris"),
        ({"country": "ZZ"}, "Select a valid choice"),
        ({"place": ""}, "both the town and the country"),
        ({"country": ""}, "both the town and the country"),
        ({"languages.0": ""}, "This field is required."),
        ({"languages.1": "tlh"}, "Select a valid choice"),
        ({"skills.2.name": "alchemy"}, "We do not know “alchemy” yet"),
        ({"skills.2.standing": ""}, "Say how you stand"),
        ({"skills.2.standing": "9"}, "Select a valid choice"),
        ({"about": "x" * 4001}, "at most 4000 characters"),
        ({"display_name": "a\u202eb"}, "A name of at most"),
    ],
)
def test_bad_input_is_told_and_kept(browse, cast, skills, wrong, says):
    response = browse(cast.aminata).post("/me/profile", {**FORM, **wrong})
    page = response.content.decode()

    assert response.status_code == 422
    assert says in page
    assert "accessibilite" in page
    assert Person.objects.get(pk=cast.aminata.pk).display_name == "Aminata"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"country": "ZZ"}, "country"),
        ({"languages": ["tlh"]}, "languages.0"),
        ({"languages": ["fr", "fr"]}, "languages"),
        (
            {"skills": [{"name": "PHP", "standing": 1}, {"name": "x", "standing": 1}]},
            "skills.1.name",
        ),
        ({"skills": [{"name": "PHP", "standing": 7}]}, "skills.0.standing"),
        ({"handle": "other"}, "handle"),
        ({"display_name": " "}, "display_name"),
    ],
)
def test_bad_input_names_its_field_in_the_api(call, cast, skills, wrong, field):
    answer = call(cast.aminata).patch("/api/v1/people/me", wrong, format="json")

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_what_is_not_sent_stays(call, cast, skills):
    client = call(cast.aminata)
    client.patch("/api/v1/people/me", BODY, format="json")

    client.patch("/api/v1/people/me", {"about": "Short."}, format="json")

    me = client.get("/api/v1/people/me").json()
    assert (me["about"], me["place"], me["languages"]) == ("Short.", "Dakar", ["fr", "en"])
    assert me["skills"] == [
        {"name": "Accessibility", "standing": 3},
        {"name": "PHP", "standing": 0},
    ]
    assert me["email"] == "aminata@people.example"


def test_given_handle_may_be_replaced_once(browse, cast):
    Person.objects.filter(pk=cast.omar.pk).update(handle="member-x", handle_folded="member-x")
    client = browse(cast.omar)
    form = {**FORM, "skills.1.name": "", "skills.2.name": ""}

    taken = client.post("/me/profile", {**form, "handle": "BAO"})
    done = client.post("/me/profile", {**form, "handle": "Omar-B"})
    again = client.post("/me/profile", {**form, "handle": "King"})

    assert (taken.status_code, done.status_code, again.status_code) == (422, 303, 303)
    assert Person.objects.get(pk=cast.omar.pk).handle == "Omar-B"


def test_one_town_is_one_row(cast):
    current = profile_of(cast.aminata, {})
    from dataclasses import replace

    for place in ("Dakar", " dakar ", "DAKAR"):
        actions.edit_profile(
            actor=cast.aminata, profile=replace(current, place=place, country="SN")
        )

    assert Place.objects.get().name == "Dakar"


def test_profile_is_public_and_shows_no_address(browse, call, cast, skills):
    actions.edit_profile(
        actor=cast.aminata,
        profile=Profile(
            handle="aminata",
            display_name="Aminata",
            interface_language="fr",
            time_zone="Africa/Dakar",
            about="I bake <script>alert(1)</script>",
            place="Dakar",
            country="SN",
            languages=("fr",),
            skills=(SkillStanding("PHP", 2), SkillStanding("Mail servers", 0)),
        ),
    )

    page = browse().get("/people/aminata").content.decode()
    answer = call().get("/api/v1/people/aminata")

    for text in ("Dakar", "Senegal", "PHP", "Mail servers", "Français"):
        assert text in page
    assert "<script>alert" not in page
    for text in (page, answer.content.decode()):
        assert "aminata@people.example" not in text
        assert "Africa/Dakar" not in text
    assert set(answer.json()) == {
        "id",
        "handle",
        "display_name",
        "about_html",
        "place",
        "country",
        "languages",
        "skills",
        "roles",
        "joined_at",
    }


def test_handle_leads_to_the_profile_in_any_case(browse, cast):
    assert browse().get("/people/AMINATA")["Location"] == "/people/aminata"


@pytest.mark.parametrize("state", ["stub", "imported", "erased"])
def test_who_has_no_profile_is_not_found(browse, call, cast, state):
    Person.objects.filter(pk=cast.omar.pk).update(state=state)

    assert browse().get("/people/omar").status_code == 404
    assert call().get("/api/v1/people/omar").status_code == 404


def test_what_others_declare_stands_on_the_profile(browse, cast, monkeypatch):
    monkeypatch.setattr(gifts, "_sources", [])
    gifts.declare(lambda viewer, person: [Gift("12 answers", "/questions?by=" + person.handle)])

    assert 'href="/questions?by=bao">12 answers' in browse().get("/people/bao").content.decode()


# Skills


def test_skills_are_found_while_typing(browse, call, skills):
    fragment = browse().get("/skills?q=acc", headers={"HX-Request": "true"}).content.decode()
    named = browse().get("/skills?skills.0.name=acc").content.decode()
    answer = call().get("/api/v1/skills?q=SERV").json()["results"]

    assert fragment.strip() == '<option value="Accessibility">'
    assert "Accessibility" in named
    assert [row["slug"] for row in answer] == ["mail"]


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("/skills", 'class="button" href="/me/profile"'),
        ("/skills?q=acc", 'class="button" href="/me/profile"'),
        ("/skills?q=juggling", 'class="button" href="/tickets/new"'),
    ],
)
def test_page_of_skills_says_what_to_do_next(browse, skills, path, step):
    assert step in browse().get(path).content.decode()


def test_skills_are_known_by_any_of_their_names(skills):
    found = queries.skills_named(["SERVEURS DE COURRIEL", "accessibilite", "php", "alchemy"])

    assert {name: skill.slug for name, skill in found.items()} == {
        "SERVEURS DE COURRIEL": "mail",
        "accessibilite": "accessibility",
        "php": "php",
    }


def test_skill_names_fall_back_to_english_and_slug(skills):
    Skill.objects.create(slug="cooking")

    names = queries.skill_names("de")

    assert sorted(names.values()) == ["Accessibility", "Mail servers", "PHP", "cooking"]


def test_lists_of_the_form_are_sound():
    codes = dict(countries("fr"))

    assert codes["SN"] == "Sénégal"
    assert not {"ZZ", "EU", "XA"} & set(codes)
    assert {"Europe/Paris", "Africa/Dakar", "UTC"} <= set(time_zones())


# Keeping away


BLOCK = Act(
    page=lambda person: (f"/people/{person.handle}/block", {}),
    api=lambda person: ("PUT", f"/api/v1/people/{person.handle}/block", None),
)
UNBLOCK = Act(
    page=lambda person: (f"/people/{person.handle}/block/undo", {}),
    api=lambda person: ("DELETE", f"/api/v1/people/{person.handle}/block", None),
)


@pytest.mark.parametrize("face", FACES)
def test_member_keeps_away_and_takes_it_back(face, perform, cast):
    assert perform(face, cast.aminata, BLOCK, cast.omar) == DONE
    assert perform(face, cast.aminata, BLOCK, cast.omar) == DONE
    assert Block.objects.count() == 1
    assert queries.blocked_ids(cast.aminata) == {cast.omar.pk}
    assert queries.blocked_ids(cast.omar) == {cast.aminata.pk}

    assert perform(face, cast.aminata, UNBLOCK, cast.omar) == DONE
    assert perform(face, cast.aminata, UNBLOCK, cast.omar) == DONE
    assert not Block.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_nobody_keeps_away_from_oneself(face, perform, cast):
    assert perform(face, cast.aminata, BLOCK, cast.aminata) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_nobody_keeps_away_from_who_is_not_seen(face, perform, cast):
    Person.objects.filter(pk=cast.omar.pk).update(state="imported")

    assert perform(face, cast.aminata, BLOCK, cast.omar) == UNSEEN


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [BLOCK, UNBLOCK])
def test_suspended_and_visitors_do_not(face, perform, cast, act):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, cast.omar, act, cast.bao) == NOT_ALLOWED
    assert perform(face, None, act, cast.bao) == SIGN_IN


def test_blocked_person_does_not_learn_of_it(browse, call, cast):
    actions.block(actor=cast.aminata, handle="omar")

    assert "Keep away: never match us" in browse(cast.omar).get("/people/aminata").content.decode()
    assert call(cast.omar).get("/api/v1/blocks").json()["results"] == []
    assert call(cast.aminata).get("/api/v1/blocks").json()["results"] == [{"handle": "omar"}]


def test_spoken_skills_are_counted_once(cast, skills):
    php = Skill.objects.get(slug="php")
    PersonSkill.objects.create(person=cast.bao, skill=php, level=2)

    profile = profile_of(cast.bao, queries.skill_names("en"))
    assert profile.skills == (SkillStanding("PHP", 2),)


def test_profile_is_rendered_again_when_the_renderer_changes(browse, cast):
    row = AboutText.objects.create(
        person=cast.bao, source="**PHP**", html="<p>old</p>", renderer_version=RENDERER_VERSION - 1
    )

    tasks.rerender.call()

    row.refresh_from_db()
    assert row.renderer_version == RENDERER_VERSION
    assert "<strong>PHP</strong>" in browse().get("/people/bao").content.decode()


def test_emptying_the_text_leaves_no_row_and_the_same_no_new_revision(call, cast):
    client = call(cast.bao)
    for about in ("One.", "One.", "Two."):
        client.patch("/api/v1/people/me", {"about": about}, format="json")
    assert AboutText.objects.values_list("source", "revision").get() == ("Two.", 2)

    me = client.patch("/api/v1/people/me", {"about": " "}, format="json").json()

    assert (me["about"], me["about_html"]) == ("", "")
    assert not AboutText.objects.exists()
