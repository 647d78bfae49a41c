"""What is planted of people: addresses, tokens, organisations, flags, removals, sanctions, aid."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from aid import actions as aid
from people import actions as people
from people.models import (
    AboutText,
    ApiToken,
    HostedSite,
    Membership,
    Organisation,
    PersonSkill,
    RoleGrant,
    ServiceCalendar,
    Skill,
    SkillName,
)
from tests.cast import SECRET, make_cast, make_levels, make_person
from tests.people import test_push as of_push
from tests.proofs.world import World


def plant_people(world: World) -> None:
    world.rows["levels"] = make_levels()
    world.rows["calendar"] = ServiceCalendar.objects.create(slug="office", week=[[]] * 7)
    world.people.update(vars(make_cast()))
    for name in ("vera", "farid", "olga", "mika", "sam", "esme"):
        world.people[name] = make_person(name)
    # Of the house, but of other queues and workshops than those with secrets.
    world.people["odile"] = make_person("odile", role="trainer")
    world.people["root"] = make_person("root", is_superuser=True)
    RoleGrant.objects.update(since=timezone.now() - timedelta(days=30))
    for name in world.people:
        world.sees[f"mail of {name}"] = {name}
    for slug, name in (("dns", "Domain names"), ("mail", "Courriel"), ("php", "PHP")):
        skill = Skill.objects.create(slug=slug)
        SkillName.objects.create(skill=skill, language="en", name=name)
    PersonSkill.objects.create(person=world.bao, skill=skill, level=3)
    EmailAddress.objects.create(
        user=world.aminata, email=f"{SECRET}address@people.example", verified=True
    )
    world.sees["address"] = world.sees[f"mail of {SECRET}address".lower()] = {"aminata"}
    make_person("imported", state="imported", display_name=world.secret("imported"))
    world.rows["token"], _text = ApiToken.issue(
        world.aminata,
        name=world.secret("token", "aminata"),
        scopes=["read"],
        expiry=timezone.now() + timedelta(days=1),
    )
    people.block(actor=world.aminata, handle="omar")
    AboutText.objects.create(person=world.esme, source=world.secret("erased"))


def plant_browser(world: World) -> None:
    """Last: nothing is ever sent there."""
    world.rows["browser"] = people.subscribe(
        actor=world.aminata,
        **{**of_push.FACTS, "endpoint": f"https://push.example.com/{SECRET}browser"},
        label=world.secret("browser", "aminata"),
    )


def plant_organisation(world: World) -> None:
    """Clara, coordinator of everything, sees whom its roles are given to."""
    members = {"olga": "owner", "mika": "member", "aminata": "member"}
    made = Organisation.objects.create(
        slug="port", name=world.secret("organisation", *members, "panel", "clara")
    )
    for name, role in members.items():
        Membership.objects.create(organisation=made, person=world.people[name], role=role)
    world.secret("site", *members, "panel")
    world.rows["site"] = HostedSite.objects.create(
        external_id="port-1",
        domain=f"{SECRET}site.example".lower(),
        organisation=made,
        level=world.levels["guaranteed"],
        platform={"php": "8.4"},
    )
    world.rows["grant"] = RoleGrant.objects.create(
        person=world.olga, role="coordinator", organisation=made
    )
    world.rows["organisation"] = made


def plant_moderation(world: World) -> None:
    for name, kind in (
        ("away_answer", "forum.answer"),
        ("away_comment", "forum.comment"),
        ("away_question", "forum.question"),
    ):
        world.rows[f"removal_of_{name}"] = people.remove_post(
            actor=world.moira,
            kind=kind,
            object_id=world.rows[name].pk,
            rule="unkind",
            reason=world.secret("reason", "bao", "moira"),
        )
    world.rows["flag"] = people.flag(
        actor=world.mika,
        kind="forum.question",
        object_id=world.question.pk,
        reason="other",
        text=world.secret("flag", "mika", "moira"),
    )
    world.rows["flag_of_moira"] = people.flag(
        actor=world.mika,
        kind="forum.question",
        object_id=world.moira_question.pk,
        reason="other",
    )
    decided = people.flag(
        actor=world.mika, kind="forum.answer", object_id=world.answer.pk, reason="spam"
    )
    people.decide_flag(
        actor=world.moira,
        flag_id=decided.pk,
        decision="declined",
        answer=world.secret("decision", "mika", "moira"),
    )
    world.rows["appeal"] = people.appeal(
        actor=world.bao,
        subject="removal",
        subject_id=world.removal_of_away_comment.pk,
        text=world.secret("appeal", "bao", "moira", "root"),
    )
    people.erase_person(actor=world.esme, handle="esme", password="")
    people.sanction(
        actor=world.moira,
        handle="sam",
        reason=world.secret("sanction", "sam", "moira", "root"),
        days=30,
    )


def plant_aid(world: World) -> None:
    """An act of help that waits, and one that is confirmed."""
    facts = {
        "actor": world.bao,
        "givers": [world.bao],
        "receivers": [world.aminata],
        "kind": "other",
        "happened_at": timezone.now() - timedelta(hours=1),
    }
    both = ("bao", "aminata")
    world.rows["claim"] = aid.claim_help(minutes=30, note=world.secret("claim", *both), **facts)
    counted = aid.claim_help(minutes=45, note=world.secret("counted", *both), **facts)
    assert counted is not None
    aid.confirm_claim(actor=world.aminata, claim_id=counted.pk)
    world.rows["entry"] = counted.entries.get()
