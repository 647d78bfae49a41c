"""Closing and locking, which can be taken back; learning who asked, which is logged."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment, locked
from core.journal import PUBLIC, STAFF, record
from core.models import Visibility
from forum import pseudonyms, rules
from forum.actions.helping import resume_ladder
from forum.models import Closure, Lock, Question, Relocation
from people.models import Person

LONGEST_REASON = 300


@transaction.atomic
def close_question(
    *, actor: Person, question_id: int, reason: str, original_id: int | None = None
) -> Closure:
    """Let a question take no more answers; of a duplicate, lead to its original.

    original_id: of a duplicate alone. Closing for the same again changes nothing.
    Raises NotSeen, NotAllowed, WrongMoment (closed otherwise, removed), InvalidInput (reason,
    original).
    """
    question, original = locked_pair(actor, question_id, original_id)
    may_close_for = rules.reasons_to_close(actor, question)
    if not may_close_for:
        raise NotAllowed(_("The asker and moderators close a question."))
    if reason not in Closure.Reason.values:
        raise InvalidInput.of("reason", "invalid_choice", _("Choose one of the reasons."))
    if reason not in may_close_for:
        raise NotAllowed(_("The asker and moderators close a question for this reason."))
    if (reason == Closure.Reason.DUPLICATE) != (original_id is not None):
        raise InvalidInput.of(
            "original", "required", _("Name the original of a duplicate, and of nothing else.")
        )
    if original_id is not None:
        check_original(question, original)
    old = Closure.objects.filter(question=question).first()
    if old is not None and (old.reason, old.original_id) == (reason, original_id):
        return old
    if old is not None:
        raise WrongMoment(_("It is closed already."), code="closed", allowed=["reopen"])
    if question.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This question was taken away."), code="removed")
    by, by_asker = pseudonyms.shown_actor(actor, question), rules.wrote(actor, question)
    new = make_closure(question, original, reason, by, by_asker=by_asker)
    record(
        "forum.question_closed",
        actor=by,
        thing=question,
        parent=original,
        audience=PUBLIC,
        changes={"rule": reason, "original": original_id, "by_asker": by_asker},
    )
    return new


@transaction.atomic
def reopen_question(*, actor: Person, question_id: int) -> Question:
    """Let a closed question take answers again; an open one stays as it is.

    Raises NotSeen, NotAllowed, WrongMoment (its answers were merged away).
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    closure = Closure.objects.filter(question=question).first()
    if not rules.reasons_to_close(actor, question):
        raise NotAllowed(_("The asker and moderators close a question."))
    if closure is None:
        return question
    if not rules.can_reopen(actor, question, closure):
        raise NotAllowed(_("Moderators closed this, and open it again."))
    if Relocation.objects.in_force().filter(question=question, kind="merger").exists():
        raise WrongMoment(
            _("Its answers stand with the original: take the merger back first."),
            code="merged",
            allowed=["undo_merge"],
        )
    end_closure(closure)
    record(
        "forum.question_reopened",
        actor=pseudonyms.shown_actor(actor, question),
        thing=question,
        audience=PUBLIC,
        changes={
            "rule": closure.reason,
            "original": closure.original_id,
            "by_asker": closure.by_asker and rules.wrote(actor, question),
        },
    )
    return question


@transaction.atomic
def lock_question(*, actor: Person, question_id: int, reason: str) -> Lock:
    """Let nobody add to, vote on or change a question for now; again with another reason: that.

    Raises NotSeen, NotAllowed, InvalidInput (reason).
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    if not rules.can_curate(actor):
        raise NotAllowed(_("Moderators lock a question."))
    if reason not in Lock.Reason.values:
        raise InvalidInput.of("reason", "invalid_choice", _("Choose one of the reasons."))
    old = Lock.objects.filter(question=question).first()
    if old is not None and old.reason == reason:
        return old
    row, _is_new = Lock.objects.update_or_create(
        question=question, defaults={"reason": reason, "by": actor}
    )
    record(
        "forum.question_locked",
        actor=actor,
        thing=question,
        audience=PUBLIC,
        changes={"rule": reason},
    )
    return row


@transaction.atomic
def unlock_question(*, actor: Person, question_id: int) -> Question:
    """Take a lock off; none is no fault. Raises NotSeen, NotAllowed."""
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    if not rules.can_curate(actor):
        raise NotAllowed(_("Moderators lock a question."))
    lock = Lock.objects.filter(question=question).first()
    if lock is not None:
        lock.delete()
        resume_ladder(question.pk)
        record(
            "forum.question_unlocked",
            actor=actor,
            thing=question,
            audience=PUBLIC,
            changes={"rule": lock.reason},
        )
    return question


@transaction.atomic
def learn_asker(*, actor: Person, question_id: int, reason: str) -> Person | None:
    """Return who asked under a pseudonym, to a moderator who needs it; it is kept who looked.

    reason: said by who looks, and not kept in words: the journal takes none. None: erased since.
    Raises NotSeen (also: asked with a name), NotAllowed, InvalidInput (reason).
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    if question.pseudonym is None:
        raise NotSeen
    if not rules.can_learn_asker(actor, question):
        raise NotAllowed(_("Moderators alone, where they need it."))
    if reason not in LOOKING:
        raise InvalidInput.of("reason", "invalid_choice", _("Say why you need to know."))
    record(
        "forum.asker_learnt",
        actor=actor,
        thing=question,
        audience=STAFF,
        changes={"reason": reason},
    )
    return question.pseudonym.person


LOOKING = ("safety", "abuse", "law")


def locked_pair(
    actor: Person, question_id: int, other_id: int | None
) -> tuple[Question, Question | None]:
    """Return one or two questions, locked in the order of ids, so that no two acts wait in a ring.

    The other is None where it cannot be seen. Raises NotSeen for the first.
    """
    ids = {question_id} if other_id is None else {question_id, other_id}
    rows = Question.objects.visible_to(actor).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows.select_for_update(of=("self",))}
    if question_id not in found:
        raise NotSeen
    return found[question_id], found.get(other_id) if other_id is not None else None


def check_original(question: Question, original: Question | None) -> None:
    """Refuse as original what is not there for all to see, the question itself, or a duplicate."""
    words = ""
    if original is None or original.visibility != Visibility.VISIBLE:
        words = _("There is no such question.")
    elif original.pk == question.pk:
        words = _("A question is no duplicate of itself.")
    elif Closure.objects.filter(question=original, original__isnull=False).exists():
        words = _("That one is a duplicate itself: name its original.")
    if words:
        raise InvalidInput.of("original", "invalid", words)


def make_closure(
    question: Question,
    original: Question | None,
    reason: str,
    by: Person | None,
    *,
    by_asker: bool = False,
) -> Closure:
    """Close a locked question, and count it with its locked original."""
    new = Closure.objects.create(
        question=question, original=original, reason=reason, by=by, by_asker=by_asker
    )
    if original is not None:
        count_duplicates(original.pk)
    return new


def end_closure(closure: Closure) -> None:
    """Open a locked question again, and count what is left with its original."""
    Closure.objects.filter(pk=closure.pk).delete()
    if closure.original_id is not None:
        count_duplicates(closure.original_id)
    resume_ladder(closure.question_id)


def count_duplicates(question_id: int) -> None:
    """Keep how many duplicates lead here, under the row's lock."""
    row = Question.objects.select_for_update().get(pk=question_id)
    row.duplicate_count = Closure.objects.filter(original=row).count()
    row.save(update_fields=["duplicate_count"])
