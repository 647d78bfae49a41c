"""Mail addresses, with or without a name before them."""

from email.utils import parseaddr
from functools import partial
from inspect import signature

# Newer Pythons refuse rare ones, such as zoe@[192.0.2.7], which mail may come from.
_IS_STRICT = "strict" in signature(parseaddr).parameters
_parts = partial(parseaddr, strict=False) if _IS_STRICT else parseaddr


def bare(address: str) -> str:
    """Return an address of ours, or one that was checked, without its name."""
    return _parts(address)[1]


def domain_of(address: str) -> str:
    """Return the host of an address."""
    return bare(address).rpartition("@")[2] or "localhost"
