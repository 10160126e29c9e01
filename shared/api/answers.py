"""Errors that somebody raised on purpose, as answers in the dialect of their path."""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.api.dialects import Failure, invalid_status, render, status_of, validation_message
from shared.core.errors import DomainError


async def domain_error(request: Request, error: Exception) -> JSONResponse:
    """What a service refused."""
    assert isinstance(error, DomainError)
    status = status_of(error)
    return _respond(request, status, error.code, str(error), headers=_hints(status, error), details=error.details)


def _hints(status: int, error: DomainError) -> dict[str, str] | None:
    """What a client needs to do better next time."""
    if status == 401:
        return {"www-authenticate": "Bearer"}
    if status == 503 or "retry_after" in error.details:
        return {"retry-after": str(error.details.get("retry_after", 2))}
    return None


async def validation_error(request: Request, error: Exception) -> JSONResponse:
    """A body or a parameter that is not what the route takes."""
    assert isinstance(error, RequestValidationError)
    fields = [{**entry, "loc": [_printable(part) for part in entry["loc"]]} for entry in error.errors()]
    status = invalid_status(request.url.path)
    return _respond(request, status, "invalid", validation_message(fields), fields=fields)


async def http_error(request: Request, error: Exception) -> JSONResponse:
    """Starlette's own: an unknown path or method, a body that is no JSON."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _respond(request, 404, "not_found", f"Endpoint not found: {request.url.path}")
    return _respond(request, error.status_code, "invalid", str(error.detail), headers=dict(error.headers or {}))


def _respond(
    request: Request, status: int, code: str, message: str, *, headers: dict[str, str] | None = None, **facts: Any
) -> JSONResponse:
    failure = Failure(status, code, message, request.url.path, request.state.request_id, **facts)
    return JSONResponse(render(failure), status, headers)


def _printable(part: Any) -> Any:
    """Field names come from the caller: cut, and without lone surrogates, which no answer can carry."""
    return part if isinstance(part, int) else str(part)[:80].encode("utf-8", "replace").decode()
