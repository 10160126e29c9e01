"""Time as an argument: services take a `Clock`, tests pass their own. Always UTC, always aware."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def iso_seconds(moment: datetime) -> str:
    """`2025-01-09T10:30:00Z`: how seeds 001 and 004 write a time, and how times are stored (it sorts)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_micros(moment: datetime) -> str:
    """`2025-01-09T10:30:00.000000`: how seed 000 writes a time, UTC without saying so."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def from_iso(text: str) -> datetime:
    """Any ISO 8601 time as aware UTC; one without a zone counts as UTC. ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
