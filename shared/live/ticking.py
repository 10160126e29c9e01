"""The 5-second pushes of seed 001, made by a worker that lives for a minute at a time and only while somebody listens.

The grid is kept across workers: whoever holds the lease (shared/live/lease.py) pushes, and after a minute calls a
successor. The old ticker goes on until the successor has taken the lease, so that a slow start costs no tick.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.core.ids import new_id
from shared.core.logging import logger
from shared.live.delivery import Delivery
from shared.live.lease import Lease, following_tick
from shared.live.metrics import SystemMetrics
from shared.live.protocols import encode
from shared.live.repository import ConnectionRepository

# A ticker calls its successor after this; if none takes over, it gives up before its Lambda times out (90 s).
TURN = 55_000
LAST_MOMENT = 78_000
# A round of pushes may take this long before the stragglers are left to themselves.
ROUND_SECONDS = 3.0
# API Gateway answers 410 for a connection whose $connect has not returned yet.
TOO_YOUNG_SECONDS = 1.0


class SteadyTime:
    """Epoch milliseconds that a step of the wall clock cannot move: read once, then counted by the monotonic clock."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> int:
        return int(1000 * (self._offset + time.monotonic()))

    def sleep_until(self, moment: int) -> None:
        time.sleep(max(0, moment - self.now()) / 1000)


@dataclass(slots=True)
class Ticker:
    """One ticker. `call_successor` gets the name of this one, whose lease the successor may take over."""

    lease: Lease
    connections: ConnectionRepository
    delivery: Delivery
    metrics: SystemMetrics
    call_successor: Callable[[str], None]
    time: SteadyTime
    name: str = field(default_factory=lambda: new_id("ticker"))

    def run(self, predecessor: str | None = None) -> int:
        """Tick until nobody listens or somebody else does it. Returns how many ticks were this one's."""
        self.connections.sweep(self.time.now() / 1000)
        if not self._somebody_listens():
            return 0
        first = self.lease.take(self.name, self.time.now(), predecessor)
        return 0 if first is None else self._tick_from(first)

    def _tick_from(self, first: int) -> int:
        began, tick, ticks, called = self.time.now(), first, 0, False
        while self.time.now() - began < LAST_MOMENT:
            self.time.sleep_until(tick)
            following = following_tick(tick, self.time.now())
            if not self.lease.claim(self.name, tick, following):
                return ticks
            ticks += 1
            if not self._push():
                again = self._stop()
                if again is None:
                    return ticks
                following = again
            elif not called and following - began >= TURN:
                self.call_successor(self.name)
                called = True
            tick = following
        self.lease.release(self.name)
        return ticks

    def _push(self) -> bool:
        """Send everybody the metrics. False when nobody listens."""
        began = time.perf_counter()
        connected = self.connections.everyone()
        read_ms = 1000 * (time.perf_counter() - began)
        listeners = [connection for connection in connected if not connection.enterprise]
        if not listeners:
            return False
        metrics = self.metrics.message(len(connected), api_ms=read_ms, ws_ms=self.delivery.last_post_ms)
        message, now = (encode(metrics),), self.time.now() / 1000
        old_enough = [one for one in listeners if now - one.connected_at >= TOO_YOUNG_SECONDS]
        sent = self.delivery.broadcast({one.connection_id: message for one in old_enough}, ROUND_SECONDS)
        if sent < len(old_enough):
            logger().info("some sockets got no metrics", extra={"listeners": len(old_enough), "sent": sent})
        return True

    def _stop(self) -> int | None:
        """Free the lease. Who connected a moment earlier still saw it held and called nobody: look once more."""
        self.lease.release(self.name)
        if not self._somebody_listens():
            return None
        return self.lease.take(self.name, self.time.now())

    def _somebody_listens(self) -> bool:
        return any(not connection.enterprise for connection in self.connections.everyone())
