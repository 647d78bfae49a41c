"""What stands around a ticket: mergers, splits, links, followers and its queue; for its agents."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import NotAllowed, NotSeen
from helpdesk import actions, queries, rules
from helpdesk.api.shapes import BIGGEST, TicketMergerInput, TicketOutput
from helpdesk.models import Ticket
from helpdesk.queries.around import followers, linked, links_of
from helpdesk.queries.relocations import split_from
from people.present import me


class TicketSplitInput(serializers.Serializer[Any]):
    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST), min_length=1, max_length=100
    )
    subject = serializers.CharField(
        min_length=3, max_length=200, required=False, default="", help_text="left out: the ticket's"
    )


class TicketQueueInput(serializers.Serializer[Any]):
    queue = serializers.CharField(max_length=40, help_text="a slug")


class TicketLevelInput(serializers.Serializer[Any]):
    level = serializers.CharField(max_length=40, help_text="a slug")


class TicketSiteInput(serializers.Serializer[Any]):
    site = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=BIGGEST, help_text="one of the requester's, or none"
    )


class TicketLinkOutput(serializers.Serializer[Any]):
    kind = serializers.CharField(
        help_text="what the other one is: duplicate, related, parent, child"
    )
    ticket = serializers.IntegerField(source="other.pk")
    number = serializers.CharField(source="other.number")
    subject = serializers.CharField(source="other.subject")


class FollowerOutput(serializers.Serializer[Any]):
    person = serializers.CharField(source="handle")


class AroundViews(ApiViewSet):
    """What agents do with several tickets at once, and which they follow."""

    queryset = Ticket.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    def _shown(self, request: Request, ticket_id: int, status: int = 200) -> Response:
        return self.shown(queries.ticket_seen(request.user, ticket_id), TicketOutput, status)

    def _worked(self, request: Request, ticket_id: int) -> Ticket:
        ticket = queries.ticket_seen(request.user, ticket_id)
        if not rules.can_work(request.user, ticket):
            raise NotAllowed
        return ticket

    @extend_schema(request=TicketMergerInput, responses=TicketOutput)
    def merge(self, request: Request, ticket_id: int) -> Response:
        """Merge a ticket into another one of the same person; the other is returned."""
        into_id = self.valid(TicketMergerInput)["into"]
        into = actions.merge(actor=me(request), ticket_id=ticket_id, into_id=into_id)
        return self._shown(request, into.pk)

    @extend_schema(request=None, responses=TicketOutput)
    def undo_merge(self, request: Request, ticket_id: int) -> Response:
        """Make two of them again; the ticket is returned."""
        actions.undo_merge(actor=me(request), ticket_id=ticket_id)
        return self._shown(request, ticket_id)

    @extend_schema(request=TicketSplitInput, responses={201: TicketOutput})
    def split(self, request: Request, ticket_id: int) -> Response:
        """Make some messages a ticket of their own, which is returned."""
        data = self.valid(TicketSplitInput)
        new = actions.split(
            actor=me(request),
            ticket_id=ticket_id,
            message_ids=data["messages"],
            subject=data["subject"],
        )
        return self._shown(request, new.pk, 201)

    @extend_schema(request=None, responses=TicketOutput)
    def undo_split(self, request: Request, ticket_id: int, new_id: int) -> Response:
        """Put the messages of a split-off ticket back; where they stand is returned."""
        new = self._worked(request, new_id)
        origin = split_from(request.user, new)
        if new.merged_into_id is None and (origin is None or origin.pk != ticket_id):
            raise NotSeen
        there = actions.undo_split(actor=me(request), ticket_id=new_id)
        return self._shown(request, there.pk)

    @extend_schema(responses=TicketLinkOutput(many=True))
    def links(self, request: Request, ticket_id: int) -> Response:
        """List the other tickets this one has to do with, and what they are to it."""
        ticket = self._worked(request, ticket_id)
        return Response(TicketLinkOutput(links_of(request.user, ticket), many=True).data)

    @extend_schema(request=None, responses=TicketLinkOutput)
    def link(self, request: Request, ticket_id: int, kind: str, other_id: int) -> Response:
        """Say what another ticket is to this one: duplicate, related, parent or child."""
        row = actions.link(actor=me(request), ticket_id=ticket_id, other_id=other_id, kind=kind)
        ticket = queries.ticket_seen(request.user, ticket_id)
        return self.shown(linked(row, ticket, request.user), TicketLinkOutput)

    @extend_schema(request=None, responses={204: None})
    def unlink(self, request: Request, ticket_id: int, kind: str, other_id: int) -> Response:
        """Take a link back."""
        actions.unlink(actor=me(request), ticket_id=ticket_id, other_id=other_id, kind=kind)
        return Response(status=204)

    @extend_schema(responses=FollowerOutput(many=True))
    def followers(self, request: Request, ticket_id: int) -> Response:
        """List who follows a ticket."""
        ticket = self._worked(request, ticket_id)
        return Response(FollowerOutput(followers(ticket), many=True).data)

    @extend_schema(request=None, responses={204: None})
    def follow(self, request: Request, ticket_id: int) -> Response:
        """Be told of all that is said in a ticket."""
        actions.follow(actor=me(request), ticket_id=ticket_id)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def unfollow(self, request: Request, ticket_id: int) -> Response:
        """Be told of it no more."""
        actions.unfollow(actor=me(request), ticket_id=ticket_id)
        return Response(status=204)

    @extend_schema(request=TicketQueueInput, responses={200: TicketOutput, 204: None})
    def change_queue(self, request: Request, ticket_id: int) -> Response:
        """Hand a ticket to another queue; 204 when you do not see it there."""
        slug = self.valid(TicketQueueInput)["queue"]
        actions.change_queue(actor=me(request), ticket_id=ticket_id, queue_slug=slug)
        if not Ticket.objects.visible_to(request.user).filter(pk=ticket_id).exists():
            return Response(status=204)
        return self._shown(request, ticket_id)

    @extend_schema(request=TicketSiteInput, responses={200: TicketOutput, 204: None})
    def change_site(self, request: Request, ticket_id: int) -> Response:
        """Say which site of its requester a ticket is about, whose promise counts from here.

        A level that an agent gave stays. 204 when you do not see the ticket any more.
        """
        site_id = self.valid(TicketSiteInput)["site"]
        actions.change_site(actor=me(request), ticket_id=ticket_id, site_id=site_id)
        if not Ticket.objects.visible_to(request.user).filter(pk=ticket_id).exists():
            return Response(status=204)
        return self._shown(request, ticket_id)

    @extend_schema(request=TicketLevelInput, responses=TicketOutput)
    def change_level(self, request: Request, ticket_id: int) -> Response:
        """Promise a ticket what a level promises now; its clocks go on by that."""
        slug = self.valid(TicketLevelInput)["level"]
        actions.change_level(actor=me(request), ticket_id=ticket_id, level_slug=slug)
        return self._shown(request, ticket_id)
