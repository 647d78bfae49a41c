"""What every page does the same way: refusals to HTML, one submit once, page or fragment."""

import functools
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from core import idempotency, unsent
from core.again import form_again, refusal_of
from core.confided import SecretsFound
from core.errors import Fault, InvalidInput, NotAllowed, NotSeen, NotSignedIn, Refusal
from core.faces import API, PAGE, coming_from, current_request_id
from core.waiting import keep_waiting

T = TypeVar("T")
View = Callable[..., HttpResponse]
BIGGEST_KEY = 2**63 - 1
ACCOUNT_API = "/accounts/api/"


class PagesMiddleware:
    """Say from which face a request comes, and turn refusals of pages into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(API if is_api(request) else PAGE):
            response = self.get_response(request)
            if request.method == "POST" and not is_api(request):
                unsent.forget_sent(request, response.status_code)
                # A page that is told again names the files of the first.
                if idempotency.REPLAYED not in response and response.status_code < 500:
                    keep_waiting(request)
            response["X-Request-ID"] = current_request_id()
        patch_vary_headers(response, ("HX-Request",))
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer for an address that nothing can have: not every database can even look for it.

        And for a body that allauth's API would fail on, as ours refuses it (core.api.JsonParser).
        """
        if any(map(is_no_key, kwargs.values())):
            return refusal_page(request, NotSeen())
        if request.path_info.startswith(ACCOUNT_API) and request.method not in ("GET", "HEAD"):
            try:
                check_json(json.loads(request.body or b"null"))
            except (RecursionError, ValueError):  # what is no JSON, or no text, included
                return refusal_page(request, Refusal(code="parse_error"))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals; anything else is a fault of ours and becomes a 500."""
        if isinstance(exception, NotSignedIn) and not is_api(request):
            return to_sign_in(request)
        if isinstance(exception, Refusal):
            return refusal_page(request, exception)
        if isinstance(exception, PermissionDenied):
            return refusal_page(request, NotAllowed())
        if isinstance(exception, Http404):
            return refusal_page(request, NotSeen())
        return None


def is_api(request: HttpRequest) -> bool:
    """Return whether a request is for the API, the account's own included."""
    return request.path_info.startswith(("/api/", ACCOUNT_API))


def check_json(parsed: Any) -> None:
    """Raise UnicodeEncodeError for half a character, RecursionError for too many brackets."""
    json.dumps(parsed, ensure_ascii=False).encode()


def is_no_key(value: Any) -> bool:
    """Return whether no row can have this: a number beyond 63 bits, or a text with a NUL."""
    return value > BIGGEST_KEY if isinstance(value, int) else "\x00" in str(value)


