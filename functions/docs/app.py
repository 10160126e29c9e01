"""The documentation pages: one OpenAPI document for all groups, and two viewers that work without the internet (C21).

The document is built ahead by infra/openapi.py; the viewers' files are those of the installed package fastapi_offline.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import Response
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse

from shared.access.permissions import PUBLIC
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.errors import NotFound, Unavailable
from shared.core.settings import settings

TITLE = "Vedette"
STATIC = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
    "favicon.png": "image/png",
}
A_DAY = {"cache-control": "public, max-age=86400"}

routes = Routes(tag="documentation")


class OpenApiResponse(Response):
    """The document as it lies on the disk; parsing and writing it again would cost a quarter of a second."""

    media_type = "application/json"


class StaticResponse(Response):
    """One of the viewers' files."""


@routes.get("/docs", permission=PUBLIC, response_class=HTMLResponse)
async def show_swagger() -> HTMLResponse:
    """Swagger UI."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=TITLE,
        swagger_js_url="/docs/static/swagger-ui-bundle.js",
        swagger_css_url="/docs/static/swagger-ui.css",
        swagger_favicon_url="/docs/static/favicon.png",
    )


@routes.get("/redoc", permission=PUBLIC, response_class=HTMLResponse)
async def show_redoc() -> HTMLResponse:
    """ReDoc."""
    return get_redoc_html(
        openapi_url="/openapi.json",
        title=TITLE,
        redoc_js_url="/docs/static/redoc.standalone.js",
        redoc_favicon_url="/docs/static/favicon.png",
        with_google_fonts=False,
    )


@routes.get("/openapi.json", permission=PUBLIC, response_class=OpenApiResponse)
async def get_openapi() -> OpenApiResponse:
    """Every operation of every group."""
    return OpenApiResponse(document(settings().openapi_path))


@routes.get("/docs/static/{file}", permission=PUBLIC, response_class=StaticResponse)
async def get_static(file: str) -> StaticResponse:
    """The scripts and styles of the two viewers."""
    if file not in STATIC:
        raise NotFound(f"No such file: {file[:80]}")
    content = files("fastapi_offline").joinpath("static", file).read_bytes()
    return StaticResponse(content, media_type=STATIC[file], headers=A_DAY)


@cache
def document(path: Path) -> bytes:
    """The document that the deployment built; Unavailable, and not remembered, while it is missing."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("The OpenAPI document is not built: python -m infra.openapi FILE") from error


app = create_app("docs", routes)
handler = lambda_handler(app)
