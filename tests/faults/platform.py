"""A real platform process for the tests that load or kill one, and clients that speak HTTP to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.session

from infra.local.data_folder import DataFolder
from tests.faults.invariants import Stored

ROOT = Path(__file__).parents[2]
START_SECONDS = 100
REQUEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: Any
    headers: dict[str, str]


class Client:
    """One keep-alive connection. OSError or HTTPException when the platform goes away."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS)

    def ask(self, method: str, path: str, body: Any = None) -> Reply:
        text = None if body is None else json.dumps(body)
        self._connection.request(method, path, text, {"content-type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, json.loads(content) if content else None, headers)

    def close(self) -> None:
        self._connection.close()


@dataclass
class Platform:
    data: Path
    port: int
    process: "subprocess.Popen[bytes]"

    def stored(self) -> Stored:
        note = DataFolder(self.data).running()
        dynamodb = botocore.session.get_session().create_client(
            "dynamodb",
            region_name="us-east-1",
            endpoint_url=note.endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        return Stored.read(dynamodb, note.prefix)

    def kill(self) -> None:
        """SIGKILL to the whole process group: nobody gets to say goodbye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def ask(self, method: str, path: str, body: Any = None) -> Reply:
        client = Client(self.port)
        try:
            return client.ask(method, path, body)
        finally:
            client.close()


@contextmanager
def running(data: Path) -> Iterator[Platform]:
    """A platform on a data folder, until the end of the block or until it is killed in it."""
    port = _free_port()
    command = [sys.executable, "-m", "infra.local", "--port", str(port), "--data", str(data), "--auth", "open"]
    with (data.parent / "platform.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--no-demonstration"],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    platform = Platform(data, port, process)
    try:
        _wait_until_ready(platform)
        yield platform
    finally:
        platform.stop()


def _wait_until_ready(platform: Platform) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and platform.process.poll() is None:
        try:
            if platform.ask("GET", "/health").status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
    raise AssertionError(f"the platform did not start: {(platform.data.parent / 'platform.log').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Crowd:
    """Clients side by side. What was asked and answered is kept in the order in which answers came."""

    platform: Platform
    answers: list[tuple[Any, Reply]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def run(self, scripts: Sequence[Callable[[], Iterator[tuple[str, str, Any]]]]) -> int:
        """Each script in a thread of its own, until it ends or the platform is gone. How many ended."""
        with ThreadPoolExecutor(len(scripts)) as threads:
            return sum(threads.map(self._play, scripts))

    def _play(self, script: Callable[[], Iterator[tuple[str, str, Any]]]) -> bool:
        client = Client(self.platform.port)
        try:
            for request in script():
                reply = client.ask(*request)
                with self.changed:
                    self.answers.append((request, reply))
                    self.changed.notify_all()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            client.close()
        return True

    def wait_for(self, count: int, seconds: float) -> bool:
        """Until so many answers have come."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.answers) >= count, seconds)
