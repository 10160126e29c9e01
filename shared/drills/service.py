"""Drills: made-up activities through the real pipeline, marked synthetic (seed 004's trigger and simulate)."""

import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from shared.activities.model import Activity
from shared.activities.repository import ActivityRepository, activity_of, activity_repository
from shared.activities.service import MOST_AT_ONCE, ActivityService, Ingested, activity_service
from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict
from shared.core.ids import derived_id, new_id
from shared.drills.scripts import SCRIPTS, AnomalyType, Draft, ordinary

HABITS = timedelta(days=14)
MOST_HABITS = 60


class DrillService:
    """Runs drills for one monitored person."""

    def __init__(self, activities: ActivityService, stored: ActivityRepository, now: Clock) -> None:
        self._activities, self._stored, self._now = activities, stored, now

    def trigger(self, subject_id: str, anomaly: AnomalyType, operation_id: str | None = None) -> tuple[Ingested, int]:
        """One anomaly, as one batch, so that it raises one alert of its own. The number of activities with it.

        The same `operation_id` again makes nothing new and gives the first answer.
        """
        made = _activities(subject_id, SCRIPTS[anomaly](self._now()), operation_id)
        return self._ingest(made, operation_id, raises_own_alert=True), len(made)

    def simulate(self, subject_id: str, count: int, operation_id: str | None = None) -> Ingested:
        """`count` ordinary activities, at least one, taken from what the person did in the last two weeks.

        The same `operation_id` again makes only what its first run did not get to.
        """
        now = self._now()
        recent = self._stored.list_since(subject_id, now - HABITS, MOST_HABITS)
        habits = [activity for activity in recent if not activity.synthetic]
        made = _activities(subject_id, ordinary(now, count, random.Random(), habits), operation_id)
        batches = [made[start : start + MOST_AT_ONCE] for start in range(0, len(made), MOST_AT_ONCE)]
        return [self._ingest(batch, operation_id) for batch in batches][-1]

    def _ingest(self, made: list[Activity], operation_id: str | None, **how: bool) -> Ingested:
        """One batch. A repeated operation finds its events stored, with the times of the first run: those are sent."""
        if operation_id is None:
            return self._activities.ingest(made, **how)
        try:
            return self._activities.ingest(self._as_stored(made), **how)
        except Conflict:
            # The first run, thought dead, stored its events in this very moment.
            return self._activities.ingest(self._as_stored(made), **how)

    def _as_stored(self, made: list[Activity]) -> list[Activity]:
        stored = self._stored.stored([activity.event_id for activity in made])
        return [
            activity_of(stored[activity.event_id]) if activity.event_id in stored else activity for activity in made
        ]


def _activities(subject_id: str, drafts: Sequence[Draft], operation_id: str | None) -> list[Activity]:
    return [
        Activity(
            event_id=derived_id("drill", operation_id, str(position)) if operation_id else new_id("drill"),
            subject_id=subject_id,
            activity_type=draft.activity_type,
            at=draft.at,
            details=draft.details,
            ip_address=draft.ip_address,
            device_id=draft.device_id,
            synthetic=True,
        )
        for position, draft in enumerate(drafts)
    ]


@cache
def drill_service() -> DrillService:
    """The service of this process."""
    return DrillService(activity_service(), activity_repository(), utc_now)
