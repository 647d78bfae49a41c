"""Our own rules, known to no other tool: what the content policy refuses, where HTML is safe."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.redaction.known import REGISTRIES


@dataclass(frozen=True)
class Rule:
    """What must not be written in files of some kind, and what to do instead."""

    pattern: re.Pattern[str]
    why: str


def rule(pattern: str, why: str) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), why)


SAFE_IN_ONE_PLACE = "HTML is declared safe in core/markup alone"
BY_POLICY = "the content policy refuses it"
TEMPLATE_RULES = [
    rule(
        r"<script(?![^>]*\ssrc=)(?![^>]*\stype=\"application/(?:ld\+)?json\")[^>]*>",
        f"a script in the page: {BY_POLICY}; write a module in frontend/static/js",
    ),
    rule(r"<style\b", f"a style in the page: {BY_POLICY}; write a file in frontend/static/css"),
    rule(r"(?<=[\s\"'])style\s*=\s*[\"'{]", f"a style on an element: {BY_POLICY}; give it a class"),
    rule(r"(?<=[\s\"'])on[a-z]+\s*=\s*[\"']", f"a handler on an element: {BY_POLICY}"),
    rule(r"\b(?:href|src|action)\s*=\s*[\"']?\s*javascript:", f"a script as a link: {BY_POLICY}"),
    rule(r"\bhx-on\b", f"hx-on: {BY_POLICY}; listen in a module"),
    rule(r"\bhx-[a-z:-]+\s*=\s*[\"']\s*(?:js|javascript):", f"htmx with a script: {BY_POLICY}"),
    rule(
        r"\bhx-trigger\s*=\s*(?:\"[^\"]*\[|'[^']*\[)",
        f"a filter on a trigger: {BY_POLICY}; decide in a module or in the view",
    ),
    rule(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off", SAFE_IN_ONE_PLACE),
    rule(r"\{%\s*load\b[^%]*\bpartials\b", "partials are built in; Django 6 has no such library"),
]
PYTHON_RULES = [
    rule(
        r"\bmark_safe\b|\bSafe(?:String|Text|Data)\(|\bdef __html__\b|\bhtml_safe\b",
        SAFE_IN_ONE_PLACE,
    ),
    rule(
        r"\bn?p?n?gettext(?:_lazy|_noop)?\s+as\s+(?!_\b)",
        "texts are gathered by gettext's own names and _ alone; under another name they are lost",
    ),
]
EVERYWHERE_RULES = [
    rule(
        r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(REGISTRIES))) + r")(?![\w-])",
        "a package registry's host: whoever installs says which one is asked",
    ),
]
FRAME = {"asgi", "settings", "start", "urls", "wsgi"}  # of core; all else there is the kernel
MAY_DECLARE_SAFE = "core/markup/"
MYSELF = "core/management/commands/check_rules.py"


def blanked(text: str) -> str:
    """Return a template with its comments emptied, lines kept."""
    return re.sub(
        r"\{#.*?#\}|\{% comment\b.*?endcomment %\}|<!--.*?-->",
        lambda found: re.sub(r"[^\n]", " ", found.group()),
        text,
        flags=re.DOTALL,
    )


def complaints(text: str, rules: list[Rule]) -> Iterator[tuple[int, str]]:
    """Yield the line and the reason for everything in a text that breaks a rule."""
    for broken in rules:
        for found in broken.pattern.finditer(text):
            yield text.count("\n", 0, found.start()) + 1, broken.why


def complaints_about(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """Yield the complaints about one file; name: its path from the project's folder."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        if not name.startswith(MAY_DECLARE_SAFE) and name != MYSELF:
            yield from complaints(text, PYTHON_RULES)
    else:
        yield from complaints(blanked(text), TEMPLATE_RULES)


def files_of_the_rooms() -> Iterator[Path]:
    """Yield the Python files and templates of the project's own apps."""
    for config in apps.get_app_configs():
        room = Path(config.path)
        if room.parent == settings.BASE_DIR:
            for pattern in ("*.py", "*.html"):  # texts of mails are no HTML
                yield from sorted(room.rglob(pattern))


def committed_files() -> Iterator[Path]:
    """Yield the texts that git keeps; none where the project came without git."""
    if not (settings.BASE_DIR / ".git").exists():
        return
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607  (the git of whoever works here)
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0")[:-1]:
        path = settings.BASE_DIR / name
        if path.is_file() and b"\0" not in path.read_bytes()[:8000]:
            yield path


def complaints_about_the_kernel(configured: dict[str, Any], names: set[str]) -> Iterator[str]:
    """Yield which modules of core the contract `frame` forgets, or names in vain.

    configured: what pyproject.toml says. names: of the modules and packages in core.
    """
    contracts = configured["tool"]["importlinter"]["contracts"]
    [frame] = [contract for contract in contracts if contract["id"] == "frame"]
    listed = {name for name in frame["source_modules"] if name.startswith("core.")}
    kernel = {f"core.{name}" for name in names - FRAME}
    for name in sorted(kernel ^ listed):
        yield f"{name} is {'not in' if name in kernel else 'no kernel module, but in'} `frame`"


def modules_of_core() -> set[str]:
    found = (settings.BASE_DIR / "core").glob("*.py")
    packages = (settings.BASE_DIR / "core").glob("*/__init__.py")
    return {path.stem for path in found} - {"__init__"} | {path.parent.name for path in packages}


def told_of_rooms(files: list[Path]) -> Iterator[str]:
    for path in files:
        name = path.relative_to(settings.BASE_DIR).as_posix()
        for line, why in complaints_about(path, name):
            yield f"{name}:{line}: {why}"


def told_of_all_files() -> Iterator[str]:
    for path in committed_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for line, why in complaints(text, EVERYWHERE_RULES):
            yield f"{path.relative_to(settings.BASE_DIR)}:{line}: {why}"


def told_of_the_kernel() -> Iterator[str]:
    configured = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))
    for complaint in complaints_about_the_kernel(configured, modules_of_core()):
        yield f"pyproject.toml: {complaint}"


class Command(BaseCommand):
    help = "Look for what our own rules forbid in templates and code."

    def handle(self, *args: Any, **options: Any) -> None:
        files = list(files_of_the_rooms())
        told = [*told_of_rooms(files), *told_of_all_files(), *told_of_the_kernel()]
        for complaint in told:
            self.stderr.write(complaint)
        if told:
            raise CommandError(f"{len(told)} of our own rules broken.")
        self.stdout.write(f"{len(files)} files keep our own rules.")
