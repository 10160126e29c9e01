"""Idempotency-Key at the front door: what is repeated, for whom, for how long, and what never is."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from infra.bench.read_budget import read_budget
from shared.access.permissions import PUBLIC
from shared.api import once
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.clock import utc_now
from shared.core.errors import Conflict, Invalid, LimitReached, NotFound, Unavailable
from shared.requests.once import AnsweredRequests
from shared.storage.store import store
from tests.builders.calls import Answer, call
from tests.builders.http import get_event
from tests.builders.together import together
from tests.builders.tokens import bearer, trust

KEY = {"idempotency-key": "order-1"}


class Body(BaseModel):
    number: int


@dataclass
class Desk:
    """A function whose work counts how often it was done, and fails as it is told."""

    handler: Any = None
    done: list[int] = field(default_factory=list)
    error: Exception | None = None
    text: str = ""

    def ask(self, method: str = "POST", path: str = "/api/things", **sent: Any) -> Answer:
        headers = {**KEY, **sent.pop("headers", {})}
        given = {"json": {"number": 1}} if "text" not in sent and "json" not in sent else {}
        return call(self.handler, method, path, headers=headers, **given, **sent)

    def work(self, number: int) -> Response:
        if self.error:
            raise self.error
        self.done.append(number)
        body = {"number": number, "done": len(self.done), "text": self.text}
        return Response(json.dumps(body), 201, {"location": f"/things/{number}", "x-ours": "1"}, "application/json")


@pytest.fixture
def desk(tables: Any) -> Desk:
    made = Desk()
    routes = Routes("/api", tag="test")

    async def change(body: Body) -> Response:
        return made.work(body.number)

    async def touch(request: Request) -> Response:
        await request.body()
        return made.work(0)

    for verb in (routes.post, routes.put, routes.patch):
        verb("/things", permission="insiders:manage", response_class=Response)(change)
    routes.delete("/things/{name}", permission="insiders:manage", response_class=Response)(touch)
    routes.get("/things", permission="insiders:read", response_class=Response)(touch)
    routes.post("/raw", permission="insiders:manage", response_class=Response)(touch)
    routes.post("/others", permission="insiders:manage", response_class=Response)(change)
    routes.post("/door", permission=PUBLIC, response_class=Response)(change)
    routes.post("/keys", permission="insiders:manage", response_class=Response, secret=True)(change)

    @routes.post("/stream", permission="insiders:manage", response_class=StreamingResponse)
    async def stream() -> StreamingResponse:
        made.done.append(1)
        return StreamingResponse(iter(["a", "b"]), media_type="text/plain")

    made.handler = lambda_handler(create_app("test", routes))
    return made


def replayed(answer: Answer) -> bool:
    return answer.headers.get("idempotency-replayed") == "true"


def same(first: Answer, again: Answer) -> bool:
    """But for the mark of the repeat, and the id of the request."""
    own = ("idempotency-replayed", "x-request-id")
    kept = {name: value for name, value in again.headers.items() if name not in own}
    before = {name: value for name, value in first.headers.items() if name not in own}
    return (first.status, first.body, before) == (again.status, again.body, kept)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_repeat_is_answered_like_the_first_request_and_does_nothing(desk: Desk, method: str) -> None:
    path = "/api/things/7" if method == "DELETE" else "/api/things"
    first, again = desk.ask(method, path), desk.ask(method, path)

    assert first.status == 201
    assert not replayed(first)
    assert replayed(again)
    assert same(first, again)
    assert len(desk.done) == 1


def test_reads_have_no_key(desk: Desk) -> None:
    assert not any(replayed(desk.ask("GET")) for _ in range(2))
    assert len(desk.done) == 2


def test_without_a_key_nothing_is_stored_and_nothing_asked(desk: Desk, tables: Any) -> None:
    with read_budget(tables) as spent:
        call(desk.handler, "POST", "/api/things", json={"number": 1})

    assert spent.calls == 0


def test_another_request_with_the_same_key_is_refused(desk: Desk) -> None:
    desk.ask()

    others = [desk.ask(json={"number": 2}), desk.ask(query={"a": 1}), desk.ask(text="{}"), desk.ask(text="")]

    assert [one.status for one in others] == [422] * 4
    assert "another request" in others[0].body["detail"]
    assert len(desk.done) == 1


def test_the_same_json_may_be_spelled_otherwise(desk: Desk) -> None:
    first = desk.ask(text='{"number": 1, "more": {"a": 1, "b": 2}}')
    again = desk.ask(
        text=' {"more":{"b":2,"a":1},"number":1}\n', headers={"content-type": "application/json; charset=utf-8"}
    )

    assert replayed(again)
    assert first.body == again.body


def test_a_key_belongs_to_one_route(desk: Desk) -> None:
    asked = [
        desk.ask(),
        desk.ask(path="/api/others"),
        desk.ask("PUT"),
        desk.ask("PATCH"),
        desk.ask("DELETE", "/api/things/1"),
    ]

    assert {one.status for one in asked} == {201}
    assert not any(replayed(one) for one in asked)
    assert len(desk.done) == 5


def test_a_key_belongs_to_one_path_as_called(desk: Desk) -> None:
    assert not any(replayed(desk.ask("DELETE", f"/api/things/{name}")) for name in "abc")


def test_a_key_belongs_to_one_caller(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)
    callers: list[dict[str, str]] = [
        bearer("ana", "admin"),
        bearer("bo", "admin"),
        bearer("ana", "admin", sub="somebody-else-with-her-name"),
        {},
    ]

    first = [desk.ask(headers=headers) for headers in callers]
    again = [desk.ask(headers=headers) for headers in callers]

    assert not any(map(replayed, first))
    assert all(map(replayed, again))
    assert [one.body for one in first] == [one.body for one in again]
    assert len(desk.done) == 4


def test_callers_without_a_name_are_told_apart_by_address(desk: Desk) -> None:
    def from_address(address: str) -> dict[str, Any]:
        event = get_event("/api/things", **KEY, **{"content-type": "application/json"})
        event["requestContext"]["http"] |= {"method": "POST", "sourceIp": address}
        answer: dict[str, Any] = desk.handler({**event, "body": '{"number": 1}'}, None)
        return answer

    answers = [from_address(address) for address in ("198.51.100.1", "198.51.100.2", "198.51.100.1")]

    assert ["idempotency-replayed" in answer["headers"] for answer in answers] == [False, False, True]
    assert len(desk.done) == 2


@pytest.mark.parametrize("error", [NotFound("No such thing"), Conflict("Taken")])
def test_what_the_work_decided_is_kept(desk: Desk, error: Exception) -> None:
    desk.error = error
    first = desk.ask()
    desk.error = None
    again = desk.ask()

    assert first.status in (404, 409)
    assert replayed(again)
    assert same(first, again)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Invalid("x"), 422), (LimitReached("x", retry_after=9), 429), (Unavailable("x"), 503), (ValueError("x"), 500)],
)
def test_a_refusal_and_a_failure_are_not_kept(desk: Desk, error: Exception, status: int) -> None:
    desk.error = error
    assert desk.ask().status == status
    desk.error = None

    again = desk.ask()

    assert (again.status, replayed(again)) == (201, False)


def test_after_a_refusal_the_key_may_be_used_for_a_better_request(desk: Desk) -> None:
    assert desk.ask(json={"number": "x"}).status == 422
    assert desk.ask(json={"number": 2}).status == 201


def test_after_a_failure_the_key_stays_with_its_request(desk: Desk) -> None:
    """Nobody knows how far it came: with another body it might be answered with the first one's work."""
    desk.error = Unavailable("x")
    desk.ask()
    desk.error = None

    assert desk.ask(json={"number": 2}).status == 422
    assert desk.ask().status == 201


