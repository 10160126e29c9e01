"""A request as API Gateway's HTTP API hands it to Lambda: payload format 2.0."""

import base64
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from infra.local.gateway.route_table import Match
from infra.local.runtime.invocation import ACCOUNT

API_ID = "local"
_TEXT = re.compile(r"(text/|application/(json|javascript|xml|[\w.-]+\+(json|xml))\b)", re.IGNORECASE)

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes
    source_ip: str
    request_id: str


def joined_headers(headers: Headers) -> tuple[dict[str, str], list[str]]:
    """Names in lower case, repeated values joined by commas; the cookies apart."""
    joined: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "cookie":
            cookies += [cookie.strip() for cookie in value.split(";") if cookie.strip()]
        else:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined, cookies


def query_parameters(query: str) -> dict[str, str]:
    """Decoded; repeated names joined by commas."""
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def http_event(request: HttpRequest, match: Match, now: float | None = None) -> dict[str, Any]:
    headers, cookies = joined_headers(request.headers)
    body, is_base64 = _body(request.body, headers.get("content-type", ""))
    parameters = query_parameters(request.query)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route_key,
        "rawPath": request.raw_path,
        "rawQueryString": request.query,
        "cookies": cookies,
        "headers": headers,
        "queryStringParameters": parameters,
        "requestContext": _context(request, match, headers, time.time() if now is None else now),
        "pathParameters": match.parameters,
        "body": body,
        "isBase64Encoded": is_base64,
    }
    # API Gateway leaves out what is empty.
    optional = ("cookies", "queryStringParameters", "pathParameters", "body")
    return {name: value for name, value in event.items() if value or name not in optional}


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    if not body:
        return "", False
    if _TEXT.match(content_type):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(body).decode(), True


def _context(request: HttpRequest, match: Match, headers: dict[str, str], now: float) -> dict[str, Any]:
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": headers.get("host", "127.0.0.1"),
        "domainPrefix": API_ID,
        "http": {
            "method": request.method,
            "path": request.raw_path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request.request_id,
        "routeKey": match.route_key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
