"""What a function returned, as an HTTP answer: API Gateway's reading of payload format 2.0."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

BODILESS = (204, 304)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# The connection belongs to the gateway.
_OWN_HEADERS = {"content-length", "connection", "transfer-encoding", "keep-alive", "upgrade", "apigw-requestid"}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def message(status: int, text: str) -> HttpAnswer:
    """An answer of the gateway itself."""
    return HttpAnswer(status, [("content-type", "application/json")], json.dumps({"message": text}).encode())


INTERNAL_ERROR = message(500, "Internal Server Error")


def http_answer(result: Any) -> HttpAnswer:
    if not isinstance(result, dict) or "statusCode" not in result:
        body = result if isinstance(result, str) else json.dumps(result)
        return HttpAnswer(200, [("content-type", "application/json")], body.encode())
    try:
        return _explicit(result)
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return INTERNAL_ERROR


def _explicit(result: dict[str, Any]) -> HttpAnswer:
    status = int(result["statusCode"])
    if not 100 <= status <= 599:
        return INTERNAL_ERROR
    headers = [(name.lower(), _one_line(value)) for name, value in (result.get("headers") or {}).items()]
    if not all(_TOKEN.fullmatch(name) for name, _ in headers):
        return INTERNAL_ERROR
    headers = [(name, value) for name, value in headers if name not in _OWN_HEADERS]
    headers += [("set-cookie", _one_line(cookie)) for cookie in result.get("cookies") or ()]
    if "content-type" not in dict(headers):
        headers.append(("content-type", "text/plain;charset=utf-8"))
    return HttpAnswer(status, headers, b"" if status in BODILESS else _body(result))


def _one_line(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if any(ord(character) < 32 and character != "\t" for character in text):
        raise ValueError("a header of more than one line")
    text.encode("latin-1")
    return text


def _body(result: dict[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    text = body if isinstance(body, str) else json.dumps(body)
    return base64.b64decode(text, validate=True) if result.get("isBase64Encoded") else text.encode()
