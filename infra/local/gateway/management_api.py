"""/ws/@connections/{id}: how functions reach open sockets, as boto3's apigatewaymanagementapi speaks it."""

import json
import time
import uuid
from typing import Any
from urllib.parse import unquote

from infra.local.gateway.asgi import Receive, Scope, Send, send_answer
from infra.local.gateway.connections import Connection, Connections, Gone
from infra.local.gateway.http_answer import HttpAnswer
from infra.local.gateway.http_api import read_body
from infra.local.gateway.socket_api import MAX_MESSAGE
from infra.local.gateway.socket_event import STAGE

PREFIX = f"/{STAGE}/@connections/"
ENCODED_PREFIX = f"/{STAGE}/%40connections/"


def is_management(raw_path: str) -> bool:
    return raw_path.startswith((PREFIX, ENCODED_PREFIX))


class ManagementApi:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await read_body(receive, MAX_MESSAGE)
        connection_id = unquote(scope["raw_path"].decode("latin-1").split("connections/", 1)[1])
        connection = self._connections.get(connection_id)
        if connection is None:
            await send_answer(send, _error(410, "GoneException"))
            return
        try:
            answer = await _carry_out(scope["method"], connection, body)
        except Gone:
            answer = _error(410, "GoneException")
        await send_answer(send, answer)


async def _carry_out(method: str, connection: Connection, body: bytes | None) -> HttpAnswer:
    match method:
        case "POST" if body is None:
            return _error(413, "PayloadTooLargeException")
        case "POST":
            await connection.push((body or b"").decode("utf-8", "replace"))
            return _answer(200, None)
        case "DELETE":
            await connection.close(1000, "Connection Closed Normally")
            return _answer(204, None)
        case "GET":
            return _answer(200, _described(connection))
    return _error(403, "ForbiddenException")


def _described(connection: Connection) -> dict[str, Any]:
    identity = connection.identity
    return {
        "connectedAt": _iso(identity.connected_at / 1000),
        "identity": {"sourceIp": identity.source_ip, "userAgent": identity.user_agent},
        "lastActiveAt": _iso(connection.last_active),
    }


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _answer(status: int, value: dict[str, Any] | None, *headers: tuple[str, str]) -> HttpAnswer:
    own = [("content-type", "application/json"), ("x-amzn-requestid", str(uuid.uuid4())), *headers]
    return HttpAnswer(status, own, b"" if value is None else json.dumps(value).encode())


def _error(status: int, kind: str) -> HttpAnswer:
    return _answer(status, {"message": kind.removesuffix("Exception")}, ("x-amzn-errortype", kind))
