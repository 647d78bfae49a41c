"""Makes an installation ready to start: one process, since each start of Django costs a second."""

import hashlib
import io
import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core import proxies


class Command(BaseCommand):
    help = "Bring database, static files and translations up to date; on the first start, the demo."
    # `make check` does the others; so a start takes half the time.
    requires_system_checks = [proxies.TAG]

    def handle(self, *args: Any, **options: Any) -> None:
        self.migrate()
        compile_messages()
        self.collect_static()
        self.load_demo()

    def migrate(self) -> None:
        """Bring the database up to date. Asking first is cheaper than an empty migrate."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", interactive=False, verbosity=0)

    def collect_static(self) -> None:
        """Collect the static files, unless they are as they were."""
        mark = settings.VAR / "static.sum"
        now = sum_of_static_sources()
        if mark.exists() and mark.read_text() == now:
            return
        self.stdout.write("Collecting the static files …")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        mark.write_text(now)

    def load_demo(self) -> None:
        """Load the demo into an empty database; what it prints is kept and said at every start."""
        if settings.PRODUCTION or "load_demo" not in get_commands():
            return
        if get_user_model().objects.exists():
            return
        self.stdout.write("Loading the demo …")
        told = io.StringIO()
        call_command("load_demo", stdout=told)
        (settings.VAR / "demo_accounts.txt").write_text(told.getvalue(), encoding="utf-8")


def compile_messages() -> None:
    """Write a .mo file beside each .po file that is newer."""
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            compile_catalogue(source)


def compile_catalogue(source: Path) -> bool:
    """Compile a .po file when its .mo file is missing or older; return whether it was."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as file:
        catalogue = read_po(file)
    written = target.with_suffix(f".{os.getpid()}")  # many may compile at once, or read
    with written.open("wb") as file:
        write_mo(file, catalogue)
    written.replace(target)
    return True


def sum_of_static_sources() -> str:
    """Return a sum over name, size and time of every static file, and over what builds them."""
    total = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            total.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    for builder in sorted((settings.BASE_DIR / "frontend").glob("*.py")):
        total.update(builder.read_bytes())
    return total.hexdigest()
