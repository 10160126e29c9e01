"""Call rates at the front door: who is counted, what they are told, and how a refusal looks."""

import re
import time
from typing import Any

import pytest
from fastapi import Request
from pydantic import BaseModel

from infra.bench.read_budget import read_budget
from shared.access.permissions import PUBLIC, SIGNED_IN
from shared.access.principals import principals
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.errors import NotFound
from shared.core.settings import Settings, settings
from shared.requests.buckets import buckets
from tests.builders.calls import Answer, call
from tests.builders.tokens import bearer, trust

# RFC 9651: a list of strings with parameters that are integers.
MEMBER = r'"[a-z]+"(?:;[a-z]+=\d+)+'
LIST = re.compile(rf"{MEMBER}(?:, {MEMBER})*")


class Said(BaseModel):
    said: str = "ok"


@pytest.fixture
def handler(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Open mode, a tenth of a percent of the rates: six reads, two writes and one costly call a minute."""
    monkeypatch.setenv("VEDETTE_RATE_FACTOR", "0.001")
    trust(monkeypatch)
    routes = Routes("/api", tag="test")

    @routes.get("/things", permission="insiders:read", response_model=Said)
    async def read() -> Said:
        return Said()

    @routes.post("/things", permission="insiders:manage", response_model=Said)
    async def write() -> Said:
        return Said()

    @routes.get("/models", permission="insiders:read", response_model=Said, cost="costly")
    async def think() -> Said:
        return Said()

    @routes.get("/quota", permission=SIGNED_IN, response_model=Said)
    async def tell(request: Request) -> Said:
        request.state.headers["RateLimit-Policy"] = '"simulation";q=100;w=86400'
        request.state.headers["RateLimit"] = '"simulation";r=54;t=3600'
        return Said()

    @routes.get("/missing", permission="insiders:read", response_model=Said)
    async def miss() -> Said:
        raise NotFound("No such thing")

    @routes.get("/door", permission=PUBLIC, response_model=Said)
    async def door() -> Said:
        return Said()

    return lambda_handler(create_app("test", routes))


def ask(handler: Any, path: str, method: str = "GET", **headers: str) -> Answer:
    return call(handler, method, f"/api{path}", headers=headers)


def statuses(handler: Any, path: str, count: int, method: str = "GET", **headers: str) -> list[int]:
    return [ask(handler, path, method, **headers).status for _ in range(count)]


def test_each_class_of_routes_has_its_own_bucket(handler: Any) -> None:
    ana = bearer("ana", "admin")

    assert statuses(handler, "/things", 8, **ana) == [200] * 6 + [429] * 2
    assert statuses(handler, "/things", 2, "POST", **ana) == [200, 429]
    assert statuses(handler, "/models", 2, **ana) == [200, 429]
    assert statuses(handler, "/things", 6, **bearer("bo", "admin")) == [200] * 6


def test_another_token_of_the_same_person_is_no_other_bucket(handler: Any) -> None:
    got = [ask(handler, "/things", **bearer("ana", "admin", jti=str(number))).status for number in range(8)]

    assert got == [200] * 6 + [429] * 2


def test_who_has_no_name_is_not_counted(handler: Any) -> None:
    assert set(statuses(handler, "/things", 20) + statuses(handler, "/door", 20)) == {200}
    assert "ratelimit" not in ask(handler, "/things").headers


def test_a_refusal_says_when_to_come_back_in_the_dialect_of_the_path(handler: Any) -> None:
    ana = bearer("ana", "admin")
    statuses(handler, "/things", 6, **ana)
    statuses(handler, "/models", 1, **ana)

    plain, seed_001 = ask(handler, "/things", **ana), ask(handler, "/models", **ana)

    assert plain.body == {"detail": "Too many requests; slow down"}
    assert plain.headers["retry-after"] == "10"
    assert seed_001.body.keys() == {"error", "details", "code", "timestamp", "request_id"}
    assert 55 <= int(seed_001.headers["retry-after"]) <= 60
    assert plain.headers["ratelimit"] == '"read";r=0;t=60'


def test_every_answer_to_a_named_caller_says_what_is_left(handler: Any) -> None:
    ana = bearer("ana", "admin")

    answers = [ask(handler, "/things", **ana), ask(handler, "/missing", **ana), ask(handler, "/quota", **ana)]

    assert [one.status for one in answers] == [200, 404, 200]
    assert [one.headers["ratelimit-policy"] for one in answers[:2]] == ['"read";q=6;w=60'] * 2
    assert [one.headers["ratelimit"] for one in answers[:2]] == ['"read";r=5;t=10', '"read";r=4;t=20']


def test_limits_of_a_route_and_of_the_door_are_one_list(handler: Any) -> None:
    headers = ask(handler, "/quota", **bearer("ana", "admin")).headers

    assert headers["ratelimit-policy"] == '"simulation";q=100;w=86400, "read";q=6;w=60'
    assert headers["ratelimit"] == '"simulation";r=54;t=3600, "read";r=5;t=10'
    assert all(LIST.fullmatch(headers[name]) for name in ("ratelimit", "ratelimit-policy"))
    assert [name for name in headers if name.lower().startswith("ratelimit")] == ["ratelimit-policy", "ratelimit"]


def test_who_may_not_call_is_not_counted(handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, auth_mode="strict")

    assert statuses(handler, "/things", 8, "POST", **bearer("ana", "viewer")) == [403] * 8
    assert statuses(handler, "/things", 8, "POST") == [401] * 8


def test_a_warm_caller_costs_the_store_nothing_more_than_nobody(
    handler: Any, monkeypatch: pytest.MonkeyPatch, tables: Any
) -> None:
    monkeypatch.setenv("VEDETTE_RATE_FACTOR", "1")
    settings.cache_clear()
    buckets.cache_clear()
    ana = bearer("ana", "admin")
    ask(handler, "/things", **ana)
    moment = time.time()
    monkeypatch.setattr(principals(), "_clock", lambda: moment)

    with read_budget(tables) as spent:
        assert set(statuses(handler, "/things", 100, **ana)) == {200}

    assert spent.calls == 0


@pytest.mark.parametrize("factor", [0.0, -1.0, float("inf"), float("nan")])
def test_a_senseless_factor_does_not_start(factor: float) -> None:
    with pytest.raises(ValueError, match="VEDETTE_RATE_FACTOR"):
        Settings(rate_factor=factor)
