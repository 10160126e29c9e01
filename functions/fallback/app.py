"""`$default`: what no route serves. Renders the 404 of the path's own dialect (conflict C11)."""

from fastapi import Request, Response

from shared.access.permissions import PUBLIC
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.errors import NotFound

routes = Routes(tag="fallback")


@routes.any("/{path:path}", permission=PUBLIC, response_class=Response)
async def answer_unknown_path(request: Request) -> Response:
    """No such endpoint."""
    raise NotFound(f"Endpoint not found: {request.url.path}")


app = create_app("fallback", routes)
handler = lambda_handler(app)
