"""Real servers for mail: Dovecot for IMAP, aiosmtpd for what we send; on ports of this machine."""

import email
import email.policy
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = {folder}
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
default_internal_user = {user}
default_login_user = {login}
default_internal_group = {group}
passdb {{
  driver = static
  args = password=plum
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def dovecot() -> str | None:
    """Return the path of Debian's Dovecot, None where it is not installed."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def imap_server() -> Iterator[str]:
    """Run Dovecot with a mailbox of its own in a new folder; yield the INBOUND_MAIL_URL of it.

    Root runs it under the users Debian made for it, everyone else as themselves.
    """
    folder, port = Path(tempfile.mkdtemp(prefix="entraide-imap-")), free_port()
    folder.chmod(0o755)
    is_root = os.getuid() == 0
    me = pwd.getpwnam("dovecot") if is_root else pwd.getpwuid(os.getuid())
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir()
        if is_root and name in ("mail", "home"):
            os.chown(folder / name, me.pw_uid, me.pw_gid)
    config = folder / "dovecot.conf"
    facts = {
        "folder": folder,
        "port": port,
        "uid": me.pw_uid,
        "gid": me.pw_gid,
        "user": me.pw_name,
        "login": "dovenull" if is_root else me.pw_name,
        "group": grp.getgrgid(me.pw_gid).gr_name,
    }
    config.write_text(CONFIG.format(**facts))
    command = [str(dovecot()), "-F", "-c", str(config)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server, folder / "log")
        yield f"imap://desk:plum@127.0.0.1:{port}/INBOX"
    finally:
        server.terminate()
        server.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, server: Any, log: Path) -> None:
    for _attempt in range(100):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    said = log.read_text() if log.exists() else ""
    raise AssertionError(f"Dovecot did not start: {said}")


class Sink:
    """What an SMTP server of this machine was sent: (from, to, bytes); refuses who is `refused`."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.refused: set[str] = set()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 OK"


@contextmanager
def smtp_sink() -> Iterator[tuple[Sink, int]]:
    """Run an SMTP server; yield what it is sent, and its port."""
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()


def last_to(sink, address):
    """Return the last mail that a sink took for one address."""
    raw = [raw for _sender, to, raw in sink.mails if to == [address]][-1]
    return email.message_from_bytes(raw, policy=email.policy.default)
