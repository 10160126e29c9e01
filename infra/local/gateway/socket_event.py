"""Events of a WebSocket API as Lambda receives them."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from infra.local.gateway.http_event import API_ID, Headers

STAGE = "ws"
Kind = Literal["CONNECT", "MESSAGE", "DISCONNECT"]
ROUTES: dict[Kind, str] = {"CONNECT": "$connect", "MESSAGE": "$default", "DISCONNECT": "$disconnect"}


@dataclass(slots=True)
class Identity:
    """What is known of a connection from its handshake; enough for $disconnect after a restart."""

    connection_id: str
    source_ip: str
    user_agent: str
    domain: str
    connected_at: int = field(default_factory=lambda: int(time.time() * 1000))


def new_connection_id() -> str:
    """Fifteen characters and an equals sign, as in AWS."""
    return secrets.token_urlsafe(12)[:15] + "="


def connect_event(identity: Identity, headers: Headers, query: str) -> dict[str, Any]:
    event = _event(identity, "CONNECT")
    multi: dict[str, list[str]] = {}
    for raw_name, raw_value in headers:
        multi.setdefault(_as_sent(raw_name.decode("latin-1")), []).append(raw_value.decode("latin-1"))
    event["headers"] = {name: values[-1] for name, values in multi.items()}
    event["multiValueHeaders"] = multi
    parameters: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters.setdefault(name, []).append(value)
    if parameters:
        event["queryStringParameters"] = {name: values[-1] for name, values in parameters.items()}
        event["multiValueQueryStringParameters"] = parameters
    return event


def message_event(identity: Identity, body: str) -> dict[str, Any]:
    event = _event(identity, "MESSAGE")
    event["requestContext"]["messageId"] = secrets.token_urlsafe(12)
    event["body"] = body
    return event


def disconnect_event(identity: Identity, code: int, reason: str) -> dict[str, Any]:
    event = _event(identity, "DISCONNECT")
    event["requestContext"] |= {"disconnectStatusCode": code, "disconnectReason": reason}
    event["headers"] = {"Host": identity.domain}
    event["multiValueHeaders"] = {"Host": [identity.domain]}
    return event


def _event(identity: Identity, kind: Kind) -> dict[str, Any]:
    now = time.time()
    request_id = secrets.token_urlsafe(11) + "="
    context = {
        "routeKey": ROUTES[kind],
        "eventType": kind,
        "extendedRequestId": request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "messageDirection": "IN",
        "stage": STAGE,
        "connectedAt": identity.connected_at,
        "requestTimeEpoch": int(now * 1000),
        "identity": {"sourceIp": identity.source_ip, "userAgent": identity.user_agent},
        "requestId": request_id,
        "domainName": identity.domain,
        "connectionId": identity.connection_id,
        "apiId": API_ID,
    }
    return {"requestContext": context, "isBase64Encoded": False}


def _as_sent(name: str) -> str:
    """uvicorn gives names in lower case; API Gateway passes them on as browsers write them."""
    return "-".join(part.capitalize() for part in name.split("-"))
