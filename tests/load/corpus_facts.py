"""What tests/load/corpus.py asks of its database: every question's path, and a member's session."""

import json
import logging
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()
logging.disable(logging.INFO)

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from forum.models import Question  # noqa: E402
from people.models import Person  # noqa: E402
from people.sessions import SessionStore  # noqa: E402


def main() -> None:
    member = Person.objects.create_user("member-of-the-bench")
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.save()
    paths = [question.path for question in Question.objects.order_by("pk")]
    print(json.dumps({"paths": paths, "cookie": f"sessionid={session.session_key}"}))


main()
