"""Reads that other rooms and screens need of people."""

from collections.abc import Iterable, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db.models import FilteredRelation, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import things
from core.accents import unaccented
from core.errors import InvalidInput, NotSeen, seen
from core.markup import find_mentions, written_html
from core.models import Visibility
from people import notices, rules
from people.models import (
    Block,
    Flag,
    GuaranteeLevel,
    GuaranteeLevelVersion,
    HostedSite,
    Notice,
    NoticeChoice,
    Organisation,
    Person,
    Removal,
    Skill,
)
from people.models.person import folded

NAMES_KEPT_SECONDS = 60


def email_of(person: Person) -> str | None:
    """Return the primary, proven address; None when mail must not be sent.

    Of who wrote by mail and has no account yet: the address they wrote from.
    """
    found = EmailAddress.objects.filter(user_id=person.pk, primary=True)
    if person.state != Person.State.STUB:
        found = found.filter(verified=True)
    address = found.first()
    return address.email if address else None


def person_writing_from(
    address: str,
    unproven: Iterable[str] = (Person.State.STUB,),
    *,
    awaited_id: int | None = None,
) -> Person | None:
    """Return whose address this is; None for nobody.

    Proven addresses count first; one that somebody only claims makes them nobody's, but for people
    in the states `unproven`: a stub wrote from it. Of several such people, awaited_id counts first.
    """
    rows = EmailAddress.objects.filter(email__iexact=address).select_related("user")
    known = rows.filter(Q(verified=True) | Q(user__state__in=list(unproven)))
    found = min(
        known,
        key=lambda row: (not row.verified, row.user_id != awaited_id, row.pk),
        default=None,
    )
    return found.user if found else None


def digest_of(person: Person) -> str:
    """Return how often a mail tells this person what they missed in chat."""
    found = NoticeChoice.objects.filter(person=person).values_list("digest", flat=True).first()
    return found or NoticeChoice.Digest.DAILY


def person_by_handle(viewer: Any, handle: str) -> Person:
    """Return the person with this handle, in any case. Raises NotSeen."""
    people = Person.objects.visible_to(viewer).select_related("place", "about_text")
    return seen(people, handle_folded=folded(handle))


def organisation_to_grant_for(granter: Person, text: str) -> Organisation:
    """Return the organisation of this name or slug for which a person may give roles.

    Raises InvalidInput: there is none (the same is said of others': nobody learns of them), or
    there are several of the name.
    """
    rows = Organisation.objects.filter(Q(name__iexact=text) | Q(slug=text.lower())).order_by("pk")
    found = [
        row
        for row in rows[:50]
        if rules.can_grant_role(granter, queue_id=None, organisation_id=row.pk)
    ]
    if not found:
        raise InvalidInput.of("organisation", "unknown", _("There is no such organisation."))
    if len(found) > 1:
        names = ", ".join(row.slug for row in found)
        detail = _("Several have this name. Write one of: %(names)s.") % {"names": names}
        raise InvalidInput.of("organisation", "ambiguous", detail)
    return found[0]


def names_for(ids: Iterable[int]) -> dict[int, str]:
    """Return display names by person id, for people named in figures; one query."""
    people = Person.objects.filter(pk__in=set(ids)).only("display_name", "state")
    return {person.pk: notices.name_of(person) for person in people}


def show_notices(person: Person, rows: Sequence[Notice]) -> list[notices.ShownNotice]:
    """Return notices in the active language; one query a kind, however many rows.

    Those whose thing this person may not see any more (taken away, left, erased) are left out.
    rows: with `line__actor` selected.
    """
    found = seen_things(person, ((row.thing_kind, row.thing_id) for row in rows))
    shown = []
    for row in rows:
        thing = found.get((row.thing_kind, row.thing_id))
        if thing is not None:
            actor, label = things.named_for(person, thing, row.line.actor)
            url = things.url_of(thing)
            shown.append(notices.show(row, actor=actor, label=label, url=url))
    return shown


