"""From the outbox to the sockets: every announcement to every enterprise connection that subscribed to its topic, and
the progress of trainings to every connection of seed 001, which has no subscriptions.

The input comes at least once and in order. A record that cannot be read is reported alone and holds up nobody; when a
table does not answer, the batch stops there, so that the order survives the retry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.core.errors import Unavailable
from shared.core.logging import logger
from shared.live.delivery import Delivery
from shared.live.event import Event
from shared.live.events import EventLog
from shared.live.model import EVERYTHING, MOST_TOPIC_LENGTH, Connection
from shared.live.protocols import encode
from shared.live.repository import ConnectionRepository
from shared.outbox.model import Announcement, from_record

# Of the function's 29 seconds.
BATCH_SECONDS = 20.0

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FanOut:
    """Consumes batches of the outbox stream."""

    connections: ConnectionRepository
    events: EventLog
    delivery: Delivery

    def deliver(self, records: Sequence[Record]) -> list[str]:
        """Send what is new. Returns the sequence numbers of the records to try again."""
        fresh: list[tuple[Announcement, Event]] = []
        failed: list[str] = []
        for record in records:
            announcement = _readable(record)
            if announcement is _POISON:
                failed.append(_position(record))
            elif isinstance(announcement, Announcement) and not self._record(announcement, fresh):
                failed.append(_position(record))
                break
        self._send([event for _, event in fresh])
        for announcement, _ in fresh:
            self.events.mark_delivered(announcement)
        return failed

    def _record(self, announcement: Announcement, fresh: list[tuple[Announcement, Event]]) -> bool:
        """Number an announcement; False when the table does not answer. Delivered ones and repeats are passed over."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            event = self.events.record(announcement)
        except (BotoCoreError, ClientError, Unavailable) as error:
            logger().warning("the event log does not answer", extra={"reason": type(error).__name__})
            return False
        if not event.delivered and all(event.sequence != known.sequence for _, known in fresh):
            fresh.append((announcement, event))
        return True

    def _send(self, events: Sequence[Event]) -> None:
        if not events:
            return
        queues = {
            connection.connection_id: [encode(message) for event in events for message in _heard(connection, event)]
            for connection in self.connections.everyone()
        }
        self.delivery.broadcast({name: queue for name, queue in queues.items() if queue}, BATCH_SECONDS)


def _heard(connection: Connection, event: Event) -> list[dict[str, Any]]:
    """The messages that a connection gets of an event, in its own protocol (C02)."""
    if connection.wants(event.topic):
        return [event.message]
    return [] if connection.enterprise else event.mlops


_POISON = object()


def _readable(record: Record) -> Announcement | object | None:
    """The announcement; None for a record that says nothing (a row's expiry), _POISON for one that makes no sense."""
    try:
        announcement = from_record(record)
        if announcement is not None:
            _check(announcement)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        logger().error("unreadable outbox record", extra={"reason": type(error).__name__, "record": _position(record)})
        return _POISON
    return announcement


def _check(announcement: Announcement) -> None:
    if not 0 < len(announcement.topic) <= MOST_TOPIC_LENGTH or announcement.topic == EVERYTHING:
        raise ValueError("no such topic")
    if not isinstance(announcement.payload, Mapping):
        raise TypeError("the payload is no object")
    encode(dict(announcement.payload))


def _position(record: Record) -> str:
    """The record's place in its shard. Lambda takes an empty one as "the whole batch"."""
    body = record.get("dynamodb") if isinstance(record, Mapping) else None
    return str(body.get("SequenceNumber", "")) if isinstance(body, Mapping) else ""
