"""Walking every page and every endpoint of the API as someone, and what is found on the way."""

import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from aid.models import AidClaim, AidEntry
from chat.models import ChatMessage, Room
from core.models import StoredFile, UnsentForm
from forum.ask_links import ASK_MAILS
from forum.models import (
    Answer,
    Ask,
    Comment,
    Draft,
    Guide,
    Platform,
    PlatformVersion,
    Question,
    Recheck,
    Rendition,
    Suggestion,
    Tag,
    TagMerge,
    TagName,
)
from helpdesk.models import (
    ChecklistItem,
    DeskRule,
    InboundMail,
    Macro,
    Message,
    Relocation,
    SavedView,
    Share,
    Ticket,
    TicketTag,
    TimeSpent,
)
from helpdesk.numbers import number_of
from helpdesk.queries.ratings import solutions
from helpdesk.tokens import RATING, SHARE, token
from mentoring.models import (
    MatchRun,
    MentoringRequest,
    MentoringSession,
    MentorOffer,
    Mentorship,
    Proposal,
)
from people.models import (
    ApiToken,
    Appeal,
    Flag,
    Hold,
    HostedSite,
    Membership,
    Notice,
    Organisation,
    Person,
    PushSubscription,
    Removal,
    RoleGrant,
)
from people.stop_links import DIGESTS, FOLLOWED
from tests.cast import SECRET
from tests.proofs.routes import ACCOUNTS, BACK_OFFICE, Fillings, Route, all_routes
from tests.proofs.world import words_in
from workshops.models import Registration, Workshop, WorkshopSession

# Addresses that are not walked, each with its reason.
NOT_WALKED = {
    "dev/outbox": "shows every mail to developers; not there in production (core.kernel_urls)",
}
POSTS = {
    "chat.message": ChatMessage,
    "forum.question": Question,
    "forum.answer": Answer,
    "forum.comment": Comment,
    "forum.guide": Guide,
    "forum.rendition": Rendition,
    "helpdesk.ticket": Ticket,
    "mentoring.request": MentoringRequest,
    "workshops.workshop": Workshop,
}
# Beginnings of addresses, and what stands there: nothing is planted beyond.
FEWER: dict[str, Fillings] = {
    "questions/<int:question_id>/<str:slug>/": {"number": [1, 2, 9]},  # pages of its answers
    "rooms/<int:room_id>/messages/": {"messages": [1, 2, 3]},
    "api/v1/rooms/<int:room_id>/messages/": {"messages": [1, 2, 3]},
}
TALKED = re.compile(r"/rooms/(\d+)/messages/(\d+)")
# Addresses that turned out to have no GET, whoever asks: learned once, not by each who walks.
without_get: set[str] = set()
ASKED = SECRET.lower()  # what a search is asked for: the answer may repeat it, but not find it


def ids(model: Any) -> list[Any]:
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def tokens() -> list[Any]:
    """Return the tokens of the drafts there are."""
    return list(Draft.objects.filter(spent_at=None).values_list("token", flat=True))


def ids_by_mail() -> list[int]:
    """Return the messages of tickets that came by mail, whose rest has a page of its own."""
    return list(Message.objects.filter(mail__isnull=False).values_list("pk", flat=True))


def solved_of_omar() -> list[tuple[int, int, int]]:
    """Return ticket, solution and person of what omar may rate by a link."""
    rows = Ticket.objects.filter(state="solved", requester__handle="omar")
    return [(row.pk, solutions(row)[0].pk, row.requester_id) for row in rows]


