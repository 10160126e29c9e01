"""What the live endpoints answer."""

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel

from shared.core.clock import iso_micros
from shared.core.ids import derived_id
from shared.live.events import Replay
from shared.live.model import Connection

# The topics of shared/live/model.py, spelled out for the documentation page.
Topic = Literal["all", "alerts", "incidents", "training", "platform"]


class ConnectionOut(BaseModel):
    """`id` is derived from the connection id: whoever knows the real one could post to the socket."""

    id: str
    connected_at: str
    last_activity: str

    @classmethod
    def of(cls, connection: Connection) -> "ConnectionOut":
        return cls(
            id=derived_id("conn", connection.connection_id),
            connected_at=_stamp(connection.connected_at),
            last_activity=_stamp(connection.last_activity),
        )


class SocketStatusOut(BaseModel):
    active_connections: int
    connections: list[ConnectionOut]
    timestamp: str


class EventsOut(BaseModel):
    """The same objects that a subscribed socket is sent. `gap`: some after `since` are not kept any more."""

    topic: str
    since: int
    last_sequence: int
    gap: bool
    events: list[dict[str, Any]]

    @classmethod
    def of(cls, topic: str, since: int, replay: Replay) -> "EventsOut":
        messages = [event.message for event in replay.events]
        return cls(topic=topic, since=since, last_sequence=replay.last_sequence, gap=replay.gap, events=messages)


def _stamp(seconds: float) -> str:
    return iso_micros(datetime.fromtimestamp(seconds, UTC))
