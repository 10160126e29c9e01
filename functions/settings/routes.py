"""Settings and what happened. Seed 001."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query

from functions.settings.schemas import ActivitiesOut, ActivityOut, SettingsChangedOut, SettingsIn, SettingsOut
from shared.activity_log.model import Kind
from shared.activity_log.repository import ActivityLog, activity_log
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.preferences.model import changed_fields
from shared.preferences.repository import Preferences, preferences

routes = Routes("/api", tag="settings")
Stored = Annotated[Preferences, provided(preferences)]
Log = Annotated[ActivityLog, provided(activity_log)]


@routes.get("/settings", permission="settings:read", response_model=SettingsOut, response_model_exclude_none=True)
async def get_settings(stored: Stored) -> SettingsOut:
    """All settings."""
    return SettingsOut.model_validate(stored.get())


@routes.put("/settings", permission="settings:write", response_model=SettingsChangedOut)
async def update_settings(body: SettingsIn, stored: Stored) -> SettingsChangedOut:
    """Change some fields; the answer names exactly those that were sent."""
    changes = body.changes()
    stored.change(changes)
    return SettingsChangedOut(updated_fields=changed_fields(changes))


@routes.get("/activity", permission="models:read", response_model=ActivitiesOut)
async def list_activities(
    log: Log,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    type: Kind | None = None,
    since: datetime | None = None,
) -> ActivitiesOut:
    """What happened to files and models, newest first."""
    moment = since.replace(tzinfo=UTC) if since and since.tzinfo is None else since
    entries = log.newest(type, moment, limit)
    return ActivitiesOut(
        activities=[ActivityOut.of(entry) for entry in entries], total=log.count(type, moment), limit=limit
    )
