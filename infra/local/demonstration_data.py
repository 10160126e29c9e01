"""The demonstration: fifty invented people, fourteen working days of their office life, and one story to replay.

Pure and seeded: the same date gives the same people, events and ids. Nobody in the history is malicious; its odd days
(overtime, travel, a newsletter) are harmless. The theft is in `sample_story`, which only `make demo` sends.
"""

from datetime import UTC, datetime, time

from infra.local.demonstration_days import day_of, desk_of, working_days
from infra.local.demonstration_people import people
from infra.local.demonstration_story import sample_story
from shared.activities.model import Activity

__all__ = ["history", "people", "sample_story"]


def history(now: datetime) -> dict[str, list[Activity]]:
    """Each person's activities of the last fourteen whole working days, and of this morning if today is one.

    Nothing lies after `now`. In time order.
    """
    days = working_days(now.astimezone(UTC).date())
    noon = datetime.combine(now.astimezone(UTC).date(), time(12), UTC)
    end = min(now, noon)
    found = {}
    for subject in people():
        desk = desk_of(subject)
        found[subject.subject_id] = [activity for day in days for activity in day_of(desk, day) if activity.at <= end]
    return found
