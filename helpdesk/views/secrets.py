"""Taking a secret out of a ticket."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.pages import done, once, signed_in
from helpdesk import actions, queries, rules
from people.present import me


@signed_in
@once
def purge(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show what looks like a secret to who may take it out of a ticket and, by POST, do so."""
    row = queries.ticket_seen(request.user, ticket_id)
    error, typed = "", request.POST.get("text", "")
    if request.method == "POST":
        try:
            purged = actions.purge_secret(
                actor=me(request),
                ticket_id=ticket_id,
                texts=[*request.POST.getlist("found"), typed],
                files=request.POST.getlist("files"),
            )
        except InvalidInput as refusal:
            error = refusal.errors[0].detail
        else:
            messages.success(request, _("It is taken out, for good."))
            if purged["answers"]:
                messages.info(request, _("It stood in the public answer too: look at it again."))
            return done(request, row.path)
    found, files = queries.secrets_in(request.user, row)
    context = {
        "ticket": row,
        "found": found,
        "files": files,
        "is_agent": rules.can_work(request.user, row),
        "error": error,
        "typed": typed,
    }
    return render(request, "helpdesk/purge.html", context, status=422 if error else 200)
