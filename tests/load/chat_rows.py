"""The rows of `make bench-chat`; what each means: tests/load/chat.py."""

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tests.load.chat_bench import Bench, Ears, Store, Voice, show
from tests.load.listeners import Tab, opened
from tests.load.measuring import cpu_seconds
from tests.load.serving import (
    daphne,
    picows,
    process_seconds,
    resident_kib,
    unsent_kib,
    uvicorn,
)

APP = "tests.load.chat_app:application"
MESSAGES = 30  # a round
AT_ONCE, TIMES = 20, 5  # of them a round
SETTLED_SECONDS = 0.002  # acknowledgements come after what they acknowledge
TALK = 400  # messages of two in a round
SOCKETS, WARM = 2000, 100
STUCK = 100
SAID_TO_STUCK = 140  # of 8 KB each: a megabyte
SLOW_WARM, SLOW_MESSAGES = 40, 400
OUTAGE_SECONDS = 1.5


# CPU.


async def fan_out(bench: Bench) -> None:
    """Compare a stored message to 500 with a bare server's."""
    with ExitStack() as stack:
        bare_port, bare_pid = stack.enter_context(bench.ours(picows))
        servers = [stack.enter_context(bench.ours(make)) for make in (daphne, uvicorn)]
        crowds = []
        for (port, pid), room in zip(servers, bench.facts["crowds"], strict=True):
            ears = Ears()
            for tab in await opened(port, bench.keys, ears.heard):
                await tab.follow(room)
            voices = [bench.voice(port) for _voice in range(AT_ONCE)]
            crowds.append(Crowd(bench, voices, pid, room, ears))
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(AT_ONCE))
        for crowd in crowds:  # warm; and the text that the bare server sends is one of ours
            for _message in range(5):
                await crowd.said_to_all()
        bare = BareCrowd(bench.keys, bare_pid, crowds[0].ears)
        await bare.open(bare_port)
        turns = [bare.sent_to_all, *(crowd.said_to_all for crowd in crowds)]
        turns += [crowd.said_to_none for crowd in crowds]
        pids = [bare_pid, *(crowd.pid for crowd in crowds), *(crowd.pid for crowd in crowds)]
        found = []
        for _round in range(bench.rounds):
            costs = [0.0] * (len(turns) + 3)
            for _message in range(MESSAGES):
                for n, turn in enumerate(turns):
                    costs[n] += await _spent(pids[n], turn) / (MESSAGES * len(bench.keys))
            busy = [bare.many_sent, *(crowd.many_said for crowd in crowds)]
            for _time in range(TIMES):
                for n, turn in enumerate(busy):
                    spent = await _spent(pids[n], turn)
                    costs[len(turns) + n] += spent / (TIMES * AT_ONCE * len(bench.keys))
            found.append(costs)
        calm = [await _spent(crowd.pid, lambda: asyncio.sleep(4)) / 4 for crowd in crowds]
    middle = [statistics.median(costs) for costs in zip(*found, strict=True)]
    ratios = [statistics.median(one[n] / one[0] for one in found) for n in (1, 2)]
    many = [statistics.median(one[n] / one[5] for one in found) for n in (6, 7)]
    show("fan-out: picows, a delivery", middle[0] * 1e6, "µs", None)
    show("fan-out: picows, twenty at once", middle[5] * 1e6, "µs", None)
    for name, n, budget in (("Daphne", 1, 8.5), ("uvicorn", 2, 3)):
        show(f"fan-out: {name}, a delivery", middle[n] * 1e6, "µs", None)
        show(f"fan-out: {name}, its POST alone, by 500", middle[n + 2] * 1e6, "µs", None)
        show(f"fan-out: {name}, a second of nothing", calm[n - 1] * 1e3, "ms", None)
        show(f"fan-out: {name}, multiple of picows", ratios[n - 1], "x", budget)
        show(f"fan-out: {name}, twenty at once", middle[n + 5] * 1e6, "µs", None)
        show(f"fan-out: {name}, twenty, multiple", many[n - 1], "x", budget)


async def _spent(pid: int, work: Callable[[], Coroutine[Any, Any, None]]) -> float:
    """Return the CPU seconds that a server spends while something happens, and just after."""
    before = process_seconds(pid)
    await work()
    await asyncio.sleep(SETTLED_SECONDS)
    return process_seconds(pid) - before


@dataclass
class Crowd:
    """Everybody in one room of a server of ours."""

    bench: Bench
    voices: list[Voice]
    pid: int
    room: int
    ears: Ears
    count: int = 0

    async def said_to_all(self) -> None:
        """Say something, by one after the other, that all hear."""
        people = len(self.bench.keys)
        self.count += 1
        self.ears.expect(people)
        await self.voices[0].say(self.count % people, self.room)
        await self.ears.all()

    async def many_said(self) -> None:
        """Say as much as a lively minute has at once, each by another, that all hear."""
        people = len(self.bench.keys)
        self.ears.expect(people * AT_ONCE)
        said = (
            voice.say((self.count + n) % people, self.room) for n, voice in enumerate(self.voices)
        )
        await asyncio.gather(*said)
        self.count += AT_ONCE
        await self.ears.all()

    async def said_to_none(self) -> None:
        """Say something in a room where nobody listens."""
        pairs = self.bench.facts["pairs"]
        self.count += 1
        pair = self.count % len(pairs)
        await self.voices[0].say(2 * pair, pairs[pair])


