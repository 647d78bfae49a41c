"""How the style sheets and the one script are made, named and compressed.

`SiteFinder` builds site.css, rooms.css and site.js from their sources whenever those changed, so
that tests and a development server need no collectstatic. `SiteStorage` is where collectstatic
puts things: our own files get a hash in their name and their Brotli and gzip twins; those of
libraries (admin, API docs) are copied as they are, since compressing them all took a minute.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import lightningcss
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor

SOURCES = Path(__file__).parent / "static"
# Nesting becomes flat rules, logical properties stay as they are: browsers from 2020/21 on.
BROWSERS = ["chrome 90", "firefox 90", "safari 15"]
# htmx 4.0.0-beta6, licence 0BSD, as django-htmx 1.29.0 (pinned) carries it.
HTMX = "static/django_htmx/htmx-4.min.js"
# In every page, in this order; other modules are asked for by the page that needs them.
MODULES = ("frame", "drafts", "confirm")
OWN = ("site.", "rooms.", "js/", "img/")
# Styles of what visitors of the forum do not see; every other page loads them too.
ROOMS = frozenset(
    (
        "40-home",
        "43-revisions",
        "44-message",
        "45-composer",
        "48-desk",
        "48-folds",
        "48-plot",
        "49-guide",
        "52-table",
        "53-month",
        "55-chat",
        "56-progress",
        "58-slots",
        "59-desk",
    )
)


def site_css() -> str:
    """Return css/*.css but those of ROOMS, joined in the order of names, flat and minified."""
    return _joined(path for path in _sheets() if path.stem not in ROOMS)


def rooms_css() -> str:
    """Return the styles that a visitor's question and list of questions do without.

    It is loaded before site.css, so that utilities keep the last word.
    """
    return _joined(path for path in _sheets() if path.stem in ROOMS)


def _sheets() -> list[Path]:
    return sorted((SOURCES / "css").glob("*.css"))


def _joined(sheets: Iterable[Path]) -> str:
    joined = "\n".join(path.read_text("utf-8") for path in sheets)
    return lightningcss.process_stylesheet(joined, browsers_list=BROWSERS)


def site_js() -> str:
    """Return htmx and the modules of every page as one classic script, each in a scope of its own.

    The modules neither import nor export, so that they can be joined.
    """
    parts = [(resources.files("django_htmx") / HTMX).read_text("utf-8")]
    for name in MODULES:
        bare = without_comments((SOURCES / "js" / f"{name}.js").read_text("utf-8"))
        parts.append(f'(()=>{{"use strict";\n{bare}}})();')
    return "\n".join(parts)


def without_comments(script: str) -> str:
    """Return one of our scripts without the lines that are comments."""
    return re.sub(r"^\s*//.*\n", "", script, flags=re.MULTILINE)


BUILT = {"site.css": site_css, "rooms.css": rooms_css, "site.js": site_js}


def build() -> Path:
    """Write what is built from sources, if it is not there yet; return the folder."""
    state = hashlib.sha256()
    for path in sorted([*SOURCES.glob("css/*.css"), *SOURCES.glob("js/*.js"), Path(__file__)]):
        state.update(path.name.encode() + path.read_bytes())
    folder = Path(settings.VAR) / "built" / state.hexdigest()[:12]
    for name, make in BUILT.items():
        target = folder / name
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # Under a name of its own first: two requests may build at once.
            written = target.with_name(f"{name}.{uuid.uuid4().hex}")
            written.write_text(make(), "utf-8")
            written.replace(target)
    return folder


class SiteFinder(BaseFinder):
    """Give collectstatic and development servers the files that are built."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        storage = FileSystemStorage(location=build())
        for name in BUILT:
            yield name, storage

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUILT:
            return []
        found = str(build() / path)
        return [found] if find_all else found


class SiteStorage(ManifestStaticFilesStorage):
    """Hash the names of our own files and compress them; leave the others alone."""

    manifest_strict = False

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Any:
        """Yield (name, new name, processed), as collectstatic wants it."""
        own = {name: where for name, where in paths.items() if name.startswith(OWN)}
        for name in own:
            if name.startswith("js/") and not dry_run:
                copied = Path(self.path(name))
                copied.write_text(without_comments(copied.read_text("utf-8")), "utf-8")
                own[name] = (self, name)  # read from here, not from the sources
        compressor = Compressor(quiet=True)
        for name, hashed, processed in super().post_process(own, dry_run, **options):
            if hashed and processed and not isinstance(processed, Exception):
                for _twin in compressor.compress(self.path(hashed)):
                    pass
            yield name, hashed, processed

    def stored_name(self, name: str) -> str:
        """Return the hashed name, or the name itself for files of others and before the first
        collectstatic; never look at the file, since this runs for every page."""
        cleaned: str = self.clean_name(name)
        return str(self.hashed_files.get(self.hash_key(cleaned), cleaned))
