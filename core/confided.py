"""Secrets typed where others will read them: pointed out once, sent if the writer means it."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.errors import FieldError, Refusal
from core.redaction import find_secrets

KINDS: Final[dict[str, Any]] = {
    "password": _("a password"),
    "key": _("a key or token"),
    "iban": _("a bank account"),
    "card": _("a card number"),
}
SHOWN: Final = 3  # first characters of what was found, so that its writer knows which


class SecretsFound(Refusal):
    """What looks like a secret was typed; `spans` says where. Sent with `send_secrets`, it goes."""

    status = 422
    code = "secrets_found"
    title = _("This looks like a secret")
    detail = _("Nobody here needs your passwords or keys. Take them out, or send all the same.")

    def __init__(self, spans: list[dict[str, Any]], shown: list[tuple[str, str]]) -> None:
        """Keep (what it is, how it begins) of each for the page; the writer alone reads it."""
        self.shown = shown
        errors = [FieldError(span["field"], self.code, str(KINDS[span["kind"]])) for span in spans]
        super().__init__(errors=errors, allowed=["send_secrets"], spans=spans)


def point_out_secrets(texts: Mapping[str, str], *, send_secrets: bool) -> None:
    """Raise SecretsFound if a text holds what looks like a secret, unless it is to be sent so.

    texts: by the name of their field, as they were typed: offsets are in characters of these.
    """
    if send_secrets:
        return
    spans, shown = [], []
    for field, text in texts.items():
        for span in find_secrets(text):
            spans.append({"field": field, "start": span.start, "end": span.end, "kind": span.kind})
            begins = text[span.start : span.end].lstrip("-")[:SHOWN]  # a key's armour is no sign
            shown.append((str(KINDS[span.kind]), begins))
    if spans:
        raise SecretsFound(spans, shown)
