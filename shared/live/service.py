"""What happens when a socket opens, closes or speaks. No transport: the handler posts what comes back."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.core.clock import Clock, iso_micros
from shared.core.errors import DomainError
from shared.live import protocols
from shared.live.lease import Lease
from shared.live.metrics import SystemMetrics
from shared.live.model import EVERYTHING, MOST_SUBSCRIPTIONS, MOST_TOPIC_LENGTH, Connection
from shared.live.protocols import Enterprise, Garbage, Mlops
from shared.live.repository import ConnectionRepository


@dataclass(frozen=True, slots=True)
class LiveService:
    """The decisions behind both WebSocket protocols."""

    connections: ConnectionRepository
    lease: Lease
    metrics: SystemMetrics
    call_ticker: Callable[[], None]
    now: Clock

    def connect(self, connection_id: str) -> None:
        """Take one of the hundred slots and see to it that somebody ticks. LimitReached when all are taken."""
        at = self.now().timestamp()
        self.connections.add(Connection(connection_id, at, at))
        # After the row is written: a ticker that is about to stop looks for rows once more after freeing the lease.
        if not self.lease.held(int(1000 * at)):
            self.call_ticker()

    def disconnect(self, connection_id: str) -> None:
        """Give the slot back; an unknown connection is fine, $disconnect may come twice or after a Gone."""
        self.connections.remove(connection_id)

    def receive(self, connection_id: str, text: str | None) -> bytes:
        """The answer to a frame, whatever the frame holds."""
        frame = protocols.read_frame(text)
        began = time.perf_counter()
        self.connections.touch(connection_id, self.now().timestamp(), enterprise=isinstance(frame, Enterprise))
        if isinstance(frame, Enterprise):
            return self._answer_enterprise(connection_id, frame)
        if isinstance(frame, Mlops):
            return self._answer_mlops(frame, 1000 * (time.perf_counter() - began))
        return self._fail(frame)

    def _answer_enterprise(self, connection_id: str, message: Enterprise) -> bytes:
        now = self.now()
        stamp = {"timestamp": iso_micros(now)}
        if message.type == "ping":
            return protocols.enterprise("pong", stamp, now)
        if message.type == "subscribe":
            return self._subscribe(connection_id, message.data.get("type", EVERYTHING))
        if message.type == "get_status":
            return protocols.enterprise("status", {"active_connections": self.connections.count(), **stamp}, now)
        return protocols.enterprise("echo", {"original_message": protocols.repeated(dict(message.data))}, now)

    def _subscribe(self, connection_id: str, topic: Any) -> bytes:
        if not isinstance(topic, str):
            return self._fail(Garbage("Subscription type must be text"))
        # Stored and repeated in a form that every table and client can hold: cut, no lone surrogates.
        topic = topic[:MOST_TOPIC_LENGTH].encode("utf-8", "replace").decode()
        try:
            self.connections.subscribe(connection_id, topic, MOST_SUBSCRIPTIONS)
        except DomainError as error:
            return self._fail(Garbage(f"Subscription failed: {error}"))
        return protocols.enterprise("subscribed", {"subscription": topic}, self.now())

    def _answer_mlops(self, message: Mlops, write_ms: float) -> bytes:
        if message.type == "ping":
            return self._pong(message.timestamp)
        if message.type == "request_metrics":
            return protocols.encode(self.metrics.message(self.connections.count(), api_ms=write_ms))
        return self._fail(Garbage("Unknown message type"))

    def _pong(self, timestamp: Any) -> bytes:
        """Seed 001's clients compute their latency from the number they sent: it comes back as it was."""
        if isinstance(timestamp, dict | list):
            return self._fail(Garbage("Timestamp must be a number"))
        stamp = int(1000 * self.now().timestamp()) if timestamp is None else protocols.repeated(timestamp)
        return protocols.encode({"type": "pong", "timestamp": stamp})

    def _fail(self, frame: Garbage) -> bytes:
        return protocols.failure(frame.problem, self.now())
