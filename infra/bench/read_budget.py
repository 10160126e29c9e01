"""Counts what a piece of code really asks of DynamoDB, by hooks in the client that the whole product shares.

Moto's own ConsumedCapacity is a stub, and time on a shared machine proves nothing: calls and items are what is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

FORBIDDEN = frozenset(("Scan", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"))
ASKED, ANSWERED = "provide-client-params.dynamodb.*", "after-call.dynamodb.*"


@dataclass(slots=True)
class Spent:
    """`items` were read, found or not; `writes` were asked for; `filters` name what was read and thrown away."""

    operations: Counter[str] = field(default_factory=Counter)
    items: int = 0
    writes: int = 0
    filters: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return self.operations.total()

    @property
    def faults(self) -> list[str]:
        """What no request may do."""
        return sorted(FORBIDDEN & self.operations.keys()) + [f"FilterExpression on {name}" for name in self.filters]

    def asked(self, params: dict[str, Any], model: Any, **_: object) -> dict[str, Any]:
        """Hook before a request: counts the call and its writes."""
        self.operations[model.name] += 1
        if "FilterExpression" in params:
            self.filters.append(str(params["TableName"]))
        self.writes += WRITES.get(model.name, _none)(params)
        return params

    def answered(self, parsed: dict[str, Any], model: Any, **_: object) -> None:
        """Hook after an answer: counts the items that were looked at."""
        self.items += READS.get(model.name, _none)(parsed)


def _none(_: dict[str, Any]) -> int:
    return 0


def _one(_: dict[str, Any]) -> int:
    return 1


def _looked_at(parsed: dict[str, Any]) -> int:
    """Before any filter; AWS bills these."""
    return int(parsed.get("ScannedCount", 0))


def _batch(parsed: dict[str, Any]) -> int:
    return sum(len(rows) for rows in parsed.get("Responses", {}).values())


def _batch_writes(params: dict[str, Any]) -> int:
    return sum(len(requests) for requests in params["RequestItems"].values())


READS: dict[str, Callable[[dict[str, Any]], int]] = {
    "GetItem": _one,
    "Query": _looked_at,
    "Scan": _looked_at,
    "BatchGetItem": _batch,
    "TransactGetItems": lambda parsed: len(parsed.get("Responses", ())),
}
WRITES: dict[str, Callable[[dict[str, Any]], int]] = {
    "PutItem": _one,
    "UpdateItem": _one,
    "DeleteItem": _one,
    "BatchWriteItem": _batch_writes,
    "TransactWriteItems": lambda params: len(params["TransactItems"]),
}


@contextmanager
def read_budget(dynamodb: Any) -> Iterator[Spent]:
    """What the block spends on this client."""
    spent, events, name = Spent(), dynamodb.meta.events, f"read-budget-{id(dynamodb)}"
    events.register(ASKED, spent.asked, unique_id=f"{name}-asked")
    events.register(ANSWERED, spent.answered, unique_id=f"{name}-answered")
    try:
        yield spent
    finally:
        events.unregister(ASKED, unique_id=f"{name}-asked")
        events.unregister(ANSWERED, unique_id=f"{name}-answered")
