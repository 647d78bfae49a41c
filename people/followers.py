"""What happens after people's journal lines are committed."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.journal import follows
from core.models import JournalLine
from people import notices
from people.actions import notify
from people.models import Flag, Notice, Person, Removal, Sanction
from people.queries import authors_of

notices.declare("people.flag_raised", _("%(who)s asks the moderators to look at something"))
notices.declare("people.flag_decided", _("%(who)s decided on %(what)s"))


def _removal_url(notice: Notice) -> str:
    return reverse("removal", args=[notice.line.changes["removal"]])


notices.declare(
    "people.post_removed",
    _("Your text “%(what)s” was taken away; here is why and what you can do"),
    url=_removal_url,
)
notices.declare(
    "people.post_restored", _("Your text “%(what)s” is back for all to see"), url=_removal_url
)
notices.declare(
    "people.person_suspended",
    _("Your account is suspended; here is why and what you can do"),
    url=lambda notice: reverse("suspension", args=[notice.person.handle]),
)
notices.declare("people.suspension_lifted", _("You may write again"))
notices.declare("people.suspension_ended", _("Your suspension is over: you may write again"))


@follows("people.person_suspended", "people.suspension_lifted", "people.suspension_ended")
def tell_the_suspended(line: JournalLine) -> None:
    """Tell someone that they are suspended, why and what they can do; or that it is over."""
    sanction = Sanction.objects.select_related("person").filter(pk=line.changes["sanction"]).first()
    if sanction is None:
        return
    begins = line.verb == "people.person_suspended"
    notify(
        person=sanction.person,
        line=line,
        mail="people/suspended" if begins else "people/notice",
        context={"reason": sanction.reason, "until": sanction.until},
    )


@follows("people.person_erased")
def end_sessions(line: JournalLine) -> None:
    """Delete the sessions of an erased person: they are void already, but hold the address."""
    wanted = str(line.thing_id)
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) == wanted
    ]
    Session.objects.filter(session_key__in=keys).delete()


@follows("people.flag_raised")
def call_moderators(line: JournalLine) -> None:
    """Put a new flag on the moderators' bells."""
    for moderator in Person.objects.with_role("moderator"):
        notify(person=moderator, line=line)


@follows("people.flag_decided")
def answer_who_flagged(line: JournalLine) -> None:
    """Tell who raised the flag what was decided."""
    raised = Flag.objects.select_related("person").filter(pk=line.thing_id).first()
    if raised is not None:
        notify(person=raised.person, line=line)


@follows("people.post_removed")
def tell_authors_why(line: JournalLine) -> None:
    """Tell who wrote a post that it was taken away, why, and what they can do, by mail too."""
    removal = Removal.objects.filter(pk=line.changes["removal"]).first()
    if removal is None:
        return
    rule = dict(Flag.Reason.choices).get(removal.rule, "")
    for author in Person.objects.filter(pk__in=authors_of(line.thing_kind, line.thing_id)):
        context = {"rule": rule, "reason": removal.reason}
        notify(person=author, line=line, mail="people/post_removed", context=context)


@follows("people.post_restored")
def tell_authors(line: JournalLine) -> None:
    """Tell who wrote a post that it is back."""
    for author in Person.objects.filter(pk__in=authors_of(line.thing_kind, line.thing_id)):
        notify(person=author, line=line)
