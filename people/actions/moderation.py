"""Flags, what is decided on them, taking posts away and bringing them back."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal, things
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment, locked, seen
from core.models import Visibility
from people import rules
from people.actions.holding import announce, close_hold, show_as
from people.models import Flag, Hold, Person, Removal

MAX_TEXT = 500


@transaction.atomic
def flag(
    *,
    actor: Person,
    kind: str,
    object_id: int,
    reason: str,
    text: str = "",
    send_secrets: bool = True,
) -> Flag:
    """Ask the moderators to look at a thing; the same again returns the same flag.

    send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed (own posts, but for a secret in them), SecretsFound, WrongMoment
    once it is decided.
    """
    row = things.find(kind, object_id, actor)
    if not rules.can_flag(actor, things.thing_of(kind).author_ids(row), reason=reason):
        raise NotAllowed
    _check(reason, text, "text")
    point_out_secrets({"text": text}, send_secrets=send_secrets)
    raised, is_new = Flag.objects.get_or_create(
        person=actor,
        thing_kind=kind,
        thing_id=object_id,
        defaults={"reason": reason, "text": text.strip()},
    )
    if raised.decision:
        raise WrongMoment(_("Your flag was already decided."), code="already_decided")
    if is_new:
        journal.record(
            "people.flag_raised",
            actor=actor,
            thing=raised,
            parent=row,
            audience=journal.STAFF,
            changes={"reason": reason},
        )
    return raised


@transaction.atomic
def decide_flag(
    *,
    actor: Person,
    flag_id: int,
    decision: str,
    answer: str,
    to_author: str = "",
    remove: bool = False,
) -> Flag:
    """Agree with a flag or decline it, with a text to who raised it and one to who wrote the thing.

    remove: also take the flagged post away, with to_author as the reason; agrees with every other
    open flag on it. Raises NotSeen, NotAllowed (own posts), WrongMoment when it is decided already,
    InvalidInput (who raised it is always answered; no post goes without a word to its author).
    """
    raised: Flag = locked_after_post(Flag.objects.visible_to(actor), flag_id)
    kind, object_id = raised.thing_kind, raised.thing_id
    row = things.thing_of(kind).model._base_manager.filter(pk=object_id).first()
    authors = things.thing_of(kind).author_ids(row) if row is not None else set()
    if not rules.can_decide_flag(actor, authors):
        raise NotAllowed
    if raised.decision:
        raise WrongMoment(_("This flag is already decided."), code="already_decided")
    if decision not in Flag.Decision.values:
        raise InvalidInput.of("decision", "invalid_choice", _("Agree or decline."))
    _check(raised.reason, answer, "answer")
    if not answer.strip():
        raise InvalidInput.of("answer", "required", _("Answer who flagged it."))
    _check(raised.reason, to_author, "to_author")
    together = [raised]
    if remove:
        if decision != Flag.Decision.AGREED:
            raise InvalidInput.of("remove", "not_agreed", _("Agree to take the post away."))
        if not to_author.strip():
            raise InvalidInput.of("to_author", "required", _("Say why to who wrote it."))
        together += (
            Flag.objects.select_for_update()
            .filter(thing_kind=kind, thing_id=object_id, decision="")
            .exclude(pk=raised.pk)
            .order_by("pk")
        )
        remove_post(
            actor=actor, kind=kind, object_id=object_id, rule=raised.reason, reason=to_author
        )
    if to_author.strip() and authors:
        raised.author_id, raised.to_author = min(authors), to_author.strip()
        raised.save(update_fields=["author", "to_author"])
    for one in together:
        _decide(one, actor=actor, decision=decision, answer=answer, row=row, is_away=remove)
    return raised


def _decide(
    raised: Flag, *, actor: Person, decision: str, answer: str, row: Any, is_away: bool
) -> None:
    raised.decision, raised.answer = decision, answer.strip()
    raised.decided_by, raised.decided_at = actor, timezone.now()
    raised.save(update_fields=["decision", "answer", "decided_by", "decided_at"])
    journal.record(
        "people.flag_decided",
        actor=actor,
        thing=raised,
        parent=row,
        audience=journal.STAFF,
        changes={"decision": decision, "is_away": is_away},
    )


@transaction.atomic
def remove_post(
    *, actor: Person, kind: str, object_id: int, rule: str, reason: str = ""
) -> Removal:
    """Take a post away: its author and moderators alone see it from now on.

    rule: a Flag.Reason, or rules.BY_AUTHOR when people take away what they wrote (the room that
    owns the post decides before whether it may go).
    Raises NotSeen, NotAllowed, WrongMoment when it is away already.
    """
    row = _locked_post(actor, kind, object_id)
    if not rules.can_remove_post(actor, things.thing_of(kind).author_ids(row), rule=rule):
        raise NotAllowed
    if row.visibility == Visibility.REMOVED:
        raise WrongMoment(
            _("This is already taken away."), code="already_removed", allowed=["restore"]
        )
    if rule != rules.BY_AUTHOR:
        _check(rule, reason, "reason")
    removal = Removal.objects.create(
        thing_kind=kind, thing_id=object_id, by=actor, rule=rule, reason=reason.strip()
    )
    show_as(row, Visibility.REMOVED)
    close_hold(kind, object_id, decision=Hold.Decision.REMOVED, actor=actor)
    journal.record(
        "people.post_removed",
        actor=actor,
        thing=row,
        changes={"removal": removal.pk, "rule": rule},
    )
    return removal


@transaction.atomic
def withdraw_post(*, actor: Person | None, kind: str, object_id: int) -> Removal:
    """Take a post away for good, since who had agreed to it does so no more.

    For the room that published it, which has checked who asks; actor: none, where the post must
    not tell who that is. Taken away already, it cannot be brought back from now on.
    Raises NotSeen.
    """
    if not is_post(kind):
        raise NotSeen
    row = locked(things.thing_of(kind).model._default_manager.all(), pk=object_id)
    there = Removal.objects.filter(thing_kind=kind, thing_id=object_id, undone_at=None).first()
    if there is not None:
        there.rule = rules.WITHDRAWN
        there.save(update_fields=["rule"])
        return there
    removal = Removal.objects.create(
        thing_kind=kind, thing_id=object_id, by=actor, rule=rules.WITHDRAWN
    )
    show_as(row, Visibility.REMOVED)
    changes = {"removal": removal.pk, "rule": rules.WITHDRAWN}
    journal.record("people.post_removed", actor=actor, thing=row, changes=changes)
    return removal


@transaction.atomic
def restore_post(*, actor: Person, kind: str, object_id: int) -> Removal:
    """Bring back what was taken away.

    Raises NotSeen, NotAllowed, WrongMoment when it is not away.
    """
    row = _locked_post(actor, kind, object_id)
    removal = (
        Removal.objects.select_for_update()
        .filter(thing_kind=kind, thing_id=object_id, undone_at=None)
        .first()
    )
    if removal is None:
        raise WrongMoment(_("This is not taken away."), code="not_removed", allowed=["remove"])
    if not rules.can_restore_post(actor, things.thing_of(kind).author_ids(row), removal):
        raise NotAllowed
    return give_back(actor, row, removal)


def give_back(actor: Person, row: Any, removal: Removal) -> Removal:
    """Show a (locked) post again; for actions that have asked their own rule.

    One that was held when it was taken away, and that its author took away themselves, waits again.
    """
    removal.undone_at = timezone.now()
    removal.save(update_fields=["undone_at"])
    held = Hold.objects.filter(thing_kind=removal.thing_kind, thing_id=removal.thing_id).first()
    waits = held is not None and held.told and removal.rule == rules.BY_AUTHOR
    show_as(row, Visibility.PENDING if waits else Visibility.VISIBLE)
    changes = {"removal": removal.pk, "rule": removal.rule}
    journal.record("people.post_restored", actor=actor, thing=row, changes=changes)
    if held is not None and waits:
        held.decision, held.decided_by, held.decided_at = "", None, None
        held.save(update_fields=["decision", "decided_by", "decided_at"])
    elif held is not None:
        announce(held, row)
    return removal


def is_post(kind: str) -> bool:
    """Whether things of this kind can be taken away: they have a `visibility`."""
    fields = things.thing_of(kind).model._meta.get_fields()
    return any(field.name == "visibility" for field in fields)


def locked_after_post(rows: Any, pk: int) -> Any:
    """Return a flag or a hold, locked after the post it is about. Raises NotSeen."""
    about = seen(rows, pk=pk)
    things.lock(about.thing_kind, about.thing_id)
    return locked(rows, pk=pk)


def _locked_post(actor: Person, kind: str, object_id: int) -> Any:
    """Return the row of a post, locked. Raises NotSeen, also for what has no visibility."""
    if not is_post(kind):
        raise NotSeen
    things.lock(kind, object_id)
    return locked(things.thing_of(kind).visible_to(actor), pk=object_id)


def _check(reason: str, text: str, field: str) -> None:
    if reason not in Flag.Reason.values:
        raise InvalidInput.of("reason", "invalid_choice", _("Choose one of the reasons."))
    if len(text) > MAX_TEXT:
        raise InvalidInput.of(field, "max_length", _("At most 500 characters, please."))
