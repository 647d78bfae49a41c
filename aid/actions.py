"""What people do in the ledger: claim help, confirm it, take it back."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from aid import rules
from aid.models import HELP, AidClaim, AidEntry, AidLine, ClaimGiver, ClaimReceiver, Posting
from aid.split import lines_of
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import PARTICIPANTS, record
from core.models import OutgoingMail
from core.purging import Clean, rewrite_mails
from people.actions import rewrite_pushes
from people.models import Person

ANSWER_WITHIN = timedelta(days=14)
State = AidClaim.State


@transaction.atomic
def claim_help(
    *,
    actor: Person,
    givers: Sequence[Person],
    receivers: Sequence[Person],
    minutes: int,
    kind: str,
    happened_at: datetime,
    source: tuple[str, int] | None = None,
    purpose: str = HELP,
    note: str = "",
    confirmed_by: Person | None = None,
    send_secrets: bool = True,
) -> AidClaim | None:
    """Ask the receivers to confirm an act of help; return the claim.

    minutes: 1 to 1,440. source: the (kind, id) it was given on, from the room whose act it is: the
    rule was checked there, and who is silenced may do some of them. The same source and purpose
    again returns the first claim. confirmed_by: a receiver whose act is itself the confirmation
    (who accepts an answer). None is returned when nothing is left to count: every giver is paid
    staff, or gave it to nobody but themselves. send_secrets: False where the writer of the note can
    be asked. Raises SecretsFound, InvalidInput, NotAllowed.
    """
    if source is None and not rules.can_claim(actor):
        raise NotAllowed
    counted = [giver for giver in givers if rules.is_counted(giver)]
    giver_ids = {giver.pk for giver in counted}
    others = [receiver for receiver in receivers if receiver.pk not in giver_ids]
    if not counted or not others:
        return None
    if not 1 <= minutes <= 1440:
        raise InvalidInput.of("minutes", "out_of_range", _("From 1 minute to 24 hours."))
    if happened_at > timezone.now() + timedelta(minutes=5):
        raise InvalidInput.of("happened_at", "future", _("Help is counted once it was given."))
    point_out_secrets({"note": note}, send_secrets=send_secrets)
    facts = {"minutes": minutes, "kind": kind, "happened_at": happened_at, "note": note}
    claim, is_new = _claim_of_source(actor, source, purpose, facts)
    if not is_new:
        return claim
    ClaimGiver.objects.bulk_create([ClaimGiver(claim=claim, person=p) for p in counted])
    ClaimReceiver.objects.bulk_create([ClaimReceiver(claim=claim, person=p) for p in others])
    record(
        "aid.help_claimed",
        actor=actor,
        thing=claim,
        audience=PARTICIPANTS,
        changes={"minutes": minutes, "kind": kind},
    )
    if confirmed_by is not None:
        _answer(claim, confirmed_by, confirmed=True)
    return claim


def _claim_of_source(
    actor: Person, source: tuple[str, int] | None, purpose: str, facts: dict[str, object]
) -> tuple[AidClaim, bool]:
    """Return the claim of a source and whether it is new; help given outside is always new."""
    if source is None:
        return AidClaim.objects.create(claimed_by=actor, purpose=purpose, **facts), True
    return AidClaim.objects.get_or_create(
        source_kind=source[0],
        source_id=source[1],
        purpose=purpose,
        defaults={"claimed_by": actor, **facts},
    )


@transaction.atomic
def confirm_claim(*, actor: Person, claim_id: int, minutes: int | None = None) -> AidClaim:
    """Say as a receiver that the help was given, perhaps with other minutes.

    Other minutes are taken only while no other receiver has answered. Confirming twice is once.
    Raises NotSeen, NotAllowed (the giver), WrongMoment, InvalidInput.
    """
    claim = _claim_to_answer(actor, claim_id)
    if claim.receivers.filter(person=actor, confirmed_at__isnull=False).exists():
        return claim
    _check_pending(claim)
    if minutes is not None and minutes != claim.minutes:
        _change_minutes(actor, claim, minutes)
    _answer(claim, actor, confirmed=True)
    return claim


@transaction.atomic
def decline_claim(*, actor: Person, claim_id: int) -> AidClaim:
    """Say as a receiver that it was not so. Raises NotSeen, NotAllowed, WrongMoment."""
    claim = _claim_to_answer(actor, claim_id)
    if claim.receivers.filter(person=actor, declined_at__isnull=False).exists():
        return claim
    _check_pending(claim)
    _answer(claim, actor, confirmed=False)
    return claim


@transaction.atomic
def edit_claim(
    *, actor: Person, claim_id: int, minutes: int, note: str, send_secrets: bool = True
) -> AidClaim:
    """Correct a claim as its giver, while nobody has answered.

    send_secrets: False where the writer of the note can be asked.
    Raises NotSeen, NotAllowed, WrongMoment, SecretsFound, InvalidInput.
    """
    claim = locked(AidClaim.objects.visible_to(actor), pk=claim_id)
    if not rules.can_edit_claim(actor, claim):
        raise NotAllowed
    _check_pending(claim)
    point_out_secrets({"note": note}, send_secrets=send_secrets)
    claim.note = note
    claim.save(update_fields=["note"])
    if minutes != claim.minutes:
        _change_minutes(actor, claim, minutes)
    return claim


@transaction.atomic
def purge_notes(*, kind: str, ids: Collection[int], notes: Collection[str], clean: Clean) -> bool:
    """Rewrite the notes of claims that came of these sources; return whether any changed.

    notes: what claims of this kind say whose source is not there any more. clean: gives a text
    without words that are taken out for good, the same where they are not in it. Mails and pushes
    about these claims lose them too. Asks for no right.
    """
    about = Q(source_id__in=ids) | Q(note__in=notes)
    claims = AidClaim.objects.filter(about, source_kind=kind)
    told = list(claims.order_by("pk").values_list("pk", flat=True))
    claims = AidClaim.objects.filter(pk__in=told)
    is_found = False
    for claim in claims.select_for_update(of=("self",)).order_by("pk"):
        if (note := clean(claim.note)) != claim.note:
            AidClaim.objects.filter(pk=claim.pk).update(note=note[:300])
            is_found = True
    rewrite_mails(OutgoingMail.objects.filter(thing_kind="aid.claim", thing_id__in=told), clean)
    rewrite_pushes(kind="aid.claim", ids=told, clean=clean)
    return is_found


@transaction.atomic
def withdraw_claim(*, actor: Person, claim_id: int) -> AidClaim:
    """Take a claim back as its giver, while it waits. Raises NotSeen, NotAllowed, WrongMoment."""
    claim = locked(AidClaim.objects.visible_to(actor), pk=claim_id)
    if not rules.can_edit_claim(actor, claim):
        raise NotAllowed
    if claim.state == State.WITHDRAWN:
        return claim
    _check_pending(claim)
    _set_state(claim, State.WITHDRAWN, actor)
    return claim


@transaction.atomic
def withdraw_source(*, actor: Person, source: tuple[str, int], purpose: str = HELP) -> None:
    """Undo what was counted for a source: its pending claim is withdrawn, its entry reversed.

    For the room whose act it was (an acceptance undone); the rule was checked there.
    """
    claim = (
        AidClaim.objects.select_for_update()
        .filter(source_kind=source[0], source_id=source[1], purpose=purpose)
        .first()
    )
    if claim is None:
        return
    entry = claim.entries.filter(reverses=None, reversed_by=None).first()
    if entry is not None:
        _reverse(actor, entry, "")
    if claim.state in (State.PENDING, State.CONFIRMED):
        _set_state(claim, State.WITHDRAWN, actor)


@transaction.atomic
def reverse_entry(*, actor: Person, entry_id: int, reason: str) -> AidEntry:
    """Undo an entry by its mirror; return the mirror. Raises NotSeen, NotAllowed, WrongMoment."""
    entry = locked(AidEntry.objects.visible_to(actor), pk=entry_id)
    if not rules.can_reverse(actor, entry):
        raise NotAllowed
    if entry.reverses_id is not None or AidEntry.objects.filter(reverses=entry).exists():
        raise WrongMoment(_("This entry is already reversed."), code="already_reversed")
    if not reason.strip():
        raise InvalidInput.of("reason", "required", _("Say why."))
    mirror = _reverse(actor, entry, reason)
    claim = AidClaim.objects.select_for_update().get(pk=entry.claim_id)
    _set_state(claim, State.WITHDRAWN, actor)
    return mirror


@transaction.atomic
def settle_claim(*, claim_id: int) -> AidClaim:
    """Post a claim whose time to answer is over, across those who confirmed; none: declined.

    Called by the worker; a claim already settled, or still in time, is left as it is.
    """
    claim = AidClaim.objects.select_for_update().get(pk=claim_id)
    if claim.state == State.PENDING and claim.claimed_at <= timezone.now() - ANSWER_WITHIN:
        _settle(claim, None)
    return claim


def _claim_to_answer(actor: Person, claim_id: int) -> AidClaim:
    claim = locked(AidClaim.objects.visible_to(actor), pk=claim_id)
    if not rules.can_answer_claim(actor, claim):
        raise NotAllowed(_("Only who received the help confirms it."))
    return claim


def _check_pending(claim: AidClaim) -> None:
    if claim.state != State.PENDING:
        raise WrongMoment(_("This was settled before."), code="settled")


def _change_minutes(actor: Person, claim: AidClaim, minutes: int) -> None:
    if not 1 <= minutes <= 1440:
        raise InvalidInput.of("minutes", "out_of_range", _("From 1 minute to 24 hours."))
    if claim.receivers.exclude(confirmed_at=None).exists():
        raise WrongMoment(_("Someone has already confirmed these minutes."), code="confirmed")
    old, claim.minutes = claim.minutes, minutes
    claim.save(update_fields=["minutes"])
    record("aid.claim_changed", actor=actor, thing=claim, changes={"minutes": [old, minutes]})


def _answer(claim: AidClaim, receiver: Person, *, confirmed: bool) -> None:
    """Write one receiver's answer, and settle the claim when it was the last."""
    now = timezone.now()
    claim.receivers.filter(person=receiver).update(
        confirmed_at=now if confirmed else None, declined_at=None if confirmed else now
    )
    verb = "aid.claim_confirmed" if confirmed else "aid.claim_declined"
    record(verb, actor=receiver, thing=claim)
    if not claim.receivers.filter(confirmed_at=None, declined_at=None).exists():
        _settle(claim, receiver)


