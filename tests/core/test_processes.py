import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from honcho.environ import parse_procfile

from core.processes import PROCFILE

RUN = """
import sys
from pathlib import Path
from core.processes import run
sys.exit(run(sys.argv[2:], procfile=Path(sys.argv[1])))
"""


@pytest.fixture
def start(tmp_path):
    """Return a function that starts two processes, and returns the manager and their facts."""
    started: list[subprocess.Popen[str]] = []

    def do(first="exec sleep 600", second="exec sleep 600"):
        procfile = tmp_path / "Procfile"
        procfile.write_text(
            f"first: echo facts $$ $PORT; {first}\nsecond: echo facts $$ $PORT; {second}\n"
            "third: echo never asked for\n"
        )
        manager = subprocess.Popen(
            [sys.executable, "-c", RUN, procfile, "first", "second"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PORT": "8123"},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert manager.stdout is not None
        started.append(manager)
        facts = []
        for line in manager.stdout:
            if " facts " in line:
                pid, port = line.split()[-2:]
                facts.append((int(pid), port))
            if len(facts) == 2:
                return manager, facts

    yield do
    for manager in started:
        manager.kill()
        manager.communicate()


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def all_gone(facts):
    """Wait a little for the system to bury what ended."""
    until = time.monotonic() + 5
    while any(lives(pid) for pid, _port in facts):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_told_to_stop_all_ends(start, name):
    manager, facts = start()

    manager.send_signal(getattr(signal, name))

    manager.communicate(timeout=20)
    assert all_gone(facts)


def test_one_that_ends_ends_the_others(start):
    manager, facts = start(first="sleep 0.5; exit 7")

    manager.communicate(timeout=20)

    assert manager.returncode == 7
    assert all_gone(facts)


def test_output_that_nobody_reads_any_more_ends_all(start):
    manager, facts = start(first="sleep 1; echo into the void; exec sleep 600")

    manager.stdout.close()

    manager.wait(timeout=20)
    manager.stdout = None
    assert all_gone(facts)


def test_every_process_has_the_same_port_and_only_those_named_run(start):
    manager, facts = start()

    manager.terminate()

    said, _ = manager.communicate(timeout=20)
    assert [port for _pid, port in facts] == ["8123", "8123"]
    assert "never asked for" not in said


def test_procfile_names_both_sizes():
    commands = parse_procfile(PROCFILE.read_text()).processes

    assert set(commands) == {"web", "worker", "mailworker", "pages", "sockets"}
