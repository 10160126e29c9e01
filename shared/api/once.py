"""Idempotency-Key: the first answer to a request is the answer to every repeat of it for 24 hours.

A key belongs to one caller, one method and one path. What is kept is what the work itself decided: success, not found,
conflict. A request that was refused before that frees its key; one that failed may be repeated, but is bound to it:
nobody knows what it has done (docs/requests.md). A public route (sign-in, sign-up) has no caller whose key it could
be, its body holds a password and its answer a token: there the header means nothing.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.api.access import scope_of
from shared.api.answers import domain_error
from shared.core.errors import Conflict, Forbidden, Invalid, LimitReached, NotBuilt, NotFound, Unauthenticated
from shared.core.logging import logger
from shared.requests.model import Answer, Claim, KeyedRequest
from shared.requests.once import AnsweredRequests, answered_requests

Handle = Callable[[Request], Coroutine[Any, Any, Response]]

METHODS = frozenset(("POST", "PUT", "PATCH", "DELETE"))
KEY = re.compile(r"[\x20-\x7e]{1,255}")
KEPT_STATUSES = (404, 409, 410)
# Raised before anything is done. Anything else may have come after it.
REFUSALS = (Invalid, Unauthenticated, Forbidden, LimitReached, NotBuilt, RequestValidationError, HTTPException)
# They belong to one transmission, or to one client.
NOT_KEPT = (b"content-length", b"connection", b"transfer-encoding", b"date", b"set-cookie")
FUNCTION_SECONDS = 29.0  # as long as a function lives, where nobody says how long this one still may
CLOCKS_DIFFER = 1.0
# A failure that took longer was a store that does not answer: asking it again would cost the client our answer.
QUICK_SECONDS = 2.0


def is_keyed(request: Request) -> bool:
    """Whether this request wants to be carried out once."""
    return "idempotency-key" in request.headers and request.method in METHODS


async def answered_once(request: Request, run: Handle, *, secret: bool = False) -> Response:
    """The answer of `run`, or that of the equal request before. An answer that is `secret` is never stored."""
    records, keyed = answered_requests(), await _keyed(request)
    found = records.begin(keyed, _lives(request) + CLOCKS_DIFFER)
    if isinstance(found, Answer):
        request.state.replayed = True
        return _replayed(found)
    request.state.operation = found.operation
    began = time.monotonic()
    try:
        response = await _decided(request, run)
    except Exception as error:
        if time.monotonic() - began < QUICK_SECONDS:
            _try(records.forget if isinstance(error, REFUSALS) else records.fail, found)
        raise
    _keep(records, found, response, secret)
    return response


async def _decided(request: Request, run: Handle) -> Response:
    """What the work decided, as an answer, be it a conflict; whatever else goes wrong is raised."""
    try:
        return await run(request)
    except (NotFound, Conflict) as error:
        return await domain_error(request, error)


def _keep(records: AnsweredRequests, claim: Claim, response: Response, secret: bool) -> None:
    if response.status_code >= 400 and response.status_code not in KEPT_STATUSES:
        _try(records.forget if response.status_code < 500 else records.fail, claim)
        return
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in response.raw_headers
        if name.lower() not in NOT_KEPT
    )
    body = getattr(response, "body", None)
    unkept = "it carries a secret" if secret else "it is a stream" if body is None else ""
    _try(records.finish, claim, Answer(response.status_code, headers, bytes(body or b"")), unkept)


def _try(step: Callable[..., bool], *given: Any) -> None:
    """The work is done and its answer is right, whatever becomes of the record: that frees itself at its deadline."""
    try:
        if not step(*given):
            logger().warning("a keyed request lost its claim")
    except Exception as error:
        logger().warning("the record of a keyed request was not written", exc_info=error)


def _replayed(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = [
        *((name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers),
        (b"content-length", str(len(answer.body)).encode()),
        (b"idempotency-replayed", b"true"),
    ]
    return response


async def _keyed(request: Request) -> KeyedRequest:
    key = request.headers["idempotency-key"]
    if not KEY.fullmatch(key):
        raise Invalid("Idempotency-Key must be 1 to 255 printable ASCII characters")
    body = _canonical(await request.body())
    asked = [request.method, request.url.path]
    owner = [scope_of(request), *asked, key]
    # The key, which is stored nowhere, is the salt: a body may hold a password, and its bare digest could be guessed.
    return KeyedRequest(_digest(owner), _digest(["content", *owner, request.url.query], body))


def _canonical(body: bytes) -> bytes:
    """JSON without its spelling, so that a client may write the same object in another order; else the bytes."""
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return body


def _digest(parts: list[str], body: bytes = b"") -> str:
    return hashlib.sha256(json.dumps(parts).encode() + b"\n" + body).hexdigest()


def _lives(request: Request) -> float:
    """How many seconds this process has left for the request."""
    context = request.scope.get("aws.context")
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 if remaining else FUNCTION_SECONDS
