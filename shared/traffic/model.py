"""What is counted of requests, and the figures that are made of it. Definitions: docs/traffic.md."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests of some time, and what became of them. `errors` are answers of 500 and above.

    `micros` is the time in microseconds that all answers took together: whole numbers add up without rounding.
    """

    requests: int = 0
    errors: int = 0
    micros: int = 0
    cache_hits: int = 0
    cache_misses: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.requests + other.requests,
            self.errors + other.errors,
            self.micros + other.micros,
            self.cache_hits + other.cache_hits,
            self.cache_misses + other.cache_misses,
        )


def total(counts: Iterable[Counts]) -> Counts:
    """The sum; all zero for nothing."""
    return sum(counts, Counts())


@dataclass(frozen=True, slots=True)
class TrafficFigures:
    """Fractions go from 0 to 1, `average_ms` is in milliseconds."""

    uptime: float
    average_ms: float
    requests_per_minute: float
    error_rate: float
    cache_hit_rate: float


def figures_of(recent: Counts, minutes: Counts, minutes_long: int, days: Counts, cache: Counts) -> TrafficFigures:
    """Figures of the last hour, of `minutes_long` complete minutes, of a month, and of today and yesterday.

    Where nothing was recorded nothing failed: the uptime is 1 then, and everything else 0.
    """
    return TrafficFigures(
        uptime=1.0 - _ratio(days.errors, days.requests),
        average_ms=_ratio(recent.micros, recent.requests) / 1000,
        requests_per_minute=minutes.requests / minutes_long,
        error_rate=_ratio(recent.errors, recent.requests),
        cache_hit_rate=_ratio(cache.cache_hits, cache.cache_hits + cache.cache_misses),
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
