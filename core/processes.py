"""Runs processes of the Procfile together.

Ctrl-C, SIGTERM, a closed terminal or the end of one of them ends them all. honcho's own command
does not see a closed terminal, and then leaves everything running; and it gives each process
another PORT, from which wrong links would follow.
"""

import os
import signal
import sys
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"


class Output:
    """Standard output. When nobody reads it any more, all must end."""

    gone = False

    def write(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            if not self.gone:
                self.gone = True
                end()

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def end(*_signal: object) -> None:
    """Tell the manager to end all."""
    os.kill(os.getpid(), signal.SIGTERM)


def run(names: list[str], *, procfile: Path = PROCFILE) -> int:
    """Run the named processes until one ends or all are told to; return the exit status.

    Raises KeyError for a name that the Procfile does not have.
    """
    commands = parse_procfile(procfile.read_text(encoding="utf-8")).processes
    manager = Manager(Printer(Output()))
    for name in names:
        manager.add_process(name, commands[name], env=dict(os.environ), cwd=str(procfile.parent))
    signal.signal(signal.SIGHUP, end)  # Manager takes SIGTERM and SIGINT
    manager.loop()
    return int(manager.returncode)
