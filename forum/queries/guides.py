"""Guides: the list, one with its contents and languages, and what changed in its original."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from core.differences import Piece, word_diff
from core.errors import seen
from core.markup import Heading, contents
from core.models import Visibility
from forum import rules
from forum.contents import Content
from forum.models import Guide, GuideEditor, GuideRevision
from forum.queries.page import revisions_of
from forum.queries.revisions import Step, steps_between


@dataclass(frozen=True)
class GuidePage:
    """Everything on a guide's page. languages: its other versions that one may see."""

    guide: Guide
    contents: list[Heading]
    languages: list[Guide]
    editors: list[GuideEditor]
    last_editor: Any
    can_edit: bool
    can_name_editors: bool

    @property
    def home_id(self) -> int:
        return self.guide.home_id

    @property
    def renditions(self) -> list[tuple[str, str]]:
        """(language, path) of each version, this one first; none where it is the only one."""
        versions = [self.guide, *self.languages] if self.languages else []
        return [(one.language, one.path) for one in versions]


def guides_in(person: Any, language: str = "", *, stale: bool = False) -> QuerySet[Guide]:
    """Return the guides one may see in a language, or in all; stale: behind their original."""
    rows = Guide.objects.visible_to(person).filter(visibility=Visibility.VISIBLE)
    if language:
        rows = rows.filter(language=language)
    if stale:
        rows = rows.filter(original__isnull=False).exclude(from_revision=F("original__revision"))
    return rows.select_related("original").defer("html", "source", "original__html")


def guide_page(person: Any, guide_id: int) -> GuidePage:
    """Return what the page of a guide shows this person, in at most four queries for visitors.

    Raises NotSeen.
    """
    rows = Guide.objects.visible_to(person).select_related("original", "author")
    guide = seen(rows, pk=guide_id)
    versions = Guide.objects.visible_to(person).filter(
        Q(pk=guide.home_id) | Q(original=guide.home_id)
    )
    others = versions.exclude(pk=guide.pk).filter(visibility=Visibility.VISIBLE)
    last = guide.revisions.select_related("author").order_by("-number").first()
    editors = GuideEditor.objects.filter(guide=guide.home_id).select_related("person")
    return GuidePage(
        guide=guide,
        contents=contents(guide.html),
        languages=list(others.select_related("original").order_by("language")),
        editors=list(editors.order_by("pk")),
        last_editor=last.author if last else None,
        can_edit=rules.can_edit_guide(person, guide) and guide.visibility == Visibility.VISIBLE,
        can_name_editors=rules.is_trusted(person),
    )


def changes_to_translate(guide: Guide) -> list[Piece]:
    """Return what changed in the original since this translation followed it; of a row with it."""
    if guide.original is None or guide.from_revision is None or not guide.is_stale:
        return []
    old = GuideRevision.objects.filter(guide=guide.original, number=guide.from_revision).first()
    if old is None:
        return []
    return word_diff(_whole(old), _whole(guide.original))


def _whole(text: Any) -> str:
    return "\n\n".join(part for part in (text.title, text.summary, text.source) if part)


def guide_steps(guide: Guide, revisions: Sequence[GuideRevision]) -> list[Step]:
    """Return texts of a guide, newest first, with what each changed."""
    return steps_between(revisions, revisions_of(guide), _content)


def _content(row: GuideRevision) -> Content:
    return Content.of(row.title, "\n\n".join(filter(None, (row.summary, row.source))), ())
