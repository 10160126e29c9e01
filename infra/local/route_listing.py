"""The route table and the documentation, made in a worker: they take every FastAPI app, which we need not import."""

from typing import Any, NamedTuple

HANDLER = "infra.local.route_listing.handler"


class ListedRoute(NamedTuple):
    method: str
    path: str
    function: str


def handler(event: object, context: object) -> list[list[str]]:
    from infra.openapi import write
    from infra.routes import routes
    from shared.core.settings import settings

    write(settings().openapi_path)
    return [[route.method, route.path, route.function] for route in routes()]


def listed(answer: Any) -> list[ListedRoute]:
    return [ListedRoute(*row) for row in answer]
