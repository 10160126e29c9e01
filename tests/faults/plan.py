"""Faults on the wire, as AWS makes them: busy, half done, answered to nobody, or the function dies at a call.

    with FaultPlan(seed=1).add("throttle", "PutItem", rate=0.3):
        ...

The plan stands in front of moto's own stub. A botocore `before-send` handler would not do: botocore calls all of them
and takes the first answer, so that moto carries out what the plan refused. Everything that the SDK does about a fault
(its six attempts, the same ClientRequestToken with each) happens for real; only the waiting is left out.
"""

import asyncio
import json
import random
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Self

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

import shared.core.backoff

CarryOut = Callable[[Any], AWSResponse]
_carry_out = BotocoreStubber.__call__
HOSTS = re.compile(r"https?://(?:[^/]+\.)?(execute-api|lambda|states)\.")
OPERATIONS = {("execute-api", "POST"): "PostToConnection", ("lambda", "POST"): "Invoke"}


class Crash(BaseException):
    """The function died here. No `except Exception` may swallow it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it went over the wire."""

    operation: str
    url: str
    body: bytes


@dataclass(slots=True)
class Rule:
    """When which fault happens: to a share of the calls, to the first ones, or to the nth one only."""

    kind: str
    operation: str
    rate: float = 1.0
    first: int | None = None
    nth: int | None = None
    match: str = ""
    seen: int = 0

    def hits(self, call: Call, chance: random.Random) -> bool:
        if self.operation not in ("*", call.operation) or not re.search(self.match.encode(), call.body):
            return False
        self.seen += 1
        if (self.nth and self.seen != self.nth) or (self.first and self.seen > self.first):
            return False
        return self.rate >= 1 or chance.random() < self.rate


