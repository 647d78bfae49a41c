"""What the bench needs of a filled database: an agent's session, the measured pages, their queries.

Prints one JSON object: `cookies` (by who: a volunteer, `agent`, and `staff`, of all queues, and
`one queue`, staff of a single one), `csrf`, `pages`
(name: [who, method, path]), `queries` (name: number of statements of one request, BEGIN and COMMIT
included).
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
from helpdesk.models import Queue  # noqa: E402
from people.models import RoleGrant  # noqa: E402
from people.sessions import SessionStore  # noqa: E402
from tests.load.conversations import a_room  # noqa: E402
from tests.load.forum import RARE_LANGUAGE, RARE_TAG, TAGS  # noqa: E402
from tests.load.tickets import OFTEN_WORD, ONE_QUEUE, RARE_WORD, SEEN_WORD, a_ticket  # noqa: E402

CSRF = "b" * 32
NUMBER = 137  # of a text of tests.load.data, which each message has one of
REPLY = {"source": "Clear the cache, then **reload** the page.", "language": "en"}


def agent_session(*, volunteer: bool = True, queue: str | None = None) -> str:
    """Sign an agent in, with the second factor that production asks of agents.

    queue: the slug of the only one they work on.
    """
    queue_id = Queue.objects.get(slug=queue).pk if queue else None
    grants = RoleGrant.objects.filter(role="agent", volunteer=volunteer, queue_id=queue_id)
    grants = grants.order_by("person")
    agent = grants.select_related("person")[0].person
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
        # A query passes by what is kept: what the first visitor of a minute costs.
        "question, drawn anew (visitor)": ("visitor", "GET", f"{question.path}?uncached=1"),
        "list, drawn anew (visitor)": ("visitor", "GET", "/questions?uncached=1"),
        "search, two words": ("visitor", "GET", "/search?q=white+page"),
        "question (signed in)": ("agent", "GET", question.path),
        "list (signed in)": ("agent", "GET", "/questions"),
        "ticket (agent)": ("agent", "GET", a_ticket()),
        "queue (agent)": ("agent", "GET", "/queue"),
        "post a reply": ("agent", "POST", f"/questions/{other.pk}/answers"),
    }


def desk_pages() -> dict[str, tuple[str, str, str]]:
    """Return the same for tests/load/scale.py: of the desk, for a volunteer, or for staff."""
    queue = "/queue?waits_for=&"
    paths = {
        "queue": "/queue",
        "queue, last activity": f"{queue}sort=activity",
        "queue, nobody's": "/queue?assigned=nobody",
        "queue, rare language": f"{queue}language=es",
        "queue, a level": f"{queue}level=swift",
        "ticket": a_ticket(),
        "search": "/search?q=white+page",
    }
    words = {
        "tickets, rare word": f"{queue}q={RARE_WORD}",
        "tickets, word of 1 in 20": f"{queue}q={OFTEN_WORD}",
        "tickets, word of 1 in 100": f"{queue}q={SEEN_WORD}",
        "tickets, word of 1 in 300": f"{queue}q={NUMBER}",
        "tickets, words of all": f"{queue}q=white+page",
    }
    asked = {name: ("agent", "GET", path) for name, path in {**paths, **words}.items()}
    for name, path in words.items():
        asked[f"{name} (staff)"] = ("staff", "GET", path)
        asked[f"{name} (one queue)"] = ("one queue", "GET", path)
    for name, narrowed in {"waiting for us": "/queue?", "closed": "/queue?state=closed&"}.items():
        asked[f"tickets, words of all, {name} (staff)"] = (
            "staff",
            "GET",
            f"{narrowed}q=white+page",
        )
        asked[f"tickets, 1 in 20, {name} (staff)"] = ("staff", "GET", f"{narrowed}q={OFTEN_WORD}")
        asked[f"tickets, 1 in 100, {name} (staff)"] = ("staff", "GET", f"{narrowed}q={SEEN_WORD}")
    asked["queue (one queue)"] = ("one queue", "GET", "/queue")
    return {**asked, "next, put back": ("agent", "POST", "/queue/next")}


def forum_pages() -> dict[str, tuple[str, str, str]]:
    """Return the same of the forum: its lists, its pages, and what waits for a helper.

    Visitors ask with a query, which no kept page answers; one page is asked for as it is kept.
    """
    question, tag = Question.objects.order_by("pk")[0], TAGS[1]
    lists = {
        "newest": "/questions?",
        "active": "/questions/active?",
        "unanswered": "/questions/unanswered?",
        "tag, rare": f"/tags/{RARE_TAG}?",
        "tag, rare, active": f"/tags/{RARE_TAG}?order=active",
        "tag, common": f"/tags/{tag}?",
        "tag, common, active": f"/tags/{tag}?order=active",
        "tag, common, unanswered": f"/tags/{tag}?order=unanswered",
        "tag, common, solved": f"/tags/{tag}?solved=yes",
        "tag, common, active, not solved": f"/tags/{tag}?order=active&solved=no",
        "tag, common, in English": f"/tags/{tag}?language=en",
        "newest, rare language": f"/questions?language={RARE_LANGUAGE}",
        "active, rare language": f"/questions/active?language={RARE_LANGUAGE}",
        "newest, solved": "/questions?solved=yes",
        "active, solved": "/questions/active?solved=yes",
        "newest, not solved": "/questions?solved=no",
        "active, not solved": "/questions/active?solved=no",
        "all tags": "/tags?",
        "question": f"{question.path}?",
        "why is it here": f"/questions/{question.pk}/ranking?",
    }
    found = {"question, kept": ("visitor", "GET", question.path)}
    for name, path in lists.items():
        found[name] = ("visitor", "GET", f"{path}&uncached=1")
        found[f"{name} (helper)"] = ("agent", "GET", path)
    own = {"for me (helper)": "/questions/for-me", "my tags (helper)": "/questions/my-tags"}
    return {**found, **{name: ("agent", "GET", path) for name, path in own.items()}}


def chat_pages() -> dict[str, tuple[str, str, str]]:
    """Return the same of live conversations: one's own are as many on each site."""
    paths = {
        "conversations": "/rooms",
        "conversations, unread": "/rooms?unread=1",
        "a conversation": a_room(),
        "said, rare word": f"/rooms?q={RARE_WORD}",
        "said, word of 1 in 100": f"/rooms?q={SEEN_WORD}",
        "said, words of all": "/rooms?q=white+page",
        "said, words of none": "/rooms?q=nowhere",
        "said, rare word, everywhere": f"/rooms?q={RARE_WORD}&everywhere=1",
        "said, words of all, everywhere": "/rooms?q=white+page&everywhere=1",
    }
    return {name: ("staff", "GET", path) for name, path in paths.items()}


