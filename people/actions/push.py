"""Notices in a person's browsers: letting one show them, and sending them there."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal, things
from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment, locked
from people import rules, web_push
from people.models import OutgoingPush, Person, PushSubscription
from people.web_push import Outcome

MAX_SUBSCRIPTIONS = 20
WORTH_SENDING_FOR = timedelta(days=1)
REST_AFTER_FAILURE = timedelta(minutes=1)


class NotNow(Exception):  # noqa: N818  (the worker's word for "again later")
    """The push service took nothing; the worker tries again later."""


@transaction.atomic
def subscribe(
    *, actor: Person, endpoint: str, p256dh: str, auth: str, label: str = ""
) -> PushSubscription:
    """Let a browser show one's notices; the same browser again is the same row.

    A browser that was another's (a shared computer) is this person's from now on.
    Raises NotAllowed, InvalidInput, WrongMoment when there are too many.
    """
    if not rules.can_act(actor):
        raise NotAllowed
    _check(endpoint, p256dh, auth)
    locked(Person.objects.all(), pk=actor.pk)
    own = PushSubscription.objects.visible_to(actor)
    if own.exclude(endpoint=endpoint).count() >= MAX_SUBSCRIPTIONS:
        raise WrongMoment(
            _("You have many browsers. Take one away first."),
            code="too_many_subscriptions",
            allowed=["unsubscribe"],
        )
    # What was on its way to another person does not follow the browser.
    PushSubscription.objects.filter(endpoint=endpoint).exclude(person=actor).delete()
    row, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "person": actor,
            "p256dh": p256dh,
            "auth": auth,
            "label": label[:60],
            "last_failed_at": None,
        },
    )
    _record("people.push_subscribed", actor, row.pk)
    return row


@transaction.atomic
def unsubscribe(*, actor: Person, subscription_id: int) -> Person:
    """Send nothing more to one of one's own browsers. Raises NotSeen."""
    row = locked(PushSubscription.objects.visible_to(actor), pk=subscription_id)
    _record("people.push_unsubscribed", actor, row.pk)
    row.delete()
    return actor


def _check(endpoint: str, p256dh: str, auth: str) -> None:
    fault = web_push.endpoint_fault(endpoint)
    if fault:
        raise InvalidInput.of("endpoint", fault, _("This is not the address of a push service."))
    if not web_push.is_browser_key(p256dh):
        raise InvalidInput.of("p256dh", "invalid", _("This is not a browser's key."))
    try:
        secret = web_push.unpacked(auth)
    except ValueError:
        secret = b""
    if len(secret) != 16:
        raise InvalidInput.of("auth", "invalid", _("This is not a browser's secret."))


def _record(verb: str, actor: Person, subscription_id: int) -> None:
    journal.record(
        verb,
        actor=actor,
        thing=actor,
        audience=journal.SYSTEM,
        changes={"subscription": subscription_id},
    )


@transaction.atomic
def push_to(*, person: Person, title: str, url: str, tag: str, kind: str, object_id: int) -> int:
    """Put a line on its way to all of a person's browsers; return how many there are.

    In the transaction of what it tells of. title: in the person's language. url: a path.
    kind, object_id: the thing it is about: who does not see it any more is sent nothing.
    tag: letters, digits, "-" and "_", at most 32.
    """
    from people.tasks import send_push

    rows = list(PushSubscription.objects.filter(person=person).order_by("pk"))
    for subscription in rows:
        row = OutgoingPush.objects.create(
            subscription=subscription,
            title=title[:300],
            url=url,
            tag=tag,
            thing_kind=kind,
            thing_id=object_id,
        )
        send_push.enqueue(push_id=row.pk)
    return len(rows)


def deliver_push(*, push_id: int) -> Outcome | None:
    """Send one row to its push service, at most once; None for what is not sent any more.

    Outside of a transaction: that it is tried is committed before anyone is spoken to. Only what
    the service certainly did not take is tried again. Raises NotNow for that.
    """
    rows = OutgoingPush.objects.filter(pk=push_id, tried_at=None)
    row = rows.select_related("subscription__person").first()
    if row is None:
        return None
    now = timezone.now()
    if row.created_at < now - WORTH_SENDING_FOR or not _may_be_told(row):
        row.delete()
        return None
    failed_at = row.subscription.last_failed_at
    if failed_at is not None and failed_at > now - REST_AFTER_FAILURE:
        raise NotNow  # a service that hangs would hold up everyone's mail
    if not rows.update(tried_at=now):
        return None
    message = {"title": row.title, "url": row.url, "tag": row.tag}
    outcome = web_push.send(row.subscription, message, topic=_topic(row))
    _settle(row, outcome)
    return outcome


def _settle(row: OutgoingPush, outcome: Outcome) -> None:
    subscription = PushSubscription.objects.filter(pk=row.subscription_id)
    if outcome == Outcome.GONE:
        subscription.delete()
        return
    if outcome in (Outcome.LATER, Outcome.LOST):
        subscription.update(last_failed_at=timezone.now())
    if outcome == Outcome.LATER:
        OutgoingPush.objects.filter(pk=row.pk).update(tried_at=None)
        raise NotNow
    OutgoingPush.objects.filter(pk=row.pk).delete()


def _may_be_told(row: OutgoingPush) -> bool:
    person = row.subscription.person
    try:
        seen = things.thing_of(row.thing_kind).visible_to(person)
    except NotSeen:
        return False
    return person.is_active and seen.filter(pk=row.thing_id).exists()


def _topic(row: OutgoingPush) -> str:
    """Return a name for what replaces what, that tells the push service nothing."""
    return hashlib.sha256(f"{row.subscription.auth}/{row.tag}".encode()).hexdigest()[:32]


def forget_old_pushes() -> int:
    """Delete what was tried by a worker that died, or is too old to be sent."""
    old = OutgoingPush.objects.filter(created_at__lt=timezone.now() - WORTH_SENDING_FOR)
    return old.delete()[0]
