"""Starts the event sources of the catalogue on the running platform."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from infra.local.durability.rows import STREAM_START, Rows
from infra.local.events.expiry import Expiry
from infra.local.events.logs import LogPump, LogSource
from infra.local.events.queues import QueueConsumer, QueueSource
from infra.local.events.schedules import ScheduledRule, Schedules
from infra.local.events.streams import StreamConsumer, StreamSource
from infra.local.moto_repairs.stream_records import Record, add_sink
from infra.local.moto_repairs.writes import LOCK
from infra.local.provisioning import failure_queue, machine_arn
from infra.local.runtime.invocation import Outcome
from infra.local.state import State
from shared.catalogue import FUNCTIONS, WORKFLOWS, Logs, Queue, Schedule, Stream

Invoke = Callable[[str, bytes], Outcome]


class Sources:
    """All of them, from `start` to `stop`."""

    def __init__(self, state: State, invoke: Invoke, prefix: str, logs: Path, speed: float = 1.0) -> None:
        self._all: list[Runs] = [
            Streams(state.rows, invoke, prefix),
            *(QueueConsumer(source, invoke) for source in queue_sources(prefix)),
            *(LogPump(source, invoke) for source in log_sources(prefix, logs)),
            Schedules(scheduled_rules(prefix), invoke, _workflow_starter(state), speed),
            Expiry(prefix),
        ]

    def start(self) -> None:
        for source in self._all:
            source.start()

    def stop(self) -> None:
        for source in self._all:
            source.stop()


class Runs(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Streams:
    """Every stream consumer, fed by commits and by what was left undelivered."""

    def __init__(self, rows: Rows, invoke: Invoke, prefix: str) -> None:
        self._rows = rows
        self._sources = stream_sources(prefix)
        self._consumers = [StreamConsumer(source, invoke, self._confirmer(source)) for source in self._sources]
        self._stop_listening: Callable[[], None] | None = None

    def start(self) -> None:
        # Under the lock, so that no commit falls between what was left and what comes.
        with LOCK:
            for consumer in self._consumers:
                consumer.accept(self._rows.undelivered(consumer.source.name, consumer.source.table))
            self._stop_listening = add_sink(self._accept)
        for consumer in self._consumers:
            consumer.start()

    def stop(self) -> None:
        if self._stop_listening:
            self._stop_listening()
        for consumer in self._consumers:
            consumer.stop()

    def _accept(self, table: str, records: list[Record]) -> None:
        for consumer in self._consumers:
            if consumer.source.table == table:
                consumer.accept(records)

    def _confirmer(self, source: StreamSource) -> Callable[[str], None]:
        together = [each.name for each in self._sources if each.table == source.table]
        return lambda number: self._rows.confirm(source.name, source.table, int(number) - STREAM_START + 1, together)


def stream_sources(prefix: str) -> list[StreamSource]:
    return [
        StreamSource(
            prefix + source.table,
            prefix + function.name,
            failure_queue(function.name, prefix),
            source.batch_size,
            source.retries,
        )
        for function in FUNCTIONS.values()
        for source in function.sources
        if isinstance(source, Stream)
    ]


def queue_sources(prefix: str) -> list[QueueSource]:
    return [
        QueueSource(prefix + source.name, prefix + function.name, source.batch_size)
        for function in FUNCTIONS.values()
        for source in function.sources
        if isinstance(source, Queue)
    ]


def log_sources(prefix: str, logs: Path) -> list[LogSource]:
    """`logs` is the folder into which the runtime writes a log per function."""
    files = {
        f"/aws/lambda/{prefix}{function.name}": logs / f"{function.name}.log"
        for function in FUNCTIONS.values()
        if function.kind == "api"
    }
    return [
        LogSource(prefix + function.name, failure_queue(function.name, prefix), source.pattern, files)
        for function in FUNCTIONS.values()
        for source in function.sources
        if isinstance(source, Logs)
    ]


def scheduled_rules(prefix: str) -> list[ScheduledRule]:
    """Of functions and of workflows, under the names that provisioning gives."""
    rules = [
        ScheduledRule(prefix + function.name, source.expression, prefix + function.name)
        for function in FUNCTIONS.values()
        for source in function.sources
        if isinstance(source, Schedule)
    ]
    for workflow in WORKFLOWS.values():
        if workflow.schedule:
            name = f"{prefix}{workflow.name}-workflow"
            rules.append(ScheduledRule(name, workflow.schedule.expression, machine_arn(prefix + workflow.name)))
    return rules


def _workflow_starter(state: State) -> Callable[[str, str], Any]:
    return lambda arn, name: state.client("stepfunctions").start_execution(stateMachineArn=arn, name=name, input="{}")
