"""Impossible travel, its gates and its risk."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from shared.activities.model import Activity
from shared.geography.model import Sighting
from shared.geography.places import sighting_of
from shared.geography.travel import judge, travel_anomaly

NOON = datetime(2024, 11, 14, 12, tzinfo=UTC)


def seen(minutes: float, location: str, ip: str | None = None, device: str | None = None, **details: Any) -> Sighting:
    """A logon so many minutes after noon."""
    details = {"location": location, **details}
    at = NOON + timedelta(minutes=minutes)
    found = sighting_of(Activity(f"e{minutes}", "U002", "logon", at, details, ip, device))
    assert found is not None
    return found


def test_new_york_and_reykjavik_in_25_minutes_is_impossible() -> None:
    anomaly = travel_anomaly(
        seen(0, "New York, USA", "198.51.100.7", "laptop-1"),
        seen(25, "Reykjavik x1f, Iceland", "203.0.113.9", "laptop-2"),
    )

    assert anomaly is not None
    assert anomaly.travel is not None
    assert (anomaly.location, anomaly.risk, anomaly.kind) == ("Reykjavik x1f, Iceland", "High", "impossible_travel")
    assert anomaly.travel.distance_km == pytest.approx(4_200, rel=0.01)
    assert anomaly.travel.minimum_distance_km == pytest.approx(anomaly.travel.distance_km - 100)
    assert anomaly.travel.speed_kmh == pytest.approx(anomaly.travel.minimum_distance_km * 60 / 25, rel=0.001)
    evidence = json.loads(json.dumps(anomaly.evidence(), allow_nan=False))
    assert evidence["earlier"]["device_id"] == "laptop-1"
    assert [gate["closed"] for gate in evidence["gates"]] == [False] * 7


def test_paris_and_london_in_two_hours_is_possible() -> None:
    verdict = judge(seen(0, "Paris, France"), seen(120, "London, UK"))

    assert verdict.anomaly is None
    assert verdict.suppressed_by == ("possible_speed",)


@pytest.mark.parametrize(
    ("gate", "one", "other"),
    [
        ("same_address", ("New York, USA", "8.8.8.8"), ("Tokyo, Japan", "8.8.8.8")),
        ("same_country", ("Home", "8.8.8.8"), ("Boston, USA", None)),
        ("within_accuracy", ("Cologne, Germany", None), ("Bonn, Germany", None)),
        ("same_device_by_country", ("Home", "81.2.69.142", "pc"), ("Tokyo, Japan", None, "pc")),
        ("possible_speed", ("Paris, France", None), ("Berlin, Germany", None)),
        ("known_egress", ("Home", "81.2.69.142"), ("Tokyo, Japan", None)),
    ],
)
def test_each_gate_suppresses_by_name(gate: str, one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    egress = (ip_network("81.2.69.0/24"),) if gate == "known_egress" else ()
    verdict = judge(seen(0, *one), seen(70, *other), egress)

    assert verdict.anomaly is None
    assert gate in verdict.suppressed_by


def test_a_place_that_rests_on_a_private_address_is_not_believed() -> None:
    home = seen(0, "Home", "81.2.69.142")
    verdict = judge(replace(home, ip_address="192.168.1.7"), seen(10, "Tokyo, Japan"))

    assert verdict.suppressed_by == ("unlocatable_address",)


def test_one_private_address_in_two_cities_is_no_excuse() -> None:
    one, other = seen(0, "New York, USA", "192.168.1.100"), seen(25, "Tokyo, Japan", "192.168.1.100")

    assert judge(one, other).suppressed_by == ()


@pytest.mark.parametrize(
    ("risk", "one", "other", "minutes"),
    [
        ("High", ("New York, USA", None, "a"), ("Reykjavik, Iceland", None, "b"), 25),
        ("Medium", ("New York, USA", None, "a"), ("Reykjavik, Iceland", None, "b"), 240),
        ("Medium", ("New York, USA", None, "a"), ("Reykjavik, Iceland", None, "a"), 25),
        ("Low", ("New York, USA", None, "a"), ("Reykjavik, Iceland", None, "a"), 240),
        ("Medium", ("Home", "81.2.69.142", "a"), ("Tokyo, Japan", None, "b"), 25),
        ("Low", ("Home", "81.2.69.142", "a"), ("Tokyo, Japan", None, "b"), 500),
    ],
)
def test_risk_follows_speed_device_and_accuracy(
    risk: str, one: tuple[Any, ...], other: tuple[Any, ...], minutes: int
) -> None:
    anomaly = travel_anomaly(seen(0, *one), seen(minutes, *other))

    assert anomaly is not None
    assert anomaly.risk == risk


def test_a_flag_of_the_source_is_an_anomaly_by_itself() -> None:
    flagged = seen(0, "Office", geo_anomaly=True)

    alone = travel_anomaly(None, flagged)
    gated = judge(seen(-60, "Paris, France"), seen(60, "Paris, France", geo_anomaly=True))

    assert alone is not None
    assert (alone.risk, alone.kind, alone.location) == ("High", "flagged_by_source", "Unknown")
    assert gated.anomaly is not None
    assert gated.anomaly.risk == "High"
    assert "within_accuracy" in gated.suppressed_by


def test_flagged_and_impossible_is_critical() -> None:
    anomaly = travel_anomaly(seen(0, "New York, USA"), seen(25, "Reykjavik, Iceland", geo_anomaly=True))

    assert anomaly is not None
    assert (anomaly.risk, anomaly.kind) == ("Critical", "both")


def test_the_order_of_arguments_does_not_matter_and_one_moment_has_a_finite_speed() -> None:
    one, other = seen(0, "New York, USA"), replace(seen(0, "Tokyo, Japan"), event_id="z")

    assert judge(one, other) == judge(other, one)
    assert json.dumps(judge(one, other).anomaly.evidence(), allow_nan=False)  # type: ignore[union-attr]


def test_two_people_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="two subjects"):
        judge(seen(0, "Paris, France"), replace(seen(1, "Paris, France"), subject_id="U003"))


def test_only_logons_that_say_something_are_sightings() -> None:
    assert sighting_of(Activity("e", "U001", "email", NOON, {"location": "Paris, France"})) is None
    assert sighting_of(Activity("e", "U001", "logon", NOON, {"location": "Office"}, "192.168.1.5")) is None
    assert sighting_of(Activity("e", "U001", "logon", NOON, {"geo_anomaly": "no"})) is None
