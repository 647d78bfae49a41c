"""What the bench needs of a filled database: an agent's session, the measured pages, their queries.

Prints one JSON object: `cookie`, `csrf`, `pages` (name: [method, path, body]), `queries` (name:
number of statements of one request, BEGIN and COMMIT included).
"""

import json
import logging
import os
import secrets
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()
logging.disable(logging.INFO)

from allauth.mfa.models import Authenticator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from forum.models import Question  # noqa: E402
from people.models import Person  # noqa: E402
from people.sessions import SessionStore  # noqa: E402
from tests.load.forum import RARE_TAG, TAGS  # noqa: E402
from tests.load.tickets import a_ticket  # noqa: E402

CSRF = "b" * 32
REPLY = {"source": "Clear the cache, then **reload** the page.", "language": "en"}


def agent_session() -> str:
    """Sign an agent in, with the second factor that production asks of agents."""
    agent = Person.objects.filter(role_grants__role="agent").order_by("pk")[0]
    Authenticator.objects.get_or_create(
        user=agent, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "unused"}}
    )
    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def pages() -> dict[str, tuple[str, str, str]]:
    """Return who asks for what: (visitor or agent, method, path) by name."""
    question, other = Question.objects.order_by("pk")[:2]
    return {
        "question, 20 replies": ("visitor", "GET", question.path),
        "list of 25": ("visitor", "GET", "/questions"),
        "home": ("visitor", "GET", "/"),
        "search, two words": ("visitor", "GET", "/search?q=white+page"),
        "question (signed in)": ("agent", "GET", question.path),
        "list (signed in)": ("agent", "GET", "/questions"),
        "ticket (agent)": ("agent", "GET", a_ticket()),
        "queue (agent)": ("agent", "GET", "/queue"),
        "post a reply": ("agent", "POST", f"/questions/{other.pk}/answers"),
    }


def desk_pages() -> dict[str, tuple[str, str, str]]:
    """Return the same for tests/load/scale.py."""
    return {
        "queue (agent)": ("agent", "GET", "/queue"),
        "ticket (agent)": ("agent", "GET", a_ticket()),
        "search (agent)": ("agent", "GET", "/search?q=white+page"),
        "next, put back": ("agent", "POST", "/queue/next"),
    }


def forum_pages() -> dict[str, tuple[str, str, str]]:
    """Return the same of the forum: its lists, a page, and what waits for a helper."""
    question = Question.objects.order_by("pk")[0]
    return {
        "newest": ("visitor", "GET", "/questions"),
        "unanswered": ("visitor", "GET", "/questions/unanswered"),
        "active": ("visitor", "GET", "/questions/active"),
        "tag, common": ("visitor", "GET", f"/tags/{TAGS[1]}"),
        "tag, rare": ("visitor", "GET", f"/tags/{RARE_TAG}"),
        "question": ("visitor", "GET", question.path),
        "newest (helper)": ("agent", "GET", "/questions"),
        "active (helper)": ("agent", "GET", "/questions/active"),
        "question (helper)": ("agent", "GET", question.path),
        "for me (helper)": ("agent", "GET", "/questions/for-me"),
    }


def queries_of(session: str, who: str, method: str, path: str) -> int:
    """Return how many statements a page takes, once caches are warm. Raises AssertionError."""
    client = Client(HTTP_HOST="127.0.0.1", HTTP_ACCEPT_LANGUAGE="en")
    if who == "agent":
        client.cookies["sessionid"] = session
    for _warm in range(2):
        body = {**REPLY, "once": secrets.token_hex(16)}
        with CaptureQueriesContext(connection) as found:
            answer = client.get(path) if method == "GET" else client.post(path, body)
        assert answer.status_code in (200, 303), f"{path}: {answer.status_code}"
    return len(found)


def main() -> None:
    session, asked, desk, forum = agent_session(), pages(), desk_pages(), forum_pages()
    every = {**asked, **desk, **forum}
    facts = {
        "cookie": f"sessionid={session}; csrftoken={CSRF}",
        "csrf": CSRF,
        "body": urlencode(REPLY),
        "pages": asked,
        "desk": desk,
        "forum": forum,
        "queries": {name: queries_of(session, *page) for name, page in every.items()},
    }
    print(json.dumps(facts))


main()