def queries_of(sessions: dict[str, str], who: str, method: str, path: str) -> int:
    """Return how many statements a page takes, once caches are warm. Raises AssertionError."""
    client = Client(HTTP_HOST="127.0.0.1", HTTP_ACCEPT_LANGUAGE="en")
    if who in sessions:
        client.cookies["sessionid"] = sessions[who]
    for _warm in range(2):
        body = {**REPLY, "once": secrets.token_hex(16)}
        with CaptureQueriesContext(connection) as found:
            answer = client.get(path) if method == "GET" else client.post(path, body)
        assert answer.status_code in (200, 303), f"{path}: {answer.status_code}"
    return len(found)


def main() -> None:
    sessions = {
        "agent": agent_session(),
        "staff": agent_session(volunteer=False),
        "one queue": agent_session(volunteer=False, queue=ONE_QUEUE),
    }
    asked, desk, forum, chat = pages(), desk_pages(), forum_pages(), chat_pages()
    every = {**asked, **desk, **forum, **chat}
    cookies = {who: f"sessionid={key}; csrftoken={CSRF}" for who, key in sessions.items()}
    facts = {
        "cookies": cookies,
        "csrf": CSRF,
        "body": urlencode(REPLY),
        "pages": asked,
        "desk": desk,
        "forum": forum,
        "chat": chat,
        "queries": {name: queries_of(sessions, *page) for name, page in every.items()},
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
