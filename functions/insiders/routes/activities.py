"""What monitored people do."""

from datetime import timedelta
from typing import Annotated

from fastapi import Header, Query

from functions.insiders.schemas.activities import ActivityIn, ActivityOut, IngestOut
from shared.activities.repository import ActivityRepository, activity_repository
from shared.activities.service import ActivityService, activity_service
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.api.text import EventId
from shared.core.clock import utc_now
from shared.subjects.repository import SubjectRepository, subject_repository

routes = Routes("/api", tag="insiders")
Service = Annotated[ActivityService, provided(activity_service)]
Activities = Annotated[ActivityRepository, provided(activity_repository)]
Subjects = Annotated[SubjectRepository, provided(subject_repository)]


@routes.get("/users/{user_id}/activities", permission="insiders:read", response_model=list[ActivityOut])
async def list_activities(
    user_id: str,
    activities: Activities,
    subjects: Subjects,
    days: Annotated[int, Query(ge=1, le=3650)] = 7,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
) -> list[ActivityOut]:
    """A person's activities of the last days, newest first."""
    subjects.get(user_id)
    since = utc_now() - timedelta(days=days)
    return [ActivityOut.of(activity) for activity in activities.list_since(user_id, since, limit)]


@routes.post("/activities/ingest", permission="insiders:ingest", response_model=IngestOut)
async def ingest_activity(
    body: ActivityIn, service: Service, idempotency_key: Annotated[EventId | None, Header()] = None
) -> IngestOut:
    """Take in one activity: stored, scored, and an alert if the person has become alarming."""
    activity = body.activity(idempotency_key)
    return IngestOut.of(service.ingest([activity]), activity.event_id)