class BareCrowd:
    """As many on the bare server, which sends them the last text that another crowd heard."""

    def __init__(self, keys: list[str], pid: int, other: Ears) -> None:
        self.keys, self.pid, self.other, self.ears = keys, pid, other, Ears()

    async def open(self, port: int) -> None:
        self.tabs = await opened(port, self.keys, self.ears.heard, is_bare=True)

    async def sent_to_all(self) -> None:
        self.ears.expect(len(self.tabs))
        self.tabs[0].send(self.other.last)
        await self.ears.all()

    async def many_sent(self) -> None:
        self.ears.expect(len(self.tabs) * AT_ONCE)
        for tab in self.tabs[:AT_ONCE]:
            tab.send(self.other.last)
        await self.ears.all()


async def two(bench: Bench) -> None:
    """Compare a stored message between two with one that is not."""
    pairs = bench.facts["pairs"]
    found = []
    with bench.ours(daphne, APP) as (port, pid):
        voice, ears = bench.voice(port), Ears()
        await _pairs(bench, port, ears)

        async def talk(count: int, prefix: str) -> float:
            before = cpu_seconds([pid])
            for n in range(count):
                pair = n % len(pairs)
                ears.expect(2)
                person = 2 * pair + n // len(pairs) % 2
                await voice.say(person, pairs[pair], prefix=prefix)
                await ears.all()
            return (cpu_seconds([pid]) - before) / count

        for prefix in ("", "/bench"):
            await talk(len(pairs), prefix)
        for _round in range(bench.rounds):
            found.append((await talk(TALK, "/bench"), await talk(TALK, "")))
    bare, ours = (statistics.median(costs) for costs in zip(*found, strict=True))
    show("two: not stored, a message", bare * 1e3, "ms", None)
    show("two: stored, a message", ours * 1e3, "ms", None)
    ratio = statistics.median(stored / unstored for unstored, stored in found)
    show("two: multiple of not stored", ratio, "x", 2.2)


