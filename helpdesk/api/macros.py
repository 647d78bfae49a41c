"""Macros for programs: keeping them, and running one on a ticket."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import NotAllowed, seen
from helpdesk import actions, queries, rules
from helpdesk.api.desk_shapes import (
    MacroChangeInput,
    MacroChoiceOutput,
    MacroInput,
    MacroOutput,
    MacroRunInput,
)
from helpdesk.api.shapes import TicketOutput
from helpdesk.models import Macro, Ticket
from helpdesk.prepared import read_steps
from people.present import me


class MacroViews(ApiViewSet):
    """Prepared answers and changes."""

    queryset = Macro.objects.none()
    filter_backends: list[Any] = []
    keyset = ("id",)

    @extend_schema(responses=MacroOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the macros of my queues."""
        if not rules.can_read_desk(request.user):
            raise NotAllowed
        return self.listed(queries.macros(request.user), MacroOutput)

    @extend_schema(request=MacroInput, responses={201: MacroOutput})
    def create(self, request: Request) -> Response:
        """Prepare a macro."""
        data = self.valid(MacroInput)
        macro = actions.make_macro(actor=me(request), plan=plan_of(data))
        return self._shown(request, macro.pk, 201)

    @extend_schema(responses=MacroOutput)
    def retrieve(self, request: Request, macro_id: int) -> Response:
        """Return a macro with its texts."""
        return self._shown(request, macro_id)

    @extend_schema(request=MacroChangeInput, responses=MacroOutput)
    def update(self, request: Request, macro_id: int) -> Response:
        """Change a macro as a whole; a language that is left out loses its text."""
        data = self.valid(MacroChangeInput)
        actions.change_macro(
            actor=me(request), macro_id=macro_id, revision=data["revision"], plan=plan_of(data)
        )
        return self._shown(request, macro_id)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, macro_id: int) -> Response:
        """Offer a macro no more."""
        actions.retire_macro(actor=me(request), macro_id=macro_id)
        return Response(status=204)

    def _shown(self, request: Request, macro_id: int, status: int = 200) -> Response:
        return self.shown(seen(queries.macros(request.user), pk=macro_id), MacroOutput, status)


class TicketMacroViews(ApiViewSet):
    """Macros in one ticket."""

    queryset = Macro.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(responses=MacroChoiceOutput(many=True))
    def choices(self, request: Request, ticket_id: int) -> Response:
        """List the macros for a ticket, all at once, with what each would say there."""
        ticket = queries.ticket_worked(request.user, ticket_id)
        rows = queries.macro_choices(request.user, ticket, get_language() or "en")
        return Response(MacroChoiceOutput(rows, many=True).data)

    @extend_schema(request=MacroRunInput, responses={200: TicketOutput, 204: None})
    def run(self, request: Request, ticket_id: int) -> Response:
        """Do all a macro says to a ticket, or nothing; when something was said meanwhile, 409.

        204 when the ticket is in a queue where I do not see it any more.
        """
        data = self.valid(MacroRunInput)
        actions.run_macro(
            actor=me(request),
            ticket_id=ticket_id,
            macro_id=data["macro"],
            revision=data["revision"],
            source=data["source"],
            send_anyway=data["send_anyway"],
            send_secrets=data["send_secrets"],
        )
        return ticket_or_nothing(self, request, ticket_id)


def ticket_or_nothing(view: ApiViewSet, request: Request, ticket_id: int) -> Response:
    """Return the ticket; 204 where one does not see it any more."""
    if not Ticket.objects.visible_to(request.user).filter(pk=ticket_id).exists():
        return Response(status=204)
    return view.shown(queries.ticket_seen(request.user, ticket_id), TicketOutput)


def plan_of(data: dict[str, Any]) -> actions.MacroPlan:
    """Return what a macro shall be, from checked input. Raises InvalidInput."""
    return actions.MacroPlan(
        names=data["names"],
        texts=data["texts"],
        language=data["language"],
        queue=data["queue"],
        steps=read_steps(data.get("steps", {})),
        checked=data["checked"],
    )
