"""Health and status of the platform, in the words of seeds 000, 001 and 004."""

from typing import Annotated

from fastapi import Depends, Header, Response
from fastapi.responses import HTMLResponse

from functions.health.page import PAGE
from functions.health.schemas import ApiHealthOut, HealthOut, RootOut, ServiceHealthOut, StatusOut, SystemStatusOut
from shared.access.permissions import PUBLIC
from shared.api.accept import prefers_html
from shared.api.app import create_app, lambda_handler
from shared.api.routing import Routes
from shared.core.clock import utc_now
from shared.health.inventory import tabular_inventory
from shared.health.machine import Machine, machine
from shared.health.provide import health_service
from shared.health.service import HealthService

Health = Annotated[HealthService, Depends(health_service)]
ThisMachine = Annotated[Machine, Depends(machine)]

routes = Routes(tag="health")


@routes.get("/", permission=PUBLIC, response_model=RootOut)
async def get_root(response: Response, accept: Annotated[str, Header()] = "*/*") -> RootOut | Response:
    """Service information; a page for browsers."""
    vary = {"vary": "accept"}
    if prefers_html(accept):
        return HTMLResponse(PAGE, headers=vary)
    response.headers.update(vary)
    return RootOut.at(utc_now())


@routes.get("/health", permission=PUBLIC, response_model=HealthOut)
async def get_health() -> HealthOut:
    """That the API runs and answers."""
    return HealthOut.at(utc_now())


@routes.get("/api/health", permission=PUBLIC, response_model=ApiHealthOut)
async def get_api_health() -> ApiHealthOut:
    """That the API runs and answers, as seed 004 asks."""
    return ApiHealthOut.at(utc_now())


@routes.get("/services/health", permission="platform:read", response_model=list[ServiceHealthOut])
async def list_services(health: Health) -> list[ServiceHealthOut]:
    """Every service, looked at just now."""
    return [ServiceHealthOut.of(service) for service in health.overall().services]


@routes.get("/status", permission="platform:read", response_model=StatusOut)
async def get_status(health: Health) -> StatusOut:
    """All services together."""
    return StatusOut.of(health.overall(), utc_now())


@routes.get("/api/status", permission="platform:read", response_model=SystemStatusOut)
async def get_system_status(this: ThisMachine) -> SystemStatusOut:
    """Load, storage and the tabular models' counts, as seed 001 asks."""
    return SystemStatusOut.of(this.load(), tabular_inventory(), utc_now())


app = create_app("health", routes)
handler = lambda_handler(app)
