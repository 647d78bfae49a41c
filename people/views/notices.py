"""The bell's page, and how one wants to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotSeen
from core.pages import done, signed_in, submit, wants_fragment
from core.pagination import keyset_page
from people import actions, follow_queries, queries, web_push
from people.devices import device_label
from people.forms import NoticeChoicesForm, SubscriptionForm
from people.models import Notice, NoticeChoice, Person, PushSubscription
from people.present import me
from people.stop_links import DIGESTS


@signed_in
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Show what happened, newest first: a page, or (htmx) the list alone."""
    rows = Notice.objects.visible_to(request.user).select_related("line__actor")
    page = keyset_page(rows, ["-id"], request.GET.get("cursor"))
    context = {"page": page, "shown": queries.show_notices(me(request), page.results)}
    template = "people/_notices.html" if wants_fragment(request) else "people/notices.html"
    return render(request, template, context)


@signed_in
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Open what a notice is about; from then on it is read."""
    row = actions.read_notice(actor=me(request), notice_id=pk)
    shown = queries.show_notices(me(request), [row])
    if not shown:
        raise NotSeen
    return HttpResponseRedirect(shown[0].url)


@signed_in
@require_POST
def notices_reading(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    actions.read_all_notices(actor=me(request))
    return done(request, reverse("notices"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def notice_choices(request: HttpRequest) -> HttpResponse:
    """Show how one is told of what one missed; change it."""
    person = me(request)
    form = _choices_form(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        digest, ways = form.cleaned_data["digest"], form.ways()
        chosen = submit(form, actions.choose_digest, actor=person, digest=digest)
        if chosen is not None and ways:
            submit(form, actions.choose_mails, actor=person, ways=ways)
        if not form.errors:
            messages.success(request, _("Your choice is kept."))
            return done(request, reverse("notice_choices"))
    return _choices_page(request, form, SubscriptionForm())


def _choices_form(person: Person, data: Any = None) -> NoticeChoicesForm:
    return NoticeChoicesForm(
        data,
        ways=follow_queries.ways_of(person),
        initial={"digest": queries.digest_of(person)},
    )


def _choices_page(
    request: HttpRequest, form: NoticeChoicesForm, subscription: SubscriptionForm
) -> HttpResponse:
    has_errors = bool(form.errors or subscription.errors)
    context = {
        "form": form,
        "subscription": subscription,
        "browsers": PushSubscription.objects.visible_to(request.user).order_by("pk"),
        "push_key": web_push.public_key(),
    }
    return render(request, "people/notice_choices.html", context, status=422 if has_errors else 200)


@signed_in
@require_POST
def browsers(request: HttpRequest) -> HttpResponse:
    """Let this browser show one's notices; push.js fills the form. The same again is once."""
    form = SubscriptionForm(request.POST)
    if form.is_valid():
        label = device_label(request.headers.get("User-Agent", ""))
        row = submit(form, actions.subscribe, actor=me(request), label=label, **form.cleaned_data)
        if row is not None:
            messages.success(request, _("This browser shows your notices from now on."))
            return done(request, reverse("notice_choices"))
    return _choices_page(request, _choices_form(me(request)), form)


@signed_in
@require_POST
def browser_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Send nothing more to one of one's browsers."""
    actions.unsubscribe(actor=me(request), subscription_id=pk)
    messages.success(request, _("This browser shows nothing more."))
    return done(request, reverse("notice_choices"))


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def digest_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End the digests of who got this link, signed in or not.

    A GET only asks: mail programs and their guards open links. A POST needs no token of a form,
    since a mail program sends it (RFC 8058); the signature in the link is the proof.
    """
    person = DIGESTS.read(token)[0]
    if request.method == "POST":
        actions.end_digests(actor=person)
    is_off = queries.digest_of(person) == NoticeChoice.Digest.OFF
    return render(request, "people/digest_stop.html", {"is_off": is_off})
