"""A WebSocket API without a network, and clients that speak on it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import shared.live.provide as provide
from functions.live.sockets import handler
from tests.builders.sockets import Gateway, socket_event


@pytest.fixture
def gateway(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    gateway = Gateway()
    monkeypatch.setattr(provide, "sockets", lambda: gateway)
    monkeypatch.setattr(provide, "client", lambda service: gateway)
    return gateway


@pytest.fixture
def say(gateway: Gateway) -> Callable[[str, Any], dict[str, Any]]:
    """Send a frame (text, or an object as JSON) and return the answer."""

    def send(connection_id: str, frame: Any) -> dict[str, Any]:
        body = frame if isinstance(frame, str) else json.dumps(frame)
        assert handler(socket_event("$default", connection_id, body), None) == {"statusCode": 200}
        return gateway.last(connection_id)

    return send
