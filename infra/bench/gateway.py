"""Section 5: what the local gateway adds to the smallest request."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median

from infra.bench.client import Client
from infra.bench.measure import interleaved, percentile
from infra.bench.platform import clean_environment, free_port, started, stop, wait_for
from infra.bench.report import Row, Section
from infra.local.deployment import ROOT

ROUNDS, REQUESTS = 12, 40
METHOD = (
    f"GET /health over one keep-alive connection, wall time, {ROUNDS} rounds of {REQUESTS} requests to each server in "
    "turn. Information: on AWS the gateway is API Gateway."
)


def section(rounds: int = ROUNDS) -> Section:
    """The table."""
    with started() as platform, hello() as port, Client(platform.port) as ours, Client(port) as bare:
        gathered: dict[str, list[float]] = {"platform": [], "hello": []}
        targets = {
            "platform": partial(_block, ours, gathered["platform"]),
            "hello": partial(_block, bare, gathered["hello"]),
        }
        interleaved(targets, rounds)
    return Section("Gateway", METHOD, _rows(gathered["platform"][REQUESTS:], gathered["hello"][REQUESTS:]))


@contextmanager
def hello() -> Iterator[int]:
    """The hello app on uvicorn, without the platform. Its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "infra.bench.hello:app", "--port", str(port), "--no-access-log"]
    process = subprocess.Popen(command, env=clean_environment(), cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield port
    finally:
        stop(process)


def _block(client: Client, kept: list[float]) -> float:
    client.reconnect()
    taken = [client.get("/health")[0] for _ in range(REQUESTS)]
    kept += taken
    return median(taken)


def _rows(ours: list[float], bare: list[float]) -> list[Row]:
    return [
        _row("platform: gateway, event, worker process, Mangum, FastAPI", ours),
        _row("uvicorn and FastAPI alone", bare),
        Row("p50 platform / p50 alone", f"{median(ours) / median(bare):.1f}"),
    ]


def _row(what: str, values: list[float]) -> Row:
    return Row(what, f"p50 {median(values):.2f} ms, p99 {percentile(values, 0.99):.2f} ms")