class FaultPlan:
    """The faults of one test. A plan whose faults never happened fails, unless it is not `certain` that they can."""

    def __init__(self, seed: int = 0, *, certain: bool = True) -> None:
        self.seed = seed
        self._certain = certain
        self._faults = dict(FAULTS)
        self.calls: list[Call] = []
        self.log: list[tuple[str, str]] = []
        self._chance = random.Random(seed)
        self._rules: list[Rule] = []
        self._dead = False
        self._lock = threading.Lock()

    def add(self, kind: str, operation: str = "*", **when: Any) -> Self:
        """`rate=` of the calls, the `first=` n, only the `nth=`; `match=` is looked for in the body."""
        self._rules.append(Rule(kind, operation, **when))
        return self

    def crash_at(self, position: int, *, after: bool) -> Self:
        """Die before or after the call at a position, from 1; no call follows."""
        return self.add("crash_after" if after else "crash_before", nth=position)

    def meanwhile(self, operation: str, deed: Callable[[], Any]) -> Self:
        """Let somebody else do something just before the first call of an operation goes out."""

        def fault(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
            with ThreadPoolExecutor(1) as somebody:
                somebody.submit(_with_a_loop, deed).result()
            return carry_out(request)

        self._faults["meanwhile"] = fault
        return self.add("meanwhile", operation, nth=1)

    def count(self, operation: str) -> int:
        return sum(call.operation == operation for call in self.calls)

    def __enter__(self) -> Self:
        def stub(stubber: BotocoreStubber, event_name: str, request: Any, **more: Any) -> AWSResponse | None:
            return self._answer(request, lambda sent: _carry_out(stubber, event_name, sent, **more))

        BotocoreStubber.__call__ = stub
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        BotocoreStubber.__call__ = _carry_out
        if kind is None and self._rules and self._certain:
            assert self.log, f"no fault of the plan (seed {self.seed}) ever happened"

    def _answer(self, request: Any, carry_out: CarryOut) -> AWSResponse | None:
        call = call_of(request)
        with self._lock:
            if self._dead:
                raise Crash(f"{call.operation} after death")
            self.calls.append(call)
            rule = next((rule for rule in self._rules if rule.hits(call, self._chance)), None)
            if rule is not None:
                self.log.append((call.operation, rule.kind))
                self._dead = rule.kind.startswith("crash")
        return carry_out(request) if rule is None else self._faults[rule.kind](request, call, carry_out)


def _with_a_loop(deed: Callable[[], Any]) -> None:
    """An invocation has its own thread and event loop; Mangum asks the thread for it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        deed()
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def call_of(request: Any) -> Call:
    """What a request asks for. DynamoDB and Step Functions say it in a header, the others in host and method."""
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    target = headers.get("x-amz-target", "").rpartition(".")[2]
    host = HOSTS.match(request.url)
    operation = target or OPERATIONS.get((host[1] if host else "", request.method), request.method)
    body = request.body or b""
    return Call(operation, request.url, body.encode() if isinstance(body, str) else bytes(body))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def answer(request: Any, status: int, body: Any, code: str = "") -> AWSResponse:
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "fault"}
    text = json.dumps(body if not code else {"__type": code, "message": "injected", **body})
    return AWSResponse(request.url, status, headers | ({"x-amzn-errortype": code} if code else {}), _raw(text))


def _raw(text: str) -> Any:
    return MockRawResponse(text.encode())


def refusal(status: int, code: str) -> Callable[..., AWSResponse]:
    return lambda request, call, carry_out: answer(request, status, {}, code)


def cancelled(reason: str) -> Callable[..., AWSResponse]:
    """How DynamoDB refuses a transaction: the reason stands with the write that met it."""

    def fault(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
        reasons = [{"Code": "None"} for _ in json.loads(call.body)["TransactItems"]]
        reasons[-1] = {"Code": reason, "Message": "injected"}
        return answer(request, 400, {"CancellationReasons": reasons}, "TransactionCanceledException")

    return fault


def throttle(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
    status, code = {
        "PostToConnection": (429, "LimitExceededException"),
        "Invoke": (429, "TooManyRequestsException"),
        "StartExecution": (400, "ThrottlingException"),
    }.get(call.operation, (400, "ProvisionedThroughputExceededException"))
    return answer(request, status, {}, code)


def lose_request(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
    raise ConnectionClosedError(endpoint_url=request.url)


def lose_answer(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
    carry_out(request)
    raise ReadTimeoutError(endpoint_url=request.url)


def die_before(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
    raise Crash(f"{call.operation} was not sent")


def die_after(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
    carry_out(request)
    raise Crash(f"{call.operation} was carried out")


def answer_half(request: Any, call: Call, carry_out: CarryOut) -> AWSResponse:
    """A batch read of which the second half was left for later."""
    wanted = json.loads(call.body)["RequestItems"]
    ((name, read),) = wanted.items()
    half = len(read["Keys"]) // 2
    request.body = json.dumps({"RequestItems": {name: read | {"Keys": read["Keys"][:half]}}}).encode()
    found = json.loads(carry_out(request).content) if half else {"Responses": {name: []}}
    return answer(request, 200, found | {"UnprocessedKeys": {name: read | {"Keys": read["Keys"][half:]}}})


FAULTS: dict[str, Callable[..., AWSResponse]] = {
    "throttle": throttle,
    "throttle_inside": cancelled("ThrottlingError"),
    "conflict": cancelled("TransactionConflict"),
    "conditional": cancelled("ConditionalCheckFailed"),
    "in_progress": refusal(400, "TransactionInProgressException"),
    "internal": refusal(500, "InternalServerError"),
    "gone": refusal(410, "GoneException"),
    "lose_request": lose_request,
    "lose_answer": lose_answer,
    "partial_batch": answer_half,
    "crash_before": die_before,
    "crash_after": die_after,
}


@contextmanager
def no_waiting() -> Iterator[list[float]]:
    """Back-off without the wait: the seconds that would have passed, in order."""
    waits: list[float] = []
    clock = SimpleNamespace(sleep=waits.append)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.endpoint, "time", clock)
        patch.setattr(shared.core.backoff, "time", clock)
        yield waits
