"""Strict mode: every route but the public ones asks for a token, in its dialect."""

import importlib
from typing import Any

import pytest

from infra.routes import Route, routes
from shared.access.roles import PUBLIC
from shared.core.settings import settings
from tests.builders.calls import call

OPEN_PAGES = {"/", "/health", "/api/health", "/docs", "/docs/static/{file}", "/redoc", "/openapi.json"}


@pytest.fixture
def strict(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_AUTH_MODE", "strict")
    monkeypatch.setenv("VEDETTE_USER_POOL_ID", "eu-central-1_pool")
    monkeypatch.setenv("VEDETTE_USER_POOL_CLIENT_ID", "client")
    settings.cache_clear()


def test_public_are_only_health_and_documentation() -> None:
    assert {route.path for route in routes() if route.permission == PUBLIC} == OPEN_PAGES


@pytest.mark.parametrize("route", [r for r in routes() if r.permission != PUBLIC], ids=lambda r: f"{r.method} {r.path}")
@pytest.mark.parametrize("token", [None, "garbage", "user:U001", "a.b.c"])
def test_nobody_gets_in_without_a_good_token(strict: None, route: Route, token: str | None) -> None:
    handler = importlib.import_module(f"functions.{route.function}.app").handler
    path = route.path.replace("{user_id}", "U001").replace("{alert_id}", "1")
    headers = {"authorization": f"Bearer {token}"} if token else {}

    answer = call(handler, route.method, path, headers=headers, json={})

    assert answer.status == 401, answer
    assert answer.headers["www-authenticate"] == "Bearer"