async def _pairs(bench: Bench, port: int, ears: Ears, count: int = 0) -> list[Tab]:
    """Have two people listen in each room of two."""
    rooms = bench.facts["pairs"][: count or None]
    tabs = await opened(port, bench.keys[: 2 * len(rooms)], ears.heard)
    for n, tab in enumerate(tabs):
        await tab.follow(rooms[n // 2])
    return tabs


# Memory.


async def idle(bench: Bench) -> None:
    """Weigh sockets that are signed in and do nothing."""
    keys = [
        key for key, _n in zip(itertools.cycle(bench.keys), range(SOCKETS + WARM), strict=False)
    ]
    for name, make in (("Daphne", daphne), ("uvicorn", uvicorn)):
        with bench.ours(make) as (port, pid):
            tabs = await opened(port, keys[:WARM], Ears().heard)
            await asyncio.sleep(2)
            before = resident_kib(pid)
            tabs += await opened(port, keys[WARM:], Ears().heard)
            await asyncio.sleep(3)
            weight = (resident_kib(pid) - before) / SOCKETS
            assert not any(tab.is_cut for tab in tabs)
            budget = 36 if name == "Daphne" else None
            show(f"idle: {name}, a socket of {SOCKETS}", weight, "KiB", budget)
            _close(tabs)


async def stuck(bench: Bench) -> None:
    """Weigh readers that do not read."""
    (room, _other), ears = bench.facts["crowds"], Ears()
    with bench.ours() as (port, pid):
        voice = bench.voice(port)
        (reader,) = await opened(port, bench.keys[-1:], ears.heard)
        await reader.follow(room)
        for n in range(SAID_TO_STUCK):  # the process's own growth comes first
            await voice.say(STUCK + n, room, "word " * 1500)
        tabs = await opened(port, bench.keys[:STUCK], ears.heard, buffer_bytes=4096)
        for tab in tabs:
            await tab.follow(room)
            tab.transport.pause_reading()
        before = resident_kib(pid) + unsent_kib(port)
        heaviest = 0.0
        for n in range(SAID_TO_STUCK):
            await voice.say(STUCK + n, room, "word " * 1500)
            heaviest = max(heaviest, resident_kib(pid) + unsent_kib(port) - before)
        show(f"stuck: a reader of {STUCK}", heaviest / STUCK, "KiB", 256)
        show("stuck: of that in the kernel", unsent_kib(port) / STUCK, "KiB", None)
        _close([*tabs, reader])


def _close(tabs: list[Tab]) -> None:
    for tab in tabs:
        tab.transport.abort()


# Time.


async def slow(bench: Bench) -> None:
    """Compare the slowest messages beside a room of slow reads with those beside a quick one.

    Two servers stand beside each other, and each message is said on both in turn, so that what
    else the machine does meets both alike.
    """
    pairs = bench.facts["pairs"]
    beside, rooms = len(pairs) - 1, pairs[:-1]
    with ExitStack() as stack:
        sides, disturbing = [], []
        for room in (0, pairs[beside]):
            port, _pid = stack.enter_context(bench.ours(daphne, APP, BENCH_SLOW_ROOM=str(room)))
            ears = Ears()
            await _pairs(bench, port, ears, beside)
            disturbing.append(asyncio.create_task(_disturb(bench, port, beside)))
            sides.append((bench.voice(port), ears))
        times: list[list[float]] = [[], []]
        for n in range(SLOW_WARM + SLOW_MESSAGES * bench.rounds):
            pair = n % len(rooms)
            for side in (n % 2, 1 - n % 2):  # the first of the two meets colder caches
                voice, ears = sides[side]
                taken = await _heard_after(voice, ears, 2 * pair + n // 40 % 2, rooms[pair])
                times[side] += [taken] if n >= SLOW_WARM else []
        for task in disturbing:
            task.cancel()
        await asyncio.gather(*disturbing, return_exceptions=True)
    without, with_it = map(_slowest, times)
    show("slow: p99 of two, beside a quick room", without * 1e3, "ms", None)
    show("slow: p99 of two, beside a slow one", with_it * 1e3, "ms", None)
    noise = _slowest(times[0][::2]) / _slowest(times[0][1::2])
    show("slow: quick, every other of its messages", max(noise, 1 / noise), "x", None)
    show("slow: multiple of beside a quick one", with_it / without, "x", 1.2)


def _slowest(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


async def _heard_after(voice: Voice, ears: Ears, person: int, room: int) -> float:
    """Return the seconds from a send to both frames."""
    ears.expect(2)
    began = time.perf_counter()
    saying = asyncio.create_task(voice.say(person, room))
    await ears.all()
    taken = time.perf_counter() - began
    await saying
    return taken


async def _disturb(bench: Bench, port: int, pair: int) -> None:
    """Have two listen in a room and come in again and again, while things are said there."""
    voice, ears, room = bench.voice(port), Ears(), bench.facts["pairs"][pair]
    people = [2 * pair, 2 * pair + 1]
    tabs = await opened(port, [bench.keys[person] for person in people], ears.heard)
    try:
        for n in itertools.count():
            for tab in tabs:
                tab.say({"type": "subscribe", "room": room, "since": 0})
            await voice.say(people[n % 2], room)
            await asyncio.sleep(1)
    finally:
        _close(tabs)


async def redis_killed(bench: Bench) -> None:
    """Measure how late messages come to another process while Redis is away."""
    store = Store(bench.var)
    heard: dict[str, float] = {}
    refused: list[float] = []

    def note(_tab: Tab, text: bytes) -> None:
        heard[json.loads(text)["client_id"]] = time.perf_counter()

    room, url, found = bench.facts["crowds"][0], f"redis://127.0.0.1:{store.port}/0", []
    with store, bench.ours(REDIS_URL=url) as (here, _one), bench.ours(REDIS_URL=url) as (there, _):
        near = await opened(here, bench.keys[:20], Ears().heard)
        far = await opened(there, bench.keys[20:21], note)
        for tab in [*near, *far]:
            await tab.follow(room)
        voice, authors = bench.voice(here), itertools.cycle(range(len(bench.keys)))
        await _delays(
            voice, room, authors, heard, refused, 6
        )  # each process says after 5 s that it is there
        for _round in range(bench.rounds):
            calm = await _delays(voice, room, authors, heard, refused, 2)
            talking = asyncio.create_task(_delays(voice, room, authors, heard, refused, 6))
            await asyncio.sleep(1)
            store.kill()
            await asyncio.sleep(OUTAGE_SECONDS)
            store.start()
            found.append((statistics.median(calm), max(await talking)))
        cut = sum(tab.is_cut for tab in [*near, *far])
        _close([*near, *far])
    calm_middle, worst = (statistics.median(times) for times in zip(*found, strict=True))
    show("redis: delay to the other process, calm", calm_middle * 1e3, "ms", None)
    show("redis: longest delay around a kill", worst, "s", OUTAGE_SECONDS)
    show("redis: sockets cut, of 21", cut, "", 0)
    show("redis: messages refused", len(refused), "", 0)


async def _delays(
    voice: Voice,
    room: int,
    authors: Iterator[int],
    heard: dict[str, float],
    refused: list[float],
    seconds: float,
) -> list[float]:
    """Say something every 0.1 s for a while; return after how many seconds each was heard.

    What was refused is noted, and not said again.
    """
    said, end = {}, time.perf_counter() + seconds
    while time.perf_counter() < end:
        try:
            name = await voice.say(next(authors), room)
        except RuntimeError:  # not acknowledged, so nothing is late
            refused.append(time.perf_counter())
        else:
            said[name] = time.perf_counter()
        await asyncio.sleep(0.1)
    for _try in range(100):
        if said.keys() <= heard.keys():
            break
        await asyncio.sleep(0.1)
    return [heard[name] - at for name, at in said.items()]
