"""Bringing in the people, organisations and sites of the hosting panel."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from secrets import token_urlsafe
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction

from core import journal
from core.errors import NotAllowed
from people import rules
from people.actions.organisations import new_slug
from people.handles import given_handle
from people.imports import ImportReport, RowError, Seen, SiteRow, checked
from people.models import (
    GuaranteeLevel,
    GuaranteeLevelVersion,
    HostedSite,
    Membership,
    Organisation,
    Person,
    PersonLanguage,
)
from people.models.person import SANCTIONED, folded

CHUNK = 1000
# The first import of all makes it, as the first ticket makes its queue; it promises nothing.
FIRST_LEVEL = "free"
FIRST_LEVEL_NAMES = {
    "en": "Free",
    "fr": "Gratuit",
    "es": "Gratuito",
    "de": "Kostenlos",
    "ar": "مجاني",
}
Records = Iterable[tuple[int, Mapping[str, Any] | RowError]]
JOINED = (Person.State.ACTIVE, *SANCTIONED)


def import_sites(*, actor: Person | None, records: Records) -> ImportReport:
    """Create or update hosted sites and whom they belong to, by external id; no mail is sent.

    actor: an integrator, or None for the installation itself (the command). records: (line, cells
    by column); wrong ones are told and skipped. Each chunk of 1,000 is one transaction with its
    journal lines; the same again changes nothing.

    Owners are imported people without a password, with the panel's address: the panel vouches for
    it, so it counts as proven, and whoever signs up with it is told to reset instead. Someone who
    joined before with this address, proven, becomes the owner. Once an owner has joined, name,
    language and address are theirs to change, and the panel's are not taken any more.

    Where no guarantee level is written yet, the free one is made, as the default.
    Raises NotAllowed.
    """
    if actor is not None and not rules.can_import(actor):
        raise NotAllowed
    report, seen = ImportReport(), Seen()
    for chunk in _chunks(records):
        rows = _sound(chunk, seen, report)
        try:
            written = _write(actor, rows)
        except IntegrityError:  # someone proved an address or took a name meanwhile: look again
            written = _write(actor, rows)
        report.add(written)
    report.errors.sort(key=lambda error: error.line)
    return report


def _chunks(records: Records) -> Iterator[list[tuple[int, Mapping[str, Any] | RowError]]]:
    remaining = iter(records)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _sound(
    chunk: list[tuple[int, Mapping[str, Any] | RowError]], seen: Seen, report: ImportReport
) -> list[SiteRow]:
    """Return the rows that can be written; the others are told in the report."""
    rows = []
    for line, record in chunk:
        row = record if isinstance(record, RowError) else checked(line, record)
        if isinstance(row, RowError):
            report.refuse(row)
        elif isinstance(row, list):
            report.refuse(*row)
        elif (wrong := seen.contradiction(row)) is not None:
            report.refuse(wrong)
        else:
            rows.append(row)
    return rows


@transaction.atomic
def _write(actor: Person | None, rows: list[SiteRow]) -> ImportReport:
    report = ImportReport()
    levels = _levels()
    rows = _known(rows, levels, report)
    owners, changed_owners = _owners(actor, rows, report)
    rows = [row for row in rows if row.owner_external_id in owners]
    organisations, changed_organisations = _organisations(actor, rows, owners)
    touched = {
        row.external_id
        for row in rows
        if row.owner_external_id in changed_owners
        or row.organisation_external_id in changed_organisations
    }
    owned = {
        row.external_id: (
            owners[row.owner_external_id],
            organisations.get(row.organisation_external_id),
            levels[row.level],
        )
        for row in rows
    }
    _sites(actor, rows, owned, touched, report)
    return report


def _levels() -> dict[str, GuaranteeLevel]:
    """Return the levels by slug, the default one by "" too; the free one is made when none is.

    They are locked, which lets one import write at a time.
    """
    levels = {level.slug: level for level in GuaranteeLevel.objects.select_for_update()}
    if not levels:
        free = GuaranteeLevel.objects.create(slug=FIRST_LEVEL, is_default=True)
        GuaranteeLevelVersion.objects.create(level=free, names=FIRST_LEVEL_NAMES)
        levels[free.slug] = free
    for level in list(levels.values()):
        if level.is_default:
            levels[""] = level
    return levels


def _known(
    rows: list[SiteRow], levels: dict[str, GuaranteeLevel], report: ImportReport
) -> list[SiteRow]:
    """Return the rows whose level there is, and whose organisation has a name."""
    wanted = {row.organisation_external_id for row in rows} - {""}
    named = set(
        Organisation.objects.filter(external_id__in=wanted).values_list("external_id", flat=True)
    )
    named |= {row.organisation_external_id for row in rows if row.organisation_name}
    known = []
    for row in rows:
        if row.level not in levels:
            report.refuse(RowError(row.line, "level", "unknown" if row.level else "missing"))
        elif row.organisation_external_id and row.organisation_external_id not in named:
            report.refuse(RowError(row.line, "organisation_name", "missing"))
        else:
            known.append(row)
    return known


def _owners(
    actor: Person | None, rows: list[SiteRow], report: ImportReport
) -> tuple[dict[str, Person], set[str]]:
    """Return the owners by external id, and which of them are changed or new to us."""
    first = {row.owner_external_id: row for row in reversed(rows)}
    emails = {row.owner_email for row in rows}
    holders = {
        address.email: address.user
        for address in EmailAddress.objects.filter(email__in=emails, verified=True).select_related(
            "user"
        )
    }
    known = Person.objects.filter(external_id__in=first).prefetch_related("languages")
    owners = {str(person.external_id): person for person in known}
    addresses = _addresses(owners.values())
    new: list[SiteRow] = []
    changed: list[tuple[Person, SiteRow]] = []
    refused: set[str] = set()
    for external_id, row in first.items():
        person, holder = owners.get(external_id), holders.get(row.owner_email)
        if person is not None and person.state != Person.State.IMPORTED:
            continue
        if person is None and holder is not None and _may_adopt(holder):
            holder.external_id = external_id
            owners[external_id] = holder
            changed.append((holder, row))
        elif holder is not None and holder != person:
            refused.add(external_id)
        elif person is None:
            new.append(row)
        elif _differs(person, row, addresses.get(person.pk, "")):
            changed.append((person, row))
    for row in rows:
        if row.owner_external_id in refused:
            owners.pop(row.owner_external_id, None)
            report.refuse(RowError(row.line, "owner_email", "taken"))
    owners.update(_create_people(actor, new))
    _change_people(actor, changed)
    return owners, {row.owner_external_id for _person, row in changed}


def _may_adopt(holder: Person) -> bool:
    """Whether someone who joined by themselves may be known to the panel from now on."""
    return holder.external_id is None and holder.state in JOINED


def _addresses(people: Iterable[Person]) -> dict[int, str]:
    found = EmailAddress.objects.filter(user__in=list(people), primary=True)
    return dict(found.values_list("user_id", "email"))


def _differs(person: Person, row: SiteRow, email: str) -> bool:
    spoken = [spoken.language for spoken in person.languages.all()]
    return (
        email != row.owner_email
        or (row.owner_name or person.display_name) != person.display_name
        or (bool(row.owner_language) and spoken != [row.owner_language])
    )


def _create_people(actor: Person | None, rows: list[SiteRow]) -> dict[str, Person]:
    people = []
    for row in rows:
        handle = given_handle()
        people.append(
            Person(
                handle=handle,
                handle_folded=folded(handle),
                display_name=row.owner_name or handle,
                state=Person.State.IMPORTED,
                interface_language=_interface(row.owner_language),
                external_id=row.owner_external_id,
                password=UNUSABLE_PASSWORD_PREFIX + token_urlsafe(30),
            )
        )
    Person.objects.bulk_create(people)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=row.owner_email, verified=True, primary=True)
        for person, row in zip(people, rows, strict=True)
    )
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language=row.owner_language)
        for person, row in zip(people, rows, strict=True)
        if row.owner_language
    )
    _record("people.person_imported", actor, people)
    return {str(person.external_id): person for person in people}


def _change_people(actor: Person | None, changed: list[tuple[Person, SiteRow]]) -> None:
    """Write what the panel says now of imported people; of those who joined, only its id."""
    imported = [pair for pair in changed if pair[0].state == Person.State.IMPORTED]
    for person, row in imported:
        person.display_name = row.owner_name or person.display_name
        if row.owner_language:
            person.interface_language = _interface(row.owner_language)
    people = [person for person, _row in changed]
    Person.objects.bulk_update(people, ["external_id", "display_name", "interface_language"])
    ids = [person.pk for person, _row in imported]
    EmailAddress.objects.filter(user_id__in=ids).delete()
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=row.owner_email, verified=True, primary=True)
        for person, row in imported
    )
    spoken = [(person, row) for person, row in imported if row.owner_language]
    PersonLanguage.objects.filter(person__in=[person for person, _row in spoken]).delete()
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language=row.owner_language) for person, row in spoken
    )
    _record("people.person_changed", actor, people)


def _interface(language: str) -> str:
    """Return the language of the pages for someone who speaks this language."""
    base = language.partition("-")[0].lower()
    return base if base in dict(settings.LANGUAGES) else settings.LANGUAGES[0][0]


def _organisations(
    actor: Person | None, rows: list[SiteRow], owners: dict[str, Person]
) -> tuple[dict[str, Organisation], set[str]]:
    """Return organisations by external id, each owner in theirs; and which are changed."""
    wanted = {row.organisation_external_id for row in rows} - {""}
    names = {  # the first that is told: rows may leave it out
        row.organisation_external_id: row.organisation_name
        for row in reversed(rows)
        if row.organisation_name
    }
    found = {
        str(organisation.external_id): organisation
        for organisation in Organisation.objects.filter(external_id__in=wanted)
    }
    new = [
        Organisation(external_id=external_id, name=name, slug=new_slug(name))
        for external_id, name in names.items()
        if external_id not in found
    ]
    renamed = []
    for external_id, organisation in found.items():
        name = names.get(external_id, organisation.name)
        if name != organisation.name:
            organisation.name = name
            renamed.append(organisation)
    Organisation.objects.bulk_create(new)
    Organisation.objects.bulk_update(renamed, ["name"])
    _record("people.organisation_imported", actor, new)
    _record("people.organisation_changed", actor, renamed)
    found.update({str(organisation.external_id): organisation for organisation in new})
    joined = _add_owners(rows, owners, found)
    return found, joined | {str(organisation.external_id) for organisation in renamed}


def _add_owners(
    rows: list[SiteRow], owners: dict[str, Person], organisations: dict[str, Organisation]
) -> set[str]:
    """Make each row's owner an owner of its organisation; return which organisations grew."""
    wanted = {
        (owners[row.owner_external_id].pk, organisations[row.organisation_external_id].pk): row
        for row in rows
        if row.organisation_external_id
    }
    known = Membership.objects.filter(organisation__in=organisations.values())
    missing = wanted.keys() - set(known.values_list("person_id", "organisation_id"))
    Membership.objects.bulk_create(
        Membership(person_id=person, organisation_id=organisation, role=Membership.Role.OWNER)
        for person, organisation in sorted(missing)
    )
    return {wanted[pair].organisation_external_id for pair in missing}


