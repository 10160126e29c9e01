"""Dies before and after every AWS call of an operation, then does what a client or a stream would do about it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.faults.plan import Crash, FaultPlan

Problems = list[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """`act` is what dies; `recover` is what the caller or the event source does next. `problems` looks at the store."""

    prepare: Callable[[], None]
    act: Callable[[], Any]
    recover: Callable[[], Any]
    problems: Callable[[], Problems]


@dataclass(slots=True)
class Swept:
    """`cases` is twice the number of calls."""

    calls: tuple[str, ...]
    cases: int = 0
    failures: Problems = field(default_factory=list)


def sweep(operation: Operation) -> Swept:
    """Learns the calls of an operation, then dies at each of them twice."""
    operation.prepare()
    with FaultPlan() as plan:
        operation.act()
    swept = Swept(tuple(call.operation for call in plan.calls))
    swept.failures += [f"without a fault: {problem}" for problem in operation.problems()]
    for position, name in enumerate(swept.calls, 1):
        for after in (False, True):
            where = f"{'after' if after else 'before'} call {position} ({name})"
            swept.failures += [f"{where}: {problem}" for problem in _die(operation, position, after)]
            swept.cases += 1
    return swept


def _die(operation: Operation, position: int, after: bool) -> Problems:
    operation.prepare()
    # Mangum answers 500 to a BaseException; a dead function answers nobody, so whatever comes back is dropped.
    with FaultPlan().crash_at(position, after=after), suppress(Crash):
        operation.act()
    operation.recover()
    return operation.problems()