def problem(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as a problem document. Source: RFC 9457; shape in docs of the API."""
    return {
        "type": "about:blank",
        "title": str(refusal.title),
        "status": refusal.status,
        "detail": str(refusal.detail),
        "code": refusal.code,
        "errors": [
            {"field": error.field, "code": error.code, "detail": error.detail}
            for error in refusal.errors
        ],
        "allowed": list(refusal.allowed),
        **refusal.extra,
    }


def refusal_page(
    request: HttpRequest, refusal: Refusal, written: Sequence[unsent.Field] = ()
) -> HttpResponse:
    """Return a refusal in the form this request can read: page, fragment or problem document.

    written: what was typed, which the page shows to be copied since it would be lost.
    """
    if is_api(request):
        response: HttpResponse = JsonResponse(
            problem(refusal), status=refusal.status, content_type="application/problem+json"
        )
    else:
        part = wants_fragment(request)
        template = "refusal.html#message" if part else "refusal.html"
        context = {
            "refusal": refusal,
            "is_plain": refusal.detail is NotAllowed.detail,  # no reason of its own is said
            "written": written,
            "back": unsent.came_from(request),
            **form_again(request, refusal),
        }
        response = render(request, template, context, status=refusal.status)
        if part:  # said at the top of the page: what the person acted on stays as it is
            response["HX-Retarget"], response["HX-Reswap"] = "#flashes", "innerHTML"
    if "retry_after" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after"])
    return response


def is_looked_at(request: HttpRequest) -> bool:
    """Return whether someone asks for a page to read it: no browser ahead of them, no HEAD.

    Source: Sec-Purpose of the Fetch standard; `Purpose` is what older browsers send.
    """
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in purpose


def wants_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def file_facts(files: Any) -> list[tuple[str, str, int]]:
    """Return name and size of every file sent: enough to tell a repeated send from another."""
    return sorted((field, file.name, file.size) for field in files for file in files.getlist(field))


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, and back after it.

    A write goes back to the page it came from; one with words that are kept to the page that
    offers to send them again. Other words are shown at once, to be copied.
    """
    from django.contrib.auth.views import redirect_to_login

    back = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        back = unsent.came_from(request)
    written = () if _has_own_keeper(request) else unsent.words_of(request)
    if written and unsent.keep(request):
        back = reverse("unsent")
    elif written:
        return refusal_page(request, NotSignedIn(), written)
    response = redirect_to_login(back)
    if wants_fragment(request):
        return HttpResponse(status=401, headers={"HX-Redirect": response["Location"]})
    return response


def _has_own_keeper(request: HttpRequest) -> bool:
    """Whether the page that sent this is not left by the answer, or nothing was to be posted.

    A module's own fetch bears no address of its page, as what htmx sends does.
    """
    is_fetch = wants_fragment(request) and "HX-Current-URL" not in request.headers
    found = request.resolver_match
    return is_fetch or bool(found and getattr(found.func, "posts_nothing", False))


def posts_nothing(view: View) -> View:
    """Say of a view that what it is sent is only looked at: nobody needs to send it again."""
    view.posts_nothing = True  # type: ignore[attr-defined]
    return view


def keeps_words(act: Any) -> Callable[[View], View]:
    """Keep what this view is sent after the session ended, for its writer (core.unsent).

    act: a lazy text, what is sent ("Your answer"). The form carries `{% once %}`.
    """

    def decorate(view: View) -> View:
        view.keeps_words = act  # type: ignore[attr-defined]
        return view

    return decorate


def signed_in(view: View) -> View:
    """Ask visitors to sign in before this view."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            raise NotSignedIn
        return view(request, *args, **kwargs)

    return wrapped


def once(view: View) -> View:
    """Do a form's POST once, however often it is sent: the form carries `{% once %}`.

    Whoever clicks twice sees what the first click brought. Whoever goes back, changes the text
    and sends the old form again does something new.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = request.POST.get("once", "") if request.method == "POST" else ""
        if not token or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        fields = sorted(
            (name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
        )
        content = hashlib.sha256(repr((fields, file_facts(request.FILES))).encode()).hexdigest()
        asked = idempotency.Request(
            person=request.user,
            method="POST",
            path=request.path,
            key=f"{token[:32]}:{content}",
            body=b"",
        )
        return idempotency.run_form_once(asked, lambda: view(request, *args, **kwargs))

    return wrapped


def submit(form: Form, action: Callable[..., T], **kwargs: Any) -> T | None:
    """Return what the action did, or None when its refusal of the input now stands in the form.

    Secrets it found stand there as `form.secrets`, which form_errors shows with a button to send
    all the same.
    """
    try:
        return action(**kwargs)
    except SecretsFound as found:
        form.secrets = found  # type: ignore[attr-defined]
        return None
    except InvalidInput as refusal:
        for error in refusal.errors or ():
            field = error.field if error.field in form.fields else None
            form.add_error(field, error.detail)
        if not refusal.errors:
            form.add_error(None, str(refusal.detail))
        return None


def submit_small(form: Form, action: Callable[..., T], **kwargs: Any) -> T:
    """Return what the action did, of a form without a page of its own.

    Raises again.refusal_of(form) where the action refuses the input, and SecretsFound.
    """
    result = submit(form, action, **kwargs)
    if found := secrets_in(form):
        raise found
    if form.errors:
        raise refusal_of(form)
    return cast(T, result)


def secrets_in(form: Form) -> SecretsFound | None:
    """Return the secrets that the action found in what was typed."""
    return getattr(form, "secrets", None)


def sends_secrets(request: HttpRequest) -> bool:
    """Whether the writer has read that it looks like a secret, and sends it all the same."""
    return bool(request.POST.get("send_secrets"))


def words_asked(asked: QueryDict, name: str, most: int) -> str:
    """Return what an address asks for in words: without control signs, which no text needs and
    not every database takes, nor space around it, and no longer than this."""
    text = asked.get(name, "")
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return text.strip()[:most]


def why_query(request: HttpRequest) -> str:
    """Return the query that asks a list for why each row stands where it stands; empty if this one
    does."""
    query = request.GET.copy()
    if query.get("why"):
        return ""
    query["why"] = "1"
    return query.urlencode()


def to_canonical(request: HttpRequest, path: str) -> HttpResponse:
    """Lead to the address a thing's page has for good, with what was asked for in `?…` kept."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


def whole_number(text: str, most_digits: int = 18) -> int | None:
    """Return the number an address or a form names, None for anything else; 18 digits fit a key."""
    fits = text.isascii() and text.isdigit() and len(text) <= most_digits
    return int(text) if fits else None


def done(request: HttpRequest, url: str, fragment: str = "", context: Any = None) -> HttpResponse:
    """Answer a write that worked: the changed fragment for htmx, else on to the page (303)."""
    if fragment and wants_fragment(request):
        return render(request, fragment, context)
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303)


def purge_page(
    request: HttpRequest,
    template: str,
    *,
    purge: Callable[[list[str]], Iterable[str]],
    facts: Callable[[], dict[str, Any]],
    back: Callable[[], str],
) -> HttpResponse:
    """Show what looks like a secret to who may take it out and, by POST, take it out for good.

    purge: takes the words chosen and typed; returns what else there is to say. facts: of the
    template. back: where to go on once they are taken out.
    """
    error, typed = "", request.POST.get("text", "")
    if request.method == "POST":
        try:
            said = purge([*request.POST.getlist("found"), typed])
        except InvalidInput as refusal:
            error = refusal.errors[0].detail
        else:
            messages.success(request, _("It is taken out, for good."))
            for text in said:
                messages.info(request, text)
            return done(request, back())
    context = {**facts(), "error": error, "typed": typed}
    return render(request, template, context, status=422 if error else 200)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in plain words that the form came from an old page, and show what was typed into it.

    No more than that: nobody can know who sent it, so nothing of it is kept or offered to send.
    """
    written = unsent.words_of(request)
    told = _("This page was open for too long. Go back, reload it, and send again.")
    if written and not wants_fragment(request):  # htmx leaves the words where they are
        told = _("This page was open for too long, and nothing was sent. Copy what you wrote here.")
    return refusal_page(request, NotAllowed(told, code="form_too_old"), written)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a path that leads nowhere: where it leads somewhere without its last slash, or
    with one more, on to there."""
    meant = _with_or_without_slash(request)
    return to_canonical(request, meant) if meant else refusal_page(request, NotSeen())


def _with_or_without_slash(request: HttpRequest) -> str:
    """Return the address of a page that differs from what is asked for by one slash, "" if none.

    Of two slashes at the beginning browsers make the name of another site.
    """
    asked = request.path_info
    if request.method not in ("GET", "HEAD") or is_api(request) or asked.startswith("//"):
        return ""
    meant = asked[:-1] if asked.endswith("/") else f"{asked}/"
    return escape_uri_path(meant) if is_valid_path(meant) else ""


def fault(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours, by a page that needs nothing to work, or a problem document."""
    if not is_api(request):
        return server_error(request)
    return JsonResponse(problem(Fault()), status=500, content_type="application/problem+json")
