"""Saying on what an answer worked, and checking again what the platform moved away from."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment, locked, seen
from core.journal import PUBLIC, record
from core.models import Visibility
from forum import rules
from forum.actions.setups import offered_now, versions_named, versions_of
from forum.actions.steps import check_unlocked
from forum.freshness import facts_of
from forum.models import Answer, Attestation, PlatformVersion, Question, Recheck
from people.models import Person


@transaction.atomic
def attest(*, actor: Person, answer_id: int, facts: Mapping[str, str]) -> Answer:
    """Say that an answer worked on this; return it. The same again changes nothing.

    What its own author says is a claim: shown, but no confirmation.
    Raises NotSeen, NotAllowed, InvalidInput (facts), WrongMoment (taken away; locked; not offered).
    """
    row = locked(Answer.objects.visible_to(actor), pk=answer_id)
    if not rules.can_attest(actor):
        raise NotAllowed
    versions = versions_named(facts)
    if not versions:
        raise InvalidInput.of("facts", "required", _("Say on what it worked."))
    if row.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This answer was taken away."), code="removed")
    check_unlocked(row.question_id)
    offered_now(versions)
    _attest(actor, row, versions)
    return row


@transaction.atomic
def undo_attestation(*, actor: Person, answer_id: int) -> Answer:
    """Take back all that one said of an answer; nothing said is no fault.

    Raises NotSeen, NotAllowed, WrongMoment (locked).
    """
    row = locked(Answer.objects.visible_to(actor), pk=answer_id)
    if not rules.can_attest(actor):
        raise NotAllowed
    check_unlocked(row.question_id)
    count, _kinds = Attestation.objects.filter(answer=row, person=actor).delete()
    if count:
        keep_facts([row])
        record("forum.attestation_undone", actor=actor, thing=row, audience=PUBLIC)
    return row


@transaction.atomic
def settle_recheck(*, actor: Person, recheck_id: int, outcome: str) -> Recheck:
    """Say of an answer that waits whether it `works` on the version it waits for, or `fails`.

    One that fails leaves the queue, and stands behind until someone finds that it works. Its own
    author has others say it. Raises NotSeen, NotAllowed, InvalidInput, WrongMoment (settled,
    locked).
    """
    waits = seen(Recheck.objects.visible_to(actor), pk=recheck_id)
    row = locked(Answer.objects.visible_to(actor), pk=waits.answer_id)
    recheck = locked(Recheck.objects.select_related("version__platform"), pk=recheck_id)
    if not rules.can_recheck(actor, row):
        raise NotAllowed(_("Others say whether what you wrote still works."))
    if outcome not in Recheck.Outcome.values:
        raise InvalidInput.of("outcome", "invalid_choice", _("It works, or it does not."))
    check_unlocked(row.question_id)
    if recheck.outcome == outcome:
        return recheck
    if recheck.outcome == Recheck.Outcome.WORKS:
        raise WrongMoment(_("Someone found meanwhile that it works."), code="settled")
    if outcome == Recheck.Outcome.WORKS:
        offered_now([recheck.version])
        _attest(actor, row, [recheck.version])
        recheck.refresh_from_db()
        return recheck
    recheck.outcome, recheck.outcome_by, recheck.outcome_at = outcome, actor, timezone.now()
    recheck.save(update_fields=["outcome", "outcome_by", "outcome_at"])
    keep_facts([row])
    record(
        "forum.recheck_failed",
        actor=actor,
        thing=row,
        audience=PUBLIC,
        changes={"version": recheck.version_id},
    )
    return recheck


def attest_accepted(*, answer_id: int, person: Person) -> None:
    """Keep that an answer worked on what its asker asked about, since they accepted it.

    In the caller's transaction; nothing when it is not accepted by its asker any more.
    """
    row = Answer.objects.select_for_update(of=("self",)).filter(pk=answer_id).first()
    if row is None or row.visibility != Visibility.VISIBLE:
        return
    question = Question.objects.select_related("acceptance").get(pk=row.question_id)
    acceptance = getattr(question, "acceptance", None)
    if acceptance is None or acceptance.answer_id != row.pk or question.writer_id != person.pk:
        return
    today = timezone.localdate()
    versions = [one for one in versions_of(facts_of(question.facts)) if one.is_offered(today)]
    if versions:
        _attest(person, row, versions)


def _attest(actor: Person, row: Answer, versions: list[PlatformVersion]) -> None:
    """Keep what worked, under the lock of the answer; a confirmation ends what waits for it."""
    said = set(
        Attestation.objects.filter(answer=row, person=actor).values_list("version_id", flat=True)
    )
    new = [version for version in versions if version.pk not in said]
    if not new:
        return
    is_claim = row.writer_id == actor.pk
    if is_claim and row.is_under_pseudonym:
        return  # it would say who wrote it
    Attestation.objects.bulk_create(
        [Attestation(answer=row, person=actor, version=one, is_claim=is_claim) for one in new]
    )
    if not is_claim:
        _end_rechecks(actor, row, new)
    keep_facts([row])
    record(
        "forum.answer_attested",
        actor=actor,
        thing=row,
        audience=PUBLIC,
        changes={"versions": [one.pk for one in new], "is_claim": is_claim},
    )


def _end_rechecks(actor: Person, row: Answer, versions: list[PlatformVersion]) -> None:
    """Let wait no more what is confirmed now: on the version itself; on any that is offered, where
    an older one was retired."""
    platforms = [one.platform_id for one in versions]
    ended = Q(version__in=versions)
    ended |= Q(why=Recheck.Why.RETIRED, version__platform__in=platforms)
    Recheck.objects.standing().filter(ended, answer=row).update(
        outcome=Recheck.Outcome.WORKS, outcome_by=actor, outcome_at=timezone.now()
    )


def keep_facts(answers: Iterable[Answer]) -> None:
    """Write onto answers, under their locks, what they work on and wait for: their page then asks
    no table about it. Two queries and one statement, however many."""
    rows = {row.pk: row for row in answers}
    for row in rows.values():
        row.works_on, row.rechecks = [], []
    by_others = Q(is_claim=False)
    said = (
        Attestation.objects.filter(answer__in=rows)
        .values("answer_id", "version_id")
        .annotate(confirmed=Count("pk", filter=by_others), last=Max("at", filter=by_others))
        .order_by("answer_id", "version__platform__key", "version_id")
    )
    waiting = Recheck.objects.standing().filter(answer__in=rows)
    versions = {
        version.pk: version
        for version in PlatformVersion.objects.select_related("platform").filter(
            Exists(Attestation.objects.filter(version=OuterRef("pk"), answer__in=rows))
            | Exists(Recheck.objects.filter(version=OuterRef("pk"), answer__in=rows))
        )
    }
    for one in said:
        rows[one["answer_id"]].works_on.append(
            {
                **_named(versions[one["version_id"]]),
                "confirmed": one["confirmed"],
                "last": one["last"].date().isoformat() if one["last"] else None,
            }
        )
    for recheck in waiting.order_by("version__platform__key", "pk"):
        facts = {"why": recheck.why, "failed": recheck.outcome == Recheck.Outcome.FAILS}
        rows[recheck.answer_id].rechecks.append({**_named(versions[recheck.version_id]), **facts})
    Answer.objects.bulk_update(rows.values(), ["works_on", "rechecks"], batch_size=200)


def _named(version: PlatformVersion) -> dict[str, str]:
    return {"fact": version.fact, "label": version.label}
