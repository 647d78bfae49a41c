"""Print what the bench needs of a filled database: an agent's session and the measured paths."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from forum.models import Question  # noqa: E402
from people.models import Person, RoleGrant  # noqa: E402
from tests.load.tickets import a_ticket  # noqa: E402


def main() -> None:
    agent = Person.objects.order_by("pk")[0]
    RoleGrant.objects.get_or_create(person=agent, role="agent")
    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.save()
    question, other = Question.objects.order_by("pk")[:2]
    print(f"session={session.session_key}")
    print(f"csrf={'b' * 32}")
    print(f"question={question.path}")
    print(f"answers=/questions/{other.pk}/answers")
    print(f"ticket={a_ticket()}")


main()
