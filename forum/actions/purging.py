"""Taking words out of a question or a guide for good, wherever they stand in it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from aid.actions import purge_notes
from chat.actions import purge_words as purge_talk
from chat.queries import room_of
from core.errors import locked, seen
from core.journal import record
from core.mail import take_back
from core.markup import write_text
from core.markup.written import mentions_in
from core.models import OutgoingMail
from core.purging import Clean, empty_answers, rewrite, rewrite_mails
from forum.actions.guides import keep_guide_text
from forum.actions.steps import keep_comment_text, keep_revision, on_question
from forum.models import (
    Acceptance,
    Answer,
    Ask,
    Comment,
    CommentRevision,
    Draft,
    Guide,
    GuideRevision,
    Question,
    Rendition,
    Revision,
    Suggestion,
)
from forum.queries.secrets import SAID, Texts, of_text, texts_of, writer_id_of
from people.actions import purge_flags, rewrite_pushes
from people.models import Person
from search.actions import index_things


@transaction.atomic
def purge_words(
    *, question_id: int, clean: Clean, by: Person | None = None, whose: Person | None = None
) -> frozenset[str]:
    """Rewrite what is and was written in a question, its answers and comments.

    Return the paths of all of these, none where nothing had the words.

    Earlier texts, translations, suggested changes, drafts, flags and the talk beside it are too. A
    present text is kept as a new revision: an edit begun before does not bring the words back.
    clean: gives a text without the words, the same where they are not in it. whose: of all that,
    only what is this person's own (queries.texts_of); what others wrote stays to the letter. Who
    wrote what is rewritten is told of it, unless it is `by` themselves: nobody learns who that is.
    Asks for no right: the caller does, whose words they are. Raises NotSeen.
    """
    question = locked(Question.objects.all(), pk=question_id)
    answers = Answer.objects.filter(question=question)
    texts = texts_of(question, whose)
    titles = _titles(texts, clean)
    posts = [_rewrite(rows.select_for_update(of=("self",)), clean) for rows in texts.present]
    kept = [
        _rewrite_fields(texts.of(Revision), clean, title=200, source=None, why=200),
        _rewrite_fields(texts.of(CommentRevision), clean, source=None),
        _rewrite_fields(texts.of(Suggestion), clean, title=200, source=None, why=200, reason=500),
    ]
    drafts = _rewrite_drafts(
        Draft.objects.on_question(question.pk, answers.values("pk")), clean, whose
    )
    talk = purge_talk(actor=None, **on_question(question), clean=clean, whose=whose)
    under = _under(question, answers)
    said = [purge_flags(kind=kind, ids=ids, clean=clean, by=whose) for kind, ids in under.items()]
    claims = _rewrite_claims(question, titles, clean)
    rewritten = [row for rows in (*posts, *kept) for row in rows]
    if not any([rewritten, drafts, talk.all, *said, claims]):
        return frozenset()
    paths = _paths(question, under)
    empty_answers(path for here in paths for path in (here, f"/api/v1{here}"))
    own = {f"forum.{rows.model._meta.model_name}": _ids(rows) for rows in texts}
    for kind in ("forum.question", "forum.rendition"):
        index_things(kind, under[kind])
    # The title stands in what tells of all that is under it.
    _forget_mails(under if whose is None else own, under if own["forum.question"] else own, clean)
    _record(question, rewritten, by, talk.rewritten)
    return paths


@transaction.atomic
def purge_guide_words(
    *, guide_id: int, clean: Clean, by: Person | None = None, whose: Person | None = None
) -> frozenset[str]:
    """Rewrite what a guide says and said in all its languages; else as purge_words().

    guide_id: of any of its languages. Raises NotSeen.
    """
    guide = seen(Guide.objects.all(), pk=guide_id)
    home = locked(Guide.objects.all(), pk=guide.home_id)
    texts = texts_of(home, whose)
    ids = _ids(texts.of(Guide).select_for_update(of=("self",)))
    changed = [pk for pk in ids if _rewrite_guide(pk, clean)]
    texts_kept = GuideRevision.objects.filter(guide__in=ids)
    kept = _rewrite_fields(texts_kept, clean, title=120, summary=300, source=None)
    every = _ids(texts_of(home).of(Guide))
    said = purge_flags(kind="forum.guide", ids=every, clean=clean, by=whose)
    drafts = _rewrite_drafts(Draft.objects.on_guides(every), clean, whose)
    rewritten = [*Guide.objects.filter(pk__in=changed), *kept]
    if not any([rewritten, said, drafts]):
        return frozenset()
    paths = frozenset(f"/guides/{pk}" for pk in every)
    empty_answers(path for here in paths for path in (here, f"/api/v1{here}"))
    index_things("forum.guide", every)
    _forget_mails({"forum.guide": ids}, {"forum.guide": ids}, clean)
    _record(home, rewritten, by)
    return paths


def _record(
    row: Question | Guide, rewritten: Iterable[Any], by: Person | None, said: Iterable[int] = ()
) -> None:
    """Write to the journal that words are gone, and from what others wrote: not by whom.

    said: ids of what was said beside it.
    """
    things = {of_text(one) for one in rewritten} | {(SAID, pk) for pk in said}
    posts = sorted(
        [kind, pk] for kind, pk in things if by is None or writer_id_of(kind, pk) != by.pk
    )
    record("forum.words_purged", actor=None, thing=row, changes={"posts": posts})


def _titles(texts: Texts, clean: Clean) -> set[str]:
    """Return the titles that a question has and had, as far as they have the words."""
    titles = {row.title for model in (Question, Revision) for row in texts.of(model)}
    return {title for title in titles if clean(title) != title}


def _rewrite_claims(question: Question, titles: set[str], clean: Clean) -> bool:
    """Rewrite what the ledger says of accepted answers, also of those that are so no more."""
    if not titles:
        return False
    ids = _ids(Acceptance.objects.filter(question=question))
    return purge_notes(kind="forum.acceptance", ids=ids, notes=titles, clean=clean)


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _rewrite_guide(guide_id: int, clean: Clean) -> bool:
    """Rewrite the present text of a guide; the translations that followed it follow it still."""
    guide = Guide.objects.get(pk=guide_id)  # anew: its original's rewriting changes what it follows
    before = (guide.title, guide.summary, guide.source)
    title, summary, source = (clean(text) for text in before)
    if (title, summary, source) == before:
        return False
    guide.title, guide.summary = title[:120], summary[:300]
    write_text(guide, source, language=guide.language)
    guide.revision += 1
    guide.save()
    keep_guide_text(guide, None)
    followed = Guide.objects.filter(original=guide, from_revision=guide.revision - 1)
    followed.update(from_revision=guide.revision)
    return True


def _rewrite(rows: QuerySet[Any], clean: Clean) -> list[Any]:
    """Rewrite texts as they stand; return those that had the words."""
    changed = []
    for row in rows:
        title = getattr(row, "title", "")
        source, heading = clean(row.source), clean(title)
        if (source, heading) == (row.source, title):
            continue
        write_text(row, source, language=row.language, mentions=mentions_in(row.html))
        if title:
            row.title = heading[:200]
        row.revision += 1
        row.save()
        if isinstance(row, (Question, Answer)):
            _keep_clean(row)
        elif isinstance(row, Comment) and row.revisions.exists():
            keep_comment_text(row, None)
        changed.append(row)
    return changed


def _keep_clean(post: Question | Answer) -> None:
    """Keep a clean text as the newest revision, and what followed the one before with it."""
    keep_revision(post, None)
    is_answer, before = isinstance(post, Answer), post.revision - 1
    of_post = Q(answer=post) if is_answer else Q(question=post, answer=None)
    renditions = Rendition.objects.filter(of_post, from_revision=before)
    renditions.update(from_revision=post.revision)
    waiting = Suggestion.objects.filter(of_post, revision=before, state=Suggestion.State.WAITING)
    waiting.update(revision=post.revision)


def _rewrite_fields(rows: QuerySet[Any], clean: Clean, **longest: int | None) -> list[Any]:
    marks = {"is_rewritten": True} if hasattr(rows.model, "is_rewritten") else {}
    return [row for row in rows if rewrite(row, clean, longest, **marks)]


def _rewrite_drafts(rows: QuerySet[Draft], clean: Clean, whose: Person | None) -> bool:
    if whose is not None:
        rows = rows.filter(person=whose)
    is_found = False
    for row in rows:
        fields = {name: _cleaned(value, clean) for name, value in row.fields.items()}
        if fields != row.fields:
            row.fields = fields
            row.save(update_fields=["fields"])
            is_found = True
    return is_found


def _cleaned(value: Any, clean: Clean) -> Any:
    if isinstance(value, list):
        return [_cleaned(one, clean) for one in value]
    return clean(value) if isinstance(value, str) else value


def _forget_mails(under: dict[str, list[int]], told: dict[str, list[int]], clean: Clean) -> None:
    """Take back the mails about it that wait, and forget the bodies of those that went.

    told: what else may have the words in what waits, which goes without them.
    """
    for kind, ids in under.items():
        take_back(kind, ids, before=timezone.now())
    for kind, ids in told.items():
        rewrite_mails(OutgoingMail.objects.filter(thing_kind=kind, thing_id__in=ids), clean)
        rewrite_pushes(kind=kind, ids=ids, clean=clean)


def _under(question: Question, answers: QuerySet[Answer]) -> dict[str, list[int]]:
    """Return by kind the ids of the question and of what under it has words or its title."""
    parts = Q(question=question) | Q(answer__in=answers)
    rows: dict[str, QuerySet[Any]] = {
        "forum.question": Question.objects.filter(pk=question.pk),
        "forum.answer": answers,
        "forum.ask": Ask.objects.filter(question=question),
        "forum.comment": Comment.objects.filter(question=question),
        "forum.rendition": Rendition.objects.filter(parts),
        "forum.suggestion": Suggestion.objects.filter(parts),
    }
    return {kind: list(some.values_list("pk", flat=True)) for kind, some in rows.items()}


def _paths(question: Question, under: dict[str, list[int]]) -> frozenset[str]:
    """Return where people read and forms address the question and all that stands under it."""
    room = room_of(**on_question(question))
    return frozenset([f"/rooms/{room.pk}"] if room else []) | {
        f"/{kind.removeprefix('forum.')}s/{pk}" for kind, ids in under.items() for pk in ids
    }
