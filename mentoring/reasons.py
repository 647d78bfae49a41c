"""Why a pair was proposed, in words: in the reader's language, hours on the reader's clock."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from mentoring import matcher
from mentoring.matcher import Hours, Reason
from people.naming import with_first

ON_WEEKDAYS = (
    gettext_lazy("on Mondays"),
    gettext_lazy("on Tuesdays"),
    gettext_lazy("on Wednesdays"),
    gettext_lazy("on Thursdays"),
    gettext_lazy("on Fridays"),
    gettext_lazy("on Saturdays"),
    gettext_lazy("on Sundays"),
)
WHY_ALONE = {
    "no_skill": gettext_lazy("Nobody offers these skills yet."),
    "no_language": gettext_lazy("Who offers these skills speaks none of these languages."),
    "no_hours": gettext_lazy("Nobody who fits has an hour at the same time in most weeks."),
    "none_left": gettext_lazy(
        "Those who would fit were proposed before, or cannot be put together."
    ),
    "no_place": gettext_lazy("Those who fit have no place left."),
}


def words_of(
    reasons: Sequence[Reason],
    *,
    zone: str,
    skills: Mapping[int, str],
    places: Mapping[int, str],
    to_pair: bool,
) -> list[str]:
    """Return one sentence a reason, in the active language.

    zone: the reader's, IANA. skills, places: names by id. to_pair: the reader is one of the two.
    """
    words = []
    for reason in reasons:
        if reason["key"] == "skills":
            words.append(_skills(reason, skills))
        elif reason["key"] == "language":
            words.append(_language(reason, to_pair))
        elif reason["key"] == "hours":
            words += _hours(reason, zone, to_pair)
        elif reason["key"] == "place" and reason["place"] in places:
            text = _("You both live in %(place)s.") if to_pair else _("Both live in %(place)s.")
            words.append(text % {"place": places[reason["place"]]})
    return words


def _skills(reason: Reason, names: Mapping[int, str]) -> str:
    found = ", ".join(names[pk] for pk in reason["skills"] if pk in names)
    if len(reason["skills"]) == reason["wanted"]:
        return _("All that is wanted is offered: %(skills)s.") % {"skills": found}
    return _("Of what is wanted this is offered: %(skills)s.") % {"skills": found}


def _language(reason: Reason, to_pair: bool) -> str:
    names = [language_name(code, get_language() or "en") for code in reason["languages"]]
    text = _("You both speak %(languages)s.") if to_pair else _("Both speak %(languages)s.")
    return text % {"languages": ", ".join(names)}


def _hours(reason: Reason, zone: str, to_pair: bool) -> list[str]:
    """Return when the two can meet and, if there are any, the weeks in which they cannot."""
    spans = [span_words(hours) for hours in matcher.hours_in(reason, zone)[:3]]
    text = (
        _("You can meet %(hours)s (your time): in %(weeks)s of the 12 weeks from %(day)s.")
        if to_pair
        else _("They can meet %(hours)s (your time): in %(weeks)s of the 12 weeks from %(day)s.")
    )
    first = date.fromisoformat(reason["first_week"])
    facts = {"weeks": reason["weeks"], "day": day_words(first), "hours": "; ".join(spans)}
    words = [text % facts]
    missing = [day_words(day) for day in matcher.weeks_without(reason)]
    if missing:
        words.append(
            ngettext("Not in the week of %(days)s.", "Not in the weeks of %(days)s.", len(missing))
            % {"days": ", ".join(missing)}
        )
    return words


def span_words(hours: Hours) -> str:
    """Return "on Tuesdays, 18:00–20:00"."""
    return _("%(weekday)s, %(start)s–%(end)s") % {
        "weekday": ON_WEEKDAYS[hours.weekday],
        "start": f"{hours.start:%H:%M}",
        "end": f"{hours.end:%H:%M}",
    }


def slot_words(slot: Any) -> str:
    """Return a weekly slot as "on Tuesdays, 18:00–20:00"."""
    return span_words(Hours(slot.weekday, slot.start, slot.end, weeks=0))


def day_words(day: date) -> str:
    """Return "24 November", as the reader's language has it."""
    language = get_language() or "en"
    locale = "en_GB" if language == "en" else language.replace("-", "_")
    words: str = format_skeleton("MMMMd", day, locale=locale)
    return with_first(words, day, language)


@lru_cache(maxsize=256)
def language_name(code: str, reader: str) -> str:
    """Return a language's name in the reader's language; the code itself when unknown."""
    try:
        found = Locale.parse(code.replace("-", "_"))
        return str(found.get_display_name(reader.replace("-", "_")) or code)
    except (UnknownLocaleError, ValueError):
        return code
