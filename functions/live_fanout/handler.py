"""Consumer of the outbox stream: pushes announcements to the sockets that subscribed to them."""

from typing import Any

from shared.live.fanout import FanOut
from shared.live.provide import connections, delivery, events


def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """One batch; the answer names the records to be retried (partial batch response)."""
    failed = FanOut(connections(), events(), delivery()).deliver(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": position} for position in failed]}
