"""Mails that came in, for the programs of agents."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from helpdesk import actions
from helpdesk.api.queues import check_agent
from helpdesk.api.shapes import BIGGEST
from helpdesk.models import InboundMail
from helpdesk.queries import mails as queries
from people.present import me


class MailTicketInput(serializers.Serializer[Any]):
    ticket = serializers.IntegerField(min_value=1, max_value=BIGGEST)


class MailDiscardInput(serializers.Serializer[Any]):
    reason = serializers.CharField(min_length=3, max_length=300)


class MailListOutput(serializers.ModelSerializer[InboundMail]):
    message_id = serializers.CharField(source="mail_id")
    queue = serializers.CharField(source="queue.slug", default=None, allow_null=True)
    ticket = serializers.IntegerField(source="ticket_id", allow_null=True)
    outcome = serializers.ChoiceField(choices=InboundMail.Outcome.choices)
    decided_by = serializers.CharField(source="decided_by.handle", default=None, allow_null=True)
    url = serializers.CharField(source="path")

    class Meta:
        model = InboundMail
        fields = [
            "id",
            "message_id",
            "received_at",
            "from_email",
            "from_name",
            "to",
            "cc",
            "subject",
            "is_automatic",
            "is_bounce",
            "outcome",
            "reason",
            "proof",
            "queue",
            "ticket",
            "decided_by",
            "decided_at",
            "decision_reason",
            "url",
        ]


class MailOutput(MailListOutput):
    text = serializers.SerializerMethodField(help_text="all of it; empty once it was purged")

    class Meta(MailListOutput.Meta):
        fields = [*MailListOutput.Meta.fields, "text"]

    def get_text(self, row: InboundMail) -> str:
        parsed = self.context["parsed"]
        return parsed.text if parsed else ""


class MailViews(ApiViewSet):
    """Mails of the queues one works on."""

    queryset = InboundMail.objects.none()
    filter_backends: list[Any] = []
    keyset = queries.BY_NEWEST

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "parsed": getattr(self, "parsed", None)}

    def _shown(self, request: Request, mail_id: int) -> Response:
        facts = queries.mail_page(request.user, mail_id)
        self.parsed = facts.parsed
        return self.shown(facts.mail, MailOutput)

    @extend_schema(responses=MailListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the mails that wait for a decision, the newest first."""
        check_agent(request)
        rows = queries.mails_of(request.user).select_related("decided_by")
        return self.listed(rows, MailListOutput)

    @extend_schema(responses=MailListOutput(many=True))
    def all(self, request: Request) -> Response:
        """List all mails of my queues, the newest first."""
        check_agent(request)
        rows = queries.mails_of(request.user, waiting=False).select_related("decided_by")
        return self.listed(rows, MailListOutput)

    @extend_schema(responses=MailOutput)
    def retrieve(self, request: Request, mail_id: int) -> Response:
        """Return a mail with its text."""
        return self._shown(request, mail_id)

    @extend_schema(request=MailTicketInput, responses=MailOutput)
    def attach(self, request: Request, mail_id: int) -> Response:
        """Put a mail that waits into a ticket."""
        ticket_id = self.valid(MailTicketInput)["ticket"]
        actions.attach_mail(actor=me(request), mail_id=mail_id, ticket_id=ticket_id)
        return self._shown(request, mail_id)

    @extend_schema(request=None, responses=MailOutput)
    def opening(self, request: Request, mail_id: int) -> Response:
        """Open a ticket with a mail that waits, for who sent it."""
        actions.open_mail(actor=me(request), mail_id=mail_id)
        return self._shown(request, mail_id)

    @extend_schema(request=None, responses={200: MailOutput, 204: None})
    def retry(self, request: Request, mail_id: int) -> Response:
        """Try again to take in a mail that failed; its outcome says whether it did again.

        204 where it went to a queue that you do not work.
        """
        actions.retry_mail(actor=me(request), mail_id=mail_id)
        if not InboundMail.objects.visible_to(request.user).filter(pk=mail_id).exists():
            return Response(status=204)
        return self._shown(request, mail_id)

    @extend_schema(request=MailDiscardInput, responses=MailOutput)
    def discarding(self, request: Request, mail_id: int) -> Response:
        """Discard a mail that waits, saying why."""
        reason = self.valid(MailDiscardInput)["reason"]
        actions.discard_mail(actor=me(request), mail_id=mail_id, reason=reason)
        return self._shown(request, mail_id)
