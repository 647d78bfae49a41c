"""The demo's files, and time as they tell it."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

DATA = Path(__file__).parent / "data"


def read(name: str) -> Any:
    """Return the contents of a file of the demo, named without its ending."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (DATA / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)  # noqa: S506  (a safe loader, ours or C's)


@cache
def loaded_at() -> datetime:
    """Return the moment of this load, the same for all of it."""
    return timezone.now()


def ago(days: float) -> datetime:
    """Return the moment so many days before the load, aware UTC."""
    return loaded_at() - timedelta(days=days)
