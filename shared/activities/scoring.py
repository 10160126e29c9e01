"""From new activities to a person's score: behaviour applied, the moved days scored again, risk added up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shared.activities.model import Activity
from shared.activities.repository import Remembered
from shared.baselines.repository import BaselineRepository
from shared.behaviour.state import BehaviourState, day_number
from shared.core.clock import Clock
from shared.subjects.model import Subject
from shared.subjects.repository import Watched
from shared.threats.risk import current_risk

if TYPE_CHECKING:
    from shared.threats.model import Explanation, Score
    from shared.threats.scoring import Detector

# A late event moves the scores of the days after it as far as the detector's longest window looks back.
RESCORED_DAYS = 21
KEPT_DAYS = 64
# Younger than this, the score is told as of now; older (a replay of history), as of the person's newest activity.
LIVE = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Scored:
    """A person after new activities.

    `its` is the person's score at `seen_at`, `worst` the most suspicious of the days that the activities touched and
    `threat` that day's own score. `rose` says whether the person's score is higher than before.
    """

    subject: Subject
    state: BehaviourState
    day_scores: Mapping[date, float]
    its: float
    rose: bool
    worst: date
    threat: float
    anomalies: tuple[str, ...]
    seen_at: datetime
    last_at: datetime

    @property
    def alarming(self) -> float:
        """The score that an alert is judged by: late events can make a day bad that has decayed by now."""
        return max(self.its, self.threat) if self.rose else self.threat


class Scorer:
    """Scores with the detector and the baselines of this deployment."""

    def __init__(self, detector: "Callable[[], Detector]", baselines: BaselineRepository, now: Clock) -> None:
        self._detector, self._baselines, self._now = detector, baselines, now

    def score(self, before: Remembered, activities: Sequence[Activity]) -> Scored:
        """The person's state and score with the new activities in it. Depends on the set of events, not their order."""
        subject = before.watched.subject
        state = BehaviourState.from_bytes(before.behaviour) if before.behaviour else BehaviourState.for_subject(subject)
        for activity in activities:
            state.apply(activity)
        touched = {activity.at.date() for activity in activities}
        last_at = max([activity.at for activity in activities] + ([before.last_at] if before.last_at else []))
        moved = self._rescore(state, subject, min(touched), last_at.date())
        day_scores = _newest({**before.watched.day_scores, **{day: score.its for day, score in moved.items()}})
        worst = max(touched, key=lambda day: (moved[day].its if day in moved else 0.0, day))
        seen_at = self._seen_at(last_at)
        its = current_risk(day_scores, seen_at, before.watched.dismissed)
        return Scored(
            subject=subject,
            state=state,
            day_scores=day_scores,
            its=its,
            rose=its > before.watched.its(seen_at),
            worst=worst,
            threat=_unless_dismissed(moved[worst].its if worst in moved else 0.0, worst, before.watched),
            anomalies=moved[worst].anomalies if worst in moved else (),
            seen_at=seen_at,
            last_at=last_at,
        )

    def explain(self, scored: Scored) -> "Explanation":
        """Why the worst day scores what it scores."""
        return self._detector().explain(
            scored.state, scored.subject, scored.worst, self._baselines.newest_for(scored.worst)
        )

    def baseline_day(self, day: date) -> date | None:
        """Which baseline a day was scored with; None before the first one."""
        baseline = self._baselines.newest_for(day)
        return baseline.day if baseline else None

    def _rescore(self, state: BehaviourState, subject: Subject, first: date, last: date) -> "dict[date, Score]":
        """The scores of the days that the new activities can have moved, each with its own day's baseline."""
        detector, low = self._detector(), max(first, last - timedelta(days=RESCORED_DAYS))
        span = [low + timedelta(days=n) for n in range((last - low).days + 1)] + ([first] if first < low else [])
        days = [day for day in span if state.on(day_number(day)) is not None]
        return {day: detector.score(state, subject, day, self._baselines.newest_for(day)) for day in days}

    def _seen_at(self, last_at: datetime) -> datetime:
        now = self._now()
        return now if last_at > now - LIVE else last_at


def _unless_dismissed(its: float, day: date, watched: Watched) -> float:
    """A day whose alert was a false positive raises no second one."""
    return 0.0 if day in watched.dismissed else its


def _newest(day_scores: Mapping[date, float]) -> dict[date, float]:
    """The days that still matter; what is older has decayed to nothing."""
    last = max(day_scores, default=None)
    return {day: its for day, its in day_scores.items() if last is not None and day > last - timedelta(days=KEPT_DAYS)}
