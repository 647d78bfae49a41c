"""Why a question is brought to someone, in words, in the active language."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from forum.routing import Reason

LEVELS = {
    1: gettext_lazy("You know a little of %(tag)s."),
    2: gettext_lazy("You know %(tag)s well."),
    3: gettext_lazy("You could teach %(tag)s."),
}


def words_of(reasons: Iterable[Reason]) -> list[str]:
    """Return one sentence a reason, the strongest first; unknown ones are left out."""
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
