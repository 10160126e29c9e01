"""Strict mode: every route but the public ones asks for a token, and lets in exactly the roles of access.txt."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from infra.routes import Route, access_txt, may_call, routes
from shared.access.permissions import PUBLIC, SIGNED_IN, SIGNING_IN
from shared.access.roles import ROLES
from tests.builders.calls import Answer, call
from tests.builders.tokens import FOREIGN_KEY, bearer, token, trust

OPEN_PAGES = {"/", "/health", "/api/health", "/docs", "/docs/static/{file}", "/redoc", "/openapi.json"}
MATRIX = Path(__file__).with_name("access.txt")
# What has to work before there is a token: everything that ends in one.
WAYS_IN = {
    "/auth/sign-up",
    "/auth/confirm",
    "/auth/confirm/resend",
    "/auth/login",
    "/auth/challenge",
    "/auth/mfa/setup",
    "/auth/mfa/verify",
    "/auth/refresh",
    "/auth/password/forgot",
    "/auth/password/reset",
}
GUARDED = [route for route in routes() if route.permission not in (PUBLIC, SIGNING_IN)]
guarded = pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture
def strict(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, auth_mode="strict")


def send(route: Route, headers: dict[str, str]) -> Answer:
    handler = importlib.import_module(f"functions.{route.function}.app").handler
    path = re.sub(r"\{[^}]+\}", "1", route.path)
    return call(handler, route.method, path, headers=headers, text="{not json")


def test_public_are_only_health_and_documentation() -> None:
    assert {route.path for route in routes() if route.permission == PUBLIC} == OPEN_PAGES


def test_signing_in_are_only_the_ways_to_a_token() -> None:
    assert {route.path for route in routes() if route.permission == SIGNING_IN} == WAYS_IN


def test_the_matrix_is_the_reviewed_one() -> None:
    """After a change that is meant: `python -m infra.routes` writes both files."""
    assert MATRIX.read_text() == access_txt()


@guarded
def test_nobody_gets_in_without_a_good_token(strict: None, route: Route) -> None:
    foreign = token("ana", "admin", key=FOREIGN_KEY)

    for given in (None, "garbage", "user:U001", "a.b.c", foreign):
        answer = send(route, {"authorization": f"Bearer {given}"} if given else {})

        assert answer.status == 401, (given, answer)
        assert answer.headers["www-authenticate"] == "Bearer"


@guarded
def test_exactly_the_roles_of_the_matrix_get_in(strict: None, route: Route) -> None:
    """Whoever may, is told of what else is wrong with the request; nobody else gets as far as that."""
    refused = {role for role in ROLES if send(route, bearer(f"one-{role}", role)).status == 403}

    assert refused == {role for role in ROLES if not may_call(route, role)}


@guarded
def test_a_role_of_nobody_opens_nothing(strict: None, route: Route) -> None:
    answer = send(route, bearer("ana", "administrator", "root", "*"))

    assert (answer.status == 403) == (route.permission != SIGNED_IN), answer
