"""The few ASGI types and sends that the gateway needs."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from infra.local.gateway.http_answer import BODILESS, HttpAnswer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def send_answer(send: Send, answer: HttpAnswer, *, head: bool = False, kind: str = "http.response") -> None:
    """`kind` is websocket.http.response for a refused handshake."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if answer.status not in BODILESS:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": f"{kind}.start", "status": answer.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": b"" if head else answer.body})


def source_ip(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "127.0.0.1"
