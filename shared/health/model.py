"""What is known of a service's health."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

HEALTHY = "healthy"
UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """One look at one service. `response_ms` is 0.0 where nothing was asked."""

    name: str
    status: str
    response_ms: float
    checked_at: datetime
    details: dict[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overall:
    """All services together; the words and thresholds of seed 000's original."""

    services: Sequence[ServiceHealth]

    @property
    def healthy(self) -> int:
        return sum(service.status == HEALTHY for service in self.services)

    @property
    def percentage(self) -> float:
        return round(100 * self.healthy / len(self.services), 1) if self.services else 0.0

    @property
    def status(self) -> str:
        if self.percentage >= 80:
            return HEALTHY
        return "degraded" if self.percentage >= 50 else UNHEALTHY
