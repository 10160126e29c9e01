"""One person with very many activities: nothing outgrows a row, the timeline is whole, the next event is welcome."""

from datetime import timedelta

import pytest

from shared.activities.service import MOST_AT_ONCE, activity_service
from tests.builders.activities import an_activity
from tests.faults.world import World, a_read, noon

MOST_ROW = 400 * 1024


@pytest.mark.parametrize("count", [800, pytest.param(9_960, marks=[pytest.mark.slow, pytest.mark.timeout(300)])])
def test_a_timeline_of_thousands_is_whole(world: World, count: int) -> None:
    """Every file and every mail is another one: the worst that a behaviour document can meet."""
    events = [
        an_activity(at=noon(3) + timedelta(seconds=5 * n), details=details(n), event_id=f"hot-{n:05d}")
        for n in range(count)
    ]
    for start in range(0, count, MOST_AT_ONCE):
        activity_service().ingest(events[start : start + MOST_AT_ONCE])

    last = a_read()
    assert world.send(last).status == 200
    shown = world.ask("insiders", "/api/users/U901/activities", days=30).body

    expected = [last.event_id, *(event.event_id for event in reversed(events))]
    assert [one["event_id"] for one in shown] == expected
    assert world.ask("dashboard", "/api/dashboard/stats").status == 200
    (state,) = [row for row in world.stored().insiders if row["pk"] == "SUBJECT#U901" and row["sk"] == "STATE"]
    assert len(state["doc"]) + len(state["track"]) < MOST_ROW / 2
    assert world.problems() == []


def details(n: int) -> dict[str, object]:
    return {
        "file_path": f"/projects/{n % 97}/file_{n}.txt",
        "action": "read",
        "size_mb": 0.1 + n % 7,
        "sensitive": False,
    }
