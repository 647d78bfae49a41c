"""Taking a secret out of a ticket."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.pages import once, purge_page, signed_in
from helpdesk import actions, queries, rules
from people.present import me


@signed_in
@once
def purge(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show what looks like a secret to who may take it out of a ticket and, by POST, do so."""
    row = queries.ticket_seen(request.user, ticket_id)

    def purge_it(texts: list[str]) -> list[str]:
        files = request.POST.getlist("files")
        purged = actions.purge_secret(
            actor=me(request), ticket_id=ticket_id, texts=texts, files=files
        )
        public = _("It stood in the public answer too: look at it again.")
        return [public] if purged["answers"] else []

    def facts() -> dict[str, Any]:
        found, files = queries.secrets_in(request.user, row)
        is_agent = rules.can_work(request.user, row)
        return {"ticket": row, "found": found, "files": files, "is_agent": is_agent}

    return purge_page(
        request,
        "helpdesk/purge.html",
        purge=purge_it,
        facts=facts,
        back=lambda: row.path,
    )
