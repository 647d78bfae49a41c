"""The report of the help desk: a page, and the same as CSV."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import InvalidInput
from core.pages import signed_in
from helpdesk import queries
from helpdesk.queries.reports import Figures, Report

COLUMNS = (
    "group",
    "name",
    "tickets",
    "answered",
    "first_answer_median_minutes",
    "first_answer_p90_minutes",
    "solved",
    "solution_median_minutes",
    "solution_p90_minutes",
    "promised",
    "kept",
    "further_answers_promised",
    "further_answers_kept",
    "solutions_promised",
    "solutions_kept",
)


@require_safe
@signed_in
def report(request: HttpRequest) -> HttpResponse:
    """Show the figures of the queues one works on or coordinates, over a period."""
    queues = queries.queues_of(request.user)
    today, language = timezone.localdate(), get_language() or "en"
    queue, error = request.GET.get("queue", ""), ""
    try:
        since, until = _period(request, today)
        found = queries.report_for(request.user, since, until, queue=queue, language=language)
    except InvalidInput as refusal:
        error, queue = refusal.errors[0].detail, ""
        since, until = queries.period("", "", today)
        found = queries.report_for(request.user, since, until, language=language)
    periods = ((6, _("7 days")), (29, _("30 days")), (364, _("a year")))
    context = {
        "report": found,
        "groups": [
            (name, title, found.by[name]) for name, title in queries.names_of_groups().items()
        ],
        "queues": [("", _("all")), *((row.slug, row.name(language)) for row in queues)],
        "queue": queue,
        "periods": [(words, today - timedelta(days=days)) for days, words in periods],
        "error": error,
    }
    return render(request, "helpdesk/report.html", context, status=422 if error else 200)


@require_safe
@signed_in
def as_csv(request: HttpRequest) -> HttpResponse:
    """Send the same figures as CSV: UTF-8, commas, durations in minutes."""
    language = get_language() or "en"
    queries.queues_of(request.user)
    since, until = _period(request, timezone.localdate())
    queue = request.GET.get("queue", "")
    found = queries.report_for(request.user, since, until, queue=queue, language=language)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"helpdesk-{since:%Y%m%d}-{until:%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows(_csv_rows(found))
    return response


def _period(request: HttpRequest, today: date) -> tuple[date, date]:
    return queries.period(request.GET.get("since", ""), request.GET.get("until", ""), today)


def _csv_rows(found: Report) -> Iterator[list[Any]]:
    yield _csv_row("all", found.all)
    for group, rows in found.by.items():
        for row in rows:
            yield _csv_row(group, row)


def _csv_row(group: str, row: Figures) -> list[Any]:
    # A name that begins like a formula would be one in a spreadsheet.
    name = f"'{row.name}" if row.name[:1] in "=+-@\t\r" and row.name else row.name
    return [
        group,
        name,
        row.tickets,
        row.answered,
        row.first_median,
        row.first_most,
        row.solved,
        row.solved_median,
        row.solved_most,
        row.promised,
        row.kept,
        row.further_promised,
        row.further_kept,
        row.solution_promised,
        row.solution_kept,
    ]
