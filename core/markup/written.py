"""Texts stored with what they were rendered to, and rendered again when the renderer changes."""

import re
from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.db import transaction
from django.utils.safestring import SafeString

from core.errors import InvalidInput
from core.markup.cleaning import clean
from core.markup.guides import render_guide
from core.markup.posts import render_post
from core.markup.safe import safe
from core.markup.sources import (
    MAX_IMPORTED_BYTES,
    MAX_SOURCE_BYTES,
    as_written,
    checked_source,
    render_imported_html,
)

if TYPE_CHECKING:
    from core.models import WrittenText

# Add one whenever the same source would give other HTML, then run `manage.py rerender`.
RENDERER_VERSION: Final = 3
BATCH: Final = 200
MENTION: Final = re.compile(r'<a (?=[^>]*\bclass="mention")[^>]*\bhref="([^"]*)"[^>]*>@([^<]*)</a>')


def preview(
    source: str, *, mentions: Mapping[str, str] | None = None, source_format: str = "commonmark"
) -> str:
    """Return what write_text would store of a text: ready for a page.

    source_format: as a row has it: CommonMark, `html` of an imported post, or `guide`, which is
    Python-Markdown of who is trusted with guides. Raises InvalidInput (too_long).
    """
    if source_format == "html":
        return render_imported_html(source)
    if source_format == "guide":
        return render_guide(source)
    return render_post(source, mentions=mentions, on_page=True)


def write_text(
    row: "WrittenText",
    source: str,
    *,
    language: str,
    mentions: Mapping[str, str] | None = None,
    field: str = "source",
) -> None:
    """Set a row's source, language and rendered HTML, after its source_format. Saves nothing.

    language: BCP 47 or "und". mentions: folded handle → path. field: what a refusal names.
    Raises InvalidInput (too_long).
    """
    limit = MAX_IMPORTED_BYTES if row.source_format == "html" else MAX_SOURCE_BYTES
    row.source = checked_source(source, field=field, max_bytes=limit)
    row.language = language
    row.html = _rendered(row, mentions or {})
    row.renderer_version = RENDERER_VERSION


def written_html(row: "WrittenText") -> SafeString:
    """Return the stored HTML of a row; of one that no renderer ever saw, render its source now."""
    return safe(row.html if row.renderer_version else _rendered(row, {}))


def rerender(*, batch: int = BATCH) -> int:
    """Render again every stored text an older renderer made; return how many were.

    Each batch is one transaction. A row that was edited meanwhile is left as its editor made it.
    Mentions stay those the older HTML has.
    """
    return sum(_rerender_all(model, batch) for model in _written_models())


def _written_models() -> "list[type[WrittenText]]":
    from core.models import WrittenText

    return [model for model in apps.get_models() if issubclass(model, WrittenText)]


def _rerender_all(model: "type[WrittenText]", batch: int) -> int:
    done, last = 0, 0
    while True:
        rows = model._base_manager.filter(renderer_version__lt=RENDERER_VERSION, pk__gt=last)
        page = list(rows.order_by("pk")[:batch])
        if not page:
            return done
        # Rendered before the transaction: on SQLite it would keep everyone else from writing.
        rendered = [(row, _rendered(row, mentions_in(row.html))) for row in page]
        with transaction.atomic():
            for row, html in rendered:
                unchanged = model._base_manager.filter(
                    pk=row.pk, revision=row.revision, renderer_version=row.renderer_version
                )
                done += unchanged.update(html=html, renderer_version=RENDERER_VERSION)
        last = page[-1].pk


def mentions_in(html: str) -> dict[str, str]:
    """Return the mentions that rendered HTML links: folded handle → path."""
    return {unescape(handle).casefold(): unescape(path) for path, handle in MENTION.findall(html)}


def _rendered(row: "WrittenText", mentions: Mapping[str, str]) -> str:
    """Render a row after its format; one that was stored too long, by other ways, as it stands."""
    try:
        return preview(row.source, mentions=mentions, source_format=row.source_format)
    except InvalidInput:
        return clean(as_written(row.source))
