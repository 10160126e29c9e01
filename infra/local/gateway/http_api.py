"""The HTTP API: limits, CORS, routing, and one Lambda invocation per request."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable

from infra.local.gateway.asgi import Receive, Scope, Send, send_answer, source_ip
from infra.local.gateway.http_answer import INTERNAL_ERROR, HttpAnswer, http_answer, message
from infra.local.gateway.http_event import Headers, HttpRequest, http_event
from infra.local.gateway.route_table import RouteTable
from infra.local.runtime.invocation import Outcome

MAX_HEADER_BYTES = 10_240
MAX_BODY = 10 * 1024 * 1024
# Uploads go past API Gateway in AWS (a presigned URL); the local platform takes them where the seeds posted them.
MAX_UPLOAD = 52 * 1024 * 1024
UPLOADS = {("POST", "/api/upload")}
DRAINED = 64 * 1024 * 1024
INTEGRATION_SECONDS = 30.0

Invoke = Callable[[str, bytes], Awaitable[Outcome]]


class HttpApi:
    def __init__(self, invoke: Invoke, routes: RouteTable, prefix: str, seconds: float = INTEGRATION_SECONDS) -> None:
        self._invoke = invoke
        self._routes = routes
        self._prefix = prefix
        self._seconds = seconds
        # Lambda goes on when the gateway has given up; asyncio drops tasks that nobody holds.
        self._running: set[asyncio.Future[Outcome]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_urlsafe(11) + "="
        answer = await self._answer(scope, receive, request_id)
        headers = [*answer.headers, ("apigw-requestid", request_id), *_cors_headers(scope["headers"])]
        await send_answer(send, HttpAnswer(answer.status, headers, answer.body), head=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, receive: Receive, request_id: str) -> HttpAnswer:
        method, raw_path = scope["method"], scope["raw_path"].decode("latin-1")
        limit = MAX_UPLOAD if (method, raw_path) in UPLOADS else MAX_BODY
        body = await read_body(receive, limit)
        if body is None:
            return message(413, "Request Entity Too Large")
        if _header_bytes(scope) > MAX_HEADER_BYTES:
            return message(431, "Request Header Fields Too Large")
        if not raw_path.startswith("/"):
            return message(400, "Bad Request")
        match = self._routes.match(method, raw_path)
        if method == "OPTIONS" and match.route_key == "$default":
            return HttpAnswer(204, _preflight_headers(scope["headers"]), b"")
        query = scope["query_string"].decode("latin-1")
        ip = source_ip(scope)
        request = HttpRequest(method, raw_path, query, scope["headers"], body, ip, request_id)
        return await self._integrate(match.function, json.dumps(http_event(request, match)).encode())

    async def _integrate(self, function: str, event: bytes) -> HttpAnswer:
        running = asyncio.ensure_future(self._invoke(self._prefix + function, event))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            outcome = await asyncio.wait_for(asyncio.shield(running), self._seconds)
        except TimeoutError:
            return message(503, "Service Unavailable")
        return INTERNAL_ERROR if outcome.error else http_answer(outcome.value())


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """None if it is too long. The rest is read and dropped, so that the client gets to see the answer."""
    chunks: list[bytes] = []
    size = 0
    more = True
    while more and size <= DRAINED:
        received = await receive()
        if received["type"] == "http.disconnect":
            break
        chunk = received.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        more = received.get("more_body", False)
    return b"".join(chunks) if size <= limit else None


def _header_bytes(scope: Scope) -> int:
    line = len(scope["method"]) + len(scope["raw_path"]) + len(scope["query_string"]) + 12
    return line + sum(len(name) + len(value) + 4 for name, value in scope["headers"])


def _cors_headers(headers: Headers) -> list[tuple[str, str]]:
    if not any(name == b"origin" for name, _ in headers):
        return []
    return [("access-control-allow-origin", "*"), ("access-control-expose-headers", "*")]


def _preflight_headers(headers: Headers) -> list[tuple[str, str]]:
    if not any(name == b"origin" for name, _ in headers):
        return []
    return [
        ("access-control-allow-methods", "GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS"),
        # "*" does not stand for Authorization in a browser's eyes.
        ("access-control-allow-headers", "authorization,content-type,idempotency-key,x-request-id,*"),
        ("access-control-max-age", "300"),
    ]
