"""The evidence of an alert, frozen when it is raised: which events, which figures, against which normal.

What an analyst sees a month later is what the detector saw, whatever has been learned since.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from shared.activities.model import Activity
from shared.activities.repository import ActivityRepository
from shared.activities.scoring import Scored
from shared.core.clock import iso_seconds
from shared.storage.attributes import to_doc

if TYPE_CHECKING:
    from datetime import date

    from shared.threats.model import Explanation

MOST_EVENTS = 100


def freeze(
    scored: Scored,
    explanation: "Explanation",
    baseline_day: "date | None",
    activities: Sequence[Activity],
    stored: ActivityRepository,
) -> dict[str, Any]:
    """The evidence document. `sha256` is over everything else in it, so that a later change shows."""
    evidence: dict[str, Any] = {
        "subject_id": scored.subject.subject_id,
        "day": scored.worst.isoformat(),
        "its": scored.alarming,
        "its_of_day": scored.threat,
        "seen_at": iso_seconds(scored.seen_at),
        "baseline_day": baseline_day.isoformat() if baseline_day else None,
        "anomalies": list(scored.anomalies),
        "explanation": asdict(explanation),
        "event_ids": _event_ids(scored, activities, stored),
    }
    return evidence | {"sha256": hashlib.sha256(to_doc(evidence).encode()).hexdigest()}


def _event_ids(scored: Scored, activities: Sequence[Activity], stored: ActivityRepository) -> list[str]:
    """The day's events, the new ones first: one bounded read, made only when there is something to tell."""
    begin = datetime.combine(scored.worst, time(), UTC)
    earlier = stored.list_between(scored.subject.subject_id, begin, begin + timedelta(days=1), MOST_EVENTS)
    ids = [activity.event_id for activity in (*activities, *earlier) if activity.at.date() == scored.worst]
    return list(dict.fromkeys(ids))[:MOST_EVENTS]
