"""The log line of a request through the front door: one line of JSON, what caches did, and nothing that users sent."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import Request
from pydantic import BaseModel

from shared.access.permissions import PUBLIC
from shared.access.principals import principals
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.logging import logger
from shared.traffic.delivery import delivery_of
from shared.traffic.model import Counts
from tests.builders.calls import call
from tests.builders.logs import a_delivery, an_entry
from tests.builders.tokens import bearer, trust

NOW = datetime(2026, 11, 22, 8, 4, tzinfo=UTC)


class Body(BaseModel):
    fine: bool = True


@pytest.fixture
def handler(tables: Any) -> Any:
    routes = Routes("/some", tag="test")

    @routes.get("/plain", permission=PUBLIC, response_model=Body)
    async def plain() -> Body:
        return Body()

    @routes.get("/cached", permission=PUBLIC, response_model=Body)
    async def cached(request: Request) -> Body:
        request.state.cache = (2, 1)
        return Body()

    @routes.get("/mistake/{name}", permission=PUBLIC, response_model=Body)
    async def mistake(name: str) -> Body:
        raise ValueError(name)

    @routes.get("/guarded", permission="incidents:read", response_model=Body)
    async def guarded() -> Body:
        return Body()

    return lambda_handler(create_app("test", routes))


class Lines(logging.Handler):
    """Request lines as Powertools writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "request":
            self.written.append(logger().registered_handler.format(record))


@pytest.fixture
def lines() -> Any:
    kept = Lines()
    logger().addHandler(kept)
    yield kept.written
    logger().removeHandler(kept)


def counts(line: str) -> Counts:
    """What the worker makes of it; the duration left out."""
    (found,) = delivery_of(a_delivery(an_entry(NOW, line))).lines
    assert found.counts.micros > 0
    return Counts(found.counts.requests, found.counts.errors, 0, found.counts.cache_hits, found.counts.cache_misses)


def test_a_request_that_asks_no_cache_says_nothing_of_one(handler: Any, lines: list[str]) -> None:
    call(handler, "GET", "/some/plain")

    assert not [name for name in json.loads(lines[0]) if "cache" in name]
    assert counts(lines[0]) == Counts(1)
    assert principals.cache_info().currsize == 0, "they are not made for a request that does not ask"


def test_what_a_route_says_of_its_cache_is_counted(handler: Any, lines: list[str]) -> None:
    call(handler, "GET", "/some/cached")

    assert counts(lines[0]) == Counts(1, 0, 0, 2, 1)


def test_the_lookup_of_a_caller_misses_and_then_hits(
    handler: Any, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, "strict")
    headers = bearer("ann", "analyst")

    for _ in range(3):
        assert call(handler, "GET", "/some/guarded", headers=headers).status == 200
    call(handler, "GET", "/some/plain", headers=headers)

    cached = [counts(line) for line in lines]
    assert cached[0] == Counts(1, 0, 0, 0, 1)
    assert set(cached[1:3]) <= {Counts(1, 0, 0, 1, 0), Counts(1, 0, 0, 0, 1)}, "believed for a second"
    assert sum(one.cache_hits + one.cache_misses for one in cached) == 3
    assert cached[3] == Counts(1)


def test_a_mistake_counts_as_an_error(handler: Any, lines: list[str]) -> None:
    assert call(handler, "GET", "/some/mistake/x").status == 500

    assert counts(lines[0]) == Counts(1, 1)


@pytest.mark.parametrize("sent", ["a\nb", "%0A{}", '"message": "request"'])
def test_a_line_is_one_line_without_what_was_sent(handler: Any, lines: list[str], sent: str) -> None:
    call(handler, "GET", f"/some/mistake/{sent}")

    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert sent not in lines[0]
