"""What happens after people's journal lines are committed."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import things
from core.journal import STAFF, follows, record
from core.models import JournalLine
from people import notices, public_log  # noqa: F401  (it declares what it follows by import)
from people.actions import learn, notify, reckon_trust
from people.models import Appeal, Flag, Notice, Person, Removal, Sanction, Session
from people.queries import authors_of

notices.declare("people.flag_raised", _("%(who)s asks the moderators to look at something"))
notices.declare("people.flag_decided", _("The moderators decided on %(what)s"))


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


def _sanction_url(notice: Notice) -> str:
    return reverse("sanction", args=[notice.person.handle])


notices.declare(
    "people.person_silenced",
    _("You are silenced; here is why and what you can do"),
    url=_sanction_url,
)
notices.declare(
    "people.person_suspended",
    _("Your account is suspended; here is why and what you can do"),
    url=_sanction_url,
)
for _verb in ("people.silence_lifted", "people.suspension_lifted"):
    notices.declare(_verb, _("You may write again"))
notices.declare("people.silence_ended", _("Your silence is over: you may write again"))
notices.declare("people.suspension_ended", _("Your suspension is over: you may write again"))
notices.declare(
    "people.post_held",
    _("A post of %(who)s waits for a look: %(what)s"),
    url=lambda notice: reverse("hold", args=[notice.line.changes["hold"]]),
)
notices.declare("people.post_published", _("Your text “%(what)s” is there for all to see"))
notices.declare("people.appeal_made", _("%(who)s asks for another look at a decision"))
notices.declare("people.appeal_decided", _("Your appeal is decided; here is the answer"))
notices.declare(
    "people.author_told",
    _("A moderator has a word for you about “%(what)s”"),
    url=lambda notice: reverse("my_moderation"),
)
notices.declare(
    "people.trust_changed",
    _("How far you are trusted has changed; here is what you can do now"),
    url=lambda notice: reverse("my_trust"),
)
BEGUN = ("people.person_silenced", "people.person_suspended")


@follows(
    *BEGUN,
    "people.silence_lifted",
    "people.suspension_lifted",
    "people.silence_ended",
    "people.suspension_ended",
)
def tell_the_sanctioned(line: JournalLine) -> None:
    """Tell someone that they may not write, why and what they can do; or that it is over."""
    sanction = Sanction.objects.select_related("person").filter(pk=line.changes["sanction"]).first()
    if sanction is None:
        return
    context = {"reason": sanction.reason, "until": sanction.until, "kind": sanction.kind}
    mail = "people/sanctioned" if line.verb in BEGUN else "people/notice"
    notify(person=sanction.person, line=line, mail=mail, context=context)


@follows("people.person_erased")
def end_sessions(line: JournalLine) -> None:
    """Delete the sessions of an erased person: they are void already, but hold the address."""
    Session.objects.filter(person=line.thing_id).delete()


@follows("people.flag_raised", "people.post_held", "people.appeal_made")
def call_moderators(line: JournalLine) -> None:
    """Put what waits for a look on the moderators' bells."""
    called = list(Person.objects.with_role("moderator"))
    if line.verb == "people.appeal_made":
        called += Person.objects.active().filter(is_superuser=True)
    for person in called:
        notify(person=person, line=line)


@follows("people.flag_decided")
def answer_who_flagged(line: JournalLine) -> None:
    """Tell who raised the flag what was decided, and, with a word of its own, who wrote the thing.

    Each in their language. Who wrote it is told by the removal when it goes.
    """
    raised = Flag.objects.select_related("person", "author").filter(pk=line.thing_id).first()
    if raised is None:
        return
    agreed = raised.decision == Flag.Decision.AGREED
    context = {"agreed": agreed, "answer": raised.answer, "is_away": line.changes.get("is_away")}
    notify(person=raised.person, line=line, mail="people/flag_decided", context=context)
    if raised.author is not None and not line.changes.get("is_away"):
        thing = _thing_of(raised.thing_kind, raised.thing_id)
        if thing is not None:
            told = record(
                "people.author_told",
                actor=None,
                thing=thing,
                audience=STAFF,
                changes={"flag": raised.pk},
            )
            notify(
                person=raised.author,
                line=told,
                mail="people/author_told",
                context={"agreed": agreed, "text": raised.to_author},
            )
    reckon_trust([raised.person_id])


@follows("people.appeal_decided")
def answer_who_appealed(line: JournalLine) -> None:
    """Tell who appealed what was decided, and why, by mail too."""
    made = Appeal.objects.select_related("person").filter(pk=line.thing_id).first()
    if made is not None:
        reversed_now = made.decision == Appeal.Decision.REVERSED
        context = {"is_reversed": reversed_now, "answer": made.answer}
        notify(person=made.person, line=line, mail="people/appeal_decided", context=context)


@follows("people.trust_changed")
def tell_of_trust(line: JournalLine) -> None:
    """Tell someone that they may do more, or less."""
    person = Person.objects.filter(pk=line.thing_id).first()
    if person is not None:
        notify(person=person, line=line)


@follows("people.post_removed", "people.post_published", "people.post_restored")
def learn_from_decisions(line: JournalLine) -> None:
    """Count the words of what moderators said is spam, or is none."""
    thing = _thing_of(line.thing_kind, line.thing_id)
    about_spam = line.verb == "people.post_published" or line.changes.get("rule") == "spam"
    if thing is None or not about_spam:
        return
    is_back = line.verb == "people.post_restored"
    is_spam = line.verb == "people.post_removed"
    text = things.thing_of(line.thing_kind).text(thing)
    learn(text, is_spam=is_spam, was=True if is_back else None)


def _thing_of(kind: str, object_id: int) -> Any:
    return things.thing_of(kind).model._default_manager.filter(pk=object_id).first()


@follows("people.post_removed")
def tell_authors_why(line: JournalLine) -> None:
    """Tell who wrote a post that it was taken away, why, and what they can do, by mail too."""
    removal = Removal.objects.filter(pk=line.changes["removal"]).first()
    if removal is None:
        return
    for author in Person.objects.filter(pk__in=authors_of(line.thing_kind, line.thing_id)):
        context = {"rule": removal.rule_name, "reason": removal.reason}
        notify(person=author, line=line, mail="people/post_removed", context=context)


@follows("people.post_restored", "people.post_published")
def tell_authors(line: JournalLine) -> None:
    """Tell who wrote a post that it is back, or there."""
    for author in Person.objects.filter(pk__in=authors_of(line.thing_kind, line.thing_id)):
        notify(person=author, line=line)