def _settle(claim: AidClaim, actor: Person | None) -> None:
    """Post the entry across those who confirmed; without any, the claim is declined."""
    confirmed = [
        row.person
        for row in claim.receivers.exclude(confirmed_at=None).select_related("person__place")
    ]
    if not confirmed:
        _set_state(claim, State.DECLINED, actor)
        return
    givers = [row.person for row in claim.givers.select_related("person__place")]
    people = {person.pk: person for person in (*givers, *confirmed)}
    lines = lines_of(claim.minutes, [p.pk for p in givers], [p.pk for p in confirmed])
    entry = AidEntry.objects.create(
        claim=claim,
        kind=claim.kind,
        reach=_reach(givers, confirmed),
        happened_at=claim.happened_at,
        posted_by=actor,
    )
    _post(entry, [(people[pk], minutes) for pk, minutes in lines.items()])
    _set_state(claim, State.CONFIRMED, actor)


def _reach(givers: Sequence[Person], receivers: Sequence[Person]) -> str:
    """Return whether help crossed a border; unknown where someone's place is."""
    if any(person.place is None for person in (*givers, *receivers)):
        return AidEntry.Reach.UNKNOWN
    countries = {person.place.country for person in (*givers, *receivers) if person.place}
    return AidEntry.Reach.LOCAL if len(countries) == 1 else AidEntry.Reach.ACROSS


