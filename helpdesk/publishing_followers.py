"""What happens after a word on publishing a ticket: who is asked, and who is told."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.journal import follows
from core.markup import source_piece
from core.models import JournalLine
from helpdesk import actions
from helpdesk.consent_links import link_path
from helpdesk.models import PublicAnswer
from people import notices
from people.actions import notify

notices.declare("helpdesk.consent_asked", _("May this be published, without your name? %(what)s"))
notices.declare("helpdesk.consent_given", _("The requester agreed; it is published: %(what)s"))
notices.declare("helpdesk.consent_refused", _("The requester said no to publishing: %(what)s"))
notices.declare("helpdesk.consent_withdrawn", _("The requester has withdrawn: %(what)s"))


@follows("helpdesk.consent_asked")
def ask_the_requester(line: JournalLine) -> None:
    """Mail the requester the text, with the one link by which they say yes or no."""
    answer = _answer(line)
    if answer.state != PublicAnswer.State.ASKED:
        return  # changed meanwhile: it is asked anew, with another text
    facts = {
        "answer": answer,
        "question_text": source_piece(answer.question_source, language=answer.language),
        "answer_text": source_piece(answer.answer_source, language=answer.language),
        "link": settings.PUBLIC_URL + link_path(answer),
    }
    ticket = answer.ticket
    actions.mail_requester(line, ticket, "helpdesk/consent_asked", facts, about=ticket)


@follows("helpdesk.consent_given", "helpdesk.consent_refused", "helpdesk.consent_withdrawn")
def tell_who_proposed(line: JournalLine) -> None:
    """Tell the agent who proposed it what was said."""
    notify(person=_answer(line).proposed_by, line=line)


def _answer(line: JournalLine) -> PublicAnswer:
    rows = PublicAnswer.objects.select_related("ticket__requester", "proposed_by")
    return rows.get(pk=line.thing_id)
