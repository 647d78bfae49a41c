"""What a ticket's learning need says, and the mentoring request that came of it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.errors import seen
from helpdesk.models import LearningNeed, Ticket
from mentoring.matcher import Slot
from mentoring.models import MentoringRequest
from mentoring.terms import MOST_LANGUAGES, Terms
from people.queries import skill_names


def learning_need_of(ticket: Ticket) -> LearningNeed:
    """Return the learning need of a ticket seen before. Raises NotSeen."""
    return seen(LearningNeed.objects.prefetch_related("skills"), ticket=ticket)


def request_of_need(person: Any, ticket: Ticket) -> MentoringRequest | None:
    """Return the newest request that came of a ticket, if this person sees it."""
    rows = MentoringRequest.objects.visible_to(person)
    return rows.filter(origin_kind="helpdesk.ticket", origin_id=ticket.pk).order_by("-pk").first()


def terms_of_need(need: LearningNeed, *, slots: Sequence[Slot], time_zone: str) -> Terms:
    """Return what the request will say: skills, languages and level of what was noted."""
    languages = dict.fromkeys([need.language, *need.ticket.requester.spoken])
    return Terms(
        skills=[skill.slug for skill in need.skills.all()],
        languages=list(languages)[:MOST_LANGUAGES],
        slots=slots,
        time_zone=time_zone,
        source=level_words(need),
    )


def level_words(need: LearningNeed) -> str:
    """Return the level as the learner would say it."""
    return _("My level: %(level)s.") % {"level": need.get_level_display()}


def confirm_path(need: LearningNeed, language: str) -> str:
    """Return the path of mentoring's form with all that is known filled in; hours are missing."""
    names = skill_names(language)
    terms = terms_of_need(need, slots=(), time_zone=need.ticket.requester.time_zone)
    asked = {
        "skills": [names[skill.pk] for skill in need.skills.all() if skill.pk in names],
        "languages": terms.languages,
        "source": terms.source,
        "origin": f"helpdesk.ticket:{need.ticket_id}",
    }
    return f"/mentoring/request?{urlencode(asked, doseq=True)}"
