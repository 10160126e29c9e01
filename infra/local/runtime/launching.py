"""Starts worker processes: by forking a warm one, or by a plain start where forking is not to be had."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).parents[3]
NO_SDK_CONFIGURATION = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


class Launcher(Protocol):
    """Starts a worker on its end of a connection; the answer is the worker's process id."""

    def launch(self, environment: dict[str, str], connection: socket.socket, log: int) -> int: ...

    def close(self) -> None: ...


class ForkLauncher:
    """A helper process imports the frameworks once and forks. Started early: it warms up beside everything else."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        self._lock = threading.Lock()
        self._ready = False
        with theirs:
            # Its imports read the configuration of an SDK, which must not be the developer's.
            environment = {**os.environ, "PYTHONPATH": str(ROOT), **NO_SDK_CONFIGURATION}
            self._helper = _start_module("infra.local.runtime.fork_server", theirs, environment)

    def launch(self, environment: dict[str, str], connection: socket.socket, log: int) -> int:
        message = json.dumps({"environment": environment}).encode()
        with self._lock:
            if not self._ready:
                self._answer()
                self._ready = True
            socket.send_fds(self._control, [message], [connection.fileno(), log])
            return int(self._answer()["pid"])

    def _answer(self) -> dict[str, int]:
        answer = self._control.recv(4096)
        if not answer:
            raise RuntimeError("the fork server has died")
        decoded: dict[str, int] = json.loads(answer)
        return decoded

    def close(self) -> None:
        self._control.close()
        self._helper.kill()
        self._helper.wait()


class SpawnLauncher:
    """A fresh interpreter per worker: slower, but works wherever Python does."""

    def __init__(self) -> None:
        self._workers: list[subprocess.Popen[bytes]] = []

    def launch(self, environment: dict[str, str], connection: socket.socket, log: int) -> int:
        worker = _start_module("infra.local.runtime.worker", connection, environment, log)
        self._workers.append(worker)
        return worker.pid

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()


def _start_module(
    module: str, connection: socket.socket, environment: dict[str, str], log: int | None = None
) -> "subprocess.Popen[bytes]":
    # A session of its own: Ctrl-C is for the platform, which then ends its workers in order.
    return subprocess.Popen(
        [sys.executable, "-m", module, str(connection.fileno())],
        pass_fds=(connection.fileno(),),
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def best_launcher() -> Launcher:
    return ForkLauncher() if hasattr(os, "fork") and hasattr(socket, "send_fds") else SpawnLauncher()
