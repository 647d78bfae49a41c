"""A browser and its push service, on this machine: what arrives is decrypted as a browser would."""

import base64
import json
import os
import threading
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def claims_in(authorization: str) -> dict[str, Any]:
    """Return the claims of a VAPID header whose signature is right."""
    assert Vapid02.verify(authorization)
    body = authorization.split("t=", 1)[1].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


class Browser:
    """The keys of one browser, and what it subscribes with."""

    def __init__(self, service: "PushService", name: str = "one") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.endpoint = f"{service.url}/{name}"

    @property
    def facts(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": packed(point), "auth": packed(self.secret)}

    def read(self, body: bytes) -> dict[str, str]:
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
        )
        found: dict[str, str] = json.loads(plain)
        return found


class PushService:
    """Keeps what it was handed; answers as `answers` says, in order, and 201 after that."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.received.append((self.path, dict(self.headers.items()), body))
                service.may_answer.wait()
                status, headers = service.answers.pop(0) if service.answers else (201, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                with suppress(OSError):  # who asked may be dead
                    self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def shown_by(self, browser: Browser) -> list[dict[str, str]]:
        """Return what a browser showed, in order."""
        path = "/" + browser.endpoint.rpartition("/")[2]
        return [browser.read(body) for at, _headers, body in self.received if at == path]


@contextmanager
def running() -> Any:
    service = PushService()
    serve = partial(service.server.serve_forever, poll_interval=0.02)  # how soon it is shut down
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield service
    service.may_answer.set()
    service.server.shutdown()
    thread.join()
    service.server.server_close()
