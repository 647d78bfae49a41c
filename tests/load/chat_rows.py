"""The rows of `make bench-chat`; what each means: tests/load/chat.py."""

import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from tests.load.chat_bench import Bench, Ears, Store, Voice, show
from tests.load.listeners import Tab, opened
from tests.load.measuring import cpu_seconds
from tests.load.serving import daphne, picows, resident_kib, unsent_kib, uvicorn

APP = "tests.load.chat_app:application"
MESSAGES = 30  # a round
BARE_MESSAGES = 300  # they are fast: enough of them to be counted in hundredths of a second
TALK = 400  # messages of two in a round
SOCKETS, WARM = 2000, 100
STUCK = 100
SAID_TO_STUCK = 140  # of 8 KB each: a megabyte
SLOW_MESSAGES = 400
OUTAGE_SECONDS = 1.5


# CPU.


async def fan_out(bench: Bench) -> None:
    """Compare a stored message to 500 with a bare server's."""
    with ExitStack() as stack:
        bare_port, bare_pid = stack.enter_context(bench.ours(picows))
        servers = [stack.enter_context(bench.ours(make)) for make in (daphne, uvicorn)]
        bare_ears, crowds = Ears(), []
        bare = await opened(bare_port, bench.keys, bare_ears.heard, is_bare=True)
        for (port, pid), room in zip(servers, bench.facts["crowds"], strict=True):
            ears = Ears()
            for tab in await opened(port, bench.keys, ears.heard):
                await tab.follow(room)
            crowds.append((bench.voice(port), pid, room, ears))
        authors = itertools.cycle(range(len(bench.keys)))
        for crowd in crowds:  # warm; and the text that the bare server sends is one of ours
            await _said_to_all(*crowd, authors, 5)
        found = []
        for _round in range(bench.rounds):
            reference = await _sent_to_all(bare, bare_pid, bare_ears, crowds[0][3].last)
            ours = [await _said_to_all(*crowd, authors, MESSAGES) for crowd in crowds]
            alone = [await _said_to_none(bench, crowd, authors) for crowd in crowds]
            found.append((reference, *ours, *alone))
    middle = [statistics.median(costs) for costs in zip(*found, strict=True)]
    ratios = [statistics.median(one[n] / one[0] for one in found) for n in (1, 2)]
    show("fan-out: picows, a delivery", middle[0] * 1e6, "µs", None)
    for name, n, budget in (("Daphne", 1, 8.5), ("uvicorn", 2, 3)):
        show(f"fan-out: {name}, a delivery", middle[n] * 1e6, "µs", None)
        show(f"fan-out: {name}, its POST alone, by 500", middle[n + 2] * 1e6, "µs", None)
        show(f"fan-out: {name}, multiple of picows", ratios[n - 1], "x", budget)


async def _said_to_all(
    voice: Voice, pid: int, room: int, ears: Ears, authors: Iterator[int], count: int
) -> float:
    """Return CPU seconds a delivery, one message after the other."""
    everybody, before = len(voice.keys), cpu_seconds([pid])
    for _message in range(count):
        ears.expect(everybody)
        await voice.say(next(authors), room)
        await ears.all()
    return (cpu_seconds([pid]) - before) / (count * everybody)


async def _said_to_none(bench: Bench, crowd: Any, authors: Iterator[int]) -> float:
    """Return CPU seconds of a message that nobody hears, by as many as would hear the others."""
    voice, pid, _room, _ears = crowd
    pairs, before = bench.facts["pairs"], cpu_seconds([pid])
    for n in range(MESSAGES):
        await voice.say(2 * (n % len(pairs)), pairs[n % len(pairs)])
    return (cpu_seconds([pid]) - before) / (MESSAGES * len(voice.keys))


async def _sent_to_all(tabs: list[Tab], pid: int, ears: Ears, text: bytes) -> float:
    """Return the bare server's CPU seconds a delivery."""
    before = cpu_seconds([pid])
    for _message in range(BARE_MESSAGES):
        ears.expect(len(tabs))
        tabs[0].send(text)
        await ears.all()
    return (cpu_seconds([pid]) - before) / (BARE_MESSAGES * len(tabs))


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
    """Compare the slowest messages beside a room of slow reads with those beside a quick one."""
    pairs = bench.facts["pairs"]
    quick, slow = len(pairs) - 2, len(pairs) - 1
    found = []
    with bench.ours(daphne, APP, BENCH_SLOW_ROOM=str(pairs[slow])) as (port, _pid):
        voice, ears = bench.voice(port), Ears()
        tabs = await _pairs(bench, port, ears, quick)
        await _slowest(voice, ears, pairs[:quick], 80)
        for _round in range(bench.rounds):
            times = []
            for beside in (quick, slow):
                disturbing = asyncio.create_task(_disturb(bench, port, beside))
                await asyncio.sleep(1.5)
                times.append(await _slowest(voice, ears, pairs[:quick], SLOW_MESSAGES))
                disturbing.cancel()
                await asyncio.gather(disturbing, return_exceptions=True)
            found.append(tuple(times))
        _close(tabs)
    without, with_it = (statistics.median(times) for times in zip(*found, strict=True))
    show("slow: p99 of two, beside a quick room", without * 1e3, "ms", None)
    show("slow: p99 of two, beside a slow one", with_it * 1e3, "ms", None)
    show(
        "slow: multiple of beside a quick one", statistics.median(b / a for a, b in found), "x", 1.2
    )


async def _slowest(voice: Voice, ears: Ears, pairs: list[int], count: int) -> float:
    """Return the 99th percentile of the seconds from a send to both frames."""
    times = []
    for n in range(count):
        pair = n % len(pairs)
        ears.expect(2)
        began = time.perf_counter()
        saying = asyncio.create_task(voice.say(2 * pair + n // 40 % 2, pairs[pair]))
        await ears.all()
        times.append(time.perf_counter() - began)
        await saying
        await asyncio.sleep(0.005)
    return statistics.quantiles(times, n=100)[98]


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
