"""A real platform in a process of its own: started on a free port with an empty folder, and stopped by its pid."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from infra.bench.client import Client
from infra.bench.filling import Order
from infra.bench.population import people
from infra.local.data_folder import Running
from infra.local.deployment import ROOT, local_deployment
from infra.local.runtime.functions import local_functions

START_SECONDS, STOP_SECONDS = 120.0, 30.0
FILLERS = 2


@dataclass(frozen=True, slots=True)
class BenchPlatform:
    """A platform that answers on `port`."""

    port: int
    running: Running

    def register(self) -> None:
        """The bench's people, through the front door."""
        with Client(self.port) as client:
            for person in people():
                fields = {name: value for name, value in asdict(person).items() if name not in ("status", "manager_id")}
                client.post("/api/users", {"user_id": fields.pop("subject_id"), **fields})

    def fill(self, subject_ids: Sequence[str], each: int, first: int = 0, last: int | None = None) -> None:
        """History for some people, by FILLERS processes, and then today's baseline."""
        shares = [tuple(subject_ids[n::FILLERS]) for n in range(FILLERS)]
        fillers = [self._filler(Order(share, each, first, each if last is None else last)) for share in shares if share]
        for filler in fillers:
            _finish(filler)
        _finish(self._filler(Order()))

    def _filler(self, order: Order) -> "subprocess.Popen[str]":
        deployment = local_deployment(self.port, "open", "")
        function = local_functions(deployment, self.running.endpoint)[deployment.prefix + "insiders"]
        command = [sys.executable, "-m", "infra.bench.filling", json.dumps(asdict(order))]
        environment = clean_environment() | dict(function.environment)
        return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)


@contextlib.contextmanager
def started() -> Iterator[BenchPlatform]:
    """A platform without people, gone at the end with all it kept."""
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        port, data = free_port(), Path(folder) / "data"
        command = [sys.executable, "-m", "infra.local", "--port", str(port), "--data", str(data), "--no-demonstration"]
        with (Path(folder) / "platform.log").open("w") as log:
            process = subprocess.Popen(command, env=clean_environment(), cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield BenchPlatform(port, Running(**json.loads((data / "platform.json").read_text())))
        finally:
            stop(process)


def clean_environment() -> dict[str, str]:
    """Ours, but one thread for the maths and bytecode kept."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"OMP_NUM_THREADS": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until /health answers. RuntimeError when the process ends or START_SECONDS are over."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(URLError, OSError), urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}: {' '.join(map(str, process.args))}")  # type: ignore[arg-type]


def stop(process: "subprocess.Popen[bytes]") -> None:
    """In order; by force after STOP_SECONDS."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _finish(filler: "subprocess.Popen[str]") -> None:
    _, trouble = filler.communicate()
    if filler.returncode:
        raise RuntimeError(f"the platform could not be filled: {trouble[-2000:]}")
