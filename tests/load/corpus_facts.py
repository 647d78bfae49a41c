"""What tests/load/corpus.py asks of its database: every question's path, a member's session, and
the figures of a workshop's pack as full as one may be."""

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
from forum.pack import MOST_QUESTIONS, build_pack  # noqa: E402
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
    pack = build_pack(language="en")  # what the dump is imported as
    figures = {
        "pack, questions": pack.questions,
        "pack, left out for want of room": min(MOST_QUESTIONS, len(paths)) - pack.questions,
        "pack, everything": len(pack.data),
    }
    cookie = f"sessionid={session.session_key}"
    print(json.dumps({"paths": paths, "cookie": cookie, "pack": figures}))


main()
