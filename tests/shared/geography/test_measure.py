"""Distances and time in words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.geography.measure import Point, ago, distance_km

NOW = datetime(2024, 11, 14, 10, 30, tzinfo=UTC)
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
PARIS, LONDON, NEW_YORK, REYKJAVIK = (48.857, 2.352), (51.507, -0.128), (40.713, -74.006), (64.147, -21.943)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [(PARIS, LONDON, 344), (NEW_YORK, REYKJAVIK, 4_200), (PARIS, PARIS, 0), ((0.0, 0.0), (0.0, 180.0), 20_015)],
)
def test_known_distances(one: Point, other: Point, km: float) -> None:
    assert distance_km(one, other) == pytest.approx(km, rel=0.01, abs=0.1)


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_bounded(one: Point, other: Point) -> None:
    assert distance_km(one, other) == pytest.approx(distance_km(other, one), abs=1e-6)
    assert 0 <= distance_km(one, other) <= 20_016


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(minutes=60), "1 hour ago"),
        (timedelta(days=3, hours=5), "3 days ago"),
    ],
)
def test_time_is_told_in_whole_units(back: timedelta, words: str) -> None:
    assert ago(NOW - back, NOW) == words
