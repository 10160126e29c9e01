"""One worker process, seen from the platform: start it, give it an event, kill it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

from infra.local.runtime import frames
from infra.local.runtime.functions import LocalFunction
from infra.local.runtime.invocation import Invocation, Outcome, crashed, timed_out
from infra.local.runtime.launching import Launcher

# Lambda gives the import of a function ten seconds; a busy laptop gets more.
IMPORT_SECONDS = 60.0


class Worker:
    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.alive = True
        self._reader = reader
        self._writer = writer

    @classmethod
    async def start(cls, function: LocalFunction, launcher: Launcher, logs: Path) -> "Worker":
        ours, theirs = socket.socketpair()
        with theirs:
            pid = await asyncio.to_thread(_launch, function, launcher, logs, theirs)
        worker = cls(pid, *await asyncio.open_connection(sock=ours))
        try:
            await asyncio.wait_for(worker._read(), IMPORT_SECONDS)
        except (TimeoutError, EOFError, OSError):
            worker.kill()
        return worker

    async def invoke(self, function: LocalFunction, invocation: Invocation) -> Outcome:
        head = {"request_id": invocation.request_id, "arn": function.arn, "seconds": function.timeout}
        try:
            self._writer.write(frames.encode(head, invocation.payload))
            answer, payload = await asyncio.wait_for(self._read(), function.timeout)
        except TimeoutError:
            self.kill()
            return timed_out(invocation.request_id, function.timeout)
        except (EOFError, OSError):
            self.kill()
            return crashed(invocation.request_id)
        return Outcome(payload, answer["error"])

    async def _read(self) -> tuple[dict[str, Any], bytes]:
        lengths = await self._reader.readexactly(frames.LENGTHS.size)
        head_size, payload_size = frames.LENGTHS.unpack(lengths)
        head = await self._reader.readexactly(head_size)
        return json.loads(head), await self._reader.readexactly(payload_size)

    def kill(self) -> None:
        if self.alive:
            self.alive = False
            self._writer.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def _launch(function: LocalFunction, launcher: Launcher, logs: Path, connection: socket.socket) -> int:
    short = function.name.split("-", 2)[-1]
    log = os.open(logs / f"{short}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        return launcher.launch(dict(function.environment), connection, log)
    finally:
        os.close(log)
