"""The gateway as one ASGI application: what is a socket, what manages sockets, and what is plain HTTP."""

from infra.local.gateway.asgi import Receive, Scope, Send, send_answer
from infra.local.gateway.http_answer import message
from infra.local.gateway.http_api import HttpApi
from infra.local.gateway.management_api import ManagementApi, is_management
from infra.local.gateway.socket_api import SocketApi
from infra.local.gateway.socket_event import STAGE


class Gateway:
    def __init__(self, http: HttpApi, sockets: SocketApi, management: ManagementApi) -> None:
        self._http = http
        self._sockets = sockets
        self._management = management

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._handshake(scope, receive, send)
        elif scope["type"] == "http" and is_management(scope["raw_path"].decode("latin-1")):
            await self._management(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _handshake(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].rstrip("/") == f"/{STAGE}":
            await self._sockets(scope, receive, send)
            return
        await receive()
        await send_answer(send, message(403, "Forbidden"), kind="websocket.http.response")
