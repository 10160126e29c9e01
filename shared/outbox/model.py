"""What others must hear of: an announcement, written in the same transaction as the change it announces.

The stream of the `outbox` table carries it to the projections and to the WebSocket fan-out. Rows expire after a day.

| question             | table  | pk                  |
| one announcement     | outbox | <announcement id>   |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.core.clock import from_iso, iso_seconds
from shared.storage.attributes import from_doc, from_item, to_doc
from shared.storage.schema import OUTBOX
from shared.storage.writes import Put

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Announcement:
    """`topic` is what sockets subscribe to (alerts, incidents, training, platform); `kind` says what happened.

    The id is derived from the change, so that a retried change announces once. `synthetic` marks drills.
    """

    announcement_id: str
    topic: str
    kind: str
    payload: Mapping[str, Any]
    at: datetime
    synthetic: bool = False

    def put(self) -> Put:
        """The write that belongs into the transaction of the change."""
        return Put(
            OUTBOX,
            {
                "pk": self.announcement_id,
                "topic": self.topic,
                "kind": self.kind,
                "at": iso_seconds(self.at),
                "synthetic": self.synthetic,
                "doc": to_doc(self.payload),
                "expires_at": int((self.at + KEPT).timestamp()),
            },
        )


def from_record(record: Mapping[str, Any]) -> Announcement | None:
    """The announcement in a stream record; None for a row that was removed (TTL)."""
    image = record["dynamodb"].get("NewImage")
    if image is None:
        return None
    row = from_item(image)
    return Announcement(
        row["pk"], row["topic"], row["kind"], from_doc(row["doc"]), from_iso(row["at"]), row["synthetic"]
    )
