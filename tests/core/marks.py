"""A follower that leaves a mark, and the points at which a worker may be stopped and killed.

Loaded by the tests and by dying_worker.py: a follower is known by the name of its module.
"""

import os
import time

from django.core.mail.backends.smtp import EmailBackend

from core.journal import follows
from core.models import JournalLine


def pause(point: str) -> None:
    """Wait here to be killed, if PAUSE_AT names this point, and say so."""
    if os.environ.get("PAUSE_AT") == point:
        print(point, flush=True)
        time.sleep(600)


@follows("test.happened")
def leave_a_mark(line: JournalLine) -> None:
    if seconds := os.environ.get("SLOW_SECONDS"):
        print("slow", flush=True)
        time.sleep(float(seconds))
    JournalLine.objects.create(
        face="task", verb="test.marked", thing_kind="test.mark", thing_id=line.pk, audience="system"
    )
    pause("inside the follower")


class PausingTransport(EmailBackend):
    """Real SMTP, with points before and after the server's 250."""

    def send_messages(self, email_messages):
        pause("before the server")
        count = super().send_messages(email_messages)
        pause("after the server's 250")
        return count
