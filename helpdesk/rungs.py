"""The upper rungs of an unanswered question: mentors, then a ticket in its asker's name.

Of a question under a pseudonym none is opened: its agents would learn who asks. Its asker, whom
nobody else knows, is told instead.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.journal import SYSTEM, record
from forum.actions import ask_helpers
from forum.ladder import Rung, declare
from forum.models import Question
from forum.queries import wanted_of
from helpdesk import actions, rules
from mentoring.queries import mentors_offering
from people.queries import skills_named

MENTORS_AFTER = timedelta(hours=12)
TICKET_AFTER = timedelta(hours=48)
OFFERED_LEVEL = 2  # of a skill someone teaches, whatever their profile says


def _ask_mentors(question: Question, now: datetime) -> None:
    skills = skills_named(str(tag) for tag in wanted_of(question).tags)
    tags = {skill.pk: tag for tag, skill in skills.items()}
    offered = {
        mentor: {tags[skill]: OFFERED_LEVEL for skill in found}
        for mentor, found in mentors_offering(tags).items()
    }
    if offered:
        ask_helpers(question=question, rung="mentors", now=now, among=offered)


def _open_ticket(question: Question, now: datetime) -> None:
    if question.pseudonym_id is not None:
        record("helpdesk.ticket_not_opened", actor=None, thing=question, audience=SYSTEM)
        return
    asker = question.author
    if asker is None or not rules.can_open(asker):
        return
    with translation.override(asker.interface_language):
        source = _("Nobody in the community has answered this question yet: %(url)s") % {
            "url": settings.PUBLIC_URL + question.path
        }
        actions.open_ticket(
            actor=asker,
            subject=question.title,
            source=source,
            language=question.language,
        )


def declare_all() -> None:
    """Declare them above the forum's own."""
    declare(Rung("mentors", MENTORS_AFTER, _ask_mentors))
    declare(Rung("ticket", TICKET_AFTER, _open_ticket))
