"""What stands folded beside a ticket: a part of a page, asked for alone when it is opened."""

from collections.abc import Iterable

from django.http import HttpRequest

from core.pages import wants_fragment
from helpdesk.queries.beside import Fold


def asked_template(request: HttpRequest, folds: Iterable[Fold], page: str) -> str:
    """Return the template of the part that htmx asks for; the page's for all else."""
    part = request.GET.get("part", "")
    found = [fold.template for fold in folds if fold.key == part]
    return found[0] if found and wants_fragment(request) else page
