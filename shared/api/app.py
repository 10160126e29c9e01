"""The factory of every HTTP function: `create_app` for FastAPI, `lambda_handler` for Lambda.

An app in which a route has no permission or no response model does not start.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.datastructures import DefaultPlaceholder
from fastapi.exceptions import RequestValidationError
from fastapi.routing import RouteContext, iter_route_contexts
from mangum import Mangum
from starlette.exceptions import HTTPException

from shared.api.answers import domain_error, http_error, validation_error
from shared.api.edge import Edge
from shared.api.routing import Routes, permission_of
from shared.api.unexpected import unexpected_error
from shared.core.errors import DomainError


def create_app(title: str, *routes: Routes) -> FastAPI:
    """A FastAPI application that speaks the seeds' dialects and serves no documentation of its own (C21)."""
    app = FastAPI(title=title, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for group in routes:
        app.include_router(group.router)
    app.add_exception_handler(DomainError, domain_error)
    app.add_exception_handler(RequestValidationError, validation_error)
    app.add_exception_handler(HTTPException, http_error)
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
