"""Where a person's browsers take notices from, and what is on its way to them."""

from typing import Any

from django.db import models
from django.utils import timezone

from people.models.person import Person


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def visible_to(self, person: Any) -> "PushSubscriptionQuerySet":
        """Return one's own."""
        return self.filter(person=person) if person.is_authenticated else self.none()


class PushSubscription(models.Model):
    """A browser that a person allowed to show notices, by the address of its push service.

    p256dh and auth: the browser's public key and secret, base64url, as it gave them (RFC 8291).
    label: what to call it, such as "Firefox, Linux".
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    label = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_failed_at = models.DateTimeField(null=True)

    objects = PushSubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.label or str(self.pk)


class OutgoingPush(models.Model):
    """What one browser is to show; deleted when it was sent, or can not be any more.

    tried_at: set and committed before the push service is spoken to. Who dies in between leaves a
    row that is tried no more: a push may be lost, and comes never twice.
    thing: what the person must still be able to see when it is sent. tag: a later push with the
    same tag takes the place of the earlier one on the screen.
    """

    subscription = models.ForeignKey(PushSubscription, models.CASCADE, related_name="pushes")
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    tag = models.CharField(max_length=32)
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.tag} for {self.subscription_id}"
