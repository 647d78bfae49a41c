"""Sessions in the database, as Django keeps them; one statement finds a session and its person."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from core.prepared import Prepared
from people.models import Person, Session
from people.models.standing import standing_of, take_standing


def _by_key(key: str) -> Any:
    rows = Session.objects.filter(session_key=key).select_related("person")
    return rows.annotate(**standing_of("person"))


_session: Prepared[Session] = Prepared(_by_key)


class SessionStore(db.SessionStore):
    """One browser's session.

    person: who signed in with it, as people.models.standing.reader gives them; once loaded.
    """

    person: Person | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row to write, with the person that Django's own sign-in put into `data`."""
        row: Any = super().create_model_instance(data)
        row.person_id = data.get(SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Any:
        for row in _session(self.session_key):
            if row.expire_date > timezone.now():
                self.person = _with_standing(row)
                return row
        self._session_key = None
        return None


def _with_standing(row: Any) -> Person | None:
    person: Person | None = row.person
    if person is not None:
        take_standing(person, row)
    return person
