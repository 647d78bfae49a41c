"""Taking a secret out of a ticket."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.pages import done, once, signed_in
from helpdesk import actions, queries
from people.present import me


@signed_in
@once
def purge(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show what looks like a secret in a ticket and, by POST, take something out for good."""
    row = queries.ticket_worked(request.user, ticket_id)
    error, typed = "", request.POST.get("text", "")
    if request.method == "POST":
        chosen = [text for text in (*request.POST.getlist("found"), typed) if text.strip()]
        texts = list(dict.fromkeys(chosen)) or [""]
        files = request.POST.getlist("files")
        try:
            purged = [
                actions.purge_secret(
                    actor=me(request),
                    ticket_id=ticket_id,
                    text=text,
                    files=[] if index else files,
                )
                for index, text in enumerate(texts)
            ]
        except InvalidInput as refusal:
            error = refusal.errors[0].detail
        else:
            messages.success(request, _("It is taken out, for good."))
            if any(one["answers"] for one in purged):
                messages.info(request, _("It stood in the public answer too: look at it again."))
            return done(request, row.path)
    found, files_there = queries.secrets_in(request.user, row)
    context = {"ticket": row, "found": found, "files": files_there, "error": error, "typed": typed}
    return render(request, "helpdesk/purge.html", context, status=422 if error else 200)