def _post(entry: AidEntry, lines: Sequence[tuple[Person, int]]) -> None:
    """Write the lines, then the seal: the database refuses it unless they sum to zero."""
    AidLine.objects.bulk_create(
        [
            AidLine(entry=entry, person=person, minutes=minutes, place_id=person.place_id)
            for person, minutes in lines
        ]
    )
    Posting.objects.create(entry=entry)


def _reverse(actor: Person, entry: AidEntry, reason: str) -> AidEntry:
    mirror = AidEntry.objects.create(
        claim=entry.claim,
        kind=entry.kind,
        reach=entry.reach,
        happened_at=entry.happened_at,
        posted_by=actor,
        reverses=entry,
        reason=reason,
    )
    AidLine.objects.bulk_create(
        [
            AidLine(
                entry=mirror,
                person_id=line.person_id,
                minutes=-line.minutes,
                place_id=line.place_id,
            )
            for line in entry.lines.all()
        ]
    )
    Posting.objects.create(entry=mirror)
    record("aid.entry_reversed", actor=actor, thing=entry.claim, changes={"entry": entry.pk})
    return mirror


def _set_state(claim: AidClaim, state: str, actor: Person | None) -> None:
    old, claim.state = claim.state, state
    claim.save(update_fields=["state"])
    record("aid.claim_settled", actor=actor, thing=claim, changes={"state": [old, str(state)]})
