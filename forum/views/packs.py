"""Packs for workshops."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import NotAllowed
from core.pages import done, once, signed_in, submit
from forum import actions, queries, rules
from forum.forms import PackForm
from people.present import me


@signed_in
@once
def packs(request: HttpRequest) -> HttpResponse:
    """List the packs there are; ask for one."""
    if not rules.can_make_packs(request.user):
        raise NotAllowed(_("Trainers and coordinators make packs."))
    bound = request.POST if request.method == "POST" else None
    form = PackForm(bound, initial={"language": getattr(request, "LANGUAGE_CODE", "fr")})
    if form.is_valid():
        asked = submit(form, actions.ask_for_pack, actor=me(request), **form.cleaned_data)
        if asked is not None:
            messages.success(request, _("It is being made: in a minute it stands here."))
            return done(request, reverse("packs"))
    context = {"form": form, "packs": queries.shown_packs(me(request))}
    return render(request, "forum/packs.html", context, status=422 if form.errors else 200)
