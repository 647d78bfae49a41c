"""What the kernel must know of people, organisations, sites and flags."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import things
from core.mail import DIGEST, look_before
from core.things import Thing
from people import digests, follows, notices
from people.actions import privacy
from people.actions.digests import (
    collect_notices,
    due_notices,
    give_notices_back,
    look_again,
    notices_stand,
)
from people.digests import Section
from people.follows import Followable
from people.models import (
    Appeal,
    Flag,
    HostedSite,
    MailChoice,
    Organisation,
    Person,
    ServiceCalendar,
)
from people.moments import day_words, reader_language


def declare_all() -> None:
    """Declare the kinds of this room."""
    for thing in (_person(), _organisation(), _site(), _flag(), _appeal(), _calendar()):
        things.declare(thing)
    digests.declare(
        Section("notices", due_notices, collect_notices, notices_stand, give_notices_back)
    )
    look_before(DIGEST, look_again)
    follows.declare(
        Followable(
            kind="people.person",
            title=gettext_lazy("New questions and answers by people I follow"),
            way=MailChoice.Way.DAILY,
            is_own=lambda person, object_id: person.pk == object_id,
        )
    )


def _person() -> Thing:
    """People: what everyone may know of them is in their profile."""
    return Thing(
        kind="people.person",
        model=Person,
        visible_to=Person.objects.visible_to,
        url=lambda person: reverse("person", args=[person.handle]),
        label=notices.name_of,
        participants=lambda person: [person],
        author_ids=lambda person: {person.pk},
        text=lambda person: f"{person.display_name}\n\n{person.about}".strip(),
        export=export_facts,
        erase=privacy.erase_facts,
    )


def _calendar() -> Thing:
    """Service calendars: what the levels promise in is for everyone to know."""
    return Thing(
        kind="people.calendar",
        model=ServiceCalendar,
        visible_to=lambda _person: ServiceCalendar.objects.all(),
        url=lambda _calendar: "/levels",
        label=lambda calendar: calendar.name(get_language() or "en"),
    )


def _organisation() -> Thing:
    """Organisations: their people alone see them."""
    return Thing(
        kind="people.organisation",
        model=Organisation,
        visible_to=Organisation.objects.visible_to,
        url=lambda organisation: reverse("organisation", args=[organisation.pk]),
        label=lambda organisation: organisation.name,
        participants=members_of,
        export=lambda person: [
            {"organisation": row.organisation.name, "role": row.role}
            for row in person.memberships.select_related("organisation")
        ],
    )


def _site() -> Thing:
    """Hosted sites: their owners and the owners' organisations."""
    return Thing(
        kind="people.site",
        model=HostedSite,
        visible_to=HostedSite.objects.visible_to,
        url=lambda site: reverse("site", args=[site.pk]),
        label=lambda site: site.domain,
        participants=lambda site: [site.owner] if site.owner else members_of(site.organisation),
        export=lambda person: list(
            person.sites.values("domain", "external_id", "level__slug", "platform")
        ),
        erase=privacy.erase_sites,
    )


def _flag() -> Thing:
    """Flags: who raised one, and the moderators."""
    return Thing(
        kind="people.flag",
        model=Flag,
        visible_to=Flag.objects.visible_to,
        url=lambda flag: reverse("flag", args=[flag.pk]),
        label=lambda flag: _("your flag of %(date)s") % {"date": _day(flag.at)},
        participants=lambda flag: [flag.person],
        export=lambda person: list(
            person.flags.values("thing_kind", "thing_id", "reason", "text", "decision")
        ),
        erase=privacy.erase_flags,
    )


def _label_of_appeal(appeal: Any) -> str:
    return _("your appeal of %(date)s") % {"date": _day(appeal.at)}


def _day(at: datetime) -> str:
    """Return the day of a moment as the reader writes it, in their zone."""
    return day_words(timezone.localdate(at), reader_language())


def _named_for(_reader: Any, appeal: Any, actor: Any) -> tuple[Any, str]:
    """Return who did something to an appeal; who asked under a pseudonym as just that."""
    if actor is None and not appeal.is_named:
        name = _("Someone under a pseudonym")
        actor = Person(handle="", display_name=name, state=Person.State.IMPORTED)
    return actor, _label_of_appeal(appeal)


def _appeal() -> Thing:
    """Appeals: who made one, and the moderators."""
    return Thing(
        kind="people.appeal",
        model=Appeal,
        visible_to=Appeal.objects.visible_to,
        url=lambda appeal: reverse("appeal", args=[appeal.pk]),
        label=_label_of_appeal,
        participants=lambda appeal: [appeal.person],
        author_ids=lambda appeal: {appeal.person_id},
        names_author=lambda appeal: appeal.is_named,
        named_for=_named_for,
        export=lambda person: [
            {
                "subject": f"{row.subject}:{row.subject_id}",
                "at": row.at.isoformat(),
                "text": row.text,
                "decision": row.decision,
                "answer": row.answer,
            }
            for row in person.appeals.order_by("pk")
        ],
        erase=privacy.erase_appeals,
    )


def members_of(organisation: Any) -> list[Person]:
    """Return the people of an organisation."""
    return list(Person.objects.filter(memberships__organisation=organisation))


def export_facts(person: Person) -> list[dict[str, Any]]:
    """Return what a person's own row, and the rows of it alone, say."""
    return [
        {
            "handle": person.handle,
            "display_name": person.display_name,
            "state": person.state_now,
            "about": person.about,
            "place": str(person.place) if person.place else None,
            "time_zone": person.time_zone,
            "interface_language": person.interface_language,
            "external_id": person.external_id,
            "joined_at": person.joined_at.isoformat(),
            "languages": [row.language for row in person.languages.all()],
            "skills": list(person.skills.values("skill__slug", "level", "wanted")),
            "sanctions": list(
                person.sanctions.values("kind", "rule", "reason", "at", "until", "lifted_at")
            ),
            "posts_held": list(
                person.holds.order_by("pk").values("thing_kind", "thing_id", "at", "decision")
            ),
            "trust": {"level": person.level},
            "roles": [
                {"role": grant.role, "since": grant.since.isoformat()}
                for grant in person.role_grants.all()
            ],
        }
    ]
