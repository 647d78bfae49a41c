import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

from core import start

PREPARE = "from core import start; start.prepare()"
# None in sys.modules makes an import fail, as of a package that is not installed.
WITHOUT_SERVICES = """
import sys
for name in ("redis", "channels_redis", "psycopg", "psycopg_pool", "storages", "boto3", "gunicorn"):
    sys.modules[name] = None
from core import asgi, urls, wsgi
from django.core.management import get_commands, load_command_class
for name, app in get_commands().items():
    load_command_class(app, name)
"""


def test_embedded_site_imports_no_package_of_a_service(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "ENTRAIDE_VAR": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SERVICES],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def prepare(var):
    """Prepare in a process of its own, as production: without the seconds of the demo."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "core.settings",
        "ENTRAIDE_VAR": str(var),
        "ENTRAIDE_MODE": "production",
        "SECRET_KEY": "a-key-of-production-that-is-long-enough-to-be-one-0123456789",
        "ALLOWED_HOSTS": "entraide.example",
        "PUBLIC_URL": "https://entraide.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_start_prepares_what_changed_and_nothing_else(tmp_path):
    first = prepare(tmp_path)
    again = prepare(tmp_path)

    assert first == "Preparing the database …\nCollecting the static files …\n"
    assert again == ""


@pytest.mark.parametrize(
    "name",
    [
        "forum/migrations/0001_first.py",
        "frontend/locale/fr/LC_MESSAGES/django.po",
        "frontend/static/css/10-base.css",
        "frontend/storage.py",
        "requirements/base.txt",
    ],
)
def test_changed_source_is_seen(tmp_path, name):
    source = tmp_path / name
    source.parent.mkdir(parents=True)
    source.write_text("first")
    before, same = list(start.sources(tmp_path)), list(start.sources(tmp_path))

    source.write_text("second")

    assert before == same != []
    assert list(start.sources(tmp_path)) != before


@pytest.fixture
def told(settings, tmp_path, capsys):
    """Return what a start says, with accounts of a demo kept."""
    settings.VAR = tmp_path
    settings.PUBLIC_URL = "http://localhost:1234"
    (tmp_path / "demo_accounts.txt").write_text("aminata  a member")

    def do():
        start.say_where_and_who()
        return capsys.readouterr().out

    return do


def test_start_names_the_address_and_the_demo_accounts(told):
    assert told() == (
        "\naminata  a member\n\nEntraide is at http://localhost:1234 (Ctrl-C stops it)\n\n"
    )


def test_production_names_no_demo_accounts(told, settings):
    settings.PRODUCTION = True

    assert "aminata" not in told()


def test_port_that_is_taken_is_named_with_another(settings, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings.PORT = other.getsockname()[1]

        status = start.main(["web"])

    assert status == 1
    complaint = capsys.readouterr().err
    assert f"Port {settings.PORT} cannot be had" in complaint
    assert f"PORT={settings.PORT + 1}" in complaint
    assert start.port_complaint(settings.PORT) == ""