def fillings() -> Fillings:
    """Return what stands behind each noun of a path: every row there is; of people some."""
    people = Person.objects.filter(~Q(state="active") | Q(handle__in=["aminata", "bao"]))
    return {
        "people": list(people.values_list("handle", flat=True)),
        "notices": ids(Notice)[:4],
        "organisations": ids(Organisation),
        "members": sorted(set(Membership.objects.values_list("person_id", flat=True)))[:1],
        "sites": ids(HostedSite),
        "tokens": ids(ApiToken)[:1],
        "browsers": ids(PushSubscription),
        "push-subscriptions": ids(PushSubscription),
        "digests": [DIGESTS.path(person).rpartition("/")[2] for person in people[:1]],
        "ask-mails": [ASK_MAILS.path(person).rpartition("/")[2] for person in people[:1]],
        "stop": [
            FOLLOWED.path(person, "forum.question", 1).rpartition("/")[2] for person in people[:1]
        ],
        "follows": ["forum.question"],
        "mutes": ["forum.question"],
        "object_id": ids(Question)[:1],
        "tagged": ["php"],
        "in": ["en", "es"],
        "page": [0],
        "consent": ["a-link-of-a-mail"],  # who has the true one may read: it is a stranger here
        "roles": ids(RoleGrant),
        "role-grants": ids(RoleGrant),
        "flags": ids(Flag),
        "removals": ids(Removal),
        "holds": ids(Hold),
        "appeals": ids(Appeal),
        "claims": ids(AidClaim),
        "entries": ids(AidEntry),
        "rooms": ids(Room),
        "messages": [1, 2, 3, *ids_by_mail()],
        "reactions": ["👍"],
        "tickets": ids(Ticket),
        "mails": ids(InboundMail),
        "macros": ids(Macro),
        "desk-rules": ids(DeskRule),
        "checklist": ids(ChecklistItem),
        "times": ids(TimeSpent),
        "tags": ids(TicketTag),
        "tickets by number": [number_of(pk) for pk in ids(Ticket)],
        "shares": list(Share.objects.values_list("person__handle", flat=True)),
        "splits": list(Relocation.objects.filter(kind="split").values_list("into", flat=True)),
        "ratings": [token(RATING, *rated) for rated in solved_of_omar()],
        "guests": [token(SHARE, pk) for pk in ids(Share)[:1]],
        "views": ids(SavedView),
        "links": ["related"],
        "other_id": ids(Ticket)[:2],
        "offers": ids(MentorOffer),
        "requests": ids(MentoringRequest),
        "proposals": ids(Proposal),
        "mentorships": ids(Mentorship),
        "sessions": [*ids(MentoringSession), *ids(WorkshopSession)],
        "runs": ids(MatchRun),
        "workshops": ids(Workshop),
        "attendance": ids(Registration),
        "year": [timezone.localdate().year],
        "number": list(range(1, 13)),
        "questions": ids(Question),
        "answers": ids(Answer),
        "comments": ids(Comment),
        "asks": ids(Ask),
        "drafts": tokens(),
        "unsent": list(UnsentForm.objects.values_list("token", flat=True)),
        "guides": ids(Guide),
        "editors": ["omar"],
        "renditions": ids(Rendition),
        "tag_name": list(Tag.objects.values_list("name", flat=True)),
        "synonyms": ids(TagName),
        "languages": ["fr"],
        "tag-merges": ids(TagMerge),
        "suggestions": ids(Suggestion),
        "platforms": ids(Platform),
        "platform-versions": ids(PlatformVersion),
        "rechecks": ids(Recheck),
        "slug": ["any"],
        "about": ["conduct", "markdown", "privacy", "source", "status"],
        "files": list(StoredFile.objects.order_by("pk").values_list("key", flat=True)),
        "name": ["any"],
        "path": [1],  # rows of the back office
        "key": ["1"],
        "back-office": ["core", "people", "forum"],
    }