def test_nobody_who_is_refused_at_the_door_leaves_a_record(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, auth_mode="strict")

    assert desk.ask().status == 401
    assert desk.ask(headers=bearer("ana", "viewer")).status == 403
    # Also not by a replay, once the right to it is gone.
    assert desk.ask(headers=bearer("ana", "admin")).status == 201
    assert desk.ask(headers=bearer("ana", "viewer")).status == 403


def with_clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(once, "answered_requests", lambda: AnsweredRequests(store(), lambda: clock.now))
    return clock


def test_an_answer_is_repeated_for_a_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = with_clock(monkeypatch)
    desk.ask()
    clock.now += timedelta(hours=23, minutes=59)
    assert replayed(desk.ask())
    clock.now += timedelta(minutes=2)

    assert not replayed(desk.ask())
    assert len(desk.done) == 2


def test_another_request_may_have_the_key_after_a_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = with_clock(monkeypatch)
    desk.ask()
    clock.now += timedelta(hours=24, seconds=1)

    assert desk.ask(json={"number": 2}).status == 201


class Died(BaseException):
    """Like a Lambda whose time is up: no handler sees it."""


def die(desk: Desk, **context: Any) -> None:
    event = get_event("/api/things", **KEY, **{"content-type": "application/json"})
    event["requestContext"]["http"]["method"] = "POST"
    desk.error = Died()  # type: ignore[assignment]
    desk.handler({**event, "body": '{"number": 1}'}, SimpleNamespace(**context) if context else None)
    desk.error = None


