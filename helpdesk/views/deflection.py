"""Whether past answers spare tickets."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import NotAllowed
from core.pages import signed_in
from helpdesk import rules
from helpdesk.queries.deflection import deflection


@require_safe
@signed_in
def report(request: HttpRequest) -> HttpResponse:
    """Show the figures of those who were shown past answers, and of those who were not."""
    if not rules.can_read_reports(request.user):
        raise NotAllowed(_("This report is for coordinators."))
    found = deflection(timezone.now())
    groups = [(_("Shown past answers"), found.shown), (_("Held out"), found.held_out)]
    is_sure = found.spared is not None and (found.spared.low > 0 or found.spared.high < 0)
    context = {"found": found, "groups": groups, "is_sure": is_sure}
    return render(request, "helpdesk/deflection.html", context)