def queries() -> dict[str, list[str]]:
    """Return what else to ask of an address: searches, filters, other lists."""
    draft = Workshop.objects.filter(published_at=None).get()
    time = f"day={draft.sessions.get().day}&starts=00:00&ends=02:00"
    api_clash = f"?{time}&venue={draft.venue_id}&trainers=tomas&language=en"
    page_clash = "?" + time.replace("day", "sessions.0.day").replace("&", "&sessions.0.")
    page_clash += f"&venue={draft.venue_id}&trainers=tomas&language=en"
    things = {kind: [f"?kind={kind}&id={pk}" for pk in ids(model)] for kind, model in POSTS.items()}
    return {
        "flags/new": list(chain(*things.values())),
        # Finds its thing in the same way, and is for moderators alone, who see each.
        "removals/new": [asked for some in things.values() for asked in some[:2]],
        "appeals/new": [f"?subject=removal&id={pk}" for pk in ids(Removal)],
        "moderation": ["", "?kind=flag", "?kind=hold", "?kind=suggestion", "?kind=appeal"],
        "api/v1/reviews": ["", "?kind=hold", "?kind=suggestion"],
        "search": [f"?q={ASKED}", f"?q={ASKED}&solved=no", "?q="],
        "search/now": [f"?q={ASKED}"],
        "questions": ["", "?tag=php", "?solved=yes", "?language=en"],
        "questions/ask": ["", f"?title={ASKED}", *[f"?draft={pk}" for pk in tokens()]],
        "questions/<int:question_id>/<str:slug>": ["", "?read=es", "?read=de", "?read=ar"],
        "tags/<str:tag_name>": ["", "?order=active", "?order=unanswered"],
        "guides": ["?language=en", "?language=es", "?language=es&stale=1"],
        "api/v1/guides": ["", "?language=es", "?stale=true"],
        "api/v1/tags": ["", "?q=p"],
        "questions/similar": [f"?title={ASKED}"],
        "tags": [f"?q={ASKED}", "?q=p", f"?tags=mail, {ASKED}"],
        "skills": [f"?q={ASKED}", "?q=p"],
        "tickets": ["", "?done=1"],
        "mails": ["", "?all=1"],
        "tickets/new": ["", f"?subject={ASKED}"],
        "tickets/similar": [f"?subject={ASKED}"],
        "tickets/opened-answer": [f"?answer=forum.question:{pk}" for pk in ids(Question)],
        "api/v1/tickets/similar": [f"?subject={ASKED}"],
        "api/v1/tickets/<ticket:ticket_id>/quotation": ["?line=1", "?line=2"],
        "reports/helpdesk": ["", "?queue=hosting&since=2026-01-01"],
        "queue": ["", "?waits_for=all", "?assigned=me"],
        "rooms": ["", "?unread=1", f"?q={ASKED}", f"?q={ASKED}&everywhere=1"],
        "workshops": ["", "?when=past", "?when=drafts"],
        "workshops/conflicts": ["", page_clash],
        "api/v1/workshops": ["", "?when=past", "?when=drafts", "?mine=true"],
        "api/v1/workshops/conflicts": [api_clash],
        "api/v1/tickets": ["", "?state=waiting_requester", "?assignee=vera"],
        "api/v1/rooms": ["", "?unread=true"],
        "api/v1/messages": [f"?q={ASKED}", f"?q={ASKED}&everywhere=1"],
        "api/v1/search": [f"?q={ASKED}", f"?q={ASKED}&solved=false"],
        "api/v1/search/similar": [f"?title={ASKED}"],
        "api/v1/flags": ["", "?is_open=true", "?is_open=false"],
        "api/v1/questions": [
            "",
            "?author=bao",
            "?tag=php",
            "?unanswered=true",
            "?order=active&why=true",
            "?order=unanswered",
        ],
        "api/v1/notices": ["", "?unread=true"],
        "api/v1/sites": ["", f"?domain={ASKED}site.example", "?level=guaranteed"],
    }


def walked() -> list[Route]:
    """Return the addresses to walk: one for each template."""
    unique = {route.template: route for route in all_routes()}
    return [route for template, route in unique.items() if template not in NOT_WALKED]


def own_room(route: Route) -> bool:
    """Whether a route is ours: not of the back office, nor one's own sign-in and second factor."""
    return not route.template.startswith((BACK_OFFICE, ACCOUNTS))


def walk(page: Client, api: APIClient, routes: Iterable[Route]) -> Iterator[tuple[str, Any]]:
    """Yield (address, answer) of everything a GET shows, with where redirects lead, each once."""
    rows, asked = fillings(), queries()
    said = {
        f"{room} {number}" for room, number in ChatMessage.objects.values_list("room", "number")
    }
    been: set[str] = set()
    for route in routes:
        if route.template in without_get:
            continue
        client = api if route.is_api else page
        fewer = [found for start, found in FEWER.items() if route.template.startswith(start)]
        here = rows | (fewer[0] if fewer else {})
        for path, query in product(route.paths(here), asked.get(route.template, [""])):
            if not _may_stand(path, said):
                continue
            waiting, status = path + query, 0
            while waiting and waiting not in been:
                been.add(waiting)
                answer: Any = client.get(waiting)
                yield waiting, answer
                waiting, status = answer.headers.get("Location", ""), status or answer.status_code
            if status == 405:  # itself, not where it leads; whatever stands in its place
                without_get.add(route.template)
                break


def _may_stand(path: str, said: set[str]) -> bool:
    """Whether a path may show anything: of messages that were never said, the first will do."""
    talked = TALKED.search(path)
    return talked is None or talked[2] == "1" or " ".join(talked.groups()) in said


def words_told(answer: HttpResponse) -> set[str]:
    """Return the planted words in all that an answer tells, its headers too.

    Looked for as sent, with the lines of calendars joined again, and without what highlights.
    """
    body = b"".join(answer) if answer.streaming else answer.content
    if body.startswith(b"PK"):  # a pack
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body += b"\n".join(archive.read(name) for name in archive.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    raw = headers.encode() + b"\n" + body.replace(b"\r\n ", b"")
    if SECRET.lower().encode() not in raw.lower() and b"people.example" not in raw:
        return set()
    text = html.unescape(raw.decode("utf-8", "replace"))
    return words_in(text) | words_in(re.sub("</?(mark|wbr|em)>", "", text))
