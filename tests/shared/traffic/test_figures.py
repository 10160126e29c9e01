"""Figures from counted deliveries, with a clock of our own: the borders of minutes, hours, days and the month."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.core.aws import client
from shared.storage.schema import TRAFFIC
from shared.traffic.delivery import Delivery, Line, delivery_of
from shared.traffic.model import Counts, TrafficFigures
from shared.traffic.repository import SHARDS, TrafficRepository, traffic_repository
from shared.traffic.service import Counted, TrafficService
from tests.builders.logs import a_delivery, a_line, an_entry
from tests.faults.plan import FaultPlan, no_waiting

NOW = datetime(2026, 11, 22, 8, 4, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BATCHES = iter(range(10**9))


@pytest.fixture
def repository(tables: Any) -> TrafficRepository:
    return traffic_repository()


def record(at: datetime, counts: Counts, now: datetime | None = None) -> Counted:
    """Counted when it happened, unless the clock says something else."""
    batch = Delivery(f"{next(BATCHES):032x}", "stream", (Line(at, counts),), 0)
    return TrafficService(traffic_repository(), lambda: now or at).count(batch)


def test_nothing_recorded_means_nothing_failed(repository: TrafficRepository) -> None:
    assert repository.figures(NOW) == TrafficFigures(1.0, 0.0, 0.0, 0.0, 0.0)


def test_figures_of_an_hour(repository: TrafficRepository) -> None:
    record(NOW - 10 * MINUTE, Counts(3, 1, 30_000, 2, 1))
    record(NOW - 20 * MINUTE, Counts(1, 0, 50_000, 1, 0))

    figures = repository.figures(NOW)

    assert (figures.average_ms, figures.error_rate, figures.uptime) == (20.0, 0.25, 0.75)
    assert (figures.cache_hit_rate, figures.requests_per_minute) == (0.75, 0.0)


@pytest.mark.parametrize(
    ("ago", "counts"),
    [(0, False), (1, True), (5, True), (6, False)],
    ids=["the minute that is not over", "the last complete one", "the fifth", "the sixth"],
)
def test_the_rate_is_of_five_complete_minutes(repository: TrafficRepository, ago: int, counts: bool) -> None:
    record(NOW - ago * MINUTE, Counts(requests=10))

    assert repository.figures(NOW).requests_per_minute == (2.0 if counts else 0.0)


def test_a_minute_begins_with_its_first_second(repository: TrafficRepository) -> None:
    record(datetime(2026, 11, 22, 8, 4, 0, tzinfo=UTC), Counts(requests=5))
    record(datetime(2026, 11, 22, 8, 3, 59, 999_000, tzinfo=UTC), Counts(requests=10))

    assert repository.figures(datetime(2026, 11, 22, 8, 4, 0, tzinfo=UTC)).requests_per_minute == 2.0
    assert repository.figures(datetime(2026, 11, 22, 8, 4, 59, tzinfo=UTC)).requests_per_minute == 2.0
    assert repository.figures(datetime(2026, 11, 22, 8, 5, 0, tzinfo=UTC)).requests_per_minute == 3.0


@pytest.mark.parametrize(("ago", "counts"), [(0, True), (59, True), (60, False)])
def test_average_and_errors_are_of_sixty_minutes(repository: TrafficRepository, ago: int, counts: bool) -> None:
    record(NOW - ago * MINUTE, Counts(requests=2, errors=1, micros=8000))

    figures = repository.figures(NOW)

    assert (figures.average_ms, figures.error_rate) == ((4.0, 0.5) if counts else (0.0, 0.0))
    assert figures.uptime == 0.5


def test_the_hour_goes_across_midnight(repository: TrafficRepository) -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    record(midnight - MINUTE, Counts(requests=10, micros=10_000))
    record(midnight + MINUTE, Counts(requests=10, micros=30_000))

    figures = repository.figures(midnight + 2 * MINUTE)

    assert (figures.average_ms, figures.requests_per_minute) == (2.0, 4.0)


@pytest.mark.parametrize(
    ("day", "cached", "available"),
    [
        ("2026-11-22", 1.0, 0.0),
        ("2026-11-21", 1.0, 0.0),
        ("2026-11-20", 0.0, 0.0),
        ("2026-10-24", 0.0, 0.0),
        ("2026-10-23", 0.0, 1.0),
    ],
)
def test_days_are_utc_days(repository: TrafficRepository, day: str, cached: float, available: float) -> None:
    record(datetime.fromisoformat(f"{day}T00:00:00+00:00"), Counts(requests=1, errors=1, cache_hits=1))

    figures = repository.figures(NOW)

    assert (figures.cache_hit_rate, figures.uptime) == (cached, available)


def test_other_time_zones_ask_for_the_same_figures(repository: TrafficRepository) -> None:
    record(NOW - MINUTE, Counts(requests=5))
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-11)))

    assert repository.figures(elsewhere) == repository.figures(NOW)


def test_a_line_from_a_clock_that_runs_ahead_counts_now(repository: TrafficRepository) -> None:
    record(NOW + 3 * DAY, Counts(requests=1), now=NOW)

    assert {row["sk"][:10] for row in rows(repository) if row["pk"] in ("MINUTE", "DAY")} == {"2026-11-22"}
    assert repository.figures(NOW + MINUTE).requests_per_minute == 0.2


def test_a_delivery_of_any_age_is_one_transaction(repository: TrafficRepository) -> None:
    """DynamoDB takes a hundred writes; lines of a thousand minutes and days must not be refused for ever."""
    times = [NOW - at * MINUTE for at in range(1000)] + [NOW - at * DAY for at in range(1000)]
    batch = delivery_of(a_delivery(*(an_entry(at, a_line(503)) for at in times)))

    counted = TrafficService(repository, lambda: NOW).count(batch)

    assert counted == Counted(2000, 0, False)
    figures = repository.figures(NOW)
    assert (figures.uptime, figures.error_rate, figures.requests_per_minute) == (0.0, 1.0, 1.0)
    assert len(rows(repository)) == 1 + 60 + 30


def test_a_delivery_that_comes_again_counts_once(repository: TrafficRepository) -> None:
    event = a_delivery(*(an_entry(NOW - MINUTE, a_line()) for _ in range(10)))
    service = TrafficService(repository, lambda: NOW)

    answers = [service.count(delivery_of(event)).repeated for _ in range(3)]

    assert answers == [False, True, True]
    assert repository.figures(NOW).requests_per_minute == 2.0


@pytest.mark.parametrize("kind", ["throttle", "conflict", "lose_answer", "lose_request"])
def test_a_table_that_stumbles_counts_once(repository: TrafficRepository, kind: str) -> None:
    batch = delivery_of(a_delivery(*(an_entry(NOW - MINUTE, a_line()) for _ in range(10))))

    with no_waiting(), FaultPlan(3).add(kind, "TransactWriteItems", first=3):
        TrafficService(repository, lambda: NOW).count(batch)

    assert repository.figures(NOW).requests_per_minute == 2.0


def test_sixteen_deliveries_at_once_add_up(repository: TrafficRepository) -> None:
    """Each comes twice, as if both tries of the same event ran."""
    lines = [a_line(503 if n == 0 else 200, 1.5, cache_hits=1) for n in range(25)]
    batches = [
        delivery_of(a_delivery(*(an_entry(NOW - MINUTE, line) for line in lines), logStream=str(number % 6)))
        for number in range(16)
    ]
    service = TrafficService(repository, lambda: NOW)

    with ThreadPoolExecutor(32) as threads:
        repeated = [counted.repeated for counted in threads.map(service.count, batches * 2)]

    assert sorted(repeated) == [False] * 16 + [True] * 16
    assert repository.figures(NOW) == TrafficFigures(1 - 16 / 400, 1.5, 80.0, 16 / 400, 1.0)


def test_streams_spread_over_the_shards_and_one_stream_keeps_to_one(repository: TrafficRepository) -> None:
    service = TrafficService(repository, lambda: NOW)

    def shards(*streams: str) -> set[str]:
        for stream in streams:
            service.count(delivery_of(a_delivery(an_entry(NOW, a_line()), logStream=stream)))
        return {row["sk"].partition("#")[2] for row in rows(repository) if row["pk"] == "MINUTE"}

    assert len(shards(*["one"] * 20)) == 1
    assert len(shards(*(f"stream {number}" for number in range(100)))) == SHARDS
    assert repository.figures(NOW + MINUTE).requests_per_minute == 120 / 5


def test_figures_cost_two_queries_however_much_there_is(repository: TrafficRepository) -> None:
    for minute in range(90):
        for stream in range(4):
            batch = Delivery(f"{next(BATCHES):032x}", str(stream), (Line(NOW - minute * MINUTE, Counts(1)),), 0)
            TrafficService(repository, lambda: NOW).count(batch)

    with FaultPlan() as plan:
        figures = repository.figures(NOW)

    assert plan.count("Query") == len(plan.calls) == 2
    assert figures.requests_per_minute == 4


def test_every_row_expires(repository: TrafficRepository) -> None:
    record(NOW, Counts(requests=1))

    left = {row["pk"].partition("#")[0]: row["expires_at"] - int(NOW.timestamp()) for row in rows(repository)}
    assert left == {"BATCH": 2 * 3600, "MINUTE": 3 * 3600, "DAY": 90 * 86_400}


def rows(repository: TrafficRepository) -> list[dict[str, Any]]:
    from shared.core.settings import settings
    from shared.storage.attributes import from_item

    found = client("dynamodb").scan(TableName=settings().table_prefix + TRAFFIC.name)
    return [from_item(item) for item in found["Items"]]
