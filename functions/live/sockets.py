"""The WebSocket API's Lambda: $connect, $disconnect and every message. Raw events, no FastAPI: a cold start is felt.

Answers are posted, because the WebSocket API has no route responses. $connect cannot post: nothing is open yet.
"""

import base64
from typing import Any

from shared.core.errors import DomainError, Forbidden, Unauthenticated
from shared.core.logging import logger
from shared.core.settings import settings
from shared.live.provide import delivery, live_service

OK: dict[str, int] = {"statusCode": 200}
PERMISSION = "live:read"


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """One event of the WebSocket API."""
    request = event["requestContext"]
    if request["routeKey"] == "$connect":
        return connect(request["connectionId"], event)
    if request["routeKey"] == "$disconnect":
        live_service().disconnect(request["connectionId"])
        return OK
    delivery().post(request["connectionId"], live_service().receive(request["connectionId"], _text(event)))
    return OK


def connect(connection_id: str, event: dict[str, Any]) -> dict[str, int]:
    """Let the connection in, or refuse the handshake with the status that says why."""
    try:
        _admit(event)
        live_service().connect(connection_id)
    except DomainError as refused:
        logger().info("connection refused", extra={"code": refused.code})
        return {"statusCode": {Unauthenticated: 401, Forbidden: 403}.get(type(refused), 503)}
    return OK


def _admit(event: dict[str, Any]) -> None:
    """In strict mode a socket needs a token like any read; `?token=` is for browsers, which cannot set headers."""
    if settings().auth_mode == "open":
        return
    from shared.access.principals import principals

    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else (event.get("queryStringParameters") or {}).get("token")
    if not token:
        raise Unauthenticated("Not authenticated")
    if not principals().caller(token).may(PERMISSION):
        raise Forbidden(f"Permission '{PERMISSION}' required")


def _text(event: dict[str, Any]) -> str | None:
    body = event.get("body")
    if not isinstance(body, str) or not event.get("isBase64Encoded"):
        return body if isinstance(body, str) else None
    try:
        return base64.b64decode(body).decode("utf-8", "replace")
    except ValueError:
        return None
