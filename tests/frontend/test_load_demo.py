import io
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from aid.models import AidEntry
from chat.models import ChatMessage, Reaction
from forum.models import Question
from helpdesk.models import Ticket
from helpdesk.states import State
from mentoring.models import MentoringRequest, MentorOffer
from people.models import Person
from workshops.models import Workshop


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


@pytest.fixture(scope="class")
def said(django_db_setup, django_db_blocker):
    """Load the demo for all tests of a class, which takes seconds; return what the command says."""
    with django_db_blocker.unblock(), transaction.atomic():
        out = io.StringIO()
        call_command("load_demo", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


class TestDemo:
    def test_demo_tells_one_account_of_every_role_with_its_password(self, said, db):
        first, *lines = said.splitlines()
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

    def test_demo_talk_has_a_reply_an_edit_and_reactions(self, said, db):
        messages = ChatMessage.objects.filter(kind="message")
        assert messages.filter(reply_to__isnull=False).count() == 2
        assert messages.filter(edited_at__isnull=False).count() == 1
        assert Reaction.objects.count() == 4
        now = timezone.now()
        assert (
            not ChatMessage.objects.exclude(kind="changed")
            .filter(at__gt=now - timedelta(hours=1))
            .exists()
        )

    def test_demo_is_as_large_as_a_first_look_needs(self, said, db):
        """The amounts that the issue of the house names."""
        shown = Person.objects.filter(state=Person.State.ACTIVE)
        assert shown.count() >= 40
        questions = Question.objects.visible_to(AnonymousUser())
        assert questions.count() >= 60
        assert set(questions.values_list("language", flat=True)) >= {"fr", "en", "es", "de", "ar"}
        assert questions.filter(answers__isnull=False).distinct().count() >= 40
        assert Ticket.objects.count() >= 30
        assert set(Ticket.objects.values_list("state", flat=True)) == set(State.values)
        assert MentorOffer.objects.count() >= 3
        assert MentoringRequest.objects.count() >= 3
        assert Workshop.objects.count() >= 6
        months = {
            moment.strftime("%Y-%m")
            for moment in AidEntry.objects.values_list("happened_at", flat=True)
        }
        assert len(months) >= 3, "a season"
        assert ChatMessage.objects.values("room").distinct().count() >= 1
