"""Keys that an installation makes for itself, when nobody names one."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

# The order of the curve P-256: a private key is a number below it. Source: FIPS 186-5, SP 800-186.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def new_secret() -> str:
    """Return a new text that nobody guesses."""
    return secrets.token_urlsafe(50)


def new_push_key() -> str:
    """Return a new private key for Web Push: a number of P-256 in 32 bytes, base64url."""
    number = 1 + secrets.randbelow(ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")


def is_push_key(text: str) -> bool:
    """Whether a text is such a key."""
    try:
        number = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return False
    return len(number) == 32 and 0 < int.from_bytes(number) < ORDER


def read_or_make_key(path: Path, make: Callable[[], str] = new_secret) -> str:
    """Return the key kept in path, made on first use.

    The file has mode 0600. Two processes that start at once get the same key: it appears under
    its name with the key in it already.
    """
    if not path.exists():
        written = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
        try:
            os.link(written, path)
        except FileExistsError:
            pass
        finally:
            written.unlink()
    return path.read_text(encoding="ascii").strip()
