"""What the settings refuse and keep secret; in processes of their own, since settings load once."""

import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "ENTRAIDE_MODE": "production",
    "SECRET_KEY": "a-key-of-production-that-is-long-enough-to-be-one-0123456789",
    "ALLOWED_HOSTS": "entraide.example",
    "PUBLIC_URL": "https://entraide.example",
}
ASK = "from django.conf import settings as s; print(s.SECRET_KEY)"


def load(var, program=ASK, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={
            **kept,
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "ENTRAIDE_VAR": str(var),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_key_hosts_and_address(tmp_path):
    done = load(tmp_path, **PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == PRODUCTION["SECRET_KEY"]
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL"])
@pytest.mark.parametrize("value", [None, ""])
def test_production_refuses_to_start_without(tmp_path, name, value):
    environment = {**PRODUCTION, name: value}
    if value is None:
        del environment[name]

    done = load(tmp_path, **environment)

    assert done.returncode == 1
    assert name in done.stderr.splitlines()[-1]
    assert not (tmp_path / "secret_key").exists()


def test_unknown_mode_is_refused(tmp_path):
    done = load(tmp_path, ENTRAIDE_MODE="staging")

    assert done.returncode == 1
    assert "development or production" in done.stderr


def test_development_makes_a_random_key_that_only_its_owner_reads(tmp_path):
    first, again = load(tmp_path / "one"), load(tmp_path / "one")
    other = load(tmp_path / "two")

    assert first.returncode == 0, first.stderr
    key = first.stdout.strip()
    assert len(key) >= 50
    assert again.stdout.strip() == key
    assert other.stdout.strip() != key
    file = tmp_path / "one" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() == key


def test_key_file_is_kept_out_of_git():
    done = subprocess.run(
        ["git", "check-ignore", "var/secret_key"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "var/secret_key"


def test_tests_touch_nothing_of_the_installation():
    assert not settings.VAR.is_relative_to(settings.BASE_DIR)


def test_options_of_the_address_of_postgresql_are_kept_beside_ours(tmp_path):
    answer = load(
        tmp_path,
        "from django.conf import settings as s; o = s.DATABASES['default']['OPTIONS'];"
        "print(o['sslmode'], o['server_side_binding'])",
        DATABASE_URL="postgres://someone@127.0.0.1/some?sslmode=verify-full",
    )

    assert answer.stdout.split() == ["verify-full", "True"], answer.stderr
