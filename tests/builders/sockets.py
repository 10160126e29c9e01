"""A WebSocket API that remembers what was posted, and events of sockets that open, speak and close."""

import json
import threading
import time
from collections import defaultdict
from typing import Any

from botocore.exceptions import ClientError

from functions.live.sockets import handler


class Gateway:
    """Stands for `/@connections`, and counts who was invoked. Refuses what a test tells it to refuse."""

    def __init__(self) -> None:
        self.posted: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.attempts: dict[str, int] = defaultdict(int)
        self.gone: set[str] = set()
        self.busy: dict[str, int] = {}
        self.slow: dict[str, float] = {}
        self.invoked: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:
        assert len(Data) <= 128 * 1024
        time.sleep(self.slow.get(ConnectionId, 0))
        with self._lock:
            self.attempts[ConnectionId] += 1
            if ConnectionId in self.gone:
                raise refusal("GoneException", 410)
            if self.busy.get(ConnectionId, 0) > 0:
                self.busy[ConnectionId] -= 1
                raise refusal("LimitExceededException", 429)
            self.posted[ConnectionId].append(json.loads(Data))

    def invoke(self, **call: Any) -> None:
        self.invoked.append(call)

    def last(self, connection_id: str) -> dict[str, Any]:
        return self.posted[connection_id][-1]


def refusal(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PostToConnection")


def socket_event(route: str, connection_id: str, body: str | None = None, **more: Any) -> dict[str, Any]:
    context = {"routeKey": route, "connectionId": connection_id, "stage": "ws"}
    return {"requestContext": context, "isBase64Encoded": False, **({"body": body} if body is not None else {}), **more}


def opened(connection_id: str) -> int:
    return handler(socket_event("$connect", connection_id), None)["statusCode"]


def closed(connection_id: str) -> int:
    return handler(socket_event("$disconnect", connection_id), None)["statusCode"]
