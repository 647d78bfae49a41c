"""Speaking to the push services of browsers: whom to speak to, and one message sent.

Source: RFC 8030 (Web Push), 8291 (encryption), 8292 (VAPID); pywebpush and py-vapid do the secrets.
They take a third of a second to import, which only the worker and a first look at the key spend.
"""

import base64
import ipaddress
import json
import socket
import time
from contextlib import suppress
from enum import Enum
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from core.addresses import bare
from people.models import PushSubscription

KEPT_SECONDS = 24 * 3600  # by the push service, for a browser that sleeps
TOKEN_SECONDS = 12 * 3600  # RFC 8292 allows 24 hours
PATIENCE_SECONDS = (4, 6)  # to connect, to hear something
HOME_NAMES = ("localhost", "local", "internal", "lan", "home", "arpa", "invalid", "test")


class Outcome(Enum):
    """What became of one message."""

    SENT = "sent"
    GONE = "gone"  # 404, 410: this browser takes nothing any more
    LATER = "later"  # certainly not taken, and worth another try
    LOST = "lost"  # refused for good, or nobody knows


def endpoint_fault(address: str) -> str:
    """Return why an address is no push service's, as a stable code; empty when it may be one.

    By its looks alone: what a name leads to is looked up when something is sent there.
    """
    if len(address) > 1000 or not address.isascii() or not address.isprintable() or " " in address:
        return "invalid"
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "invalid"
    if not host or parts.username is not None or parts.fragment:
        return "invalid"
    if settings.PUSH_TO_LOOPBACK and parts.scheme in ("http", "https") and _is_loopback(host):
        return ""
    if parts.scheme != "https":
        return "not_https"
    return "" if _is_public(host) else "not_public"


def _is_public(host: str) -> bool:
    address = _address(host)
    if address is not None:
        return _is_outside(address)
    labels = host.rstrip(".").split(".")
    return len(labels) > 1 and labels[-1] not in HOME_NAMES


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _address(host: str) -> Any:
    """Return the IP address that a host is written as, in any of its spellings (127.1, 0x7f.1)."""
    with suppress(ValueError):
        return ipaddress.ip_address(host)
    with suppress(OSError):
        return ipaddress.ip_address(socket.inet_aton(host))
    return None


def _is_outside(address: Any) -> bool:
    address = getattr(address, "ipv4_mapped", None) or address
    return bool(address.is_global and not address.is_multicast)


def _leads_inside(parts: SplitResult) -> bool:
    """Whether the name of a push service leads into a private network; not looked up: not there."""
    host = parts.hostname or ""
    if settings.PUSH_TO_LOOPBACK and _is_loopback(host):
        return False
    found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    return not all(_is_outside(ipaddress.ip_address(row[4][0])) for row in found)


def public_key() -> str:
    """Return what browsers must know of our key: an uncompressed point, base64url."""
    return _public_key_of(settings.VAPID_PRIVATE_KEY)


@lru_cache(maxsize=1)
def _public_key_of(private_key: str) -> str:
    from cryptography.hazmat.primitives import serialization

    point = _vapid(private_key).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def _vapid(private_key: str) -> Any:
    from py_vapid import Vapid02

    return Vapid02.from_string(private_key)


def is_browser_key(p256dh: str) -> bool:
    """Whether this is a public key as browsers give it: a point of P-256, base64url."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(p256dh))
    except ValueError:
        return False
    return point.key_size == 256


def unpacked(text: str) -> bytes:
    """Return the bytes of a base64url text. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def send(subscription: PushSubscription, message: dict[str, str], *, topic: str) -> Outcome:
    """Encrypt a message for a browser and hand it to its push service.

    message: what push-worker.js reads. topic: a waiting message with the same one is replaced.
    Waits for another machine: never inside a transaction. Redirects are not followed, and of the
    answer nothing but its status is read: it comes from a machine that anyone may have named.
    """
    import requests
    from pywebpush import WebPusher

    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
    body = pusher.encode(json.dumps(message, ensure_ascii=False).encode())["body"]
    try:
        if endpoint_fault(subscription.endpoint) or _leads_inside(urlsplit(subscription.endpoint)):
            return Outcome.GONE
        with requests.Session() as session:
            session.trust_env = False  # no .netrc: its password would take our signature's place
            with session.post(
                subscription.endpoint,
                data=body,
                headers=_headers(subscription.endpoint, topic),
                timeout=PATIENCE_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                return _outcome(answer.status_code)
    except socket.gaierror:
        return Outcome.LATER
    except requests.RequestException as error:
        return Outcome.LATER if _never_connected(error) else Outcome.LOST


def _headers(endpoint: str, topic: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + TOKEN_SECONDS,
        "sub": f"mailto:{bare(settings.DEFAULT_FROM_EMAIL)}",
    }
    return {
        **_vapid(settings.VAPID_PRIVATE_KEY).sign(claims),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Topic": topic,
        "Urgency": "normal",
    }


def _outcome(status: int) -> Outcome:
    """Return what an answer says; a 500 may have been taken nevertheless, and comes never twice."""
    if status in (404, 410):
        return Outcome.GONE
    if status in (429, 503):
        return Outcome.LATER
    return Outcome.SENT if 200 <= status < 300 else Outcome.LOST


def _never_connected(error: Any) -> bool:
    from requests import ConnectTimeout
    from urllib3.exceptions import NewConnectionError

    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, ConnectTimeout) or isinstance(reason, NewConnectionError)
