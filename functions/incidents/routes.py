"""Alerts and incidents: what the detector raised and what analysts make of it."""

from typing import Annotated

from fastapi import Query, Request

from functions.incidents.schemas import (
    AlertDetailOut,
    AlertOut,
    IncidentIn,
    IncidentOut,
    ResolveIn,
    ResolveOut,
    StatusIn,
    StatusOut,
    ViewedIn,
    ViewedOut,
    alert_fields,
)
from shared.api.access import caller_of, named_operation
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.core.clock import iso_seconds
from shared.incidents.model import Status, case_number
from shared.incidents.repository import CaseRepository, case_repository
from shared.incidents.service import IncidentService, incident_service

routes = Routes("/api", tag="incidents")
Cases = Annotated[CaseRepository, provided(case_repository)]
Incidents = Annotated[IncidentService, provided(incident_service)]
Limit = Annotated[int, Query(ge=1, le=10_000)]


@routes.get("/alerts", permission="incidents:read", response_model=list[AlertOut])
async def list_alerts(cases: Cases, limit: Limit = 50, unread_only: bool = False) -> list[AlertOut]:
    """Alerts, newest first."""
    found = cases.list_unread(limit) if unread_only else cases.list_newest(limit)
    return [AlertOut.of(case) for case in found]


@routes.post("/alerts/mark-viewed", permission="incidents:view", response_model=ViewedOut)
async def mark_alerts_viewed(body: ViewedIn, incidents: Incidents) -> ViewedOut:
    """Mark alerts as seen, all unread ones if none is named. Counts those that were unread."""
    return ViewedOut(marked_count=incidents.mark_viewed(body.alert_ids))


@routes.get("/alerts/{alert_id}", permission="incidents:read", response_model=AlertDetailOut)
async def get_alert(alert_id: str, cases: Cases) -> AlertDetailOut:
    """One alert with its evidence and history."""
    case = cases.get(case_number(alert_id))
    return AlertDetailOut(
        **alert_fields(case),
        version=case.version,
        evidence=cases.evidence(case.number),
        history=cases.history(case.number),
    )


@routes.get("/incidents", permission="incidents:read", response_model=list[IncidentOut])
async def list_incidents(cases: Cases, status: Status | None = None, limit: Limit = 100) -> list[IncidentOut]:
    """Incidents, newest first."""
    found = cases.list_by_status(status, limit) if status else cases.list_newest(limit)
    return [IncidentOut.of(case) for case in found]


@routes.post("/incidents", permission="incidents:create", response_model=IncidentOut)
async def create_incident(body: IncidentIn, incidents: Incidents, request: Request) -> IncidentOut:
    """Open an incident by hand."""
    by, operation_id = caller_of(request).caller_id, named_operation(request)
    return IncidentOut.of(incidents.create(body.report(), by, operation_id))


@routes.patch("/incidents/{alert_id}/status", permission="incidents:respond", response_model=StatusOut)
async def update_incident_status(alert_id: str, body: StatusIn, incidents: Incidents, request: Request) -> StatusOut:
    """Move an incident along; 409 for a step that there is not, or a version that is not the newest."""
    case = incidents.move(case_number(alert_id), body.status, caller_of(request).caller_id, body.version)
    return StatusOut(incident_id=case.number, new_status=case.status, version=case.version)


@routes.post("/incidents/{alert_id}/resolve", permission="incidents:respond", response_model=ResolveOut)
async def resolve_incident(alert_id: str, body: ResolveIn, incidents: Incidents, request: Request) -> ResolveOut:
    """Close an incident with notes and, if known, a verdict."""
    case = incidents.resolve(case_number(alert_id), body.resolution(), caller_of(request).caller_id, body.version)
    assert case.resolved_at is not None
    return ResolveOut(incident_id=case.number, resolved_at=iso_seconds(case.resolved_at), version=case.version)
