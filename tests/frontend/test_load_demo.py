import io
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat.models import ChatMessage, Reaction
from people.models import Person


def test_demo_tells_one_account_of_every_role_with_its_password(db):
    said = io.StringIO()

    call_command("load_demo", stdout=said)

    first, *lines = said.getvalue().splitlines()
    password = first.split()[-1]
    roles = {}
    for line in lines:
        role, address = line.split()
        person = EmailAddress.objects.get(email=address, verified=True).user
        assert person.check_password(password)
        roles[role] = person.roles
    assert roles == {
        "member": set(),
        **{
            role: {role}
            for role in ("helper", "agent", "trainer", "coordinator", "moderator", "integrator")
        },
    }


def test_demo_is_refused_in_production(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="development alone"):
        call_command("load_demo")

    assert not Person.objects.exists()


def test_demo_is_refused_where_there_are_people(cast):
    before = Person.objects.count()

    with pytest.raises(CommandError, match="empty database"):
        call_command("load_demo")

    assert Person.objects.count() == before


def test_demo_talk_has_a_reply_an_edit_and_reactions(db):
    call_command("load_demo", stdout=io.StringIO())

    said = ChatMessage.objects.filter(kind="message")
    assert said.filter(reply_to__isnull=False).count() == 2
    assert said.filter(edited_at__isnull=False).count() == 1
    assert Reaction.objects.count() == 4
    now = timezone.now()
    assert (
        not ChatMessage.objects.exclude(kind="changed")
        .filter(at__gt=now - timedelta(hours=1))
        .exists()
    )
