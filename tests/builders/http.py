"""Requests as API Gateway's HTTP API hands them to a function (payload format 2.0)."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def get(handler: Handler, path: str, query: Mapping[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """What a handler answers to a GET."""
    return handler(get_event(path, query, **headers), None)


def get_event(path: str, query: Mapping[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {"host": "127.0.0.1", **headers},
        "requestContext": {
            "http": {
                "method": "GET",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test",
            },
            "requestId": "req-1",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
