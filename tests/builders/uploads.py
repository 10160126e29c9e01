"""Multipart uploads as API Gateway hands them on: the body in base64."""

import base64
from typing import Any
from urllib.parse import quote

from tests.builders.calls import Answer
from tests.builders.http import get_event

BOUNDARY = "----vedette-test"


def multipart(content: bytes, filename: str = "data.csv", field: str = "file") -> bytes:
    """The body of a form with one file."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def upload(handler: Any, content: bytes, filename: str = "data.csv", *, field: str = "file", **headers: str) -> Answer:
    """What POST /api/upload answers to a file."""
    return post(handler, multipart(content, filename, field), f"multipart/form-data; boundary={BOUNDARY}", **headers)


def post(handler: Any, body: bytes, content_type: str, path: str = "/api/upload", **headers: str) -> Answer:
    """A body of bytes, sent as it is."""
    import json

    event = get_event(quote(path), None, **{"content-type": content_type, **headers})
    event["routeKey"] = f"POST {path}"
    event["requestContext"]["http"]["method"] = "POST"
    event["body"], event["isBase64Encoded"] = base64.b64encode(body).decode(), True
    answer = handler(event, None)
    return Answer(answer["statusCode"], json.loads(answer["body"]), answer["headers"])
