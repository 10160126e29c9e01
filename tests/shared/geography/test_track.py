"""Tracks: bounded, serialisable, independent of the order of arrival."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.geography.model import Place, Sighting
from shared.geography.track import KEPT, Track

NOON = datetime(2024, 11, 14, 12, tzinfo=UTC)
PARIS = Place("Paris", 48.86, 2.35, 50.0, "FR", "location")
TOKYO = Place("Tokyo", 35.69, 139.69, 50.0, "JP", "location")


def seen(name: str, minutes: float, place: Place | None, flagged: bool = False) -> Sighting:
    """A sighting so many minutes after noon."""
    return Sighting(name, "U001", NOON + timedelta(minutes=minutes), place, flagged=flagged)


SIGHTINGS = st.lists(
    st.builds(seen, st.text(max_size=4), st.integers(0, 300), st.sampled_from([PARIS, TOKYO, None]), st.booleans()),
    max_size=40,
    unique_by=lambda sighting: sighting.event_id,
)


def filled(*sightings: Sighting) -> Track:
    """A track after these arrivals."""
    track = Track()
    for sighting in sightings:
        track, _ = track.insert(sighting)
    return track


@given(SIGHTINGS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_track_does_not_depend_on_the_order_of_arrival(sightings: list[Sighting], random: st.DataObject) -> None:
    shuffled = [*sightings, *sightings[:5]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert filled(*shuffled) == filled(*sightings)
    assert filled(*sightings).sightings == tuple(sorted(sightings, key=lambda s: s.order)[-KEPT:])


@given(SIGHTINGS)
@settings(deadline=None)
def test_a_track_survives_storage(sightings: list[Sighting]) -> None:
    track = filled(*sightings)

    assert Track.from_doc(json.loads(json.dumps(track.to_doc(), allow_nan=False))) == track


def test_a_late_sighting_is_compared_with_both_neighbours() -> None:
    track = filled(seen("a", 0, PARIS), seen("c", 60, PARIS))

    _, anomalies = track.insert(seen("b", 30, TOKYO))

    assert [(a.earlier and a.earlier.event_id, a.later.event_id) for a in anomalies] == [("a", "b"), ("b", "c")]


def test_neighbours_without_a_place_are_passed() -> None:
    track = filled(seen("a", 0, PARIS), seen("b", 5, None, flagged=True))

    _, anomalies = track.insert(seen("c", 30, TOKYO))

    assert [a.earlier and a.earlier.event_id for a in anomalies] == ["a"]


def test_a_known_event_changes_nothing() -> None:
    track = filled(seen("a", 0, PARIS), seen("b", 10, TOKYO))

    assert track.insert(seen("b", 10, TOKYO)) == (track, [])


def test_older_than_a_full_track_is_not_kept_but_its_flag_is_told() -> None:
    track = filled(*(seen(f"e{n}", n, PARIS) for n in range(KEPT)))

    same, anomalies = track.insert(seen("late", -5, TOKYO, flagged=True))

    assert same == track
    assert [anomaly.kind for anomaly in anomalies] == ["flagged_by_source"]
    assert track.insert(seen("late", -5, TOKYO)) == (track, [])


def test_an_item_stays_small() -> None:
    track = filled(*(seen(f"event-{n:032}", n, PARIS) for n in range(60)))

    assert len(track.sightings) == KEPT
    assert len(json.dumps(track.to_doc())) < 10_000
