"""The factory of every HTTP function: `create_app` for FastAPI, `lambda_handler` for Lambda.

An app in which a route has no permission or no response model does not start.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.datastructures import DefaultPlaceholder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import RouteContext, iter_route_contexts
from mangum import Mangum
from starlette.exceptions import HTTPException

from shared.api.dialects import Failure, invalid_status, render, status_of, validation_message
from shared.api.edge import Edge
from shared.api.routing import Routes, permission_of
from shared.api.unexpected import unexpected_error
from shared.core.errors import DomainError


def create_app(title: str, *routes: Routes) -> FastAPI:
    """A FastAPI application that speaks the seeds' dialects and serves no documentation of its own (C21)."""
    app = FastAPI(title=title, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for group in routes:
        app.include_router(group.router)
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, unexpected_error)
    for context in route_contexts(app):
        _check_declared(context)
    return app


def lambda_handler(app: FastAPI) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The Lambda handler of an app, for events of API Gateway's HTTP API (payload format 2.0)."""
    return Mangum(Edge(app), lifespan="off")


def route_contexts(app: FastAPI) -> list[RouteContext]:
    """Every route of an app. `app.routes` is a tree since FastAPI 0.137, so walking it finds nothing: only here."""
    return [context for context in iter_route_contexts(app.routes) if context.endpoint is not None]


def _check_declared(context: RouteContext) -> None:
    if permission_of(context) is None:
        raise RuntimeError(f"{context.path} declares no permission")
    answers_itself = not isinstance(context.response_class, DefaultPlaceholder)
    if context.response_model is None and not answers_itself:
        raise RuntimeError(f"{context.path} has no response model")


async def _domain_error(request: Request, error: Exception) -> JSONResponse:
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


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [{**entry, "loc": [_printable(part) for part in entry["loc"]]} for entry in error.errors()]
    status = invalid_status(request.url.path)
    return _respond(request, status, "invalid", validation_message(fields), fields=fields)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
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
