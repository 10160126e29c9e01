"""Counting what the request log says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from shared.core.clock import Clock, utc_now
from shared.core.logging import logger
from shared.traffic.delivery import Delivery, Line
from shared.traffic.model import Counts
from shared.traffic.repository import (
    RECENT_MINUTES,
    UPTIME_DAYS,
    TrafficRepository,
    day_of,
    minute_of,
    traffic_repository,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of a delivery. `repeated`: it had been counted before, and nothing changed."""

    requests: int
    skipped: int
    repeated: bool


class TrafficService:
    """Deliveries of the request log into counts."""

    def __init__(self, repository: TrafficRepository, clock: Clock) -> None:
        self._repository, self._clock = repository, clock

    def count(self, delivery: Delivery) -> Counted:
        """Count every line once, however often the delivery comes."""
        if delivery.skipped:
            logger().warning("lines skipped", extra={"batch": delivery.batch_id, "lines": delivery.skipped})
        if not delivery.lines:
            return Counted(0, delivery.skipped, False)
        now = self._clock()
        minutes, days = by_minute(delivery.lines, now), by_day(delivery.lines, now)
        fresh = self._repository.add(delivery.batch_id, delivery.stream, minutes, days, now)
        return Counted(len(delivery.lines), delivery.skipped, not fresh)


def by_minute(lines: Iterable[Line], now: datetime) -> dict[str, Counts]:
    """Counts by minute, of the minutes that figures still ask for: a transaction has room for a hundred rows."""
    oldest = minute_of(now - timedelta(minutes=RECENT_MINUTES - 1))
    return _summed(((minute_of(min(line.at, now)), line.counts) for line in lines), oldest)


def by_day(lines: Iterable[Line], now: datetime) -> dict[str, Counts]:
    """Counts by UTC day, of the days that figures still ask for."""
    oldest = day_of(now - timedelta(days=UPTIME_DAYS - 1))
    return _summed(((day_of(min(line.at, now)), line.counts) for line in lines), oldest)


def _summed(counts: Iterable[tuple[str, Counts]], oldest: str) -> dict[str, Counts]:
    """A line from a clock that runs ahead has been moved to now by the caller, so that no time lies in the future."""
    sums: dict[str, Counts] = {}
    for at, one in counts:
        if at >= oldest:
            sums[at] = sums.get(at, Counts()) + one
    return sums


@cache
def traffic_service() -> TrafficService:
    """The service of this process."""
    return TrafficService(traffic_repository(), utc_now)
