"""Both WebSocket protocols as text: what a frame means, and how an answer is written. No storage, no sockets.

Decided per message (conflict C02): an object under `data` is seed 000 (enterprise), no `data` is seed 001 (mlops).
A frame is written by a stranger: whatever it holds, reading it gives one of three values and never an exception.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.core.clock import iso_micros

MOST_FRAME_BYTES = 128 * 1024
# What an answer may repeat of a client's own words.
MOST_ECHO_BYTES = 3_500
ENTERPRISE_ONLY = ("subscribe", "get_status")


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A message of seed 000."""

    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mlops:
    """A message of seed 001."""

    type: str
    timestamp: Any = None


@dataclass(frozen=True, slots=True)
class Garbage:
    """No message of either; `problem` is the sentence to answer."""

    problem: str


Frame = Enterprise | Mlops | Garbage


def read_frame(text: str | None) -> Frame:
    """What a client says."""
    if text is None or len(text) > MOST_FRAME_BYTES:
        return Garbage("Message too large" if text else "Invalid JSON format")
    try:
        message = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return Garbage("Invalid JSON format")
    if not isinstance(message, dict):
        return Garbage("Message must be a JSON object")
    return _read_message(message)


def _read_message(message: dict[str, Any]) -> Frame:
    type_, data = message.get("type"), message.get("data")
    if not isinstance(type_, str):
        return Garbage("Message type must be text")
    if isinstance(data, dict):
        return Enterprise(type_, data)
    if data is not None:
        return Garbage("Message data must be an object")
    return Enterprise(type_, {}) if type_ in ENTERPRISE_ONLY else Mlops(type_, message.get("timestamp"))


def enterprise(type_: str, data: Mapping[str, Any], at: datetime, *, success: bool = True) -> bytes:
    """An answer of seed 000."""
    return encode({"type": type_, "data": data, "timestamp": iso_micros(at), "success": success})


def failure(problem: str, at: datetime) -> bytes:
    """The error of seed 000; seed 001 has none of its own."""
    return enterprise("error", {"message": problem}, at, success=False)


def repeated(value: Any) -> Any:
    """A client's own value, or a note in its place when it is longer than what we repeat."""
    size = len(encode(value))
    return value if size <= MOST_ECHO_BYTES else {"truncated": True, "bytes": size}


def encode(message: Any) -> bytes:
    """Compact ASCII: lone surrogates stay escaped, and a character is a byte."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)
