"""The texts of code and pages, brought into the catalogues of frontend/locale."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import to_locale

SOURCE_LANGUAGE = "en"


def locales() -> list[str]:
    """Return the locales that texts are translated into."""
    return [to_locale(code) for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]


class Command(BaseCommand):
    help = "Bring every text into the catalogue of every language (needs gettext)."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command(
            "makemessages",
            locale=locales(),
            ignore_patterns=["tests/*", "var/*", "docs/*"],
            no_obsolete=True,
            no_wrap=True,
            add_location="file",  # line numbers would change a catalogue with every commit
            verbosity=0,
        )
