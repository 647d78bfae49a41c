"""Whether every text of code and pages is translated, into every language of the pages."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.management.commands.messages import locales

CATALOGUE = Path("frontend/locale/{locale}/LC_MESSAGES/django.po")
WITH_TEXTS = ("*.py", "*.html", "*.txt", "*.po")
# French: a space that does not break stands before : ; ? ! » and behind «. What is no punctuation
# of a sentence is let be: addresses and times (nothing behind the colon), JSON, entities, "!!!".
FRENCH = re.compile(
    r"""(?<=[^\s"\\!?:;…])(?<!&amp)(?<!&nbsp)(?<!&quot)(?<!&lt)(?<!&gt)[:;?!](?=\s|$|<)"""
    r"""|[ \t\n][:;?!»](?!!!)|(?<!\s)»|«(?![\u00a0\u202f])"""
)
TYPOGRAPHY = {"fr": FRENCH}


def copy_of_texts(target: Path) -> None:
    """Copy what holds texts, and no more, to another folder."""
    sources = [settings.BASE_DIR / "manage.py"]
    for config in apps.get_app_configs():
        room = Path(config.path)
        if room.parent == settings.BASE_DIR:
            sources += [path for pattern in WITH_TEXTS for path in room.rglob(pattern)]
    for source in sources:
        copy = target / source.relative_to(settings.BASE_DIR)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)


def gather(folder: Path) -> None:
    """Bring the texts in a copy of the project into its catalogues."""
    done = subprocess.run(
        [sys.executable, "manage.py", "messages"],
        cwd=folder,
        env={**os.environ, "ENTRAIDE_VAR": str(folder / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"The texts could not be gathered:\n{done.stdout}{done.stderr}")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def texts_of(message: Message) -> list[str]:
    """Return the translations of a message: one, or one for each number."""
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return [str(text) for text in texts]


def is_translated(message: Message) -> bool:
    texts = texts_of(message)
    return bool(texts) and all(texts)


def badly_set(message: Message, locale: str) -> str:
    """Return the first place where a text is not set as its language is; empty where it is."""
    rule = TYPOGRAPHY.get(locale)
    for text in texts_of(message) if rule else ():
        if rule and (found := rule.search(text)):
            return text[max(0, found.start() - 20) : found.end() + 5]
    return ""


def complaints(committed: Catalog, gathered: Catalog, locale: str = "") -> Iterator[str]:
    """Yield what is wrong with a catalogue; gathered: the same, brought up to the code."""
    for message in gathered:
        if not message.id:
            continue
        name = message.id[0] if isinstance(message.id, (list, tuple)) else message.id
        if committed.get(message.id, message.context) is None:
            yield f"missing: {name}"
        elif message.fuzzy:
            yield f"not looked through (fuzzy): {name}"
        elif not is_translated(message):
            yield f"not translated: {name}"
        elif place := badly_set(message, locale):
            yield f"a space that does not break is missing: {place}"
        else:
            for error in message.check(gathered):
                yield f"{error}: {name}"


class Command(BaseCommand):
    help = "See that every text is translated into every language of the pages."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        paths = {locale: Path(str(CATALOGUE).format(locale=locale)) for locale in locales()}
        if not any((settings.BASE_DIR / path).exists() for path in paths.values()):
            self.stdout.write("There are no translations yet.")
            return
        if shutil.which("xgettext") is None:
            raise CommandError("xgettext is missing. On Debian: apt-get install gettext")
        with tempfile.TemporaryDirectory(prefix="entraide-texts-") as name:
            folder = Path(name)
            copy_of_texts(folder)
            gather(folder)
            wrong = sum(self.look_at(folder, path, locale) for locale, path in paths.items())
        if wrong:
            raise CommandError(f"{wrong} texts need work: make messages, then translate them.")
        self.stdout.write("Every text is translated.")

    def look_at(self, folder: Path, path: Path, locale: str) -> int:
        """Print what is wrong with one language; return how much."""
        committed = settings.BASE_DIR / path
        kept = read(committed) if committed.exists() else Catalog()
        found = list(complaints(kept, read(folder / path), locale))
        for told in found:
            self.stderr.write(f"{path}: {told}")
        return len(found)
