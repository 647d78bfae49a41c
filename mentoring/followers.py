"""What happens after a line of mentoring's journal is committed: who is told."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.journal import follows
from core.models import JournalLine
from mentoring import queries
from mentoring.models import MatchRun, MentoringSession, Mentorship, Proposal
from people import notices
from people.actions import notify, reckon_trust
from people.models import Person

notices.declare("mentoring.proposed", _("%(who)s proposes a pair: %(what)s"))
notices.declare("mentoring.proposal_accepted", _("%(who)s said yes to a pair: %(what)s"))
notices.declare("mentoring.proposal_declined", _("%(who)s said no to a pair: %(what)s"))
notices.declare("mentoring.proposal_lapsed", _("This pair is not possible any more: %(what)s"))
notices.declare("mentoring.pair_agreed", _("You are a pair now: %(what)s"))
notices.declare("mentoring.pair_ended", _("%(who)s ended a pair: %(what)s"))
notices.declare("mentoring.session_planned", _("%(who)s planned a session: %(what)s"))
notices.declare(
    "mentoring.session_logged", _("%(who)s says that you met; please confirm: %(what)s")
)
notices.declare("mentoring.session_cancelled", _("%(who)s cancelled a session: %(what)s"))
notices.declare("mentoring.matcher_finished", _("The matcher is done"))


def _proposal(line: JournalLine) -> Proposal:
    rows = Proposal.objects.select_related("request__learner", "offer__mentor")
    return rows.get(pk=line.thing_id)


@follows("mentoring.proposed")
def tell_both_sides(line: JournalLine) -> None:
    """Propose the pair to both, with the reasons in each one's language and on their clock."""
    proposal = _proposal(line)
    if proposal.state != "waiting":
        return
    mentor, learner = proposal.offer.mentor, proposal.request.learner
    for person, other in ((mentor, learner), (learner, mentor)):
        with translation.override(person.interface_language):
            words = queries.words_of_proposals(person, [proposal])[proposal.pk]
        facts = {"other": other, "words": words, "to_mentor": person == mentor}
        notify(person=person, line=line, mail="mentoring_proposed", context=facts)


@follows("mentoring.proposal_accepted")
def tell_other_side(line: JournalLine) -> None:
    """Tell the one whose answer is still awaited."""
    proposal = _proposal(line)
    if proposal.state != "waiting":
        return
    other = proposal.request.learner if line.changes["side"] == "mentor" else proposal.offer.mentor
    notify(person=other, line=line, mail="mentoring_accepted")


@follows("mentoring.proposal_declined")
def tell_of_no(line: JournalLine) -> None:
    """Tell the other side; why is for coordinators alone."""
    proposal = _proposal(line)
    for person in (proposal.offer.mentor, proposal.request.learner):
        notify(person=person, line=line, mail="mentoring_declined")


@follows("mentoring.proposal_lapsed")
def tell_who_had_said_yes(line: JournalLine) -> None:
    """Tell those who had accepted that it will not be."""
    proposal = _proposal(line)
    if proposal.accepted_by_mentor_at is not None:
        notify(person=proposal.offer.mentor, line=line)
    if proposal.accepted_by_learner_at is not None:
        notify(person=proposal.request.learner, line=line)


@follows("mentoring.pair_agreed", "mentoring.pair_ended")
def tell_the_pair(line: JournalLine) -> None:
    """Tell both sides, but for who did it."""
    pair = Mentorship.objects.select_related("mentor", "learner").get(pk=line.thing_id)
    mail = "mentoring_agreed" if line.verb == "mentoring.pair_agreed" else ""
    for person in (pair.mentor, pair.learner):
        notify(person=person, line=line, mail=mail)


@follows("mentoring.session_planned", "mentoring.session_cancelled")
def tell_of_session(line: JournalLine) -> None:
    """Tell the other side of a session to come, or that it will not be."""
    for person in _pair_of_session(line):
        notify(person=person, line=line)


@follows("mentoring.session_logged")
def ask_to_confirm(line: JournalLine) -> None:
    """Ask the other side, by mail too, whether the two have met."""
    session = MentoringSession.objects.get(pk=line.thing_id)
    if session.state != "to_confirm":
        return
    for person in _pair_of_session(line):
        notify(person=person, line=line, mail="mentoring_to_confirm", context={"session": session})


@follows("mentoring.matcher_finished")
def tell_who_asked(line: JournalLine) -> None:
    """Tell the coordinator who ran the matcher that it is done."""
    run = MatchRun.objects.select_related("asked_by").get(pk=line.thing_id)
    notify(person=run.asked_by, line=line)


def _pair_of_session(line: JournalLine) -> tuple[Person, Person]:
    rows = MentoringSession.objects.select_related("mentorship__mentor", "mentorship__learner")
    pair = rows.get(pk=line.thing_id).mentorship
    return pair.mentor, pair.learner


@follows("mentoring.session_confirmed")
def reckon_mentor(line: JournalLine) -> None:
    """Reckon anew how far the mentor is trusted."""
    session = MentoringSession.objects.select_related("mentorship").get(pk=line.thing_id)
    reckon_trust([session.mentorship.mentor_id])
