"""The outermost layer of every HTTP function: a request id on every answer and one log line per request.

What a route puts into `request.state.headers` goes out with the answer, whether it succeeds or fails.

Pure ASGI: FastAPI's `@app.middleware("http")` costs 130 to 250 microseconds a request.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from shared.core.ids import new_id
from shared.core.logging import logger

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Edge:
    """Wraps the FastAPI application of a function."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = scope.get("aws.event", {}).get("requestContext", {}).get("requestId") or new_id("req")
        more_headers: dict[str, str] = {}
        scope.setdefault("state", {}).update(request_id=request_id, headers=more_headers)
        began, status = time.perf_counter(), 500

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                more_headers["x-request-id"] = request_id
                message["headers"] = [*message["headers"], *_encoded(more_headers)]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            # shared/api/unexpected.py has answered and logged it; Starlette raises it again for the server to see,
            # and the only server here is the Lambda runtime, to which a failed request is no failed invocation.
            pass
        logger().info(
            "request",
            extra={
                "method": scope["method"],
                "route": getattr(scope.get("route"), "path", "no route"),
                "status": status,
                "ms": round(1000 * (time.perf_counter() - began), 1),
                "request_id": request_id,
            },
        )


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
