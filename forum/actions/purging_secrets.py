"""Taking a secret out of a question or a guide for good, asked for by who may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from chat.queries import room_of, said
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked, seen
from core.journal import record
from core.leaks import check_own, check_words, words_chosen
from core.purging import Clean, Taking, purge_kept
from forum import pseudonyms, queries, rules
from forum.actions.purging import purge_guide_words, purge_words
from forum.actions.steps import on_question
from forum.models import Answer, Comment, Guide, Question
from people.actions import flag
from people.models import Flag, Person

KINDS: dict[str, Any] = {"forum.question": Question.objects, "forum.guide": Guide.objects}
SECRET, MOST_WHERE = Flag.Reason.SECRET, 500


@dataclass(frozen=True)
class Purged:
    """What words were taken out of; is_flagged: others wrote them too, and moderators know it."""

    row: Question | Guide
    is_flagged: bool


@transaction.atomic
def purge_secret(*, actor: Person, kind: str, object_id: int, texts: Collection[str]) -> Purged:
    """Take secrets out of a question and all under it, or out of a guide, for good.

    kind: `forum.question` or `forum.guide`. texts: the exact characters of each, replaced by a mark
    wherever they stand or stood (purge_words), in mails and answers that are kept, and in what
    flags say. Moderators take out any words, which the public log tells; others what looks like a
    secret in texts of their own (queries.leaked_secrets), and out of these alone: where it stands
    in what others wrote, a flag asks the moderators to take it out there. What was sent by mail is
    in someone's mailbox and stays there. The journal line holds no words.
    Raises NotSeen, NotAllowed, WrongMoment (agreed), InvalidInput (kind, text).
    """
    if kind not in KINDS:
        raise InvalidInput.of("kind", "invalid", ", ".join(KINDS))
    seen(KINDS[kind].visible_to(actor), pk=object_id)
    row: Question | Guide = locked(KINDS[kind], pk=object_id)
    texts = words_chosen(texts)
    _check(actor, row, texts)
    whose, mark = queries.whose_texts(actor), _mark(row.language)
    taking = Taking(texts, mark)
    paths = _purge(actor, row, taking, whose)
    if not paths or not all(map(taking.has_met, texts)):
        raise InvalidInput.of("text", "not_found", _("These words stand nowhere in it."))
    for text in texts:
        purge_kept(text, mark, paths)
    row.refresh_from_db()
    is_flagged = whose is not None and _ask_moderators(actor, row, texts, mark)
    by = pseudonyms.actor_on(actor, row) if isinstance(row, Question) else actor
    facts = {"by_moderator": whose is None}
    record("forum.secret_purged", actor=by, thing=row, changes=facts)
    return Purged(row, is_flagged)


def _purge(
    actor: Person, row: Question | Guide, clean: Clean, whose: Person | None
) -> frozenset[str]:
    if isinstance(row, Guide):
        return purge_guide_words(guide_id=row.pk, clean=clean, by=actor, whose=whose)
    _check_not_agreed(row, clean, whose)
    return purge_words(question_id=row.pk, clean=clean, by=actor, whose=whose)


def _check(actor: Person, row: Question | Guide, texts: Sequence[str]) -> None:
    """Refuse who may take nothing out, and words that are not theirs to take."""
    if rules.can_curate(actor):
        check_words(texts)
        return
    found = queries.leaked_secrets(actor, row) if rules.can_ask(actor) else []
    if not found:
        raise NotAllowed(_("Moderators take secrets out, and who wrote them here."))
    check_own(texts, found)


def _ask_moderators(actor: Person, row: Question | Guide, texts: Sequence[str], mark: str) -> bool:
    """Flag a question or guide in which others wrote secrets too, once; return whether it is.

    The flag says in which posts, as far as who raises it sees them. Where theirs was decided on
    before, the first of these posts is flagged.
    """
    clean = Taking(texts, mark)
    left = queries.with_words(row, clean)
    if not left and not _is_said(actor, row, clean):
        return False
    shown = [post for post in left if isinstance(post, Answer | Comment) and _is_seen(actor, post)]
    where = " ".join(f"{post.question.path_here}#{_anchor(post)}" for post in shown)
    for thing in (row, *shown):
        kind = f"forum.{thing._meta.model_name}"
        try:
            flag(actor=actor, kind=kind, object_id=thing.pk, reason=SECRET, text=where[:MOST_WHERE])
        except WrongMoment:
            continue
        return True
    return False


def _is_seen(person: Person, post: Answer | Comment) -> bool:
    return type(post).objects.visible_to(person).filter(pk=post.pk).exists()


def _anchor(post: Answer | Comment) -> str:
    return f"{post._meta.model_name}-{post.pk}"


def _is_said(actor: Person, row: Question | Guide, clean: Clean) -> bool:
    """Whether words stand in the talk beside a question, where its reader may enter it."""
    if isinstance(row, Guide) or not rules.can_enter_room(actor, row):
        return False
    room = room_of(**on_question(row))
    lines = said(actor, room) if room else ()
    return any(clean(line.source) != line.source for line in lines)


def _mark(language: str) -> str:
    known = language if language in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(known):
        return _("[a secret was taken out]")


def _check_not_agreed(question: Question, clean: Clean, whose: Person | None) -> None:
    """Refuse to change what is public word for word as a requester agreed to it."""
    texts = queries.texts_of(question, whose)
    posts = [*texts.of(Question), *texts.of(Answer).filter(is_agreed=True)]
    for post in posts:
        said = f"{getattr(post, 'title', '')}\n{post.source}"
        if post.is_agreed and clean(said) != said:
            raise WrongMoment(
                _(
                    "This was published word for word as someone agreed to it: an agent takes the "
                    "secret out of its ticket. Take the post away until then."
                ),
                code="agreed",
            )
