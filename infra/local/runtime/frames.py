"""What travels between the platform and a worker: a small JSON head and the payload, both with their length."""

import json
import struct
from typing import Any, Protocol

LENGTHS = struct.Struct(">II")
Head = dict[str, Any]


class Source(Protocol):
    """Something to read from: a file made of a socket, in the worker."""

    def read(self, size: int, /) -> bytes: ...


def encode(head: Head, payload: bytes) -> bytes:
    text = json.dumps(head).encode()
    return LENGTHS.pack(len(text), len(payload)) + text + payload


def read(source: Source) -> tuple[Head, bytes] | None:
    """The next frame, or None when the other side is gone."""
    lengths = source.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head_size, payload_size = LENGTHS.unpack(lengths)
    head, payload = source.read(head_size), source.read(payload_size)
    if len(payload) < payload_size or len(head) < head_size:
        return None
    return json.loads(head), payload
