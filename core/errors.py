"""What can be refused, with a stable code, a sentence to act on and one HTTP status for every face.

Mapped to HTTP by core.pages for pages and by core.api for the API (RFC 9457 problem details).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field; `field` is empty for the whole form."""

    field: str
    code: str
    detail: str


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """Something a person asked for that is not done, and why."""

    status = 400
    code = "refused"
    title = _("This cannot be done")
    detail = _("This cannot be done.")

    def __init__(
        self,
        detail: Any = None,
        *,
        code: str | None = None,
        errors: Iterable[FieldError] = (),
        allowed: Sequence[str] = (),
        **extra: Any,
    ) -> None:
        """Keep what the faces show; `allowed` lists stable codes of what would be possible.

        `extra` goes into the problem document as it is (JSON-able), such as the newer text.
        """
        self.detail = detail or self.detail
        self.code = code or self.code
        self.errors = tuple(errors)
        self.allowed = tuple(allowed)
        self.extra = extra
        super().__init__(str(self.detail))


class Fault(Refusal):
    """Something broke here; never raised: what a caller reads when anything else was."""

    status = 500
    code = "fault"
    title = _("Something broke on our side")
    detail = _("It is not your fault, and it has been noted. Try again in a minute.")


class NotSeen(Refusal):
    """It does not exist, or not for this person: nobody learns which."""

    status = 404
    code = "not_found"
    title = _("Not found")
    detail = _("There is nothing here, or you may not see it.")


class NotSignedIn(Refusal):
    status = 401
    code = "not_signed_in"
    title = _("Please sign in")
    detail = _("Sign in to do this.")


class NotAllowed(Refusal):
    status = 403
    code = "not_allowed"
    title = _("Not allowed")
    detail = _("This is for others to do: your account does not have the right.")


class WrongMoment(Refusal):
    """Right person, wrong moment; `allowed` says what would be possible now."""

    status = 409
    code = "wrong_moment"
    title = _("Not possible now")
    detail = _("This is not possible now.")


class StaleRevision(WrongMoment):
    """The text was changed by someone else meanwhile; `extra` carries the newer text.

    newer: what else is newer, and a draft that brings both texts together, where there is one.
    """

    code = "stale_revision"
    title = _("Changed meanwhile")
    detail = _(
        "Someone changed this while you were writing. Here is the newer text; yours is kept."
    )

    def __init__(self, *, revision: int, source: str, **newer: Any) -> None:
        super().__init__(revision=revision, source=source, **newer)


class InvalidInput(Refusal):
    status = 422
    code = "invalid_input"
    title = _("Please correct this")
    detail = _("Some fields need your attention.")

    @classmethod
    def of(cls, field: str, code: str, detail: Any) -> "InvalidInput":
        """Return the refusal of one field."""
        return cls(errors=[FieldError(field, code, str(detail))])


class TooLarge(Refusal):
    status = 413
    code = "too_large"
    title = _("Too much at once")
    detail = _("That is too large to be sent at once. Send fewer or smaller files.")


class TooMany(Refusal):
    status = 429
    code = "too_many"
    title = _("A little slower, please")
    detail = _("That was a lot at once. Wait a moment, then try again.")


def locked(rows: QuerySet[M], **lookup: Any) -> M:
    """Return the one row, locked until the transaction ends.

    Start from `.visible_to(actor)`: what is not visible is not there. `rows` must not use
    distinct() or nullable joins, which PostgreSQL refuses to lock.
    Raises NotSeen.
    """
    try:
        return rows.select_for_update(of=("self",)).get(**lookup)
    except ObjectDoesNotExist:
        raise NotSeen from None


def seen(rows: QuerySet[M], **lookup: Any) -> M:
    """Return the one row, for reading. Raises NotSeen."""
    try:
        return rows.get(**lookup)
    except ObjectDoesNotExist:
        raise NotSeen from None


def check_revision(row: Any, revision: int) -> None:
    """Refuse what was written on an older revision of a text than the (locked) row's.

    Raises StaleRevision with the newer text.
    """
    if row.revision != revision:
        raise StaleRevision(revision=row.revision, source=row.source)
