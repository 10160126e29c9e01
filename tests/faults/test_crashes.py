"""A function that dies at any of its AWS calls leaves nothing half done that its caller or stream does not mend."""

from collections.abc import Callable

import pytest

from tests.faults import operations
from tests.faults.sweep import Operation, sweep
from tests.faults.world import World

# How many crash points each operation had when it was written: fewer would be a test that has gone blind.
FEWEST: dict[Callable[[World], Operation], int] = {
    operations.quiet_ingest: 6,
    operations.days_first_event: 6,
    operations.raising_ingest: 10,
    operations.repeating_ingest: 8,
    operations.late_event: 6,
    operations.trigger: 10,
    operations.create: 6,
    operations.move: 4,
    operations.resolve: 6,
    operations.view: 4,
    operations.connect: 6,
    operations.disconnect: 2,
    operations.project: 2,
    operations.build: 6,
    operations.fan_out: 20,
}


@pytest.mark.parametrize("make", FEWEST, ids=lambda make: make.__name__)
def test_dying_at_any_call_is_mended(
    world: World, make: Callable[[World], Operation], crash_points: dict[str, int]
) -> None:
    swept = sweep(make(world))

    crash_points[make.__name__] = swept.cases
    assert swept.failures == []
    assert swept.cases == 2 * len(swept.calls)
    assert swept.cases >= FEWEST[make], swept.calls
