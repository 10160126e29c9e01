"""What drills make people do."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from shared.drills.scripts import SCRIPTS, ordinary

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


def test_an_ordinary_day_has_as_many_activities_as_asked_for() -> None:
    now = MOMENTS[-1]

    drafts = ordinary(now, 30, random.Random(1))

    assert len(drafts) == 30
    assert all(now - timedelta(hours=2) < draft.at < now for draft in drafts)
