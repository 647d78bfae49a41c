"""Who listens and may no more: rights in rooms, sessions, second factors, looked at again."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from chat import storing
from core import lanes
from people import second_factor

if TYPE_CHECKING:
    from chat.live import Hub

SESSION_SWEEPS = 20  # signing out closes within so many sweeps
ROOMS_PER_SWEEP = 25  # whose listeners' rights are looked at without anything said there
SIGNED_OUT, OUT = 4401, 4403


class Doors:
    """The doors of one process's rooms; used from its event loop alone."""

    def __init__(self, hub: "Hub") -> None:
        self.hub = hub
        self.checked = 0

    async def look_again(self, people: set[int], things: Collection[tuple[str, int]]) -> None:
        """Look at the rights of these people, and of all in the rooms of these things."""
        rooms = await lanes.reader.run(storing.rooms_of, things) if things else set()
        out = await lanes.reader.run(storing.out_of, list(people)) if people else set()
        asked = {room_id: self.hub.people_in(room_id) for room_id in rooms}
        for person_id in people:
            for listener in list(self.hub.people.get(person_id, ())):
                if person_id in out:
                    listener.end(OUT)
                for room_id in listener.places:
                    asked[room_id] = asked.get(room_id, frozenset()) | {person_id}
        await self._ask(asked, lanes.reader)
        await self._ask_for_factors(people, lanes.reader)

    async def check_rights(self) -> None:
        """Look who may still enter, a few rooms at a time: all of them on a small site."""
        room_ids = sorted(self.hub.channels)
        start = self.checked if self.checked < len(room_ids) else 0
        chosen = room_ids[start : start + ROOMS_PER_SWEEP]
        self.checked = start + ROOMS_PER_SWEEP
        await self._ask({room_id: self.hub.people_in(room_id) for room_id in chosen}, lanes.keeper)

    async def _ask(self, asked: dict[int, frozenset[int]], lane: lanes.Lane) -> None:
        """Ask whether these people may still enter these rooms, and send away who may not."""
        found = await lane.run(storing.entrants, asked) if asked else {}
        for room_id, entrants in found.items():
            gone = asked[room_id] - entrants
            channel = self.hub.channels.get(room_id)
            for listener in list(channel.listeners) if channel is not None and gone else ():
                if listener.person_id in gone:
                    listener.forget(room_id)
                    listener.lost(room_id, was_open=True)

    async def check_sessions(self) -> None:
        """Send away whose session is over or whose role wants more of it, every few sweeps."""
        if self.hub.sweeps % SESSION_SWEEPS:
            return
        keys = {
            listener.session_key: (listener.person_id, listener.session_hash)
            for listener in self.hub.everyone()
            if listener.session_key
        }
        over = await lanes.keeper.run(storing.signed_out, keys)
        for listener in self.hub.everyone():
            if listener.session_key in over:
                listener.end(SIGNED_OUT)
        await self._ask_for_factors(self.hub.people.keys(), lanes.keeper)

    async def _ask_for_factors(self, people: Collection[int], lane: lanes.Lane) -> None:
        """Send away whose role asks for a second factor by now, and who has none."""
        listeners = [one for one in self.hub.everyone() if one.person_id in people]
        asked = [listener for listener in listeners if not listener.has_factor]
        ids = {listener.person_id for listener in asked}
        lacking = await lane.run(second_factor.missing_among, ids) if ids else set()
        for listener in asked:
            if listener.person_id in lacking:
                listener.end(SIGNED_OUT)
