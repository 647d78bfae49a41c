"""Why something stands where it stands, in words, in the active language."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forum.ranking import WIDE_MARGIN, Place
from forum.routing import Reason

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


def words_of(reasons: Iterable[Reason]) -> list[str]:
    """Return one sentence for each reason why a question is brought to someone, the strongest
    first; unknown ones are left out."""
    return [_WORDS[reason["key"]](reason) for reason in reasons if reason["key"] in _WORDS]


def _answered(reason: Reason) -> str:
    if reason["confirmed"]:
        text = ngettext(
            "%(count)s answer of yours about %(tag)s, %(confirmed)s accepted.",
            "%(count)s answers of yours about %(tag)s, %(confirmed)s accepted.",
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
