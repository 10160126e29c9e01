"""The WebSocket API: the handshake through $connect, messages in order, $disconnect whatever happens."""

import asyncio
import json
import time
from typing import Any

from infra.local.console import complain
from infra.local.gateway.asgi import Message, Receive, Scope, Send, send_answer, source_ip
from infra.local.gateway.connections import Connection, Connections, Gone
from infra.local.gateway.http_answer import message
from infra.local.gateway.http_api import Invoke
from infra.local.gateway.http_event import joined_headers
from infra.local.gateway.socket_event import (
    Identity,
    connect_event,
    disconnect_event,
    message_event,
    new_connection_id,
)

MAX_MESSAGE = 128 * 1024
IDLE_SECONDS = 600.0
LIFE_SECONDS = 7200.0
GOING_AWAY = 1001
UNSUPPORTED_DATA = 1003
TOO_BIG = 1009


class SocketApi:
    def __init__(
        self,
        invoke: Invoke,
        connections: Connections,
        function: str,
        idle_seconds: float = IDLE_SECONDS,
        life_seconds: float = LIFE_SECONDS,
    ) -> None:
        self._invoke = invoke
        self._connections = connections
        self._function = function
        self._idle = idle_seconds
        self._life = life_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        identity = _identity(scope)
        self._connections.remember(identity)
        status, answer = await self._connect(identity, scope)
        if status >= 300:
            self._connections.forget(identity)
            refusal = message(status, "Internal server error" if status >= 500 else "Forbidden")
            await send_answer(send, refusal, kind="websocket.http.response")
            return
        await send({"type": "websocket.accept", "subprotocol": _subprotocol(scope, answer)})
        connection = Connection(identity, send)
        self._connections.add(connection)
        code, reason = 1006, ""
        try:
            code, reason = await self._serve(connection, receive)
        finally:
            self._connections.remove(identity)
            await self.disconnect(identity, code, reason)

    async def disconnect(self, identity: Identity, code: int, reason: str) -> None:
        """The connection is forgotten only when the function has heard of its end."""
        event = disconnect_event(identity, code, reason)
        outcome = await self._invoke(self._function, json.dumps(event).encode())
        if not outcome.error:
            self._connections.forget(identity)

    async def disconnect_left_open(self) -> int:
        """Those that were open when the platform was killed: in AWS, sockets that die are told to the function."""
        count = 0
        for identity in self._connections.left_open():
            await self.disconnect(identity, 1006, "the platform was stopped")
            self._connections.forget(identity)
            count += 1
        return count

    async def _connect(self, identity: Identity, scope: Scope) -> tuple[int, dict[str, Any]]:
        event = connect_event(identity, scope["headers"], scope["query_string"].decode("latin-1"))
        outcome = await self._invoke(self._function, json.dumps(event).encode())
        if outcome.error:
            return 500, {}
        value = outcome.value()
        if not isinstance(value, dict):
            return 500, {}
        return int(value.get("statusCode", 200)), value

    async def _serve(self, connection: Connection, receive: Receive) -> tuple[int, str]:
        """The code and the reason of the end. One message is handled at a time, in the order in which they came."""
        ends_at = time.monotonic() + self._life
        while True:
            patience = min(self._idle, ends_at - time.monotonic())
            try:
                received = await asyncio.wait_for(receive(), max(0.0, patience))
            except TimeoutError:
                return await _close(connection, GOING_AWAY, "Going away")
            if received["type"] == "websocket.disconnect":
                return int(received.get("code") or 1006), str(received.get("reason") or "")
            connection.last_active = time.time()
            refusal = _refusal(received)
            if refusal:
                return await _close(connection, *refusal)
            await self._message(connection, received["text"])

    async def _message(self, connection: Connection, text: str) -> None:
        event = message_event(connection.identity, text)
        outcome = await self._invoke(self._function, json.dumps(event).encode())
        value = outcome.value()
        if outcome.error:
            context = event["requestContext"]
            reply = {
                "message": "Internal server error",
                "connectionId": context["connectionId"],
                "requestId": context["requestId"],
            }
            await _reply(connection, json.dumps(reply))
        elif isinstance(value, dict) and value.get("body"):
            await _reply(connection, str(value["body"]))


async def _reply(connection: Connection, text: str) -> None:
    try:
        await connection.push(text)
    except Gone:
        complain(f"connection {connection.identity.connection_id} left before its answer")


async def _close(connection: Connection, code: int, reason: str) -> tuple[int, str]:
    try:
        await connection.close(code, reason)
    except Gone:
        pass
    return code, reason


def _refusal(received: Message) -> tuple[int, str] | None:
    text = received.get("text")
    if text is None:
        return UNSUPPORTED_DATA, "Binary frames are not supported"
    if len(text) > MAX_MESSAGE // 4 and len(text.encode()) > MAX_MESSAGE:
        return TOO_BIG, "Message too long"
    return None


def _identity(scope: Scope) -> Identity:
    headers, _ = joined_headers(scope["headers"])
    agent, host = headers.get("user-agent", ""), headers.get("host", "127.0.0.1")
    return Identity(new_connection_id(), source_ip(scope), agent, host)


def _subprotocol(scope: Scope, answer: dict[str, Any]) -> str | None:
    """The one that the function chose, if the client offered it."""
    headers = answer.get("headers") or {}
    chosen = {name.lower(): value for name, value in headers.items()}.get("sec-websocket-protocol")
    return chosen if chosen in scope.get("subprotocols", ()) else None
