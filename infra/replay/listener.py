"""Alerts as the platform pushes them: a WebSocket subscribed to `alerts` (protocol of seed 000), reconnecting."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from shared.core.clock import iso_micros

PAUSE = 1.0  # seconds before connecting again
HEARTBEAT = 30.0  # seconds; the gateway drops a socket after ten idle minutes
Heard = Callable[[dict[str, Any], float], None]


def socket_address(base: str) -> str:
    """`http://host:8000` -> `ws://host:8000/ws`."""
    scheme, host, path, _, _ = urlsplit(base)
    return urlunsplit(("wss" if scheme == "https" else "ws", host, f"{path.rstrip('/')}/ws", "", ""))


class Listener:
    """Calls `heard(alert, perf_counter seconds)` for each alert; `subscribed` is set while somebody answers."""

    def __init__(self, base: str, heard: Heard, pause: float = PAUSE, token: str | None = None) -> None:
        self._address = socket_address(base)
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._heard = heard
        self._pause = pause
        self.subscribed = asyncio.Event()
        self.problem = ""

    async def run(self) -> None:
        """Until cancelled. Alerts pushed while the connection is down are in the summary all the same."""
        while True:
            try:
                async with connect(
                    self._address, additional_headers=self._headers, open_timeout=5, ping_interval=None, proxy=None
                ) as socket:
                    await self._follow(socket)
            except (OSError, WebSocketException, TimeoutError) as problem:
                self.problem = f"{type(problem).__name__}: {problem}"
            self.subscribed.clear()
            await asyncio.sleep(self._pause)

    async def _follow(self, socket: ClientConnection) -> None:
        await socket.send(_message("subscribe", {"type": "alerts"}))
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    text = await socket.recv()
            except TimeoutError:
                await socket.send(_message("ping", {}))
                continue
            self._read(text, time.perf_counter())

    def _read(self, text: str | bytes, now: float) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "subscribed":
            self.subscribed.set()
        elif kind == "alert" and isinstance(message.get("data"), dict):
            self._heard(message["data"], now)


def _message(kind: str, data: dict[str, str]) -> str:
    return json.dumps({"type": kind, "data": data, "timestamp": iso_micros(datetime.now(UTC))})
