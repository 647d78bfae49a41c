"""The pages that belong to no room, and what every page's frame does."""

import re
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.template.loader import get_template, render_to_string
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from core.errors import NotAllowed, NotSeen, StaleRevision, TooMany, WrongMoment
from core.models import WorkerPulse
from core.pages import refusal_page
from core.urls import urlpatterns as all_urlpatterns
from frontend import storage
from people.models import Person, RoleGrant
from search.models import Pending

TEMPLATES = Path(settings.BASE_DIR) / "frontend" / "templates"
LINE = ("live", "poll", "line")
STATUS = "/about/status"
ABOUT = ["conduct", "privacy", "status", "markdown", "source"]


def text_of(response) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("path", ["/", "/questions", "/guides", "/workshops", "/levels"])
def test_who_asks_whether_a_page_is_there_is_told_so(browse, db, path):
    answer = browse().head(path)

    assert (answer.status_code, answer.content) == (200, b"")


def test_visitor_is_asked_what_we_can_help_with(browse, db):
    html = text_of(browse().get("/"))

    assert html.count("<h1>") == 1
    assert "What can we help with?" in html
    assert html.count('name="q"') == 1  # the one search field is the big one
    assert 'hx-get="/search/now"' in html
    for door in ("/tickets/new", "/questions/ask", "/mentoring"):
        assert f'<h2><a href="{door}">' in html


def test_member_finds_today_instead(browse, cast):
    client = browse(cast.aminata)

    assert text_of(client.get("/")).count("<h1>Today</h1>") == 1
    assert text_of(client.get("/me")).count("<h1>Today</h1>") == 1


def test_visitor_is_asked_to_sign_in_for_today(browse, db):
    response = browse().get("/me")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/me")


@pytest.mark.parametrize("name", ABOUT)
def test_visitor_reads_about_the_house(browse, db, name):
    response = browse().get(f"/about/{name}")

    assert response.status_code == 200
    assert text_of(response).count("<h1>") == 1


def words_of_the_status(client) -> list[str]:
    return re.findall(r'<span class="state[^"]*">([^<]*)</span>', text_of(client.get(STATUS)))


def test_status_says_that_all_works(browse, db):
    WorkerPulse.objects.create(name="default@here", process="1", at=timezone.now())

    assert words_of_the_status(browse()) == ["Working", "Working", "Working"]


def test_status_says_when_no_worker_lives_and_search_is_behind(browse, db):
    long_ago = timezone.now() - timedelta(minutes=6)
    WorkerPulse.objects.create(name="default@here", process="1", at=long_ago)
    Pending.objects.create(kind="forum.question", object_id=1, at=long_ago)

    assert words_of_the_status(browse()) == ["Working", "Late", "Behind"]


def test_nothing_else_is_about_the_house(browse, db):
    assert browse().get("/about/secrets").status_code == 404


@pytest.mark.parametrize(
    ("who", "offered", "not_offered"),
    [
        (None, ["Sign in", "Sign up"], ["Sign out", "/queue", "/moderation", "/me/notices"]),
        ("aminata", ["Sign out", "/me/notices", "/tickets"], ["Sign in", "/queue", "/moderation"]),
        ("nadia", ["Sign out", "/queue"], ["/moderation"]),
        ("moira", ["Sign out", "/moderation"], ["/queue"]),
    ],
)
def test_masthead_offers_what_each_may_do(browse, cast, who, offered, not_offered):
    html = text_of(browse(getattr(cast, who) if who else None).get("/about/markdown"))

    masthead = html[html.index('<header class="masthead') : html.index("</header>")]
    for words in offered:
        assert words in masthead, words
    for words in not_offered:
        assert words not in masthead, words


def test_bell_counts_what_is_unread():
    user = Person()

    user.unread_notices = 3
    assert "3 new notices" in render_to_string("components/bell.html", {"user": user})
    user.unread_notices = 1
    assert "1 new notice<" in render_to_string("components/bell.html", {"user": user})
    user.unread_notices = None
    assert 'class="count"' not in render_to_string("components/bell.html", {"user": user})


def test_visitor_chooses_a_language_without_javascript_and_stays(browse, db):
    client = browse()
    assert '<html lang="en" dir="ltr">' in text_of(client.get("/about/markdown"))

    response = client.post("/language", {"language": "fr", "next": "/about/markdown?a=1"})

    assert response["Location"] == "/about/markdown?a=1"
    assert '<html lang="fr" dir="ltr">' in text_of(client.get("/about/markdown"))


def test_choosing_a_language_leads_to_no_other_site(browse, db):
    response = browse().post("/language", {"language": "fr", "next": "https://evil.example/"})

    assert response["Location"] == "/"


