"""What people say about themselves, and whom they keep away from."""

import unicodedata

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import journal
from core.confided import point_out_secrets
from core.errors import FieldError, InvalidInput, NotAllowed, WrongMoment, locked
from core.markup import write_text
from people import rules
from people.handles import GIVEN, checked_handle
from people.models import AboutText, Block, Person, PersonLanguage, PersonSkill, Place, Skill
from people.models.person import folded
from people.profiles import STANDINGS, WANTED, Profile, countries, is_time_zone, spoken_languages
from people.queries import person_by_handle, skills_named

MAX_SKILLS = 30
MAX_ABOUT = 4000


@transaction.atomic
def edit_profile(*, actor: Person, profile: Profile, send_secrets: bool = True) -> Person:
    """Change what one says about oneself, all of it at once.

    The handle may be changed while it is one that we gave (imported people). send_secrets: False
    where the writer can be asked.
    Raises NotAllowed, SecretsFound, InvalidInput with every field's error.
    """
    person = locked(Person.objects.visible_to(actor), pk=actor.pk)
    if not rules.can_edit_profile(actor, person):
        raise NotAllowed
    skills = _checked(profile)
    texts = {"display_name": profile.display_name, "about": profile.about}
    point_out_secrets(texts, send_secrets=send_secrets)
    _set_handle(person, profile.handle)
    person.display_name = " ".join(profile.display_name.split())
    person.interface_language = profile.interface_language
    person.time_zone = profile.time_zone
    person.place = _place(profile.place, profile.country)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:  # someone took the handle between the look and the write
        raise _taken() from None
    _set_about(person, profile.about)
    _set_languages(person, profile.languages)
    _set_skills(person, skills)
    journal.record("people.profile_edited", actor=actor, thing=person, audience=journal.PUBLIC)
    return person


def _checked(profile: Profile) -> dict[int, int]:
    """Return skill ids with their standings. Raises InvalidInput with every error found."""
    errors: list[FieldError] = []
    name = " ".join(profile.display_name.split())
    if not name or len(name) > 100 or any(_is_control(sign) for sign in name):
        errors.append(FieldError("display_name", "invalid", _("A name of at most 100 characters.")))
    if profile.interface_language not in dict(settings.LANGUAGES):
        errors.append(FieldError("interface_language", "invalid_choice", _("Choose a language.")))
    if not is_time_zone(profile.time_zone):
        errors.append(
            FieldError("time_zone", "unknown", _("Choose a zone of the list, like Europe/Paris."))
        )
    if len(profile.about) > MAX_ABOUT:
        errors.append(FieldError("about", "max_length", _("At most 4,000 characters, please.")))
    errors += _place_errors(profile)
    unknown = set(profile.languages) - set(spoken_languages())
    if unknown or len(set(profile.languages)) != len(profile.languages):
        errors.append(FieldError("languages", "invalid_choice", _("Choose each language once.")))
    skills = _skill_ids(profile, errors)
    if errors:
        raise InvalidInput(errors=errors)
    return skills


def _place_errors(profile: Profile) -> list[FieldError]:
    place = " ".join(profile.place.split())
    if len(place) > 100:
        return [FieldError("place", "max_length", _("At most 100 characters, please."))]
    if profile.country and profile.country not in dict(countries("en")):
        return [FieldError("country", "invalid_choice", _("Choose a country of the list."))]
    if bool(place) != bool(profile.country):
        missing = "country" if place else "place"
        return [FieldError(missing, "missing", _("Give both the town and the country, or none."))]
    return []


def _skill_ids(profile: Profile, errors: list[FieldError]) -> dict[int, int]:
    found = skills_named(row.name for row in profile.skills)
    ids: dict[int, int] = {}
    for index, row in enumerate(profile.skills):
        skill: Skill | None = found.get(row.name)
        if skill is None:
            message = _("We do not know “%(name)s” yet; choose a skill of the list.")
            errors.append(
                FieldError(f"skills.{index}.name", "unknown", message % {"name": row.name})
            )
        elif row.standing not in STANDINGS:
            errors.append(
                FieldError(f"skills.{index}.standing", "invalid_choice", _("Choose a level."))
            )
        else:
            ids[skill.pk] = row.standing
    if len(profile.skills) > MAX_SKILLS:
        errors.append(FieldError("skills", "too_many", _("At most 30 skills, please.")))
    return ids


def _set_handle(person: Person, handle: str) -> None:
    if handle == person.handle:
        return
    if not person.handle.startswith(GIVEN):
        raise InvalidInput.of("handle", "fixed", _("A handle once chosen stays."))
    person.handle = checked_handle(handle)
    person.handle_folded = folded(person.handle)
    if Person.objects.filter(handle_folded=person.handle_folded).exclude(pk=person.pk).exists():
        raise _taken()


def _taken() -> InvalidInput:
    return InvalidInput.of("handle", "taken", _("Someone else has this handle."))


def _place(name: str, country: str) -> Place | None:
    """Return the row of a town, written as those before wrote it, or a new one."""
    name = unicodedata.normalize("NFKC", " ".join(name.split()))
    if not name:
        return None
    same = Place.objects.filter(country=country, name__iexact=name).order_by("pk").first()
    return same or Place.objects.get_or_create(name=name, country=country)[0]


def _set_about(person: Person, source: str) -> None:
    if not source.strip():
        AboutText.objects.filter(person=person).delete()
        return
    row = AboutText.objects.filter(person=person).first()
    if row is None:
        row = AboutText(person_id=person.pk)
    elif row.source == source:
        return
    else:
        row.revision += 1
    write_text(row, source, language="und", field="about")
    row.save()


def _set_languages(person: Person, languages: tuple[str, ...]) -> None:
    PersonLanguage.objects.filter(person=person).delete()
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language=language, position=position)
        for position, language in enumerate(languages)
    )


def _set_skills(person: Person, standings: dict[int, int]) -> None:
    PersonSkill.objects.filter(person=person).delete()
    PersonSkill.objects.bulk_create(
        PersonSkill(
            person=person, skill_id=skill_id, level=standing or 1, wanted=standing == WANTED
        )
        for skill_id, standing in standings.items()
    )


def _is_control(sign: str) -> bool:
    """Whether a sign only steers (turning the writing around, for one); joiners are letters."""
    if sign in "\u200c\u200d":
        return False
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


@transaction.atomic
def block(*, actor: Person, handle: str) -> Block:
    """Keep away from someone: never matched, seated or paired together. They are not told.

    Raises NotSeen, NotAllowed, WrongMoment for oneself.
    """
    if not rules.can_act(actor):
        raise NotAllowed
    other = person_by_handle(actor, handle)
    if other.pk == actor.pk:
        raise WrongMoment(_("You cannot keep away from yourself."), code="oneself")
    return Block.objects.get_or_create(person=actor, blocked=other)[0]


@transaction.atomic
def unblock(*, actor: Person, handle: str) -> Person:
    """Take a block back. Raises NotSeen, NotAllowed."""
    if not rules.can_act(actor):
        raise NotAllowed
    other = person_by_handle(actor, handle)
    Block.objects.filter(person=actor, blocked=other).delete()
    return other
