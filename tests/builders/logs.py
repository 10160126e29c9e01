"""Request lines as shared/api/edge.py writes them, and deliveries of them as CloudWatch Logs makes them."""

import base64
import gzip
import json
from datetime import datetime
from itertools import count
from typing import Any

GROUP = "/aws/lambda/vedette-local-health"
NUMBERS = count(1)


def a_line(status: int = 200, ms: float = 10.0, **more: Any) -> str:
    written = {"level": "INFO", "message": "request", "method": "GET", "route": "/health", "status": status, "ms": ms}
    return json.dumps(written | more)


def an_entry(at: datetime, message: str) -> dict[str, Any]:
    """One line of a log, with an id of its own."""
    return {"id": f"{next(NUMBERS):056}", "timestamp": round(1000 * at.timestamp()), "message": message}


def a_delivery(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The event with these lines."""
    message = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": GROUP,
        "logStream": "2026/11/22/[1]abc",
        "subscriptionFilters": ["vedette-local-traffic"],
        "logEvents": list(entries),
    }
    return {"awslogs": {"data": packed(message | more)}}


def packed(message: Any) -> str:
    return base64.b64encode(gzip.compress(json.dumps(message).encode())).decode()
