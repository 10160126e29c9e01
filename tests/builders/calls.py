"""A call of an HTTP function through its handler, with any method and body, and the answer as JSON."""

import json
from dataclasses import dataclass
from typing import Any

from tests.builders.http import get_event


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


def call(handler: Any, method: str, path: str, *, query: dict[str, Any] | None = None, **sent: Any) -> Answer:
    """`json=` or `text=` is the body, `headers=` extra headers."""
    text = json.dumps(sent["json"]) if "json" in sent else sent.get("text")
    event = get_event(path, query, **{"content-type": "application/json", **sent.get("headers", {})})
    event["routeKey"] = f"{method} {path}"
    event["requestContext"]["http"]["method"] = method
    if text is not None:
        event["body"] = text
    answer = handler(event, None)
    is_json = answer["headers"].get("content-type") == "application/json"
    return Answer(answer["statusCode"], json.loads(answer["body"]) if is_json else answer["body"], answer["headers"])
