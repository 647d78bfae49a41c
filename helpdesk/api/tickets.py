"""Tickets, and with whom they are shared."""

from typing import Any

import django_filters
from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet, JsonParser
from core.errors import InvalidInput, NotAllowed
from core.filters import TrueOrFalse
from helpdesk import actions, queries, rules
from helpdesk.api.shapes import (
    TicketAssignmentInput,
    TicketInput,
    TicketListOutput,
    TicketOutput,
    TicketShareOutput,
    TicketStateInput,
)
from helpdesk.forms import is_address
from helpdesk.models import Share, Ticket
from helpdesk.queries.copied import MOST_COPIED, copied_in
from helpdesk.queries.finding import called, with_tag, with_words
from helpdesk.states import State, WaitsFor
from people.models import Person
from people.models.person import folded
from people.present import me


class TicketFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.MultipleChoiceFilter(choices=State.choices, distinct=False)
    waits_for = django_filters.ChoiceFilter(choices=WaitsFor.choices)
    queue = django_filters.CharFilter(field_name="queue__slug", max_length=40)
    level = django_filters.CharFilter(field_name="level_version__level__slug", max_length=40)
    language = django_filters.ChoiceFilter(choices=settings.SPOKEN_LANGUAGES)
    assignee = django_filters.CharFilter(field_name="assignee__handle", max_length=40)
    q = django_filters.CharFilter(
        method="having_words",
        max_length=200,
        label="words in it; where many messages have them, only the newest are looked through",
    )
    tag = django_filters.CharFilter(method="having_tag", max_length=40, label="a tag it has")
    unassigned = TrueOrFalse(field_name="assignee", lookup_expr="isnull")

    is_own = False
    is_of_some = False  # what is listed is narrowed before any filter is chosen

    class Meta:
        model = Ticket
        fields: list[str] = []

    def having_tag(self, rows: Any, _name: str, text: str) -> Any:
        return with_tag(rows, called(text))

    def having_words(self, rows: Any, _name: str, _text: str) -> Any:
        return rows  # when all others have narrowed them: filter_queryset

    def filter_queryset(self, queryset: Any) -> Any:
        asked = self.form.cleaned_data
        is_narrowed = self.is_of_some or any(
            value not in (None, "", []) for name, value in asked.items() if name != "q"
        )
        rows = super().filter_queryset(queryset)
        return with_words(
            rows, self.request.user, asked["q"], own=self.is_own, is_narrowed=is_narrowed
        )


class OwnTicketFilter(TicketFilter):
    """Of one's own, an agent's too, all texts are looked through."""

    is_own = True
    q = django_filters.CharFilter(method="having_words", max_length=200, label="words in it")


class WaitingTicketFilter(TicketFilter):
    """Of what waits for us, which is some of all there is."""

    is_of_some = True


