"""What drills make people do."""

import random
from datetime import UTC, datetime

import pytest

from shared.drills.scripts import SCRIPTS, ordinary
from tests.builders.activities import an_activity

MOMENTS = [datetime(2026, 11, 22, hour, minute, tzinfo=UTC) for hour in (0, 2, 6, 12, 23) for minute in (0, 1, 59)]


@pytest.mark.parametrize(("kind", "count"), [("data_exfiltration", 8), ("off_hours", 8), ("sabotage", 10)])
@pytest.mark.parametrize("now", MOMENTS)
def test_a_drill_is_one_day_s_story_and_never_in_the_future(kind: str, count: int, now: datetime) -> None:
    drafts = SCRIPTS[kind](now)

    moments = [draft.at for draft in drafts]
    assert len(drafts) == count
    assert moments == sorted(moments)
    assert max(moments) <= now
    assert len({moment.date() for moment in moments}) == 1


@pytest.mark.parametrize("now", MOMENTS)
def test_logons_at_night_are_at_night(now: datetime) -> None:
    assert all(draft.at.hour < 6 for draft in SCRIPTS["off_hours"](now))


@pytest.mark.parametrize(
    "now", [*MOMENTS, datetime(2026, 11, 25, 11, 0, tzinfo=UTC), datetime(2026, 11, 25, 9, 0, tzinfo=UTC)]
)
def test_an_ordinary_day_repeats_the_persons_habits_in_office_hours(now: datetime) -> None:
    habits = [an_activity(details={"file_path": f"/docs/{n}.md"}, device_id=f"laptop-{n}") for n in range(3)]

    drafts = ordinary(now, 30, random.Random(1), habits)

    assert len(drafts) == 30
    assert all(draft.at < now and draft.at.weekday() < 5 and 9 <= draft.at.hour < 17 for draft in drafts)
    assert {draft.device_id for draft in drafts} == {"laptop-0", "laptop-1", "laptop-2"}
    assert len({draft.at.date() for draft in drafts}) == 1


def test_somebody_without_habits_reads_a_file() -> None:
    assert {draft.activity_type for draft in ordinary(MOMENTS[-1], 5, random.Random(1), [])} == {"file_access"}