def seen_things(person: Any, pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Return the rows behind (kind, id) that this person may see; one query a kind."""
    ids: dict[str, set[int]] = {}
    for kind, object_id in pairs:
        ids.setdefault(kind, set()).add(object_id)
    found: dict[tuple[str, int], Any] = {}
    for kind in sorted(ids):
        try:
            rows = things.thing_of(kind).visible_to(person).filter(pk__in=ids[kind])
        except NotSeen:  # the room that declared it is gone
            continue
        found.update({(kind, row.pk): row for row in rows})
    return found


# Skills: one small vocabulary, read often.


def skill_names(language: str) -> dict[int, str]:
    """Return every skill's name by id, in this language, else English, else its slug."""
    key = f"people.skill_names.{language}"
    names: dict[int, str] | None = cache.get(key)
    if names is None:
        languages = Q(names__language__in={"en", language})
        rows = Skill.objects.annotate(word=FilteredRelation("names", condition=languages))
        found = list(rows.values_list("pk", "slug", "word__language", "word__name"))
        names = {pk: slug for pk, slug, _language, _name in found}
        for wanted in ("en", language):
            names.update({pk: name for pk, _slug, code, name in found if code == wanted})
        cache.set(key, names, NAMES_KEPT_SECONDS)
    return names


def skills_like(text: str, language: str, limit: int = 8) -> list[str]:
    """Return names of skills that contain this text; those that begin with it first."""
    wanted = plain(text)
    found = [name for name in skill_names(language).values() if wanted in plain(name)]
    return sorted(found, key=lambda name: (not plain(name).startswith(wanted), plain(name)))[:limit]


def skills_named(names: Iterable[str]) -> dict[str, Skill]:
    """Return skills by the names given: a name in any language, or a slug; unknown ones are absent.

    Compared without case and accents. Two queries.
    """
    wanted = {plain(name): name for name in names if name.strip()}
    if not wanted:
        return {}
    found: dict[str, Skill] = {}
    for skill in Skill.objects.prefetch_related("names").order_by("-pk"):
        for known in (skill.slug, *(name.name for name in skill.names.all())):
            if plain(known) in wanted:
                found[wanted[plain(known)]] = skill
    return found


def plain(text: str) -> str:
    """Return a text without case, accents and outer spaces, for comparing."""
    return unaccented(text.strip()).casefold()


# Who keeps away from whom, and what was taken away.


def blocked_ids(person: Person) -> set[int]:
    """Return the ids of those this person blocked, or who blocked this person."""
    pairs = Block.objects.filter(Q(person=person) | Q(blocked=person))
    ids = {pk for pair in pairs.values_list("person_id", "blocked_id") for pk in pair}
    return ids - {person.pk}


def removal_for(person: Any, removal_id: int) -> Removal:
    """Return a removal that this person may read of: authors and moderators. Raises NotSeen."""
    removal = seen(Removal.objects.select_related("by"), pk=removal_id)
    if rules.has_role(person, "moderator"):
        return removal
    if not person.is_authenticated or person.pk not in authors_of(
        removal.thing_kind, removal.thing_id
    ):
        raise NotSeen
    return removal


def tell_why_away(rows: Iterable[Any]) -> None:
    """Give each post of these that was taken away the row that says why, as `removal`.

    One statement where there is one; for pages whose reader may see them. An author's own removal
    needs no reason.
    """
    away = {
        (things.kind_of(row), row.pk): row for row in rows if row.visibility == Visibility.REMOVED
    }
    if not away:
        return
    kinds, ids = {kind for kind, _id in away}, {pk for _kind, pk in away}
    found = Removal.objects.filter(thing_kind__in=kinds, thing_id__in=ids, undone_at=None)
    for removal in found.filter(rule__in=Flag.Reason.values):
        row = away.get((removal.thing_kind, removal.thing_id))
        if row is not None:
            row.removal = removal


def about_html(person: Person) -> str:
    """Return what a person says about themselves as safe HTML; empty when nothing."""
    return written_html(person.about_text) if hasattr(person, "about_text") else ""


def authors_of(kind: str, object_id: int) -> set[int]:
    """Return who wrote a thing, whoever asks; empty when it is gone."""
    thing = things.thing_of(kind)
    row = thing.model._base_manager.filter(pk=object_id).first()
    return set() if row is None else thing.author_ids(row)


def own_sites(person: Person) -> QuerySet[HostedSite]:
    """Return the sites of a person and of their organisations, whatever role they hold."""
    return HostedSite.objects.owned_by(person)


def level_names(language: str) -> dict[int, str]:
    """Return what each guarantee level is called now, by id; two queries."""
    levels = GuaranteeLevel.objects.all()
    return {level.pk: version.name(language) for level, version in current_versions(levels)}


def current_versions(
    levels: Iterable[GuaranteeLevel],
) -> list[tuple[GuaranteeLevel, GuaranteeLevelVersion]]:
    """Return each level with what it promises now; those that promise nothing yet are left out."""
    versions = {
        version.level_id: version
        for version in GuaranteeLevelVersion.objects.filter(since__lte=timezone.now())
        .select_related("level", "calendar")
        .order_by("since")
    }
    return [(level, versions[level.pk]) for level in levels if level.pk in versions]


def mention_paths(source: str) -> dict[str, str]:
    """Return the paths of people mentioned in a text, as core.markup wants them: one query."""
    handles = {folded(handle) for handle in find_mentions(source)}
    if not handles:
        return {}
    people = Person.objects.active().filter(handle_folded__in=handles)
    return {person.handle_folded: reverse("person", args=[person.handle]) for person in people}


def people_called(handles: Iterable[str]) -> list[Person]:
    """Return active people by handle, in any case; unknown ones are absent."""
    wanted = {folded(handle) for handle in handles}
    if not wanted:
        return []
    rows = Person.objects.active().filter(handle_folded__in=wanted)
    return list(rows.order_by("pk"))
