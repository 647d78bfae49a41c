"""The queues of the help desk, which is a higher room: what it declares of them."""

from collections.abc import Callable

Names = Callable[[str], dict[int, str]]
_sources: list[Names] = []


def declare(names: Names) -> None:
    """Say how queues are called: language → {id: name}. Called once, from the app's ready()."""
    _sources.append(names)


def queue_names(language: str) -> dict[int, str]:
    """Return every queue by its id, in the order of the ids."""
    return {pk: name for names in _sources for pk, name in names(language).items()}
