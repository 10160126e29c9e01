"""The demonstration's people, their history and the story."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise

import pytest

from infra.local.demonstration_data import history, people, sample_story
from infra.local.demonstration_story import THIEF
from shared.activities.model import ACTIVITY_TYPES, Activity
from shared.geography.places import sighting_of
from shared.geography.track import Track

THURSDAY = datetime(2024, 11, 14, 10, 30, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2024, 11, 17, 0, 5, tzinfo=UTC)
MOMENTS = pytest.mark.parametrize("now", [THURSDAY, SUNDAY_NIGHT, datetime(2025, 1, 1, 23, tzinfo=UTC)])


def everything(now: datetime) -> list[Activity]:
    """All activities of a history."""
    return list(chain.from_iterable(history(now).values()))


def test_the_people_are_those_of_the_seed_and_their_colleagues() -> None:
    found = people()

    assert [(p.subject_id, p.name, p.email, p.role, p.department) for p in found[:3]] == [
        ("U001", "Abhinav P V", "abhinav.pv@example.com", "Developer", "Engineering"),
        ("U002", "Abhinav Gadde", "abhinav.gadde@example.com", "Developer", "Engineering"),
        ("U003", "Indushree", "indushree@example.com", "Developer", "Engineering"),
    ]
    assert [p.subject_id for p in found] == [f"U{number:03d}" for number in range(1, 51)]
    assert len({p.email for p in found}) == 50
    assert {p.role for p in found} == {"Developer", "HR", "Finance", "Manager", "Sales"}


def test_everybody_but_the_head_has_a_manager_who_is_one() -> None:
    roles = {person.subject_id: person.role for person in people()}

    assert [p.subject_id for p in people() if p.manager_id is None] == ["U010"]
    assert {roles[p.manager_id] for p in people() if p.manager_id} == {"Manager"}


@MOMENTS
def test_fourteen_working_days_of_eight_to_twelve_activities(now: datetime) -> None:
    whole = Counter((a.subject_id, a.at.date()) for a in everything(now) if a.at.date() < now.date())
    days = {day for _, day in whole}

    assert len(whole) == 50 * 14
    assert all(day.weekday() < 5 for day in days)
    assert set(whole.values()) <= set(range(8, 13))
    assert sum(whole.values()) / len(whole) == pytest.approx(10, abs=0.3)


@MOMENTS
def test_nothing_lies_in_the_future_and_all_is_in_order(now: datetime) -> None:
    for activities in history(now).values():
        assert all(a.at <= b.at for a, b in pairwise(activities))
        assert activities[-1].at <= now
        assert {a.activity_type for a in activities} == set(ACTIVITY_TYPES)


def test_ids_are_unique_and_stable_from_day_to_day() -> None:
    today = {a.event_id: a for a in everything(THURSDAY)}
    tomorrow = {a.event_id: a for a in everything(THURSDAY + timedelta(days=1))}

    assert len(today) == len(everything(THURSDAY))
    assert all(event_id.startswith("demo-") for event_id in today)
    assert everything(THURSDAY) == everything(THURSDAY)
    shared = today.keys() & tomorrow.keys()
    assert len(shared) > 6000
    assert all(today[event_id] == tomorrow[event_id] for event_id in shared)


def test_the_first_person_works_in_ordinary_hours() -> None:
    assert all(7 <= a.at.hour < 19 for a in history(THURSDAY)["U001"])


def test_hard_negatives_are_there_and_no_travel_is_impossible() -> None:
    found = everything(THURSDAY)
    tracks: dict[str, Track] = {}

    assert any(a.at.hour >= 19 for a in found)
    assert any(a.details.get("destination") == "removable" for a in found)
    assert any(a.details.get("recipients") == 40 for a in found)
    assert any(a.details.get("location") == "Berlin, Germany" for a in found)
    for activity in found:
        sighting = sighting_of(activity)
        if sighting:
            tracks[activity.subject_id], anomalies = tracks.get(activity.subject_id, Track()).insert(sighting)
            assert anomalies == []


@MOMENTS
def test_the_story_is_a_past_theft_by_one_of_two_people(now: datetime) -> None:
    story = sample_story(now)
    night = [a for a in story if a.event_id.startswith("demo-story-")]

    assert 100 <= len(story) <= 130
    assert len({a.event_id for a in story}) == len(story)
    assert len({a.subject_id for a in story}) == 2
    assert {a.subject_id for a in night} == {THIEF}
    assert {a.at.date() for a in night} == {now.date() - timedelta(days=1)}
    assert sum(a.details.get("destination") == "removable" for a in night) > 20
    assert sum(bool(a.details.get("external")) for a in night) > 5
    assert story == sorted(story, key=lambda a: a.at)
    assert story[-1].at < now


def test_the_storys_day_repeats_the_history() -> None:
    known = {a.event_id: a for a in everything(THURSDAY)}
    day = [a for a in sample_story(THURSDAY) if not a.event_id.startswith("demo-story-")]

    assert day
    assert all(known[a.event_id] == a for a in day)
    assert {a.at.date() for a in day} == {date(2024, 11, 13)}
