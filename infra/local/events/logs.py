"""The logs of the API functions into a function, as a subscription of CloudWatch Logs does: filtered, in batches.

Where a log has been read to is kept in memory, from the start of the platform on: lines of the second before a
platform stops are not delivered any more. CloudWatch Logs loses none.
"""

import base64
import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.console import complain
from infra.local.events.failures import set_aside
from infra.local.events.log_tail import LogTail
from infra.local.runtime.invocation import ACCOUNT, Outcome, function_arn

POLL_SECONDS = 1.0
# Lambda tries an asynchronous event again as often as infra/constructs/function.py says: once.
ATTEMPTS = 2
RETRY_SECONDS = 1.0
EQUALITY = re.compile(r'\{ \$\.(\w+) = "(\w+)" \}')
ID_DIGITS = 56

Invoke = Callable[[str, bytes], Outcome]


@dataclass(frozen=True, slots=True)
class LogSource:
    """A function that gets what matches `pattern`; `files` are the logs by the name of their log group."""

    function: str
    failures: str
    pattern: str
    files: Mapping[str, Path]


class LogPump:
    def __init__(self, source: LogSource, invoke: Invoke, poll_seconds: float = POLL_SECONDS) -> None:
        self._source = source
        self._invoke = invoke
        self._poll_seconds = poll_seconds
        self._matches = matcher(source.pattern)
        self._tails = {group: LogTail(path) for group, path in source.files.items()}
        self._began, self._delivered = time.time_ns(), 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"logs {source.function}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stopped.wait(self._poll_seconds):
            try:
                self.poll()
            except Exception as error:
                complain(f"the logs for {self._source.function} met {error!r}")

    def poll(self) -> None:
        """Deliver what has been written since the last time, one event per log."""
        for group, tail in self._tails.items():
            while not self._stopped.is_set() and (lines := tail.read()):
                matching = [line.decode() for line in lines if self._matches(line)]
                if matching:
                    self._deliver(self._message(group, matching))

    def _message(self, group: str, lines: list[str]) -> dict[str, Any]:
        now, first = int(1000 * time.time()), self._delivered
        self._delivered += len(lines)
        return {
            "messageType": "DATA_MESSAGE",
            "owner": ACCOUNT,
            "logGroup": group,
            "logStream": "local",
            "subscriptionFilters": [self._source.function],
            "logEvents": [
                {"id": f"{self._began}{number:020}".zfill(ID_DIGITS), "timestamp": now, "message": line}
                for number, line in enumerate(lines, first)
            ],
        }

    def _deliver(self, message: dict[str, Any]) -> None:
        event = logs_event(message)
        payload = json.dumps(event).encode()
        outcome = self._invoke(self._source.function, payload)
        for _ in range(ATTEMPTS - 1):
            if not outcome.error or self._stopped.wait(RETRY_SECONDS):
                return
            outcome = self._invoke(self._source.function, payload)
        if outcome.error:
            complain(f"{len(message['logEvents'])} log lines go to {self._source.failures}: {outcome.reason()}")
            set_aside(self._source.failures, function_arn(self._source.function), outcome, {"requestPayload": event})


def logs_event(message: Mapping[str, Any]) -> dict[str, Any]:
    """What a function gets from CloudWatch Logs."""
    packed = gzip.compress(json.dumps(message).encode(), compresslevel=1)
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def matcher(pattern: str) -> Callable[[bytes], bool]:
    """Whether a line matches `{ $.name = "word" }`. ValueError for any other pattern, so that none is misread."""
    parts = EQUALITY.fullmatch(pattern)
    if parts is None:
        raise ValueError(f"the local platform does not know the filter pattern {pattern}")
    name, word = parts.groups()
    quoted = f'"{word}"'.encode()

    def matches(line: bytes) -> bool:
        if quoted not in line:
            return False
        try:
            written = json.loads(line)
        except (ValueError, RecursionError):
            return False
        return isinstance(written, dict) and written.get(name) == word

    return matches
