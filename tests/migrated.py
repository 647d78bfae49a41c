"""An SQLite database as the migrations leave it, kept for who needs one next.

All migrations take half a minute of CPU. They run once for what they are: another migration or
another version of a package, and they run anew. On PostgreSQL they run in each process of tests.
Whoever takes a copy migrates it all the same, which is then quickly done; triggers are made anew.
What a migration imports does not count: as in an installation, a change there wants a migration.
"""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".tools" / "migrated"


def kept() -> Path:
    """Return where the database of today's migrations is kept; it need not be there."""
    total = hashlib.sha256(django.__version__.encode())
    for pattern in ("*/migrations/*.py", "requirements/*.txt"):
        for path in sorted(ROOT.glob(pattern)):
            total.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return FOLDER / f"{total.hexdigest()}.sqlite3"


def take(target: Path) -> bool:
    """Copy the kept database to a file; return whether there was one."""
    if not kept().exists():
        return False
    for end in ("-wal", "-shm"):  # of a run that was killed: SQLite would add it to ours
        Path(f"{target}{end}").unlink(missing_ok=True)
    shutil.copyfile(kept(), target)
    return True


def keep(source: Path, name: Path) -> None:
    """Keep a database that was just migrated, instead of those of other migrations.

    name: kept() as it was before; nothing is kept when a migration was changed meanwhile.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = kept()
    if found.exists() or found != name:
        return
    for old in FOLDER.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    written = found.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(source)) as database:
        database.execute("VACUUM INTO ?", [str(written)])
    written.replace(found)
