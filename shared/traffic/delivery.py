"""What CloudWatch Logs delivers of the request log, as counts by minute.

A delivery is `{"awslogs": {"data": base64(gzip(JSON))}}`; the lines in it are those of shared/api/edge.py.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.traffic.model import Counts

DATA = "DATA_MESSAGE"  # the other kind, CONTROL_MESSAGE, asks whether somebody is there
SERVER_ERROR = 500
# A Lambda ends after fifteen minutes; more than a day is no duration of a request.
MOST_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Line:
    """One request. `at` is when its line was written."""

    at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Delivery:
    """`batch_id` is the same when the same lines come again; `stream` is the log stream that they come from, one per
    environment of a function. `skipped` lines were no request lines.
    """

    batch_id: str
    stream: str
    lines: tuple[Line, ...]
    skipped: int


def delivery_of(event: Mapping[str, Any]) -> Delivery:
    """The delivery in an event. ValueError, KeyError or OSError for an event that is none."""
    message = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"], validate=True)))
    entries = message["logEvents"] if message["messageType"] == DATA else []
    lines = [_line(entry) for entry in entries]
    good = tuple(line for line in lines if line)
    stream = json.dumps([message.get("owner"), message.get("logGroup"), message.get("logStream")])
    return Delivery(_batch_id(stream, entries), stream, good, len(lines) - len(good))


def _batch_id(stream: str, entries: list[Any]) -> str:
    """Of the ids of all lines: CloudWatch Logs repeats a delivery as it was."""
    ids = [entry.get("id") if isinstance(entry, dict) else None for entry in entries]
    return hashlib.sha256(json.dumps([stream, ids]).encode()).hexdigest()[:32]


def _line(entry: Any) -> Line | None:
    """None for what is no request line; it must not keep the others from being counted."""
    try:
        at = datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
        counts = _counts(json.loads(entry["message"]))
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        return None
    return Line(at, counts)


def _counts(written: Mapping[str, Any]) -> Counts:
    if written["message"] != "request":
        raise ValueError("no request line")
    status = _whole(written["status"])
    ms = written["ms"]
    if not 0 <= ms <= MOST_MS:
        raise ValueError("no duration")
    return Counts(
        requests=1,
        errors=int(status >= SERVER_ERROR),
        micros=round(1000 * ms),
        cache_hits=_whole(written.get("cache_hits", 0)),
        cache_misses=_whole(written.get("cache_misses", 0)),
    )


def _whole(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= MOST_MS:
        raise ValueError("no count")
    return value
