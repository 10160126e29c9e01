"""uvicorn on the gateway's ports, started and stopped by the platform."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Generator
from typing import Any

import uvicorn

from infra.local.gateway.socket_api import MAX_MESSAGE

# More than the gateway allows, so that it is the gateway who refuses.
MAX_HEAD = 256 * 1024
GRACE_SECONDS = 1


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the platform's business."""
        yield


class WebServer:
    def __init__(self, app: Any, ports: list[socket.socket]) -> None:
        # What it would say belongs to the gateway: refused requests and lost clients are no news.
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        self._ports = ports
        self._servers = [_Server(_config(app)) for _ in ports]
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        for server, port in zip(self._servers, self._ports, strict=True):
            self._tasks.append(asyncio.create_task(server.serve(sockets=[port])))
        while not all(server.started for server in self._servers):
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        for server in self._servers:
            server.should_exit = True
        await asyncio.gather(*self._tasks)


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        loop="none",
        http="h11",
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE,
        # API Gateway neither pings nor compresses.
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=MAX_HEAD,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=75,
    )
