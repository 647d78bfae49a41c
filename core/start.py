"""python -m core.start NAME…: what `make run` runs, from an installed environment to a site.

Loading Django only to find that nothing changed costs two seconds, so that is found out first.
"""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from core import processes

# What `manage.py prepare` works on; it looks more closely.
WATCHED = (
    "*/migrations/*.py",
    "*/locale/*/LC_MESSAGES/*.po",
    "*/static/**/*",
    "frontend/*.py",
    "core/settings.py",
    "requirements/*.txt",
)


def port_complaint(port: int) -> str:
    """Return why a port cannot be had, empty when it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = error.strerror or str(error)
            return f"Port {port} cannot be had ({reason}): make run PORT={port + 1}"
    return ""


def sources(project: Path) -> Iterator[str]:
    """Yield the facts of every file that is watched."""
    for pattern in WATCHED:
        for path in sorted(project.glob(pattern)):
            facts = path.stat()
            yield f"{path} {facts.st_size} {facts.st_mtime_ns}"


def database() -> str:
    """Return which database it is; a new name each time where that cannot be known."""
    facts = settings.DATABASES["default"]
    file = Path(facts["NAME"])
    if facts["ENGINE"].endswith("sqlite") and file.exists():
        return f"{file} {file.stat().st_ino}"
    return uuid.uuid4().hex


def state() -> str:
    """Return a sum that is the same as long as nothing needs preparing."""
    facts = [settings.MODE, database(), *sources(settings.BASE_DIR)]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def prepare() -> None:
    """Run `manage.py prepare` if something changed. Raises SystemExit when that fails."""
    mark = settings.VAR / "prepared"
    if mark.exists() and mark.read_text() == state():
        return
    command = [sys.executable, "manage.py", "prepare"]
    status = subprocess.run(command, cwd=settings.BASE_DIR, check=False).returncode  # noqa: S603
    if status:
        raise SystemExit(status)
    mark.write_text(state())


def say_where_and_who() -> None:
    accounts = settings.VAR / "demo_accounts.txt"
    if not settings.PRODUCTION and accounts.exists():
        sys.stdout.write(f"\n{accounts.read_text(encoding='utf-8').rstrip()}\n")
    sys.stdout.write(f"\nEntraide is at {settings.PUBLIC_URL} (Ctrl-C stops it)\n\n")
    sys.stdout.flush()


def main(names: list[str]) -> int:
    """Prepare what changed, say where the site is, run it; return the exit status."""
    complaint = port_complaint(settings.PORT)
    if complaint:
        sys.stderr.write(f"{complaint}\n")
        return 1
    prepare()
    say_where_and_who()
    return processes.run(names)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signum, frame: sys.exit(128 + signum))
    sys.exit(main(sys.argv[1:]))
