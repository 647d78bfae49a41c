"""Names that an installation gives its things, one a language; and the first of a month."""

import re
from datetime import date
from typing import Any

from django.db import models


class NamedByLanguage(models.Model):
    """What has a name in each language; names: {BCP 47: name}."""

    names: Any = models.JSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def unnamed(self) -> str:
        """What it is called where neither the language nor English has a name: its slug."""
        slug: str = vars(self).get("slug", "")
        return slug

    def name(self, language: str) -> str:
        """Return the name in this language, else English, else the slug."""
        names: dict[str, str] = self.names
        return names.get(language) or names.get("en") or self.unnamed


def with_first(words: str, day: date, language: str) -> str:
    """Return the words of a day; French counts the first of a month: "1er décembre"."""
    if day.day != 1 or language.partition("-")[0] != "fr":
        return words
    return re.sub(r"\b1\b", "1er", words, count=1)
