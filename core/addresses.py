"""Mail addresses as settings write them."""

from email.utils import parseaddr


def domain_of(address: str) -> str:
    """Return the host of an address, with or without a name before it."""
    return parseaddr(address)[1].rpartition("@")[2] or "localhost"
