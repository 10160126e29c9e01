"""The pipeline: activity -> behaviour -> score -> alert and incident -> announcement, committed as one transaction.

Ingest, drill and simulation all go through `ActivityService.ingest`; there is no second way in. What is stored is
stored together or not at all, so that a death between two writes leaves nothing half done, and a retried event
finds its own first answer.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from shared.activities.evidence import freeze
from shared.activities.model import Activity
from shared.activities.repository import (
    ActivityRepository,
    Remembered,
    activity_of,
    activity_repository,
    event_put,
    figures_update,
    state_put,
)
from shared.activities.scoring import Scored, Scorer
from shared.baselines.repository import baseline_repository
from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, NotFound, Unavailable
from shared.geography.repository import track_after, travel_puts
from shared.graph.repository import edge_updates
from shared.incidents.alerts import AlertService, Plan, Sighting, alert_service
from shared.outbox.model import Announcement
from shared.storage.attributes import Item, from_doc
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import Write
from shared.subjects.repository import scores_update

if TYPE_CHECKING:
    from shared.threats.scoring import Detector

# One transaction holds 100 writes: an activity and its edge each, and about a dozen for the rest.
MOST_AT_ONCE = 40
ATTEMPTS = 60


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """The alert that an activity raised or repeated, with the score that did it (the alert keeps its highest)."""

    number: int
    its: float


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of some activities. `stored` counts the new ones; a repeated event keeps its first answer."""

    its: float
    alert: AlertAnswer | None
    stored: int


class ActivityService:
    """Takes in what monitored people do."""

    def __init__(
        self,
        rows: Store,
        activities: ActivityRepository,
        scorer: Scorer,
        alerts: AlertService,
        now: Clock,
        *,
        opens_days: bool = True,
    ) -> None:
        """`opens_days`: ask for the baseline of a day when it begins; a loader of history builds one at its end."""
        self._rows, self._activities = rows, activities
        self._scorer, self._alerts, self._now = scorer, alerts, now
        self._opens_days = opens_days

    def ingest(self, activities: Sequence[Activity], *, raises_own_alert: bool = False) -> Ingested:
        """Stores and scores at most 40 activities of one person. NotFound for a person nobody monitors.

        `raises_own_alert` is for a drill that somebody asked for: it never disappears in an alert that is there.
        """
        fresh = activities
        for attempt in range(ATTEMPTS):
            before = self._activities.remembered(activities[0].subject_id)
            if before is None:
                raise NotFound("User not found")
            try:
                return self._commit(before, fresh, raises_own_alert)
            except ConditionFailed:
                known = self._activities.stored([activity.event_id for activity in activities])
            _refuse_reuse(activities, known)
            fresh = [activity for activity in activities if activity.event_id not in known]
            if not fresh:
                return _first_answer(known[activities[-1].event_id])
            pause(attempt)
        raise Unavailable("This person's state is changing too fast; try again")

    def _commit(self, before: Remembered, activities: Sequence[Activity], raises_own_alert: bool) -> Ingested:
        began = time.perf_counter()
        scored = self._scorer.score(before, activities)
        plan = self._plan_alert(scored, activities, raises_own_alert)
        alert = AlertAnswer(plan.case.number, scored.alarming) if plan else None
        answer = Ingested(scored.its, alert, len(activities))
        track, travels = track_after(before.track, activities)
        milliseconds = 1000 * (time.perf_counter() - began)
        self._rows.transact(
            [
                state_put(before, scored.state.to_bytes(), track, scored.last_at),
                *(event_put(activity, asdict(answer)) for activity in activities),
                *_moved_scores(before, scored),
                *edge_updates(activities),
                *travel_puts(scored.subject, travels),
                _counted(activities, milliseconds),
                *self._day_opened(before, scored),
                *(plan.writes if plan else ()),
            ]
        )
        return answer

    def _plan_alert(self, scored: Scored, activities: Sequence[Activity], raises_own_alert: bool) -> Plan | None:
        moments = [activity.at for activity in activities]
        drill = all(activity.synthetic for activity in activities)
        seen = Sighting(scored.subject, scored.alarming, scored.anomalies, min(moments), max(moments), drill)

        def explain() -> tuple[str, Mapping[str, Any]]:
            explanation = self._scorer.explain(scored)
            baseline_day = self._scorer.baseline_day(scored.worst)
            return explanation.text, freeze(scored, explanation, baseline_day, activities, self._activities)

        return self._alerts.plan(seen, explain, self._now(), always_new=raises_own_alert)

    def _day_opened(self, before: Remembered, scored: Scored) -> list[Write]:
        """Asks for the day's baseline with a person's first activity of a day that has none yet."""
        day = scored.last_at.date()
        if (
            not self._opens_days
            or (before.last_at is not None and before.last_at.date() == day)
            or self._scorer.baseline_day(day) == day
        ):
            return []
        opened = Announcement(f"day-{day}", "platform", "day_opened", {"day": day.isoformat()}, self._now())
        return [opened.put()]


def _moved_scores(before: Remembered, scored: Scored) -> list[Write]:
    """Most events of a quiet day leave the score where it was: then the row that everybody lists stays untouched."""
    if scored.day_scores == before.watched.day_scores:
        return []
    return [scores_update(scored.subject.subject_id, scored.day_scores)]


def _counted(activities: Sequence[Activity], milliseconds: float) -> Write:
    """Drills are activities too, but the time they took is no measurement of real detection."""
    real = not any(activity.synthetic for activity in activities)
    return figures_update(activities[0].subject_id, len(activities), int(real), milliseconds if real else 0.0)


def _refuse_reuse(activities: Sequence[Activity], known: Mapping[str, Item]) -> None:
    """An event id is one event: another person's or another time's under the same id would be lost in silence."""
    for activity in activities:
        row = known.get(activity.event_id)
        if row is None:
            continue
        first = activity_of(row)
        if (first.subject_id, first.activity_type, first.at) != (
            activity.subject_id,
            activity.activity_type,
            activity.at,
        ):
            raise Conflict(f"event_id {activity.event_id} was used for another activity")


def _first_answer(row: Item) -> Ingested:
    answer = from_doc(row["answer"])
    alert = AlertAnswer(**answer["alert"]) if answer["alert"] else None
    return Ingested(answer["its"], alert, stored=0)


@cache
def detector() -> "Detector":
    """The detector of this process: loaded with the first activity, checked against its manifest."""
    from shared.core.settings import settings
    from shared.threats.scoring import Detector

    return Detector.load(settings().models_path / "insiders")


def pipeline(*, opens_days: bool = True) -> ActivityService:
    """The pipeline, wired."""
    scorer = Scorer(detector, baseline_repository(), utc_now)
    return ActivityService(store(), activity_repository(), scorer, alert_service(), utc_now, opens_days=opens_days)


@cache
def activity_service() -> ActivityService:
    """The service of this process."""
    return pipeline()
