"""States as an installation calls them; each stands for one of the fixed ones."""

from django.db import models
from django.db.models import Q

from helpdesk.states import State
from people.naming import NamedByLanguage

FOR_NAMES = (
    State.OPEN,
    State.WAITING_REQUESTER,
    State.WAITING_US,
    State.SOLVED,
    State.CLOSED,
)


class NamedState(NamedByLanguage):
    """A state with a name of its own, such as "Waiting for the registrar", which agents choose.

    code: the fixed state it stands for; what may follow, who may set it and which clocks run is
    the table's (helpdesk.states) for that code. One that is not offered any more stays readable.
    """

    slug = models.SlugField(max_length=40, unique=True)
    code = models.CharField(
        max_length=20, choices=[(state.value, state.label) for state in FOR_NAMES]
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=[str(state) for state in FOR_NAMES]), name="named_state_code"
            )
        ]

    def __str__(self) -> str:
        return self.slug
