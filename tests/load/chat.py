"""`make bench-chat`: what live rooms cost, as multiples of references measured in the same run.

Servers are on core 0 in production mode, on SQLite, the load is on core 1. Each row can be had
alone: ARGS="--only fan-out". Of several rounds the median is printed.

- fan-out: CPU of the whole process for one message said by HTTP, stored, and sent to 500 people's
  sockets, by 500. The next is said when all of them have it, so that nothing goes in batches. The
  reference is a bare picows server on asyncio, which sends a text of the same length from one
  socket to 500 (tests/load/bare_sockets.py). Beside it: twenty at once, each said by another, as in
  a room where much is said. The servers take turns, message by message: what
  else the machine does, and what it leaves in the caches, meets all alike. What goes on by the
  second is in it as far as it falls into a server's turn, and printed by itself.
- two: CPU of one stored message in a room of two, against the same that is not stored
  (tests/load/chat_app.py says what that leaves out). Forty such rooms take turns, for the limits.
- idle, stuck: memory of the process (resident) by socket. A stuck reader's includes what the
  kernel keeps for it: it says nothing and reads nothing while 1 MB is said. As much is said
  before, to one who reads: what the process grows by then is not the stuck ones'.
- slow: from the send of the message to its frame at the other's, while every read of another
  room takes a second: the room's own growth, and two who come into it again and again. Against
  the same on a second server, with as much said and as many coming in, where that room is as quick
  as any; each message is said on both in turn. Beside it stands what chance alone does: every
  other message of the quick one against the rest.
- redis: from the acknowledgement of a message to its frame at somebody of another process, while
  Redis is killed and comes back after 1.5 s. Only what was acknowledged can be late: a figure
  beside refused messages does not say that the outage was survived.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tests.load.bench import environment, run
from tests.load.chat_bench import Bench
from tests.load.chat_rows import fan_out, idle, redis_killed, slow, stuck, two

ROWS: dict[str, Callable[[Bench], Coroutine[Any, Any, None]]] = {
    "fan-out": fan_out,
    "two": two,
    "idle": idle,
    "stuck": stuck,
    "slow": slow,
    "redis": redis_killed,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--only", default="", help=f"one of {', '.join(ROWS)}")
    options = parser.parse_args()
    if options.only and options.only not in ROWS:
        sys.exit(f"There is no row {options.only}: {', '.join(ROWS)}.")
    os.sched_setaffinity(0, {1})
    print(f"load average {os.getloadavg()[0]:.1f}; filling …", flush=True)
    with tempfile.TemporaryDirectory() as var:
        env = environment(f"sqlite:///{Path(var, 'bench.sqlite3')}", var)
        run("manage.py", "migrate", "-v0", env=env)
        run("manage.py", "collectstatic", "--noinput", "-v0", env=env)
        facts = json.loads(run("-m", "tests.load.rooms", "--people", str(options.people), env=env))
        bench = Bench(env, Path(var), facts, options.rounds)
        print(f"{'row':44}{'measured':>12}{'budget':>12}", flush=True)
        for name, row in ROWS.items():
            if options.only in ("", name):
                asyncio.run(row(bench))
        print(f"load average {os.getloadavg()[0]:.1f}, SQLite synchronous={facts['synchronous']}")


if __name__ == "__main__":
    main()
