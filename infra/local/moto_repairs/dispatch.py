"""DynamoDB requests straight into moto's handlers, under one lock.

moto parses the JSON body once as a query string and once by walking botocore's model, and walks the model again for
the answer: four fifths of a request. DynamoDB's wire format needs neither. Both the server and mock_aws come here.
"""

import base64
import json
import os
import re
import uuid
from datetime import datetime
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from infra.local.moto_repairs.writes import LOCK, atomic

Answer = tuple[int, dict[str, str], str]
DEFAULT_REGION = "us-east-1"
READS = {"get_item", "batch_get_item", "query", "scan", "transact_get_items"}
_CREDENTIAL_REGION = re.compile(r"Credential=[^/]*/\d+/([a-z0-9-]+)/")


def call(target: str, body: bytes, authorization: str = "") -> Answer:
    """Carry out one request: `target` is the X-Amz-Target header."""
    name = target.rpartition(".")[2]
    action = camelcase_to_underscores(name)
    handler = _handler(name, body, authorization)
    method = getattr(handler, action, None)
    if method is None or action.startswith("_"):
        return _refusal("com.amazon.coral.service#UnknownOperationException", "")
    try:
        if action in READS:
            with LOCK:
                return _answer(method())
        with atomic():
            return _answer(method())
    except ServiceException as error:
        return _typed_error(error)
    except HTTPException as error:
        return 400, _headers(), error.description or "{}"


def _handler(name: str, body: bytes, authorization: str) -> DynamoHandler:
    region = _CREDENTIAL_REGION.search(authorization)
    handler = DynamoHandler()
    handler.body = handler.params = json.loads(body or b"{}")
    handler.current_account = os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)
    handler.region = region.group(1) if region else DEFAULT_REGION
    handler.headers = {"X-Amz-Target": f"DynamoDB_20120810.{name}", "Content-Type": "application/x-amz-json-1.0"}
    handler.querystring, handler.uri_match = {}, {}
    return handler


def _answer(response: Any) -> Answer:
    if isinstance(response, ActionResult):
        return 200, _headers(), json.dumps(response.result or {}, default=_wire)
    return 200, _headers(), response if isinstance(response, str) else response[0]


def _typed_error(error: ServiceException) -> Answer:
    return _refusal(f"com.amazonaws.dynamodb.v20120810#{error.code}", error.message)


def _refusal(kind: str, message: str) -> Answer:
    return 400, _headers(), json.dumps({"__type": kind, "message": message})


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": uuid.uuid4().hex.upper()}


def _wire(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"no DynamoDB JSON for {type(value)}")


def _dispatch(self: DynamoHandler, request: Any, full_url: str, headers: Any) -> Answer:
    return call(request.headers["X-Amz-Target"], request.get_data(), request.headers.get("Authorization", ""))


def install() -> None:
    DynamoHandler._dispatch = _dispatch
