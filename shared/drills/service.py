"""Drills: made-up activities through the real pipeline, marked synthetic (seed 004's trigger and simulate)."""

import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from shared.activities.model import Activity
from shared.activities.repository import ActivityRepository, activity_repository
from shared.activities.service import MOST_AT_ONCE, ActivityService, Ingested, activity_service
from shared.core.clock import Clock, utc_now
from shared.core.ids import new_id
from shared.drills.scripts import SCRIPTS, AnomalyType, Draft, ordinary

HABITS = timedelta(days=14)
MOST_HABITS = 60


class DrillService:
    """Runs drills for one monitored person."""

    def __init__(self, activities: ActivityService, stored: ActivityRepository, now: Clock) -> None:
        self._activities, self._stored, self._now = activities, stored, now

    def trigger(self, subject_id: str, anomaly: AnomalyType) -> tuple[Ingested, int]:
        """One anomaly, as one batch, so that it raises one alert of its own. The number of activities with it."""
        made = _activities(subject_id, SCRIPTS[anomaly](self._now()))
        return self._activities.ingest(made, raises_own_alert=True), len(made)

    def simulate(self, subject_id: str, count: int) -> Ingested:
        """`count` ordinary activities, at least one, taken from what the person did in the last two weeks."""
        now = self._now()
        recent = self._stored.list_since(subject_id, now - HABITS, MOST_HABITS)
        habits = [activity for activity in recent if not activity.synthetic]
        made = _activities(subject_id, ordinary(now, count, random.Random(), habits))
        batches = [made[start : start + MOST_AT_ONCE] for start in range(0, len(made), MOST_AT_ONCE)]
        return [self._activities.ingest(batch) for batch in batches][-1]


def _activities(subject_id: str, drafts: Sequence[Draft]) -> list[Activity]:
    return [
        Activity(
            event_id=new_id("drill"),
            subject_id=subject_id,
            activity_type=draft.activity_type,
            at=draft.at,
            details=draft.details,
            ip_address=draft.ip_address,
            device_id=draft.device_id,
            synthetic=True,
        )
        for draft in drafts
    ]


@cache
def drill_service() -> DrillService:
    """The service of this process."""
    return DrillService(activity_service(), activity_repository(), utc_now)
