"""Section 6: what it costs to know the caller, to let them in, to count the call and to answer it once.

One route in this process, asked by nobody in open mode and by a person with a token in strict mode, in turn.
"""

import os
from collections.abc import Callable
from functools import partial
from itertools import count
from statistics import median
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel

from infra.bench.calls import Call
from infra.bench.emulation import emulated, handler_of
from infra.bench.measure import Samples, cpu_of, interleaved
from infra.bench.population import people
from infra.bench.read_budget import Spent, read_budget
from infra.bench.report import Row, Section
from infra.bench.trust import hold_moment, trusted
from shared.access.principals import principals
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.settings import settings
from shared.requests.buckets import buckets
from shared.subjects.repository import subject_repository

ROUNDS, TIMES = 20, 100
GOAL_MICROSECONDS = 300.0
REQUESTS = 1000
METHOD = (
    "CPU of one warm request through Mangum and FastAPI, {rounds} rounds of {times}, medians; a route without work, "
    "and one that reads one row from moto. The caller's rights are read again once a second (one BatchGetItem); here "
    "that moment is held, because it is not part of a warm request. DynamoDB calls are counted by botocore hooks."
)
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Nothing(BaseModel):
    """What the route without work answers."""

    said: str = "nothing"


def section(rounds: int = ROUNDS) -> Section:
    """The table."""
    with emulated() as dynamodb, patch.dict(os.environ, {"VEDETTE_RATE_FACTOR": "1000"}), trusted() as token:
        subject_repository().add(people()[0])
        warm(token)
        samples = interleaved(targets(token), rounds, warm_up=2)
        rows = [*_time_rows(samples), *_call_rows(dynamodb, token), *_keyed_rows(dynamodb)]
    return Section("Access, call rates and repeated requests", METHOD.format(rounds=rounds, times=TIMES), rows)


def warm(token: str) -> None:
    """Caller and bucket are known from here on, and the caller's second never ends."""
    asked("/api/users", token, handler_of("insiders"))
    hold_moment()


def targets(token: str) -> dict[str, Callable[[], float]]:
    """Each asked by nobody in open mode, and with the token in strict mode; then the parts by themselves."""
    smallest, one_row = smallest_route(), handler_of("insiders")
    person = f"/api/users/{people()[0].subject_id}"
    found: dict[str, Callable[[], float]] = {}
    for who, credential in (("nobody", ""), ("token", token)):
        found[f"smallest {who}"] = cpu_of(partial(asked, "/smallest", credential, smallest), TIMES)
        found[f"row {who}"] = cpu_of(partial(asked, person, credential, one_row), TIMES)
    caller = principals().caller(token)
    return found | {
        "caller": cpu_of(partial(principals().caller, token), 1000),
        "permission": cpu_of(partial(caller.may, "insiders:read"), 1000),
        "rate": cpu_of(partial(buckets().take, "bench", "read"), 1000),
    }


def smallest_route() -> Handler:
    """A function whose route does nothing."""
    routes = Routes(tag="bench")

    @routes.get("/smallest", permission="insiders:read", response_model=Nothing)
    async def do_nothing() -> Nothing:
        return Nothing()

    return lambda_handler(create_app("bench", routes))


def asked(path: str, token: str, handler: Handler) -> None:
    """One request: strict with a token, open without. RuntimeError unless it succeeds."""
    _enter("strict" if token else "open")
    event = Call("GET", path).event()
    if token:
        event["headers"]["authorization"] = f"Bearer {token}"
    answered(handler, event)


def answered(handler: Handler, event: dict[str, Any]) -> dict[str, Any]:
    """A successful answer."""
    answer = handler(event, None)
    if answer["statusCode"] >= 400:
        raise RuntimeError(f"{event['rawPath']} answered {answer['statusCode']}: {answer['body'][:300]}")
    return answer


def _enter(mode: str) -> None:
    if settings().auth_mode != mode:
        os.environ["VEDETTE_AUTH_MODE"] = mode
        settings.cache_clear()


def _time_rows(samples: Samples) -> list[Row]:
    middle = {name: median(values) for name, values in samples.items()}
    added = median(
        token - nobody for token, nobody in zip(samples["smallest token"], samples["smallest nobody"], strict=True)
    )
    return [
        Row("route without work, open mode, nobody", f"{middle['smallest nobody']:.0f} us"),
        Row("the same, strict mode, a token that is known", f"{middle['smallest token']:.0f} us"),
        Row(
            "added by verification, permission and call rate",
            f"{added:.0f} us ({added / middle['smallest token']:.0%} of the request)",
            f"<= {GOAL_MICROSECONDS:.0f} us",
            added <= GOAL_MICROSECONDS,
        ),
        Row("of which who is calling", f"{middle['caller']:.1f} us"),
        Row("of which may they", f"{middle['permission']:.1f} us"),
        Row("of which the call rate", f"{middle['rate']:.1f} us"),
        Row("GET /api/users/{user_id}, open mode, nobody (moto included)", f"{middle['row nobody']:.0f} us"),
        Row("the same, strict mode / open mode", f"{middle['row token'] / middle['row nobody']:.2f}"),
    ]


def _call_rows(dynamodb: Any, token: str) -> list[Row]:
    path, handler = f"/api/users/{people()[0].subject_id}", handler_of("insiders")
    nobody, known = (_spent(dynamodb, partial(asked, path, credential, handler)).calls for credential in ("", token))
    # At the real rates: with a thousand times as much nobody would ever settle.
    with patch.dict(os.environ, {"VEDETTE_RATE_FACTOR": "1"}):
        settings.cache_clear()
        buckets.cache_clear()
        many = _spent(dynamodb, lambda: [buckets().take("somebody", "read") for _ in range(REQUESTS)]).calls
    return [
        Row("DynamoDB calls of GET /api/users/{user_id}, nobody", str(nobody)),
        Row("the same, a token that is known", str(known), f"= {nobody}", known == nobody),
        Row(f"DynamoDB calls of {REQUESTS:,} reads of one caller for the call rate", str(many)),
    ]


def _keyed_rows(dynamodb: Any) -> list[Row]:
    """A report of an incident without a key, with one, and repeated: calls, and CPU with moto's."""
    _enter("open")
    _report("warm")
    plain, keyed, again = (_spent(dynamodb, partial(_report, key)).calls for key in ("", "counted", "counted"))
    numbers = count()
    given: dict[str, Callable[[], object]] = {
        "plain": partial(_report, ""),
        "keyed": lambda: _report(f"key-{next(numbers)}"),
        "again": partial(_report, "counted"),
    }
    samples = interleaved({name: cpu_of(call, 10) for name, call in given.items()}, 6)
    cpu = {name: median(values) / 1000 for name, values in samples.items()}
    return [
        Row("POST /api/incidents without Idempotency-Key", f"{plain} calls, {cpu['plain']:.1f} ms with moto"),
        Row("the same with a key", f"{keyed} calls, {cpu['keyed']:.1f} ms with moto"),
        Row("the same repeated", f"{again} calls, {cpu['again']:.1f} ms with moto"),
    ]


def _report(key: str) -> None:
    body = {"user_id": people()[0].subject_id, "severity": "low", "description": "seen by the bench"}
    event = Call("POST", "/api/incidents", body=body).event()
    if key:
        event["headers"]["idempotency-key"] = key
    answered(handler_of("incidents"), event)


def _spent(dynamodb: Any, deed: Callable[[], object]) -> Spent:
    with read_budget(dynamodb) as spent:
        deed()
    return spent