class TicketViews(ApiViewSet):
    """Tickets, what is said in them, and what becomes of them."""

    parser_classes = [JsonParser, MultiPartParser]  # with files
    queryset = Ticket.objects.none()
    filterset_class = TicketFilter
    keyset = queries.BY_ACTIVITY

    def _shown(self, request: Request, ticket_id: int, status: int = 200) -> Response:
        row = queries.ticket_seen(request.user, ticket_id)
        return self.shown(row, TicketOutput, status)

    @extend_schema(responses=TicketListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List all tickets I see, those of my queues too; the last active first."""
        rows = Ticket.objects.visible_to(request.user)
        return self.listed(queries.listed(rows), TicketListOutput)

    @extend_schema(responses=TicketListOutput(many=True))
    def mine(self, request: Request) -> Response:
        """List the tickets I opened, that are shared with me or my organisations'."""
        rows = Ticket.objects.asked_by(request.user)
        return self.listed(queries.listed(rows), TicketListOutput)

    @extend_schema(request=TicketInput, responses={201: TicketOutput})
    def create(self, request: Request) -> Response:
        """Open a ticket; as an agent, for somebody who calls or comes by.

        With requester, site is one of theirs, for staff to say; left out, it is the one they mean.
        """
        data = self.valid(TicketInput)
        if data["requester"]:
            return self._open_for(request, data)
        if data["queue"]:
            raise InvalidInput.of("queue", "not_possible", _("Say for whom it is, too."))
        ticket = actions.open_ticket(
            actor=me(request),
            subject=data["subject"],
            source=data["source"],
            language=data["language"],
            site_id=data["site"],
            uploads=data["attachments"],
            fields=data["fields"],
            send_secrets=data["send_secrets"],
            looked=[(row["kind"], row["id"]) for row in data.get("looked", [])],
        )
        return self._shown(request, ticket.pk, 201)

    def _open_for(self, request: Request, data: dict[str, Any]) -> Response:
        names = ("requester", "subject", "source", "language", "site", "fields", "send_secrets")
        ticket = actions.open_ticket_for(
            actor=me(request),
            queue_slug=data["queue"],
            uploads=data["attachments"],
            **{name: data[name] for name in names},
        )
        return self._shown(request, ticket.pk, 201)

    @extend_schema(responses=TicketOutput)
    def retrieve(self, request: Request, ticket_id: int) -> Response:
        """Return a ticket; what is said in it stands under /messages."""
        return self._shown(request, ticket_id)

    @extend_schema(request=TicketStateInput, responses=TicketOutput)
    def set_state(self, request: Request, ticket_id: int) -> Response:
        """Solve, close, open again or let wait; `allowed` of the ticket says what is possible."""
        data = self.valid(TicketStateInput)
        actions.set_state(
            actor=me(request), ticket_id=ticket_id, state=data["state"], named=data["named"]
        )
        return self._shown(request, ticket_id)

    @extend_schema(request=TicketAssignmentInput, responses=TicketOutput)
    def assign(self, request: Request, ticket_id: int) -> Response:
        """Take a ticket, or give it to an agent of its queue."""
        handle = self.valid(TicketAssignmentInput)["assignee"]
        assignee = person_called(handle, "assignee") if handle else me(request)
        actions.assign(actor=me(request), ticket_id=ticket_id, assignee=assignee)
        return self._shown(request, ticket_id)

    @extend_schema(request=None, responses=TicketOutput)
    def unassign(self, request: Request, ticket_id: int) -> Response:
        """Put a ticket back into the queue."""
        actions.unassign(actor=me(request), ticket_id=ticket_id)
        return self._shown(request, ticket_id)


class ShareViews(ApiViewSet):
    """With whom a ticket is shared."""

    queryset = Share.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=TicketShareOutput(many=True))
    def list(self, request: Request, ticket_id: int) -> Response:
        """List who takes part beside who opened it; addresses to those who may invite."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        if rules.is_masked(request.user, ticket):
            raise NotAllowed(_("You see who asked masked, and so whom they show it to."))
        return self.listed(ticket.shares.select_related("person", "ticket"), TicketShareOutput)

    @extend_schema(request=None, responses=TicketShareOutput)
    def share(self, request: Request, ticket_id: int, handle: str) -> Response:
        """Show a ticket to one more person: a handle, or a mail address to invite."""
        queries.ticket_seen(request.user, ticket_id)
        if is_address(handle):
            row = actions.invite(actor=me(request), ticket_id=ticket_id, address=handle)
            return self.shown(row, TicketShareOutput)
        person = person_called(handle, "person")
        row = actions.share(actor=me(request), ticket_id=ticket_id, person=person)
        return self.shown(row, TicketShareOutput)

    @extend_schema(request=None, responses={204: None})
    def unshare(self, request: Request, ticket_id: int, handle: str) -> Response:
        """Stop showing it to them; or leave, as the one it is shared with."""
        queries.ticket_seen(request.user, ticket_id)
        if is_address(handle):
            actions.uninvite(actor=me(request), ticket_id=ticket_id, address=handle)
            return Response(status=204)
        person = person_called(handle, "person")
        actions.unshare(actor=me(request), ticket_id=ticket_id, person=person)
        return Response(status=204)


class CopiedInput(serializers.Serializer[Any]):
    addresses = serializers.ListField(
        child=serializers.EmailField(max_length=254),
        min_length=1,
        max_length=MOST_COPIED,
        help_text="of those listed",
    )


class CopiedOutput(serializers.Serializer[Any]):
    addresses = serializers.ListField(child=serializers.CharField())


class CopiedViews(ApiViewSet):
    """Who was in copy of a ticket's mails, for those who may let them take part."""

    queryset = Share.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(responses=CopiedOutput)
    def copied(self, request: Request, ticket_id: int) -> Response:
        """List the addresses in copy of its mails that take no part in the ticket."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        if not rules.can_share(request.user, ticket) or rules.is_masked(request.user, ticket):
            raise NotAllowed
        return Response({"addresses": copied_in(request.user, ticket)})

    @extend_schema(request=CopiedInput, responses=TicketShareOutput(many=True))
    def invite(self, request: Request, ticket_id: int) -> Response:
        """Let them take part: what is said from now on comes to them by mail."""
        queries.ticket_seen(request.user, ticket_id)
        addresses = self.valid(CopiedInput)["addresses"]
        rows = actions.invite_copied(actor=me(request), ticket_id=ticket_id, addresses=addresses)
        shape = TicketShareOutput(rows, many=True, context={"request": request})
        return Response(shape.data)


def person_called(handle: str, field: str) -> Person:
    """Return the active person with this handle. Raises InvalidInput."""
    people = Person.objects.active().filter(handle_folded=folded(handle.removeprefix("@")))
    person = people.first()
    if person is None:
        raise InvalidInput.of(field, "unknown_person", handle)
    return person
