"""What an analyst asks about one person: score, trend, habits, open findings. Read by key, never by a scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from shared.activities.repository import ActivityRepository, activity_repository
from shared.behaviour.quantities import INDEX
from shared.behaviour.state import BehaviourState, day_number
from shared.core.clock import Clock, utc_now
from shared.core.errors import NotFound
from shared.incidents.model import Case
from shared.incidents.repository import CaseRepository, case_repository
from shared.subjects.repository import Watched

DAYS = 30
WORKDAY = range(7, 19)  # the seed's office hours, UTC
NEWEST_CASES = 200


@dataclass(frozen=True, slots=True)
class Patterns:
    """Shares in percent over the last 30 days, of all activities, file accesses and e-mails; 0 where there are none."""

    off_hours_activity: float
    sensitive_file_access: float
    external_email_ratio: float


@dataclass(frozen=True, slots=True)
class Intelligence:
    """One person at a moment. `trend` has one score a day, oldest first, decayed as it was at the end of each day."""

    watched: Watched
    its: float
    trend: tuple[tuple[date, float], ...]
    patterns: Patterns
    anomalies: tuple[str, ...]


class IntelligenceService:
    """Looks a person up."""

    def __init__(self, activities: ActivityRepository, cases: CaseRepository, now: Clock) -> None:
        self._activities, self._cases, self._now = activities, cases, now

    def of_subject(self, subject_id: str) -> Intelligence:
        """NotFound for a person nobody monitors."""
        remembered, now = self._activities.remembered(subject_id), self._now()
        if remembered is None:
            raise NotFound("User not found")
        state = BehaviourState.from_bytes(remembered.behaviour) if remembered.behaviour else BehaviourState()
        watched = remembered.watched
        cases = [case for case in self._cases.list_newest(NEWEST_CASES) if case.subject_id == subject_id]
        return Intelligence(
            watched, watched.its(now), _trend(watched, now), _patterns(state, now.date()), _texts(cases)
        )


def _trend(watched: Watched, now: datetime) -> tuple[tuple[date, float], ...]:
    """From the first scored day of the last 30 on; at least today."""
    scored = [day for day in watched.day_scores if timedelta(0) <= now.date() - day < timedelta(days=DAYS)]
    first = min(scored, default=now.date())
    days = [first + timedelta(days=n) for n in range((now.date() - first).days + 1)]
    return tuple((day, watched.its(min(now, datetime.combine(day, time(23, 59, 59), UTC)))) for day in days)


def _patterns(state: BehaviourState, today: date) -> Patterns:
    days = [day for number, day in state.days.items() if day_number(today) - DAYS < number <= day_number(today)]
    total = {name: sum(day.counts[INDEX[name]] for day in days) for name in INDEX}
    off_hours = sum(amounts[0] for day in days for hour, amounts in day.hours.items() if hour not in WORKDAY)
    return Patterns(
        _percent(off_hours, total["events"]),
        _percent(total["sensitive"], total["files"]),
        _percent(total["external_mails"], total["mails"]),
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _texts(cases: Sequence[Case]) -> tuple[str, ...]:
    """What was found, newest first, each text once; resolved cases have been dealt with."""
    return tuple(dict.fromkeys(case.explanation for case in cases if case.status != "resolved"))[:10]


@cache
def intelligence_service() -> IntelligenceService:
    """The service of this process."""
    return IntelligenceService(activity_repository(), case_repository(), utc_now)
