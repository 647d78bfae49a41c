"""What stands folded beside a ticket, for its agents: each thing with its state in a few words."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.models import (
    ChecklistItem,
    FieldValue,
    Follow,
    PublicAnswer,
    Rating,
    Tagging,
    Ticket,
    TicketField,
    TicketLink,
    TimeSpent,
)
from helpdesk.states import State
from people.models.standing import Counted

DESK, AROUND, PAST = "desk", "around", "past"


@dataclass(frozen=True)
class Fold:
    """A thing beside a ticket that opens. part: of which page; state: in words, may be empty.

    is_open: it needs attention now. key_name: the key that opens it, empty where none does.
    minutes: said after the state, where there are any.
    """

    key: str
    part: str
    title: str
    state: str = ""
    is_open: bool = False
    key_name: str = ""
    minutes: int = 0

    @property
    def minutes_shown(self) -> int | None:
        return self.minutes or None

    @property
    def template(self) -> str:
        """The template of what is in it."""
        return f"helpdesk/folds/{self.key}.html"


def counted_beside(person: Any) -> dict[str, Any]:
    """Return the annotations of a ticket that `folds` reads: counts, in the page's statement.

    person: may be a stand-in; what it does not work on is not counted.
    """
    other = Ticket.objects.staffed_by(person).filter(requester=OuterRef("requester"))
    other = other.exclude(pk=OuterRef("pk")).exclude(state__in=[State.MERGED, State.CLOSED])
    filled = FieldValue.objects.filter(ticket=OuterRef(OuterRef("pk")), field=OuterRef("pk"))
    lacking = TicketField.objects.filter(queue=OuterRef("queue"), retired=False)
    lacking = lacking.exclude(required="never").filter(~Exists(filled))
    links = TicketLink.objects.visible_to(person)
    links = links.filter(Q(ticket=OuterRef("pk")) | Q(other=OuterRef("pk")))
    public = PublicAnswer.objects.filter(ticket=OuterRef("pk")).order_by("-pk")
    rating = Rating.objects.filter(ticket=OuterRef("pk")).order_by("-changed_at")
    own = {"ticket": OuterRef("pk")}
    done = ChecklistItem.objects.filter(**own, done_at__isnull=False)
    return {
        "tags_beside": Counted(Tagging.objects.filter(**own).values("pk")),
        "items_beside": Counted(ChecklistItem.objects.filter(**own).values("pk")),
        "done_beside": Counted(done.values("pk")),
        "minutes_beside": _Minutes(TimeSpent.objects.filter(**own).values("minutes")),
        "fields_beside": Exists(TicketField.objects.filter(queue=OuterRef("queue"), retired=False)),
        "lacking_beside": Counted(lacking.values("pk")),
        "links_beside": Counted(links.values("pk")),
        "others_beside": Counted(other.values("pk")),
        "followers_beside": Counted(Follow.objects.filter(**own).values("pk")),
        "public_beside": Subquery(public.values("state")[:1]),
        "rating_beside": Subquery(rating.values("grade")[:1]),
    }


class _Minutes(Subquery):
    """How many minutes a query set of time spent sums up to."""

    template = "(SELECT COALESCE(SUM(minutes), 0) FROM (%(subquery)s) AS spent)"
    output_field = IntegerField()


def folds(ticket: Any, queue: str, level: str, *, is_masked: bool) -> list[Fold]:
    """Return what stands beside a ticket read with `counted_beside`, in the order it is shown."""
    is_new = ticket.first_response_at is None and ticket.waits_for == "us"
    return [
        Fold("past", PAST, _("Past answers that may fit"), is_open=is_new),
        *desk_folds(
            tags=ticket.tags_beside,
            items=ticket.items_beside,
            done=ticket.done_beside,
            minutes=ticket.minutes_beside,
            lacking=ticket.lacking_beside if ticket.fields_beside else None,
            is_solved=ticket.state == State.SOLVED,
        ),
        *around_folds(
            links=ticket.links_beside,
            others=None if is_masked else ticket.others_beside,
            followers=ticket.followers_beside,
            where=where_words(queue, level),
            grade=ticket.rating_beside,
        ),
    ]


def desk_folds(
    *, tags: int, items: int, done: int, minutes: int, lacking: int | None, is_solved: bool
) -> list[Fold]:
    """Return the agents' own work. lacking: fields to fill in; None where the queue has none."""
    words = ngettext("%(n)s tag", "%(n)s tags", tags) % {"n": tags}
    found = [Fold("tags", DESK, _("Tags"), words if tags else _("none"), key_name="t")]
    if lacking is not None:
        words = ngettext("%(n)s to fill in", "%(n)s to fill in", lacking) % {"n": lacking}
        found.append(
            Fold("fields", DESK, _("Fields"), words if lacking else "", is_open=bool(lacking))
        )
    words = _("%(done)s of %(all)s") % {"done": done, "all": items} if items else _("none")
    is_left = is_solved and done < items
    found.append(Fold("checklist", DESK, _("Checklist"), words, is_left, "c"))
    words = "" if minutes else _("none")
    found.append(Fold("time", DESK, _("Time"), words, key_name="m", minutes=minutes))
    return found


def around_folds(
    *, links: int, others: int | None, followers: int, where: str, grade: str | None
) -> list[Fold]:
    """Return what stands around it. others: None where the reader may not know who asked.

    grade: of the last rating.
    """
    words = ngettext("%(n)s link", "%(n)s links", links) % {"n": links} if links else ""
    found = [Fold("links", AROUND, _("Link, merge, split"), words, key_name="l")]
    if others is not None:
        words = str(others) if others else _("none")
        found.append(Fold("others", AROUND, _("Their other tickets"), words))
    found.append(Fold("queue", AROUND, _("Queue, site and level"), where))
    words = str(followers) if followers else _("nobody")
    found.append(Fold("followers", AROUND, _("Who follows it"), words))
    if grade:
        words = str(Rating.Grade(grade).label)
        is_bad = grade == Rating.Grade.BAD
        found.append(Fold("ratings", AROUND, _("How it was rated"), words, is_bad))
    return found


def where_words(queue: str, level: str) -> str:
    """Return the queue and the level of a ticket as one line."""
    return " · ".join(word for word in (queue, level) if word)


def public_words(ticket: Any) -> str:
    """Return where the public answer of a ticket stands, empty where there is none."""
    state = ticket.public_beside
    return str(PublicAnswer.State(state).label) if state else ""
