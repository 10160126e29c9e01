"""Made-up activities, through the real pipeline."""

from typing import Annotated

from fastapi import Query, Request

from functions.insiders.schemas.drills import SimulateOut, TriggerOut
from shared.api.access import named_operation
from shared.api.charging import charged
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.api.text import SubjectId
from shared.drills.scripts import AnomalyType
from shared.drills.service import DrillService, drill_service
from shared.threats.levels import risk_level

routes = Routes("/api", tag="drills")
Drills = Annotated[DrillService, provided(drill_service)]


@routes.post("/trigger/anomaly", permission="insiders:drill", cost="costly", response_model=TriggerOut)
async def trigger_anomaly(
    request: Request, user_id: SubjectId, anomaly_type: AnomalyType, drills: Drills
) -> TriggerOut:
    """Let a person do something alarming, and see whether it is found."""
    with charged(request, "simulation"):
        ingested, created = drills.trigger(user_id, anomaly_type, named_operation(request))
    return TriggerOut(
        user_id=user_id,
        anomaly_type=anomaly_type,
        its_score=ingested.its,
        risk_level=risk_level(ingested.its),
        alert_id=f"ALT{ingested.alert.number:05d}" if ingested.alert else None,
        activities_created=created,
    )


@routes.post("/simulate/activity", permission="insiders:drill", cost="costly", response_model=SimulateOut)
async def simulate_activity(
    request: Request, user_id: SubjectId, drills: Drills, activity_count: Annotated[int, Query(ge=1, le=500)] = 10
) -> SimulateOut:
    """Let a person do ordinary things."""
    with charged(request, "simulation"):
        ingested = drills.simulate(user_id, activity_count, named_operation(request))
    return SimulateOut(
        user_id=user_id,
        activities_generated=activity_count,
        its_score=ingested.its,
        risk_level=risk_level(ingested.its),
    )
