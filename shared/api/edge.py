"""The outermost layer of every HTTP function: a request id on every answer and one log line per request.

What a route puts into `request.state.headers` goes out with the answer, whether it succeeds or fails. The log line is
what the figures of traffic are counted from (docs/traffic.md); what a route puts into `request.state.cache`, its hits
and misses, is counted there beside those of the caller's lookup.

Pure ASGI: FastAPI's `@app.middleware("http")` costs 130 to 250 microseconds a request.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from shared.access.principals import principals
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
        began, status, lookups = time.perf_counter(), 500, _lookups()

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
                **_cache(scope["state"], lookups),
                **({"replayed": True} if scope["state"].get("replayed") else {}),
            },
        )


def _lookups() -> tuple[int, int]:
    """Hits and misses of the lookups of callers so far. They are not made here: most requests never ask for them."""
    if not principals.cache_info().currsize:
        return 0, 0
    callers = principals()
    return callers.hits, callers.misses


def _cache(state: dict[str, Any], lookups: tuple[int, int]) -> dict[str, int]:
    """What caches did for this request, if it asked any. One request at a time in a process, so nobody else counted."""
    hits, misses = (now - before for now, before in zip(_lookups(), lookups, strict=True))
    more_hits, more_misses = state.get("cache", (0, 0))
    found = {"cache_hits": hits + more_hits, "cache_misses": misses + more_misses}
    return found if any(found.values()) else {}


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
