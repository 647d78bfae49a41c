"""The public sets of mails beside this checkout: how many are read right, and no robot answered.

`make mail-samples` prints the figures. What is right is read off the raw headers by two patterns,
not by any mail library.
"""

import email
import email.policy
import re
from collections.abc import Callable
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest

from core.models import OutgoingMail
from helpdesk import actions
from helpdesk.mail import parse_mail

SETS = Path(__file__).resolve().parents[3] / "shared/data/mail"
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
ROBOTS = {  # by what stands in their headers, read by eye
    "auto_reply.eml",
    "auto_reply_with_auto_submitted.eml",
    "bounced_with_no_from.eml",
    "non_utf_encoded_mail.eml",
}
Read = Callable[[bytes], tuple[str, str]]
pytestmark = pytest.mark.skipif(not SETS.is_dir(), reason="no shared mails here")


def mails(name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((SETS / name).iterdir())}


def header(raw: bytes, name: str) -> str:
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    found = re.search(rf"^{name}:(.*(?:\n[ \t].*)*)", head, re.MULTILINE | re.IGNORECASE)
    return " ".join(found[1].split()) if found else ""


def right(raw: bytes) -> tuple[str, str]:
    """Return what a mail says of its sender's address and its subject."""
    addresses = ADDRESS.findall(header(raw, "From"))
    subject = str(make_header(decode_header(header(raw, "Subject"))))
    return (addresses[-1].lower() if addresses else ""), " ".join(subject.split())


def by_ours(raw: bytes) -> tuple[str, str]:
    found = parse_mail(raw)
    return found.from_email, found.subject


def by_the_standard_library(raw: bytes) -> tuple[str, str]:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    return parseaddr(str(found["From"]))[1].lower(), " ".join(str(found["Subject"] or "").split())


def counted(raws: dict[str, bytes], read: Read) -> tuple[int, int, int]:
    """Return how many are parsed, how many senders and how many subjects are right."""
    found = {}
    for name, raw in raws.items():
        try:
            found[name] = read(raw)
        except Exception:
            continue
    senders = sum(found[name][0] == right(raws[name])[0] for name in found)
    subjects = sum(found[name][1] == right(raws[name])[1] for name in found)
    return len(found), senders, subjects


@pytest.mark.parametrize("name", ["whole", "replies-eml"])
def test_every_mail_is_read_with_its_sender_and_subject(name):
    raws = mails(name)

    ours = counted(raws, by_ours)

    for reader, figures in (
        ("ours", ours),
        ("standard library", counted(raws, by_the_standard_library)),
    ):
        parsed, senders, subjects = figures
        told = f"parsed {parsed}, sender right {senders}, subject right {subjects}"
        print(f"\n{name}, {len(raws)} mails, {reader}: {told}")
    assert ours == (len(raws),) * 3


@pytest.mark.parametrize("name", ["replies-eml", "replies-plain"])
def test_replies_show_what_a_person_wrote_and_lose_no_word(name):
    raws = mails(name)
    quoting, shown = 0, 0
    for raw in raws.values():
        whole = raw if name == "replies-eml" else b"From: a@people.example\n\n" + raw
        found = parse_mail(whole)
        told = f"{found.visible_text} {found.folded_text}".split()
        assert sorted(told) == sorted(found.text.split())
        quoting += bool(found.folded_text)
        shown += found.visible_text.startswith("Hello")

    print(f"\n{name}, {len(raws)} replies: no word lost, something folded in {quoting}")
    if name == "replies-eml":
        assert shown == len(raws)


def test_no_robot_is_answered_and_nobody_twice(desk, run_tasks):
    robots, rows, answered = set(), set(), 0
    for name, raw in mails("whole").items():
        before = OutgoingMail.objects.count()
        for _time in range(2):
            row = actions.receive_mail(raw=raw)
        run_tasks()
        answers = OutgoingMail.objects.count() - before
        assert row.outcome != "failed"
        assert answers <= (0 if name in ROBOTS else 1), name
        answered += answers
        if parse_mail(raw).is_automatic:
            robots.add(name)
        rows.add(row.pk)  # some files are one mail, but for a header

    print(f"\nwhole: {len(rows)} different mails, {len(robots)} automatic, {answered} answered")
    assert robots == ROBOTS
