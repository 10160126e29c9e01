"""The open sockets, and the memory of them that outlives a crash."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from infra.local.gateway.asgi import Send
from infra.local.gateway.socket_event import Identity

# A client that does not read for this long is gone.
SEND_SECONDS = 10.0


class Gone(Exception):
    """The connection is no more."""


class Connection:
    def __init__(self, identity: Identity, send: Send) -> None:
        self.identity = identity
        self.last_active = time.time()
        self._send = send
        self._sending = asyncio.Lock()

    async def push(self, text: str) -> None:
        async with self._sending:
            try:
                await asyncio.wait_for(self._send({"type": "websocket.send", "text": text}), SEND_SECONDS)
            except Exception as error:
                raise Gone from error
        self.last_active = time.time()

    async def close(self, code: int, reason: str) -> None:
        async with self._sending:
            try:
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
            except Exception as error:
                raise Gone from error


class Connections:
    """By connection id. Each is also a file, so that a killed platform can say $disconnect when it is back."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._open: dict[str, Connection] = {}

    def __len__(self) -> int:
        return len(self._open)

    def get(self, connection_id: str) -> Connection | None:
        return self._open.get(connection_id)

    def remember(self, identity: Identity) -> None:
        """Before $connect runs: whatever it has stored must be told that the socket died."""
        (self._folder / identity.connection_id).write_text(json.dumps(asdict(identity)))

    def add(self, connection: Connection) -> None:
        self._open[connection.identity.connection_id] = connection

    def remove(self, identity: Identity) -> None:
        self._open.pop(identity.connection_id, None)

    def forget(self, identity: Identity) -> None:
        """After $disconnect has run."""
        (self._folder / identity.connection_id).unlink(missing_ok=True)

    def left_open(self) -> Iterator[Identity]:
        """Those of the previous run."""
        for file in list(self._folder.iterdir()):
            try:
                yield Identity(**json.loads(file.read_text()))
            except (ValueError, TypeError):
                file.unlink(missing_ok=True)
