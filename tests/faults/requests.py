"""One good request for every route that needs a table. A route that is added and not listed here fails a test."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from tests.builders.calls import Answer, call
from tests.faults.world import API, World, a_read, a_theft

ROUTES = Path(__file__).parents[1] / "contract" / "routes.txt"
Request = Callable[[World], Answer]
INCIDENT = 1
PERSON = {"name": "Bo", "email": "bo@example.com", "role": "HR", "department": "HR"}


def create_person(world: World) -> Answer:
    return call(API["insiders"], "POST", "/api/users", json={"user_id": f"P{uuid4().hex[:12]}", **PERSON})


def simulate(world: World) -> Answer:
    query = {"user_id": "U903", "activity_count": 3}
    return call(API["insiders"], "POST", "/api/simulate/activity", query=query)


def reading(function: str, path: str) -> Request:
    return lambda world: world.ask(function, path)


REQUESTS: dict[str, Request] = {
    "POST /api/activities/ingest": lambda world: world.send(a_read()),
    "POST /api/alerts/mark-viewed": lambda world: world.view(),
    "POST /api/incidents": lambda world: world.open_incident(),
    "PATCH /api/incidents/{alert_id}/status": lambda world: world.move(INCIDENT, "in_progress"),
    "POST /api/incidents/{alert_id}/resolve": lambda world: world.resolve(INCIDENT),
    "POST /api/simulate/activity": simulate,
    "POST /api/trigger/anomaly": lambda world: world.trigger("U902"),
    "POST /api/users": create_person,
    "GET /api/alerts": reading("incidents", "/api/alerts"),
    "GET /api/alerts/{alert_id}": reading("incidents", "/api/alerts/1"),
    "GET /api/analytics/models": reading("insiders", "/api/analytics/models"),
    "GET /api/dashboard/stats": reading("dashboard", "/api/dashboard/stats"),
    "GET /api/events": reading("live", "/api/events"),
    "GET /api/geospatial/anomalies": reading("insiders", "/api/geospatial/anomalies"),
    "GET /api/graph/intelligence": reading("insiders", "/api/graph/intelligence"),
    "GET /api/incidents": reading("incidents", "/api/incidents"),
    "GET /api/intelligence/{user_id}": reading("insiders", "/api/intelligence/U901"),
    "GET /api/users": reading("insiders", "/api/users"),
    "GET /api/users/{user_id}": reading("insiders", "/api/users/U901"),
    "GET /api/users/{user_id}/activities": reading("insiders", "/api/users/U901/activities"),
    "GET /ws/status": reading("live", "/ws/status"),
}
# These report that a table is away instead of failing with it.
HEALTH = {path: reading("health", path) for path in ("/", "/health", "/services/health", "/status", "/api/status")}


def promised() -> set[str]:
    """Method and path of every route whose function touches a table, but for the health pages."""
    lines = [line.split() for line in ROUTES.read_text().splitlines()]
    return {f"{method} {path}" for method, path, function, _ in lines if function in API and function != "health"}


def a_busy_desk(world: World) -> None:
    """A theft that raised case 1, so that every request has something to find."""
    assert {answer.status for answer in world.send_all(a_theft())} == {200}
