"""What every HTTP function has: declared routes, the five dialects, a last resort, bounded input."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from shared.access.permissions import PUBLIC
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.errors import Conflict, NotFound, StaleVersion, Unavailable
from tests.builders.calls import Answer, call

RAISED: dict[str, Exception] = {
    "mistake": ValueError("the secret reason"),
    "throttled": ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "PutItem"),
    "silent": ReadTimeoutError(endpoint_url="http://x"),
    "gone": NotFound("No such thing"),
    "taken": Conflict("Taken"),
    "stale": StaleVersion("Old"),
    "down": Unavailable("Try again"),
}


class Body(BaseModel):
    number: int


def answer_at(prefix: str, kind: str, **sent: Any) -> Answer:
    routes = Routes(prefix, tag="test")

    @routes.post("/raise/{kind}", permission=PUBLIC, response_model=Body)
    async def raise_it(kind: str, body: Body) -> Body:
        raise RAISED[kind]

    handler = lambda_handler(create_app("test", routes))
    return call(handler, "POST", f"{prefix}/raise/{kind}", **{"json": {"number": 1}, **sent})


SHAPES = {
    "/some": {"error", "status_code", "message", "path", "timestamp"},
    "/api/models": {"error", "details", "code", "timestamp", "request_id"},
    "/api/v1/audit": {"success", "message", "data", "errors", "error_code", "timestamp"},
    "/xai": {"success", "error", "explanation"},
    "/api/quota": {"detail"},
    "/api/users": {"detail"},
}
SEED_003 = ("/xai", "/api/quota")


@pytest.mark.parametrize(("prefix", "keys"), SHAPES.items())
def test_an_error_has_the_shape_of_its_path(prefix: str, keys: set[str]) -> None:
    answer = answer_at(prefix, "taken")

    assert answer.status == 409
    assert set(answer.body) == keys
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("mistake", 500), ("throttled", 503), ("silent", 503), ("gone", 404), ("stale", 409), ("down", 503)],
)
def test_each_error_has_its_status_everywhere(kind: str, status: int) -> None:
    for prefix in SHAPES:
        answer = answer_at(prefix, kind)

        assert answer.status == status
        assert "secret reason" not in str(answer.body)
        assert ("retry-after" in answer.headers) == (status == 503)


def test_a_validation_error_names_the_field_in_each_dialect() -> None:
    for prefix in SHAPES:
        answer = answer_at(prefix, "gone", json={"number": "x"})

        assert answer.status == (400 if prefix in SEED_003 else 422)
        assert "number" in str(answer.body)


def test_an_app_with_an_undeclared_route_does_not_start() -> None:
    routes = Routes(tag="test")
    routes.router.add_api_route("/open", lambda: None, response_model=Body)

    with pytest.raises(RuntimeError, match="/open declares no permission"):
        create_app("test", routes)


def test_an_app_with_a_route_without_a_response_model_does_not_start() -> None:
    routes = Routes(tag="test")

    @routes.get("/shapeless", permission=PUBLIC, response_model=None)
    async def shapeless() -> None: ...

    with pytest.raises(RuntimeError, match="/shapeless has no response model"):
        create_app("test", routes)


def test_a_route_that_answers_with_a_response_of_its_own_needs_no_model() -> None:
    routes = Routes(tag="test")

    @routes.get("/page", permission=PUBLIC, response_class=PlainTextResponse)
    async def page() -> PlainTextResponse:
        return PlainTextResponse("x")

    assert call(lambda_handler(create_app("test", routes)), "GET", "/page").status == 200
