"""A route that answers with a secret says so, or its answer would be kept for repeats (shared/api/once.py)."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from infra.routes import application
from shared.access.permissions import PUBLIC, SIGNING_IN
from shared.api.app import create_app
from shared.api.routing import EXTRA, SECRET, Routes
from shared.catalogue import FALLBACK_FUNCTION, FUNCTIONS

# At these an Idempotency-Key means nothing.
UNKEYED = (PUBLIC, SIGNING_IN)


def fields(schema: Any, models: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names of all fields of a schema, however deep."""
    if isinstance(schema, list):
        for each in schema:
            yield from fields(each, models, seen)
    if not isinstance(schema, dict):
        return
    model = str(schema.get("$ref", "")).rpartition("/")[2]
    if model and model not in seen:
        yield from fields(models.get(model, {}), models, seen | {model})  # the documentation takes some out
    yield from schema.get("properties", {})
    for each in schema.values():
        yield from fields(each, models, seen)


def is_secret(field: str) -> bool:
    return field == "secret" or field.endswith("_token")


def with_secrets(app: FastAPI) -> dict[str, bool]:
    """The routes whose answer has a field for a secret, and whether they say so or need not."""
    api = app.openapi()
    models = api.get("components", {}).get("schemas", {})
    return {
        f"{method.upper()} {path}": SECRET in operation or operation[EXTRA] in UNKEYED
        for path, item in api["paths"].items()
        for method, operation in item.items()
        if any(map(is_secret, fields(operation["responses"], models)))
    }


def test_every_route_that_answers_with_a_secret_says_so() -> None:
    apis = [function.name for function in FUNCTIONS.values() if function.kind == "api"]
    names = [name for name in apis if name != FALLBACK_FUNCTION]  # it answers nothing but errors
    found = {route: said for name in names for route, said in with_secrets(application(name)).items()}

    assert [route for route, said in found.items() if not said] == []
    assert {"POST /auth/login", "POST /auth/refresh", "POST /auth/api-keys"} <= set(found)


class Key(BaseModel):
    secret: str


class Keys(BaseModel):
    made: list[Key] | None


def test_a_route_that_does_not_say_so_is_found() -> None:
    routes = Routes("/x", tag="test")

    async def make() -> Keys:
        return Keys(made=None)

    routes.post("/silent", permission="insiders:manage", response_model=Keys)(make)
    routes.post("/honest", permission="insiders:manage", response_model=Keys, secret=True)(make)

    assert with_secrets(create_app("test", routes)) == {"POST /x/silent": False, "POST /x/honest": True}
