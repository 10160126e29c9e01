"""The WebSocket API: handshake, order, ends; and the management API as functions use it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from infra.local.gateway.connections import Connections
from infra.local.gateway.management_api import ManagementApi
from infra.local.gateway.socket_api import SocketApi
from infra.local.runtime.invocation import Outcome

Answer = Callable[[dict[str, Any]], Any]


class Browser:
    """The other end of a socket."""

    def __init__(self, api: SocketApi) -> None:
        self.sent: list[dict[str, Any]] = []
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_server.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "headers": [(b"host", b"localhost"), (b"user-agent", b"test")],
            "query_string": b"token=t",
            "client": ("127.0.0.1", 1),
            "subprotocols": [],
        }
        self.running = asyncio.create_task(api(scope, self._to_server.get, self._receive))

    async def _receive(self, message: Any) -> None:
        self.sent.append(message)

    def say(self, **message: Any) -> None:
        self._to_server.put_nowait({"type": "websocket.receive", **message})

    def leave(self, code: int = 1000) -> None:
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": code})

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.sent if message["type"] == "websocket.send"]


class Function:
    """Stands in for the socket function; keeps its events."""

    def __init__(self, answer: Answer) -> None:
        self.events: list[dict[str, Any]] = []
        self._answer = answer

    async def __call__(self, name: str, payload: bytes) -> Outcome:
        event = json.loads(payload)
        self.events.append(event)
        result = self._answer(event)
        if isinstance(result, Awaitable):
            result = await result
        return result if isinstance(result, Outcome) else Outcome(json.dumps(result).encode())

    @property
    def routes(self) -> list[str]:
        return [event["requestContext"]["routeKey"] for event in self.events]


def ok(event: dict[str, Any]) -> Any:
    return {"statusCode": 200}


def sockets(function: Function, folder: Path, **times: float) -> tuple[SocketApi, Connections]:
    connections = Connections(folder)
    return SocketApi(function, connections, "sockets", **times), connections


def test_messages_of_a_connection_are_handled_in_order(tmp_path: Path) -> None:
    async def slow_first(event: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0.05 if event.get("body") == "0" else 0)
        return {"statusCode": 200, "body": f"answer {event.get('body')}"}

    async def scenario() -> None:
        function = Function(slow_first)
        browser = Browser(sockets(function, tmp_path)[0])
        for at in range(5):
            browser.say(text=str(at))
        browser.leave()
        await browser.running

        assert browser.texts == [f"answer {at}" for at in range(5)]
        assert function.routes == ["$connect", *["$default"] * 5, "$disconnect"]

    asyncio.run(scenario())


def test_a_refused_connect_refuses_the_handshake_with_its_status(tmp_path: Path) -> None:
    async def scenario() -> None:
        function = Function(lambda event: {"statusCode": 401})
        browser = Browser(sockets(function, tmp_path)[0])
        await browser.running

        assert browser.sent[0]["type"] == "websocket.http.response.start"
        assert browser.sent[0]["status"] == 401
        assert function.routes == ["$connect"]
        assert list(tmp_path.iterdir()) == []

    asyncio.run(scenario())


def test_an_error_of_the_function_is_told_and_the_connection_stays(tmp_path: Path) -> None:
    def failing(event: dict[str, Any]) -> Any:
        return Outcome(b"{}", "Unhandled") if event.get("body") == "bad" else {"statusCode": 200, "body": "fine"}

    async def scenario() -> None:
        browser = Browser(sockets(Function(failing), tmp_path)[0])
        browser.say(text="bad")
        browser.say(text="good")
        browser.leave()
        await browser.running

        assert json.loads(browser.texts[0])["message"] == "Internal server error"
        assert browser.texts[1:] == ["fine"]

    asyncio.run(scenario())


def test_binary_long_and_idle_connections_are_closed(tmp_path: Path) -> None:
    async def code_of(**message: Any) -> int:
        function = Function(ok)
        browser = Browser(sockets(function, tmp_path, idle_seconds=0.05)[0])
        if message:
            browser.say(**message)
        await browser.running
        assert function.routes[-1] == "$disconnect"
        return int(browser.sent[-1]["code"])

    async def scenario() -> None:
        assert await code_of(bytes=b"x") == 1003
        assert await code_of(text="x" * (128 * 1024 + 1)) == 1009
        assert await code_of() == 1001

    asyncio.run(scenario())


def test_connections_of_a_killed_platform_are_disconnected_by_the_next(tmp_path: Path) -> None:
    async def scenario() -> None:
        first = Function(ok)
        browser = Browser(sockets(first, tmp_path)[0])
        await asyncio.sleep(0.01)
        connected = first.events[0]["requestContext"]["connectionId"]

        second = Function(ok)
        count = await sockets(second, tmp_path)[0].disconnect_left_open()

        assert count == 1
        assert second.events[0]["requestContext"]["connectionId"] == connected
        assert second.routes == ["$disconnect"]
        browser.leave()
        await browser.running

    asyncio.run(scenario())


def test_functions_reach_open_connections_and_hear_of_gone_ones(tmp_path: Path) -> None:
    async def scenario() -> None:
        function = Function(ok)
        api, connections = sockets(function, tmp_path)
        browser = Browser(api)
        await asyncio.sleep(0.01)
        connection_id = function.events[0]["requestContext"]["connectionId"]
        management = ManagementApi(connections)

        assert await manage(management, "POST", connection_id, b"hello") == (200, None)
        assert browser.texts == ["hello"]
        assert (await manage(management, "POST", connection_id, b"x" * 140_000))[0] == 413
        assert (await manage(management, "GET", connection_id))[0] == 200
        assert (await manage(management, "DELETE", connection_id))[0] == 204
        assert browser.sent[-1]["type"] == "websocket.close"
        browser.leave()
        await browser.running
        assert await manage(management, "POST", connection_id, b"x") == (410, "GoneException")

    asyncio.run(scenario())


async def manage(api: ManagementApi, method: str, connection_id: str, body: bytes = b"") -> tuple[int, str | None]:
    """Status and type of error."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"method": method, "raw_path": f"/ws/%40connections/{connection_id}".encode()}
    await api(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"x-amzn-errortype", b"").decode() or None
