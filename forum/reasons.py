"""Why something stands where it stands, in words, in the active language."""

from collections.abc import Callable, Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forum.models import Question
from forum.ranking import WIDE_MARGIN, Place
from forum.routing import Reason
from people import moments

LEVELS = {
    1: gettext_lazy("You know a little of %(tag)s."),
    2: gettext_lazy("You know %(tag)s well."),
    3: gettext_lazy("You could teach %(tag)s."),
}


PLACES = {
    "fits": gettext_lazy("Here because it is confirmed for your site."),
    "accepted": gettext_lazy("Here because the asker accepted it."),
    "outscores": gettext_lazy(
        "Here, before the accepted one, by its votes: %(percent)s %%, at least %(margin)s more."
    ),
    "share": gettext_lazy("Here by its votes: %(percent)s %% (%(up)s good, %(down)s bad)."),
    "waits": gettext_lazy("Here because nobody confirmed it since the platform moved."),
}


def of_place(place: Place) -> str:
    """Return why an answer stands where it stands, as one sentence."""
    row = place.answer
    facts = {"percent": place.percent, "margin": WIDE_MARGIN, "up": row.up, "down": row.down}
    return str(PLACES[place.rule]) % facts


LISTS = {
    "newest": gettext_lazy("Here by its number, %(number)s: the highest first."),
    "unanswered": gettext_lazy(
        "Here because it waits for an answer, and by its number, %(number)s: the highest first."
    ),
    "active": gettext_lazy(
        "Here by the last answer, or change of one, %(moment)s: the latest first."
    ),
}


def of_row(order: str, row: Question) -> str:
    """Return why a question stands where it stands in a list of this order, as one sentence."""
    moment = moments.exact_words(timezone.localtime(row.active_at))
    return str(LISTS[order]) % {"number": row.pk, "moment": moment}


def of_list(*, tag: str, language: str, solved: bool | None) -> str:
    """Return what a list that was narrowed holds, in sentences; tag, language: empty for any."""
    said = []
    if tag:
        said.append(_("Listed is what bears the tag %(tag)s or one merged into it.") % {"tag": tag})
    if language:
        name = moments.language_in(language, moments.reader_language())
        said.append(_("Listed is what is written in %(language)s.") % {"language": name})
    if solved is not None:
        said.append(
            _("Listed is what is solved.") if solved else _("Listed is what is not solved.")
        )
    return " ".join(said)


def words_of(reasons: Iterable[Reason]) -> list[str]:
    """Return one sentence for each reason why a question is brought to someone, the strongest
    first; unknown ones are left out."""
    return [_WORDS[reason["key"]](reason) for reason in reasons if reason["key"] in _WORDS]


def _answered(reason: Reason) -> str:
    if reason["confirmed"]:
        text = ngettext(
            "%(count)s answer of yours about %(tag)s, %(confirmed)s confirmed.",
            "%(count)s answers of yours about %(tag)s, %(confirmed)s confirmed.",
            reason["count"],
        )
    else:
        text = ngettext(
            "%(count)s answer of yours about %(tag)s.",
            "%(count)s answers of yours about %(tag)s.",
            reason["count"],
        )
    return text % reason


def _declared(reason: Reason) -> str:
    return str(LEVELS.get(reason["level"], LEVELS[1])) % reason


def _active(reason: Reason) -> str:
    return _("You answered others lately.")


def _language(reason: Reason) -> str:
    return _("It is in a language you read.")


_WORDS: dict[str, Callable[[Reason], str]] = {
    "answered": _answered,
    "declared": _declared,
    "active": _active,
    "language": _language,
}
