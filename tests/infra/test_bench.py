"""The promises of the bench that do not need a clock: what a route reads does not grow with what happened."""

from pathlib import Path
from typing import Any

import pytest

from infra.bench.__main__ import options_of
from infra.bench.budget import Counted, counted
from infra.bench.calls import calls, is_aside
from infra.bench.filling import Order, fill
from infra.bench.measure import interleaved, percentile
from infra.bench.population import history, people
from infra.bench.read_budget import read_budget
from infra.bench.report import Row, Section, markdown
from infra.routes import routes
from shared.activities.repository import activity_repository
from shared.core.clock import utc_now
from shared.core.settings import settings
from shared.storage.schema import INSIDERS
from shared.subjects.repository import subject_repository

SMALL, LARGE = 50, 250


@pytest.fixture(scope="module")
def sizes() -> tuple[dict[str, Counted], dict[str, Counted]]:
    """Every route, called with little and with five times as much history behind it."""
    return counted(SMALL), counted(LARGE)


def test_every_route_has_a_call() -> None:
    names = {f"{route.method} {route.path}" for route in routes()}

    assert {call.name for _, call in calls()} == {name for name in names if not is_aside(name)}


def test_no_route_scans_or_throws_read_items_away(sizes: tuple[dict[str, Counted], dict[str, Counted]]) -> None:
    assert {name: one.spent.faults for size in sizes for name, one in size.items() if one.spent.faults} == {}


def test_more_history_costs_no_route_more_calls_or_items(sizes: tuple[dict[str, Counted], dict[str, Counted]]) -> None:
    small, large = ({name: _spent(one) for name, one in size.items() if not one.call.grows} for size in sizes)

    assert large == small


def test_a_timeline_reads_one_item_per_returned_activity(sizes: tuple[dict[str, Counted], dict[str, Counted]]) -> None:
    for size in sizes:
        timeline = size["GET /api/users/{user_id}/activities"]

        assert timeline.spent.items == timeline.rows + 1  # the person
        assert timeline.spent.calls == 2


def test_the_guard_notices_a_scan_and_a_filter(tables: Any) -> None:
    name = settings().table_prefix + INSIDERS.name

    with read_budget(tables) as spent:
        tables.scan(TableName=name, FilterExpression="attribute_exists(pk)")

    assert spent.faults == ["Scan", f"FilterExpression on {name}"]


def test_the_guard_counts_until_its_block_ends(tables: Any) -> None:
    with read_budget(tables) as spent:
        subject_repository().add(people()[0])
        subject_repository().list_all()
    subject_repository().list_all()

    assert (spent.calls, spent.items, spent.writes) == (2, 1, 1)


def test_filling_stores_a_slice_of_everybodys_history(tables: Any) -> None:
    subject = people()[0]
    subject_repository().add(subject)

    assert fill(Order((subject.subject_id,), each=30, first=10, last=14), utc_now().date()) == 4
    assert activity_repository().figures().activities == 4


def test_a_history_lies_before_today_in_order_and_under_ids_of_its_own() -> None:
    today = utc_now().date()
    activities = history(people()[0], 500, today)

    assert len({activity.event_id for activity in activities}) == 500
    assert activities == sorted(activities, key=lambda activity: activity.at)
    assert (today - activities[0].at.date()).days == 60
    assert activities[-1].at.date() < today


def test_every_target_is_measured_once_a_round_after_the_warm_up() -> None:
    seen: list[str] = []
    targets = {name: lambda name=name: float(bool(seen.append(name))) for name in "ab"}

    samples = interleaved(targets, rounds=3)

    assert seen == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert samples == {"a": [0.0] * 3, "b": [0.0] * 3}


def test_percentiles_are_measured_values() -> None:
    values = [float(n) for n in range(100)]

    assert (percentile(values, 0.5), percentile(values, 0.99), percentile([7.0], 0.99)) == (50.0, 99.0, 7.0)


def test_a_missed_goal_is_printed_twice_and_never_left_out() -> None:
    section = Section("Speed", "By hand.", [Row.at_most("good", 1.0, 1.3), Row.at_most("bad", 1.4, 1.3)])

    text = markdown([section], ["a machine"])

    assert "**1 of 2 goals met.**" in text
    assert "- Speed: bad: 1.40, goal <= 1.30" in text
    assert "| bad | 1.40 | <= 1.30 | **MISSED** |" in text


def test_the_size_of_the_large_platform_is_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_BENCH_EVENTS", "5000")

    assert options_of([]).events == 5000
    assert options_of(["--events", "9000", "--only", "budget", "--out", "x.md"]).out == Path("x.md")
    with pytest.raises(SystemExit):
        options_of(["--events", "10"])


def _spent(one: Counted) -> tuple[int, int]:
    return one.spent.calls, one.spent.items
