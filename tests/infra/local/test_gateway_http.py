"""The HTTP API: the event that a function gets, the choice of its route, and the answers of the gateway itself."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.gateway.http_answer import INTERNAL_ERROR, http_answer
from infra.local.gateway.http_api import HttpApi
from infra.local.gateway.http_event import HttpRequest, http_event
from infra.local.gateway.route_table import Match, RouteTable
from infra.local.runtime.invocation import Outcome


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    function: str


def test_the_event_is_api_gateways_payload_format_2() -> None:
    headers = [
        (b"host", b"127.0.0.1:9100"),
        (b"content-type", b"application/json"),
        (b"x-many", b"one"),
        (b"x-many", b"two"),
        (b"cookie", b"a=1; b=2"),
        (b"user-agent", b"test"),
    ]
    request = HttpRequest(
        "POST", "/api/users/a%20b", "q=1&q=2&empty=&plus=a+b", headers, b'{"x": 1}', "127.0.0.1", "id="
    )
    match = Match("POST /api/users/{user_id}", "insiders", {"user_id": "a b"})

    assert http_event(request, match, now=1_795_300_000.5) == {
        "version": "2.0",
        "routeKey": "POST /api/users/{user_id}",
        "rawPath": "/api/users/a%20b",
        "rawQueryString": "q=1&q=2&empty=&plus=a+b",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "127.0.0.1:9100",
            "content-type": "application/json",
            "x-many": "one,two",
            "user-agent": "test",
        },
        "queryStringParameters": {"q": "1,2", "empty": "", "plus": "a b"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "127.0.0.1:9100",
            "domainPrefix": "local",
            "http": {
                "method": "POST",
                "path": "/api/users/a%20b",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test",
            },
            "requestId": "id=",
            "routeKey": "POST /api/users/{user_id}",
            "stage": "$default",
            "time": "21/Nov/2026:22:26:40 +0000",
            "timeEpoch": 1_795_300_000_500,
        },
        "pathParameters": {"user_id": "a b"},
        "body": '{"x": 1}',
        "isBase64Encoded": False,
    }


def test_what_is_empty_is_left_out_and_what_is_no_text_is_encoded() -> None:
    match = Match("$default", "fallback", {})
    bare = http_event(HttpRequest("GET", "/", "", [], b"", "127.0.0.1", "id="), match)
    binary = http_event(HttpRequest("POST", "/", "", [], b"\xff\x00", "127.0.0.1", "id="), match)

    assert not {"cookies", "queryStringParameters", "pathParameters", "body"} & bare.keys()
    assert (binary["body"], binary["isBase64Encoded"]) == ("/wA=", True)


TABLE = RouteTable(
    [
        Route("GET", "/api/users/{user_id}", "one"),
        Route("GET", "/api/users/profile", "profile"),
        Route("GET", "/api/users/{user_id}/teams", "teams"),
        Route("GET", "/api/users/profile/photo", "photo"),
        Route("GET", "/docs/{path+}", "docs"),
        Route("POST", "/api/users/{user_id}", "update"),
    ],
    "fallback",
)


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/api/users/7", "one", {"user_id": "7"}),
        ("GET", "/api/users/profile", "profile", {}),
        ("GET", "/api/users/profile/teams", "teams", {"user_id": "profile"}),
        ("GET", "/api/users/a%2Fb", "one", {"user_id": "a/b"}),
        ("GET", "/api/users/", "fallback", {}),
        ("GET", "/docs/a/b%20c", "docs", {"path": "a/b c"}),
        ("POST", "/api/users/profile", "update", {"user_id": "profile"}),
        ("DELETE", "/api/users/7", "fallback", {}),
        ("GET", "/", "fallback", {}),
        ("GET", "//", "fallback", {}),
        ("GET", "/api/users/%ff%00%zz", "one", {"user_id": "\ufffd\x00%zz"}),
    ],
)
def test_the_most_specific_route_answers(method: str, path: str, function: str, parameters: dict[str, str]) -> None:
    match = TABLE.match(method, path)

    assert (match.function, match.parameters) == (function, parameters)


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": 99},
        {"statusCode": "x"},
        {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}},
        {"statusCode": 200, "headers": {"bad name": "x"}},
        {"statusCode": 200, "isBase64Encoded": True, "body": "%%%"},
    ],
)
def test_an_answer_that_makes_no_sense_is_an_internal_error(result: dict[str, Any]) -> None:
    assert http_answer(result) == INTERNAL_ERROR


def test_an_answer_without_a_status_is_json() -> None:
    answer = http_answer({"a": 1})

    assert (answer.status, answer.body, answer.headers) == (200, b'{"a": 1}', [("content-type", "application/json")])


async def _ask(
    api: HttpApi, method: str = "GET", path: str = "/x", headers: Any = (), body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
    }
    await api(scope, receive, send)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, sent[1]["body"]


def ask(outcome: Outcome | float, **request: Any) -> tuple[int, dict[str, str], bytes]:
    """What the gateway answers when the function answers so, or only after so many seconds."""

    async def invoke(name: str, payload: bytes) -> Outcome:
        if isinstance(outcome, Outcome):
            return outcome
        await asyncio.sleep(outcome)
        return Outcome(b"{}")

    return asyncio.run(_ask(HttpApi(invoke, TABLE, "", seconds=0.05), **request))


OK = Outcome(b'{"statusCode": 204}')


def test_an_error_of_the_function_is_an_internal_error() -> None:
    status, headers, body = ask(Outcome(b'{"errorType": "KeyError"}', "Unhandled"))

    assert (status, json.loads(body)) == (500, {"message": "Internal Server Error"})
    assert "apigw-requestid" in headers


def test_a_slow_function_is_unavailable() -> None:
    status, _, body = ask(0.3)

    assert (status, json.loads(body)) == (503, {"message": "Service Unavailable"})


def test_a_body_over_ten_megabytes_is_too_large_but_for_uploads() -> None:
    body = b"x" * (11 * 1024 * 1024)

    assert ask(OK, method="POST", body=body)[0] == 413
    assert ask(OK, method="POST", path="/api/upload", body=body)[0] == 204


def test_headers_over_ten_kilobytes_are_too_large() -> None:
    assert ask(OK, headers=[(b"x", b"y" * 10_240)])[0] == 431


def test_preflights_are_answered_by_the_gateway() -> None:
    origin = [(b"origin", b"http://localhost:3000"), (b"access-control-request-method", b"POST")]

    status, headers, body = ask(Outcome(b"{}", "Unhandled"), method="OPTIONS", headers=origin)

    assert (status, body, headers["access-control-allow-origin"]) == (204, b"", "*")
    assert "access-control-allow-credentials" not in headers
