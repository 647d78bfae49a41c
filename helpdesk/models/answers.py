"""A ticket that becomes a public answer, and the consent without which it never is public."""

import hashlib
import json
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models import Question
from helpdesk.models.tickets import Ticket
from people.models import Person


class PublicAnswerQuerySet(models.QuerySet["PublicAnswer"]):
    def visible_to(self, person: Any) -> "PublicAnswerQuerySet":
        """Return those of one's queues; to who opened the ticket, from when they are asked."""
        worked_on = Ticket.objects.staffed_by(person).filter(pk=OuterRef("ticket"))
        seen = Q(Exists(worked_on))
        if person.is_authenticated:
            draft = PublicAnswer.State.DRAFT
            seen |= Q(ticket__requester=person) & ~Q(state=draft)
        return self.filter(seen)


class PublicAnswer(models.Model):
    """The text that may be published of a ticket: a question and its answer, nobody in it.

    text_hash: of exactly this text; a consent counts for the text with its hash alone, which the
    database keeps (helpdesk.triggers). link_nonce: of the one link by which the requester answers
    without signing in; empty once it is used or the text has changed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ASKED = "asked", _("The requester is asked")
        REFUSED = "refused", _("The requester said no")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Taken back")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="public_answers")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(max_length=200)
    question_source = models.TextField()
    answer_source = models.TextField()
    language = models.CharField(max_length=20)  # BCP 47
    tags = models.JSONField(default=list)
    text_hash = models.CharField(max_length=64)
    link_nonce = models.CharField(max_length=32, blank=True)
    question = models.OneToOneField(
        Question, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PublicAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(state__in=["draft", "asked", "published"]),
                name="public_answer_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.title}"

    @property
    def path(self) -> str:
        """The path of its page, for agents and the requester."""
        return f"{self.ticket.path}/public"

    def hash_now(self) -> str:
        """Return the hash of the text as it stands."""
        text = [self.title, self.question_source, self.answer_source, self.language, self.tags]
        return hashlib.sha256(json.dumps(text, ensure_ascii=False).encode()).hexdigest()


class Consent(models.Model):
    """What the requester said to one text, by its hash; never changed, but withdrawn once."""

    answer = models.ForeignKey(PublicAnswer, models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    text_hash = models.CharField(max_length=64)
    agrees = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "text_hash"], name="consent_once_a_text")
        ]

    def __str__(self) -> str:
        return f"{'yes' if self.agrees else 'no'} to {self.answer_id}"