def _sites(
    actor: Person | None,
    rows: list[SiteRow],
    owned: dict[str, tuple[Person, Organisation | None, GuaranteeLevel]],
    touched: set[str],
    report: ImportReport,
) -> None:
    """Write the sites; owned: by external id, the owner, the organisation and the level."""
    found = HostedSite.objects.in_bulk([row.external_id for row in rows], field_name="external_id")
    new, changed = [], []
    for row in rows:
        owner, organisation, level = owned[row.external_id]
        facts = {
            "domain": row.domain,
            "owner_id": None if organisation else owner.pk,
            "organisation_id": organisation.pk if organisation else None,
            "level_id": level.pk,
            "platform": row.platform,
        }
        site = found.get(row.external_id)
        if site is None:
            new.append(HostedSite(external_id=row.external_id, **facts))
        elif any(getattr(site, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(site, name, value)
            changed.append(site)
        elif row.external_id in touched:
            report.updated += 1
        else:
            report.unchanged += 1
    HostedSite.objects.bulk_create(new)
    HostedSite.objects.bulk_create(  # an upsert: seven times as fast as bulk_update
        changed,
        update_conflicts=True,
        unique_fields=["external_id"],
        update_fields=["domain", "owner", "organisation", "level", "platform"],
    )
    report.created += len(new)
    report.updated += len(changed)
    _record("people.site_imported", actor, new)
    _record("people.site_changed", actor, changed)


def _record(verb: str, actor: Person | None, rows: Iterable[Any]) -> None:
    journal.record_all(
        verb,
        actor=actor,
        things_with_changes=[(row, {}) for row in rows],
        audience=journal.SYSTEM,
    )
