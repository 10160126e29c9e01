"""The replay itself: one reader, one lane per connection, each person always in the same lane.

So the events of one person arrive in order, whatever is retried, while different people go in parallel.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from infra.replay.events import Row, Unreadable
from infra.replay.platform import Platform, Unreachable
from infra.replay.screen import Screen
from infra.replay.tally import Tally

LANE = 32  # events that may wait in a lane: the reader never runs far ahead
MOST_BROKEN = 20  # events in a row that end with status 500: then nothing is gained by going on
LOOK = 0.1  # seconds between looks at whether to stop


@dataclass(slots=True)
class Replay:
    """`speed` 0 is as fast as possible, N lets event time run N times faster than real time."""

    platform: Platform
    tally: Tally
    screen: Screen
    total: int
    concurrency: int = 4
    speed: float = 0.0
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str = ""  # why it could not go on
    seconds: float = 0.0
    _lanes: dict[str, int] = field(default_factory=dict)
    _broken: int = 0

    async def run(self, rows: Iterable[Row | Unreadable]) -> None:
        """Sends everything, or until `stop` is set; what is on its way is finished first."""
        lanes = [asyncio.Queue[Row | None](LANE) for _ in range(self.concurrency)]
        workers = [asyncio.create_task(self._work(lane)) for lane in lanes]
        try:
            await self._feed(rows, lanes)
        finally:
            for lane in lanes:
                await lane.put(None)
            await asyncio.gather(*workers)

    async def _feed(self, rows: Iterable[Row | Unreadable], lanes: list[asyncio.Queue[Row | None]]) -> None:
        origin: tuple[datetime, float] | None = None
        for row in rows:
            if self.stop.is_set():
                return
            if isinstance(row, Unreadable):
                self.tally.failures["unreadable line"] += 1
                continue
            origin = origin or (row.at, time.monotonic())
            await self._wait_until_due(row, *origin)
            lane = self._lanes.setdefault(row.user_id, len(self._lanes) % len(lanes))
            await lanes[lane].put(row)  # a lane that is full empties even after a stop

    async def _wait_until_due(self, row: Row, first: datetime, begin: float) -> None:
        if self.speed <= 0:
            return
        due = begin + (row.at - first).total_seconds() / self.speed
        while (left := due - time.monotonic()) > 0 and not self.stop.is_set():
            self._show()
            await asyncio.sleep(min(left, LOOK))

    async def _work(self, lane: asyncio.Queue[Row | None]) -> None:
        while (row := await lane.get()) is not None:
            # After a stop the rest of the lane is thrown away unsent, so that no gap comes before a sent event.
            if not self.stop.is_set():
                await self._send(row)

    async def _send(self, row: Row) -> None:
        try:
            taken = await self.platform.send(row)
        except Unreachable as problem:
            self.ended = str(problem)
            self.stop.set()
            return
        self.tally.answered(row, taken, time.perf_counter())
        self._broken = self._broken + 1 if taken.problem.startswith("500") else 0
        if self._broken >= MOST_BROKEN:
            self.ended = f"{MOST_BROKEN} events in a row failed with status 500"
            self.stop.set()
        self._show()

    def _show(self) -> None:
        self.screen.progress(self.tally.sent, self.total, self.tally.at, len(self.tally.raised))
