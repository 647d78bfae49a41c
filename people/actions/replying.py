"""Telling people that what they answered by mail could not be posted, or not all of it."""

from django.db.models import Model

from core import things
from core.confided import SecretsFound
from core.errors import Refusal
from core.mail import send_mail_to
from people.models import Person
from people.queries import email_of


def tell_refused(*, person: Person, refusal: Refusal, source: str) -> None:
    """Mail to whom the token was made for that an answer by mail was not posted, and why.

    What was written stands in it, so that it is not lost; never where it holds a secret.
    """
    address = email_of(person)
    if address is None:
        return
    secrets = refusal.shown if isinstance(refusal, SecretsFound) else []
    send_mail_to(
        to=address,
        language=person.interface_language,
        time_zone=person.time_zone,
        template="people/reply_refused",
        context={
            "refusal": refusal,
            "details": [error.detail for error in refusal.errors if not secrets],
            "secrets": [words for words, _begins in secrets],
            "source": "" if secrets else source,
        },
    )


def tell_left_out(*, person: Person, row: Model) -> None:
    """Mail that a comment by mail was posted, and that its files were not."""
    address = email_of(person)
    if address is None:
        return
    send_mail_to(
        to=address,
        language=person.interface_language,
        time_zone=person.time_zone,
        template="people/reply_without_files",
        context={"path": things.url_of(row)},
    )
