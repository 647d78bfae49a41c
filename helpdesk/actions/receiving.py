"""Mails that come in: stored as they came, then settled, and settled again when that failed."""

from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from core.faces import MAIL, coming_from
from helpdesk.actions.settling import settle
from helpdesk.mail.parsing import content_hash, mail_of
from helpdesk.models import InboundMail

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

    What failed a dozen times waits for the office (admin, or `manage.py retry_mail`).
    """
    before = timezone.now() - WAIT
    rows = InboundMail.objects.filter(
        outcome__in=UNSETTLED, received_at__lt=before, attempts__lt=MOST_ATTEMPTS
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:200])
    for pk in ids:
        settle_mail(mail_id=pk)
    return len(ids)


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
