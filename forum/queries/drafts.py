"""One's drafts: the list of them, and the one a form begins with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, seen
from core.markup import preview
from core.models import Visibility, WrittenText
from core.prepared import Prepared
from forum import rules
from forum.models import (
    DRAFT_KEPT,
    LONGEST_GUIDE,
    LONGEST_TEXT,
    Answer,
    Draft,
    Guide,
    Question,
    Rendition,
)
from people.models import Person
from people.queries import mention_paths

Kind = Draft.Kind
Format = WrittenText.Format
GUIDE = "guide"
CHANGED: dict[str, Any] = {
    Kind.QUESTION_EDIT: Question,
    Kind.ANSWER_EDIT: Answer,
}  # posts, which may be HTML


def previewed(
    person: Any, source: str, *, source_format: str = Format.COMMONMARK, guide_id: int = 0
) -> str:
    """Return a text as it would stand on a page, as safe HTML.

    source_format: as preview() says; a guide's is for who may write it: guide_id, 0 for a new one.
    Raises NotAllowed, NotSeen, InvalidInput (too long).
    """
    is_guide = source_format == GUIDE
    guide = seen(Guide.objects.visible_to(person), pk=guide_id) if is_guide and guide_id else None
    if not rules.can_ask(person) or (is_guide and not rules.can_write_guide(person, guide)):
        raise NotAllowed
    longest = LONGEST_GUIDE if is_guide else LONGEST_TEXT
    if len(source) > longest:
        detail = _("This is longer than %(most)s characters.") % {"most": f"{longest:,}"}
        raise InvalidInput.of("source", "max_length", detail)
    mentions = {} if is_guide else mention_paths(source)
    return preview(source, mentions=mentions, source_format=source_format)


def format_of(person: Any, kind: str, thing_id: int) -> str:
    """Return the source_format of what a form's text becomes; kind, thing_id: as Draft says."""
    if Draft(kind=kind).is_of_guide:
        return GUIDE
    model = CHANGED.get(kind)
    if model is None:
        return Format.COMMONMARK
    rows = model.objects.visible_to(person).filter(pk=thing_id)
    return rows.values_list("source_format", flat=True).first() or Format.COMMONMARK


@dataclass(frozen=True)
class ShownDraft:
    """A draft with what it is about, and where its form stands; no url: it is not there now."""

    draft: Draft
    title: str
    url: str

    @property
    def words(self) -> str:
        return " ".join(str(self.draft.fields.get("source", "")).split())[:200]

    @property
    def goes_at(self) -> datetime:
        """When it is thrown away, unless it is written on."""
        return self.draft.saved_at + DRAFT_KEPT


def draft_of(person: Any, kind: str, thing_id: int = 0, language: str = "") -> Draft | None:
    """Return what one was writing in a form, the newest; one query.

    language: of a translation, the one it was to be; empty for any.
    """
    if not language:
        return next(iter(_drafts_in(person.pk, kind, thing_id)), None)
    rows = _in_form(person, kind, thing_id).filter(fields__language=language)
    return rows.order_by("-saved_at", "-pk").first()


def _in_form(person: Any, kind: str, thing_id: int) -> QuerySet[Draft]:
    return Draft.objects.visible_to(person).filter(kind=kind, thing_id=thing_id)


def _newest_in_form(person_id: int, kind: str, thing_id: int) -> QuerySet[Draft]:
    rows = _in_form(Person(pk=person_id), kind, thing_id)
    return rows.order_by("-saved_at", "-pk")[:1]


_drafts_in: Prepared[Draft] = Prepared(_newest_in_form)


def own_draft(person: Any, token: UUID) -> Draft | None:
    """Return the draft of a token, if it is one's own and was not posted."""
    return Draft.objects.visible_to(person).filter(token=token).first()


def drafts_of(person: Any) -> QuerySet[Draft]:
    """Return one's drafts; to be listed newest first."""
    return Draft.objects.visible_to(person)


def shown_drafts(person: Any) -> list[ShownDraft]:
    """Return all of one's drafts, newest first: a query, and one for each kind of what they are
    about."""
    drafts = list(drafts_of(person).order_by("-saved_at", "-pk"))
    ids: dict[str, set[int]] = {}
    for row in drafts:
        ids.setdefault(row.about, set()).add(row.thing_id)
    about: dict[str, dict[int, Any]] = {
        "answer": _there(Answer, person, ids.get("answer"), "question_id"),
        "guide": _there(Guide, person, ids.get("guide"), "title", "visibility"),
        "rendition": _there(Rendition, person, ids.get("rendition"), "question_id", "visibility"),
    }
    under = {row.question_id for kind in ("answer", "rendition") for row in about[kind].values()}
    wanted = under | ids.get("question", set())
    about["question"] = _there(Question, person, wanted, "title", "visibility")
    return [_shown(draft, about) for draft in drafts]


def _there(model: Any, person: Any, ids: Any, *fields: str) -> dict[int, Any]:
    """Return the rows of these ids that one sees and that were not taken away."""
    if not ids:
        return {}
    rows = model.objects.visible_to(person).filter(pk__in=ids).only(*fields)
    return {row.pk: row for row in rows.exclude(visibility=Visibility.REMOVED)}


NEW = {Kind.QUESTION: "/questions/ask", Kind.GUIDE: "/guides/new"}
FORMS = {
    Kind.QUESTION_COMMENT: "/questions/{}/comments",
    Kind.ANSWER_COMMENT: "/answers/{}/comments",
    Kind.QUESTION_EDIT: "/questions/{}/edit",
    Kind.ANSWER_EDIT: "/answers/{}/edit",
    Kind.QUESTION_INTO: "/questions/{}/translate?language={}",
    Kind.ANSWER_INTO: "/answers/{}/translate?language={}",
    Kind.RENDITION_EDIT: "/renditions/{}/edit",
    Kind.GUIDE_EDIT: "/guides/{}/edit",
    Kind.GUIDE_INTO: "/guides/{}/translate?language={}",
}


def _shown(draft: Draft, about: dict[str, dict[int, Any]]) -> ShownDraft:
    kind = Kind(draft.kind)
    if kind in NEW:
        title = str(draft.fields.get("title", ""))
        return ShownDraft(draft, title, f"{NEW[kind]}?draft={draft.token}")
    thing = about[draft.about].get(draft.thing_id)
    if draft.about in ("answer", "rendition"):
        held = about["question"].get(thing.question_id if thing else 0)
    else:
        held = thing
    if thing is None or held is None:
        return ShownDraft(draft, "", "")
    if kind == Kind.ANSWER:
        return ShownDraft(draft, held.title, f"{held.path}#answer")
    language = draft.fields.get("language", "")
    return ShownDraft(draft, held.title, FORMS[kind].format(draft.thing_id, quote(language)))
