"""Deciding on held posts; asking for another look at a decision, and giving it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal, things
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment, locked, seen
from core.models import Visibility
from people import rules
from people.actions.holding import announce, show_as
from people.actions.moderation import MAX_TEXT, give_back, locked_after_post, remove_post
from people.actions.sanctions import lift
from people.decisions import first_decision_by, who_is_concerned
from people.models import Appeal, Flag, Hold, Person, Removal, Sanction

LONGEST_APPEAL = 1000


@transaction.atomic
def decide_hold(
    *, actor: Person, hold_id: int, decision: str, rule: str = "", reason: str = ""
) -> Hold:
    """Publish a post that was held, as if it had just been written, or take it away by a rule.

    Raises NotSeen, NotAllowed (own posts), WrongMoment when it is decided, InvalidInput.
    """
    held: Hold = locked_after_post(Hold.objects.visible_to(actor), hold_id)
    if not rules.can_decide_hold(actor, held.person_id):
        raise NotAllowed
    if held.decision:
        raise WrongMoment(_("This is already decided."), code="already_decided")
    if decision == Hold.Decision.REMOVED:
        _check_reason(reason)
        remove_post(
            actor=actor,
            kind=held.thing_kind,
            object_id=held.thing_id,
            rule=rule or Flag.Reason.SPAM,
            reason=reason,
        )
        held.refresh_from_db()
        return held
    if decision != Hold.Decision.PUBLISHED:
        raise InvalidInput.of("decision", "invalid_choice", _("Publish it, or take it away."))
    row = locked(things.thing_of(held.thing_kind).visible_to(actor), pk=held.thing_id)
    show_as(row, Visibility.VISIBLE)
    held.decision, held.decided_by, held.decided_at = decision, actor, timezone.now()
    held.save(update_fields=["decision", "decided_by", "decided_at"])
    journal.record("people.post_published", actor=actor, thing=row, changes={"hold": held.pk})
    announce(held, row)
    return held


@transaction.atomic
def appeal(
    *, actor: Person, subject: str, subject_id: int, text: str, send_secrets: bool = True
) -> Appeal:
    """Ask for another look at a decision that concerns oneself; the same again returns the same.

    subject: of Appeal.Subject. Silenced and suspended people may, once a decision. send_secrets:
    False where the writer can be asked.
    Raises NotSeen, SecretsFound, InvalidInput, WrongMoment (taken back meanwhile, or looked at
    again already).
    """
    decided = _decision(subject, subject_id)
    if not rules.can_appeal(actor, who_is_concerned(decided)):
        raise NotSeen
    there: Appeal | None = Appeal.objects.filter(subject=subject, subject_id=subject_id).first()
    if there is not None and there.decision:
        raise WrongMoment(_("This was looked at again already."), code="already_appealed")
    if there is not None:
        return there
    if _is_over(decided):
        raise WrongMoment(_("This decision holds no more."), code="over")
    if not text.strip() or len(text) > LONGEST_APPEAL:
        raise InvalidInput.of("text", "invalid", _("Say why, in at most 1,000 characters."))
    point_out_secrets({"text": text}, send_secrets=send_secrets)
    new: Appeal = Appeal.objects.create(
        person=actor,
        subject=subject,
        subject_id=subject_id,
        text=text.strip(),
        is_named=_is_named(decided),
    )
    _record("people.appeal_made", new.named, new, {"subject": subject})
    return new


@transaction.atomic
def decide_appeal(*, actor: Person, appeal_id: int, decision: str, answer: str) -> Appeal:
    """Uphold a decision, or take it back, with an answer to whom it concerns.

    Another moderator than who decided first, where there is another. Raises NotSeen, NotAllowed,
    InvalidInput, WrongMoment when it is decided already.
    """
    appeals = Appeal.objects.visible_to(actor)
    _lock_post_of(seen(appeals, pk=appeal_id))
    made: Appeal = locked(appeals.select_related("person"), pk=appeal_id)
    decided = _decision(made.subject, made.subject_id)
    if not rules.can_decide_appeal(actor, made, first_by_id=first_decision_by(decided)):
        raise NotAllowed(_("Another moderator than who decided first looks at it again."))
    if made.decision:
        raise WrongMoment(_("This is already decided."), code="already_decided")
    if decision not in Appeal.Decision.values:
        raise InvalidInput.of("decision", "invalid_choice", _("Uphold it, or take it back."))
    _check_reason(answer, "answer")
    made.decision, made.answer = decision, answer.strip()
    made.decided_by, made.decided_at = actor, timezone.now()
    made.save(update_fields=["decision", "answer", "decided_by", "decided_at"])
    if decision == Appeal.Decision.REVERSED and not _is_over(decided):
        _take_back(actor, decided)
    rule = {"rule": decided.rule, "subject": made.subject, "decision": decision}
    _record("people.appeal_decided", actor, made, rule)
    return made


def _lock_post_of(made: Appeal) -> None:
    """Lock the post that was taken away, before its removal, as whoever brings it back does."""
    removals = Removal.objects.filter(pk=made.subject_id)
    if made.subject == Appeal.Subject.REMOVAL and (removal := removals.first()) is not None:
        things.lock(removal.thing_kind, removal.thing_id)


def _decision(subject: str, subject_id: int) -> Removal | Sanction:
    """Return a decision, locked. Raises NotSeen, also for what authors took away themselves."""
    if subject == Appeal.Subject.SANCTION:
        return locked(Sanction.objects.all(), pk=subject_id)
    if subject != Appeal.Subject.REMOVAL:
        raise NotSeen
    return locked(Removal.objects.filter(rule__in=Flag.Reason.values), pk=subject_id)


def _is_named(decided: Removal | Sanction) -> bool:
    """Whether moderators may know who wrote what was decided on; of gone things they may not."""
    if isinstance(decided, Sanction):
        return True
    model = things.thing_of(decided.thing_kind).model
    row = model._base_manager.filter(pk=decided.thing_id).first()
    return row is not None and things.names_author(row)


def _is_over(decided: Removal | Sanction) -> bool:
    if isinstance(decided, Removal):
        return decided.undone_at is not None
    now = timezone.now()
    return decided.lifted_at is not None or (decided.until is not None and decided.until <= now)


def _take_back(actor: Person, decided: Removal | Sanction) -> None:
    if isinstance(decided, Sanction):
        lift(actor, decided)
        return
    rows = things.thing_of(decided.thing_kind).model._default_manager.all()
    give_back(actor, locked(rows, pk=decided.thing_id), decided)


def _check_reason(text: str, field: str = "reason") -> None:
    if not text.strip() or len(text) > MAX_TEXT:
        raise InvalidInput.of(field, "invalid", _("Say why, in at most 500 characters."))


def _record(verb: str, actor: Person | None, made: Appeal, changes: dict[str, Any]) -> None:
    journal.record(verb, actor=actor, thing=made, audience=journal.STAFF, changes=changes)