@pytest.mark.parametrize(
    ("context", "seconds"), [({}, 29), ({"get_remaining_time_in_millis": lambda: 5000}, 5)], ids=["unknown", "told"]
)
def test_the_record_of_a_dead_function_frees_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, context: dict[str, Any], seconds: int
) -> None:
    clock = with_clock(monkeypatch)
    die(desk, **context)
    clock.now += timedelta(seconds=seconds)
    early = desk.ask()
    clock.now += timedelta(seconds=1.5)
    late_other, late = desk.ask(json={"number": 2}), desk.ask()

    assert early.status == 409
    assert 1 <= int(early.headers["retry-after"]) <= 2
    assert "still running" in early.body["detail"]
    assert late_other.status == 422
    assert (late.status, replayed(late)) == (201, False)


def test_equal_requests_at_once_are_one(desk: Desk) -> None:
    answers = together(16, lambda _: desk.ask())

    fresh = [one for one in answers if one.status == 201 and not replayed(one)]
    assert len(desk.done) == len(fresh) == 1
    assert {one.status for one in answers} <= {201, 409}
    assert all("retry-after" in one.headers for one in answers if one.status == 409)
    assert all(one.body == fresh[0].body for one in answers if replayed(one))


def test_a_large_answer_is_compressed(desk: Desk) -> None:
    desk.text = "all work and no play " * 50_000

    first, again = desk.ask(), desk.ask()

    assert replayed(again)
    assert same(first, again)


def test_an_answer_that_no_row_can_hold_is_not_repeated_and_not_made_again(desk: Desk) -> None:
    desk.text = random.Random(1).randbytes(450_000).hex()

    first, again = desk.ask(), desk.ask()

    assert first.status == 201
    assert again.status == 409
    assert "answered with 201" in again.body["detail"]
    assert "too large" in again.body["detail"]
    assert len(desk.done) == 1


@pytest.mark.parametrize(("path", "why"), [("/api/keys", "secret"), ("/api/stream", "stream")])
def test_what_cannot_or_must_not_be_kept_is_not_made_twice(desk: Desk, tables: Any, path: str, why: str) -> None:
    desk.text = "sesame"
    assert desk.ask(path=path).status in (200, 201)

    again = desk.ask(path=path)

    assert again.status == 409
    assert why in again.body["detail"]
    assert len(desk.done) == 1
    assert "sesame" not in str(tables.scan(TableName="vedette-local-requests")["Items"])


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "a\tb", "ключ", "schlüssel", "a\x7f", "\x1f"])
def test_a_key_that_is_none_is_refused(desk: Desk, key: str) -> None:
    answer = desk.ask(headers={"idempotency-key": key})

    assert answer.status == 422
    assert "1 to 255 printable ASCII" in answer.body["detail"]
    assert desk.done == []


@pytest.mark.parametrize("key", ["x" * 255, " ", "'; DROP TABLE requests; --", "../../etc/passwd", "{}", "ONCE#1", "~"])
def test_any_printable_key_is_a_key(desk: Desk, key: str) -> None:
    first, again = (desk.ask(headers={"idempotency-key": key}) for _ in range(2))

    assert (first.status, replayed(again)) == (201, True)


def test_keys_never_meet(desk: Desk) -> None:
    """Neither with each other nor with the separators of what they are put together with."""
    for key in ("a", "A", "a ", "a,b", '"a"', "a\\", "a#ONCE"):
        assert not replayed(desk.ask(headers={"idempotency-key": key}))
    assert len(desk.done) == 7


BODIES = {
    "no json": "{not json",
    "nothing": "",
    "deep": "[" * 100_000,
    "not a number": '{"number": NaN}',
    "long number": '{"number": ' + "9" * 5000 + "}",
    "twice": '{"number": 1, "number": 2}',
    "surrogate": '{"number": "\\ud800"}',
    "nul": "\x00",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_strange_body_is_repeated_like_any_other(desk: Desk, name: str) -> None:
    first, again = (desk.ask(path="/api/raw", text=BODIES[name]) for _ in range(2))

    assert first.status == 201
    assert replayed(again)
    assert desk.ask(path="/api/raw", text=BODIES[name] + "1").status == 422


def test_at_a_public_door_the_key_means_nothing_and_nothing_is_stored(desk: Desk, tables: Any) -> None:
    answers = [desk.ask(path="/api/door", json={"number": number}) for number in (1, 1, 2)]

    assert {one.status for one in answers} == {201}
    assert not any(map(replayed, answers))
    assert tables.scan(TableName="vedette-local-requests")["Items"] == []


def test_nothing_of_the_request_is_stored_in_clear(desk: Desk, tables: Any) -> None:
    desk.ask(headers={"idempotency-key": "very-special-key"}, json={"number": 987654321})

    (row,) = tables.scan(TableName="vedette-local-requests")["Items"]

    assert "very-special-key" not in str(row)
    assert int(row["expires_at"]["N"]) == pytest.approx(utc_now().timestamp() + 86_400, abs=30)
