"""A table's stream into a function: in order, in batches, with retries, bisecting and a failure queue.

One consumer thread per source. A record is confirmed when the function has handled it or when it has been set aside,
so that after a crash it comes again: at least once, as in AWS.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.console import complain
from infra.local.events.failures import failed_items, set_aside
from infra.local.moto_repairs.stream_records import Record
from infra.local.runtime.invocation import Outcome, function_arn

Invoke = Callable[[str, bytes], Outcome]
Confirm = Callable[[str], None]
# A REMOVE record has no image in these streams; CDK filters it out as well.
WRITTEN = ("INSERT", "MODIFY")


@dataclass(frozen=True, slots=True)
class StreamSource:
    """One row of the catalogue, with full names."""

    table: str
    function: str
    failures: str
    batch_size: int = 50
    retries: int = 5
    first_backoff: float = 0.2
    longest_backoff: float = 5.0

    @property
    def name(self) -> str:
        return f"{self.table}>{self.function}"


class StreamConsumer:
    def __init__(self, source: StreamSource, invoke: Invoke, confirm: Confirm) -> None:
        self.source = source
        self._invoke = invoke
        self._confirm = confirm
        self._waiting: deque[Record] = deque()
        self._arrived = threading.Condition()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"stream {source.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        with self._arrived:
            self._arrived.notify()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def accept(self, records: list[Record]) -> None:
        """Called with every commit, so it must be quick."""
        with self._arrived:
            self._waiting.extend(records)
            self._arrived.notify()

    def _run(self) -> None:
        while batch := self._next_batch():
            written = [record for record in batch if record["eventName"] in WRITTEN]
            try:
                self._deliver(written)
            except Exception as error:
                complain(f"the stream {self.source.name} met {error!r}")
            if not self._stopped.is_set():
                self._confirm(_sequence_number(batch[-1]))

    def _next_batch(self) -> list[Record]:
        with self._arrived:
            while not self._waiting and not self._stopped.is_set():
                self._arrived.wait()
            if self._stopped.is_set():
                return []
            size = min(len(self._waiting), self.source.batch_size)
            return [self._waiting.popleft() for _ in range(size)]

    def _deliver(self, batch: list[Record]) -> None:
        """Retried from its first failure on; when retries are used up, halved until the poison is alone."""
        attempt = 0
        while batch and not self._stopped.is_set():
            outcome = self._invoke(self.source.function, _event(batch, self.source))
            failed = failed_items(outcome)
            rest = batch if failed is None else _from_first(batch, failed)
            if len(rest) < len(batch):
                attempt = 0
            batch = rest
            if not batch:
                return
            attempt += 1
            if attempt > self.source.retries:
                self._give_up(batch, outcome)
                return
            self._stopped.wait(min(self.source.longest_backoff, self.source.first_backoff * 2 ** (attempt - 1)))

    def _give_up(self, batch: list[Record], outcome: Outcome) -> None:
        if len(batch) == 1:
            self._set_aside(batch[0], outcome)
            return
        middle = len(batch) // 2
        self._deliver(batch[:middle])
        self._deliver(batch[middle:])

    def _set_aside(self, record: Record, outcome: Outcome) -> None:
        number = _sequence_number(record)
        complain(f"record {number} of {self.source.table} goes to {self.source.failures}: {outcome.reason()}")
        facts = {
            "DDBStreamBatchInfo": {
                "shardId": "shardId-00000001541626099285-f35f62ef",
                "startSequenceNumber": number,
                "endSequenceNumber": number,
                "batchSize": 1,
                "approximateArrivalOfFirstRecord": _arrival(record),
                "streamArn": _stream_arn(self.source),
            }
        }
        set_aside(self.source.failures, function_arn(self.source.function), outcome, facts)


def _event(batch: list[Record], source: StreamSource) -> bytes:
    arn = _stream_arn(source)
    return json.dumps({"Records": [{**record, "eventSourceARN": arn} for record in batch]}).encode()


def _stream_arn(source: StreamSource) -> str:
    return f"arn:aws:dynamodb:us-east-1:123456789012:table/{source.table}/stream/local"


def _from_first(batch: list[Record], failed: set[str]) -> list[Record]:
    """Lambda goes back to the first failure of a stream's batch and takes everything from there again."""
    for at, record in enumerate(batch):
        if _sequence_number(record) in failed:
            return batch[at:]
    return []


def _sequence_number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def _arrival(record: Record) -> str:
    seconds: Any = record["dynamodb"]["ApproximateCreationDateTime"]
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
