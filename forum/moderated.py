"""What the forum tells the moderators' queue, and the public moderation log: what was closed,
locked, moved or purged."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import JournalLine
from forum.models import Closure, Lock, Relocation, Suggestion
from people import public_log, reviews

WHY_CLOSED = dict(Closure.Reason.choices)
WHY_LOCKED = dict(Lock.Reason.choices)
WHY_MOVED = dict(Relocation.Reason.choices)


def declare_all() -> None:
    """Declare the changes that wait; the acts of moderation, and what they are done to.

    Askers who close their own question, or open it again, moderate nobody.
    """
    reviews.declare(
        "suggestion",
        reviews.Source(
            _("Held"),
            _("Held changes"),
            waiting=lambda: Suggestion.objects.held().select_related("author"),
            keys=lambda rows: [("forum.suggestion", row.pk) for row in rows],
            why=reviews.why_held,
            named=lambda row: row.author,
        ),
    )
    _declare(
        "forum.question_closed",
        pgettext_lazy("moderation log", "Closed"),
        is_told=_is_of_others,
        rules=WHY_CLOSED,
        by=_("by a moderator or a trusted person"),
    )
    _declare(
        "forum.question_reopened",
        pgettext_lazy("moderation log", "Opened again"),
        is_told=_is_of_others,
        rules=WHY_CLOSED,
    )
    _declare("forum.question_locked", pgettext_lazy("moderation log", "Locked"), rules=WHY_LOCKED)
    _declare(
        "forum.question_unlocked", pgettext_lazy("moderation log", "Unlocked"), rules=WHY_LOCKED
    )
    moves = {
        "forum.questions_merged": pgettext_lazy("moderation log", "Merged into another"),
        "forum.merger_undone": pgettext_lazy("moderation log", "A merger taken back"),
        "forum.question_split": pgettext_lazy("moderation log", "Split in two"),
        "forum.split_undone": pgettext_lazy("moderation log", "A split taken back"),
    }
    for verb, text in moves.items():
        _declare(verb, text, rules=WHY_MOVED)
    _declare(
        "forum.secret_purged",
        pgettext_lazy("moderation log", "A secret taken out for good"),
        is_told=lambda line: bool(line.changes.get("by_moderator")),
    )
    public_log.declare_kind("forum.question", _("a question"))
    public_log.declare_kind("forum.answer", _("an answer"))
    public_log.declare_kind("forum.comment", _("a comment"))
    public_log.declare_kind("forum.guide", _("a guide"))
    public_log.declare_kind("forum.rendition", _("a translation"))


def _declare(verb: str, text: Any, **told: Any) -> None:
    """Declare what people alone do: a line without an actor hides one who asked unnamed."""
    public_log.declare(verb, text, is_automatic=lambda line: False, **told)


def _is_of_others(line: JournalLine) -> bool:
    """Whether it was not the asker; lines from before that was written name no hidden asker."""
    return not line.changes.get("by_asker", line.actor_id is None)
