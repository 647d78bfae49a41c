"""Mails that come in: stored as they came, then settled, and settled again when that failed."""

from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import WrongMoment, seen
from core.faces import MAIL, coming_from
from core.journal import STAFF, record
from helpdesk.actions.opening import default_queue
from helpdesk.actions.settling import note_facts, settle
from helpdesk.mail.parsing import content_hash, mail_of
from helpdesk.models import InboundMail
from people.models import Person

Outcome = InboundMail.Outcome
UNSETTLED = (Outcome.RECEIVED, Outcome.FAILED)
MOST_ATTEMPTS = 12
WAIT = timedelta(minutes=5)


def receive_mail(*, raw: bytes) -> InboundMail:
    """Store a mail as it came, settle it and return its row; the same mail again is no change.

    What is larger than settings.MAX_MAIL_BYTES is kept up to there, for an agent to decide on.
    Raises OperationalError or InterfaceError where it could not be stored: try again later.
    Whatever goes wrong after that is written down and tried again.
    """
    mail = store_mail(raw=raw)
    return settle_mail(mail_id=mail.pk) if mail.outcome in UNSETTLED else mail


@transaction.atomic
def store_mail(*, raw: bytes) -> InboundMail:
    """Store a mail as it came, once."""
    kept = raw[: settings.MAX_MAIL_BYTES]
    parsed = mail_of(kept)
    reason = "too_large" if len(kept) < len(raw) else ""
    mail, _is_new = InboundMail.objects.get_or_create(
        identity=content_hash(parsed, kept),
        defaults={"raw": kept, "reason": reason},
    )
    return mail


def settle_mail(*, mail_id: int) -> InboundMail:
    """Do what a stored mail asks for, in one transaction; one settled already is left as it is."""
    try:
        with coming_from(MAIL), transaction.atomic():
            mail = InboundMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
            if mail.outcome in UNSETTLED:
                settle(mail)
            return mail
    except (OperationalError, InterfaceError):
        raise  # the database is away: the task or the command is tried again
    except Exception as error:  # mail parsing: kept with its fault, tried again, seen by the office
        return _failed(mail_id, error)


@transaction.atomic
def _failed(mail_id: int, error: Exception) -> InboundMail:
    mail = InboundMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
    mail.outcome, mail.attempts = Outcome.FAILED, mail.attempts + 1
    mail.error = f"{type(error).__name__}: {error}"[:2000]
    mail.save(update_fields=["outcome", "attempts", "error"])
    return mail


def settle_waiting() -> int:
    """Settle what was stored and not settled, as after a crash; return how many there were.

    What failed a dozen times is given to agents, who try it again or discard it; why it failed is
    told to the office alone (admin, or `manage.py retry_mail`).
    """
    before = timezone.now() - WAIT
    rows = InboundMail.objects.filter(
        outcome__in=UNSETTLED, received_at__lt=before, attempts__lt=MOST_ATTEMPTS
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:200])
    for pk in ids:
        settle_mail(mail_id=pk)
    _give_up()
    return len(ids)


@transaction.atomic
def _give_up() -> None:
    """Give agents what failed for good: those of the queue it came to, as far as that is read."""
    rows = InboundMail.objects.filter(outcome=Outcome.FAILED, queue=None)
    rows = rows.filter(attempts__gte=MOST_ATTEMPTS).select_for_update(of=("self",))
    for mail in rows.order_by("pk")[:200]:
        try:
            with transaction.atomic():
                note_facts(mail)
        except Exception:  # mail parsing: what cannot even be read is for the default queue
            mail.queue = default_queue()
        mail.save()
        record("helpdesk.mail_given_up", actor=None, thing=mail, audience=STAFF)


def retry_mail(*, actor: Person, mail_id: int) -> InboundMail:
    """Settle again a mail that failed for good, as an agent of its queue; it may fail again.

    Raises NotSeen, WrongMoment (it did not fail, or is settled by now).
    """
    mail = seen(InboundMail.objects.visible_to(actor), pk=mail_id)
    if mail.outcome != Outcome.FAILED:
        raise WrongMoment(_("This mail was decided on already."), code="decided")
    with transaction.atomic():
        record("helpdesk.mail_retried", actor=actor, thing=mail, audience=STAFF)
    return settle_mail(mail_id=mail.pk)


def retry_mails(*, ids: list[int] | None = None) -> int:
    """Settle again what failed, all of it or these; return how many are settled now."""
    rows = InboundMail.objects.filter(outcome__in=UNSETTLED).order_by("pk")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    settled = [settle_mail(mail_id=pk) for pk in rows.values_list("pk", flat=True)]
    return sum(mail.outcome not in UNSETTLED for mail in settled)


def purge_mails() -> int:
    """Forget mails as they came after settings.MAILS_KEPT_DAYS, but those still to be decided."""
    before = timezone.now() - timedelta(days=settings.MAILS_KEPT_DAYS)
    rows = InboundMail.objects.filter(received_at__lt=before, raw__isnull=False)
    return rows.exclude(outcome__in=[*UNSETTLED, Outcome.QUARANTINED]).update(raw=None)