@pytest.mark.parametrize(
    ("page", "most"), [("/", 6), ("/about/markdown", 0), ("/accounts/login/", 0)]
)
def test_visit_asks_for_few_queries(browse, db, page, most, django_assert_max_num_queries):
    client = browse()
    client.get(page)

    with django_assert_max_num_queries(most):
        client.get(page)


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (NotSeen(), "There is nothing here"),
        (NotAllowed(), "This is for others to do: your account does not have the right."),
        (WrongMoment(), "This is not possible now."),
        (StaleRevision(revision=3, source="The *newer* text"), "The *newer* text"),
        (TooMany(), "A little slower, please"),
    ],
)
def test_refusals_are_said_kindly_with_a_way_on(rf, cast, refusal, words):
    request = rf.get("/somewhere")
    request.user, request.htmx = cast.aminata, False
    request._messages = CookieStorage(request)

    response = refusal_page(request, refusal)

    assert response.status_code == refusal.status
    assert words in text_of(response)
    assert 'href="/"' in text_of(response)


def test_refused_fragment_leaves_what_was_acted_on_as_it_is(browse, db):
    response = browse().get("/about/secrets", headers={"HX-Request": "true"})

    assert response.status_code == 404
    assert response["HX-Retarget"] == "#flashes"
    assert text_of(response).startswith('<div class="notice refusal" role="alert">')


def test_broken_server_says_so_without_a_database(client):
    html = get_template("500.html").render({})

    assert "Something broke on our side" in html
    assert "Quelque chose" in html
    assert "<script" not in html


def say_hello(request):
    from django.shortcuts import render

    messages.success(request, "Your <ticket> is open.")
    return render(request, "about/markdown.html")


urlpatterns = [*all_urlpatterns, path("hello", say_hello)]


@override_settings(ROOT_URLCONF=__name__)
def test_what_was_done_is_said_once(browse, db):
    client = browse()

    html = text_of(client.get("/hello"))

    assert '<div class="notice success"><p>Your &lt;ticket&gt; is open.</p></div>' in html
    assert "Your &lt;ticket&gt;" not in text_of(client.get("/about/markdown"))


def test_every_page_says_language_direction_and_title(browse, db):
    html = text_of(browse().get("/about/conduct"))

    assert "<title>Code of conduct · Entraide</title>" in html
    assert html.index('class="skip" href="#main"') < html.index("<header")
    assert html.count("<main ") == 1
    assert '"includeIndicatorCSS":false' in html


def test_pages_load_nothing_from_elsewhere_and_visitors_no_line(browse, cast):
    line = [f'<script type="module" src="/static/js/{name}.js">' for name in LINE]
    for client, more in ((browse(), []), (browse(cast.aminata), line)):
        html = text_of(client.get("/"))

        assert not re.findall(r"(?:src|srcset|action)=\"(?:https?:)?//", html)
        assert set(re.findall(r"<link[^>]*href=\"([^\"]+)\"", html)) == {
            "/static/rooms.css",
            "/static/site.css",
            "/static/img/sprig.svg",
        }
        scripts = ['<script src="/static/site.js" defer>', *more]
        assert re.findall(r"<script[^>]*>", html) == scripts


def test_first_visit_fits_in_thirty_kilobytes(db):
    """All a first-time visitor fetches: the page, its style, its script and its icon."""
    page = Client(headers={"accept-encoding": "gzip"}).get("/")
    assert page["Content-Encoding"] == "gzip"
    icon = (storage.SOURCES / "img" / "sprig.svg").read_bytes()

    sizes = [len(page.content), len(icon)] + [
        len(brotli.compress(make().encode())) for make in storage.BUILT.values()
    ]

    assert sum(sizes) <= 30_000


def test_roles_on_the_menu_end_with_the_grant(browse, cast):
    RoleGrant.objects.filter(person=cast.nadia).delete()

    assert 'href="/queue"' not in text_of(browse(cast.nadia).get("/me"))


def test_components_are_shown_in_development(browse, db):
    response = browse().get("/dev/components")

    assert response.status_code == 200
    assert "Answer due in" in text_of(response)


POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/tickets", 200),
        ("/queue", 403),
        ("/questions/99999999", 404),
        ("/accounts/login/", 302),
        ("/api/v1/questions", 200),
        ("/api/v1/docs", 200),
        ("/api/v1/questions/99999999", 404),
        ("/accounts/api/app/v1/auth/session", 401),
    ],
)
def test_every_answer_has_the_whole_strict_content_policy(browse, cast, path, status):
    answer = browse(cast.aminata).get(path)

    assert answer.status_code == status
    said = answer["Content-Security-Policy"].split("; ")
    assert dict(rule.split(" ", 1) for rule in said) == POLICY
    assert len(said) == len(POLICY)
