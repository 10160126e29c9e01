"""An announcement as the numbered message that sockets and polling clients get."""

from dataclasses import dataclass
from typing import Any

from shared.core.clock import iso_micros
from shared.live.protocols import MOST_FRAME_BYTES, encode
from shared.outbox.model import Announcement

# Of a payload that is too long for a socket, the short plain fields are sent: enough to ask for the rest.
MOST_FIELD_BYTES = 1_000
MOST_FIELDS = 50
# What clients of seed 001 hear without subscribing, and the end of a job in the message that their document knows.
MLOPS_TOPIC, MLOPS_PROGRESS, MLOPS_COMPLETED = "training", "training_progress", "training_completed"


@dataclass(frozen=True, slots=True)
class Event:
    """A numbered message as clients get it. `previous` is the number of the one before it in its topic."""

    topic: str
    sequence: int
    previous: int
    message: dict[str, Any]
    delivered: bool = False

    @property
    def mlops(self) -> list[dict[str, Any]]:
        """The same for clients of seed 001: flat messages, named by what happened; nothing of other topics.

        A completed job is the last `training_progress`, at 100 percent, and `training_completed`.
        """
        if self.topic != MLOPS_TOPIC:
            return []
        fields = dict(self.message["data"])
        kind = fields.pop("kind")
        fields.pop("synthetic", None)
        kinds = (MLOPS_PROGRESS, MLOPS_COMPLETED) if kind == MLOPS_COMPLETED else (kind,)
        return [{**fields, "type": one} for one in kinds]


def numbered(announcement: Announcement, number: int, previous: int) -> Event:
    """`alerts` speaks of an `alert`. A payload beyond API Gateway's 128 KB is cut down to its short plain fields."""
    message: dict[str, Any] = {
        "type": announcement.topic.removesuffix("s"),
        "data": {**announcement.payload, "kind": announcement.kind, "synthetic": announcement.synthetic},
        "timestamp": iso_micros(announcement.at),
        "success": True,
        "id": announcement.announcement_id,
        "topic": announcement.topic,
        "sequence": number,
    }
    if len(encode(message)) > MOST_FRAME_BYTES:
        message["data"] = _short_fields(message["data"])
    return Event(announcement.topic, number, previous, message)


def _short_fields(data: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in data.items() if not isinstance(value, dict | list)}
    short = [name for name, value in plain.items() if len(encode({name: value})) <= MOST_FIELD_BYTES]
    kept = {*short[:MOST_FIELDS], "kind", "synthetic"}
    return {name: value for name, value in plain.items() if name in kept} | {"truncated": True}
