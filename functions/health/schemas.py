"""What the seven health endpoints answer: seven bodies, none an alias of another (conflict C06)."""

from datetime import datetime

from pydantic import BaseModel

from shared.core.clock import iso_micros, iso_seconds
from shared.health.inventory import SOURCES, TabularInventory
from shared.health.machine import Load
from shared.health.model import Overall, ServiceHealth
from shared.health.service import VERSION
from shared.health.uptime import uptime, uptime_text

SERVICE = "enterprise-dashboard-backend"


class RootOut(BaseModel):
    status: str = "healthy"
    service: str = SERVICE
    timestamp: str
    version: str = VERSION

    @classmethod
    def at(cls, now: datetime) -> "RootOut":
        return cls(timestamp=iso_micros(now))


class HealthOut(BaseModel):
    """Seeds 000 and 001 on one path: the union of both bodies, the time format is right in both (conflict C01)."""

    status: str = "healthy"
    service: str = SERVICE
    timestamp: str
    version: str = VERSION
    uptime_seconds: float

    @classmethod
    def at(cls, now: datetime) -> "HealthOut":
        return cls(timestamp=iso_micros(now) + "Z", uptime_seconds=uptime(now).total_seconds())


class ApiHealthOut(BaseModel):
    status: str = "healthy"
    timestamp: str

    @classmethod
    def at(cls, now: datetime) -> "ApiHealthOut":
        return cls(timestamp=iso_seconds(now))


class ServiceHealthOut(BaseModel):
    name: str
    status: str
    response_time: float
    last_check: str
    details: dict[str, str | float]

    @classmethod
    def of(cls, service: ServiceHealth) -> "ServiceHealthOut":
        return cls(
            name=service.name,
            status=service.status,
            response_time=service.response_ms,
            last_check=iso_micros(service.checked_at),
            details=service.details,
        )


class ServiceSummaryOut(BaseModel):
    name: str
    status: str
    response_time: float


class StatusOut(BaseModel):
    status: str
    overall_health_percentage: float
    healthy_services: int
    total_services: int
    services: list[ServiceSummaryOut]
    timestamp: str
    version: str = VERSION
    uptime_seconds: float

    @classmethod
    def of(cls, overall: Overall, now: datetime) -> "StatusOut":
        return cls(
            status=overall.status,
            overall_health_percentage=overall.percentage,
            healthy_services=overall.healthy,
            total_services=len(overall.services),
            services=[
                ServiceSummaryOut(name=one.name, status=one.status, response_time=one.response_ms)
                for one in overall.services
            ],
            timestamp=iso_micros(now),
            uptime_seconds=uptime(now).total_seconds(),
        )


class SystemStatusOut(BaseModel):
    """Seed 001's status; `sources` says where each figure comes from."""

    status: str
    models_count: int
    active_jobs: int
    storage_used: str
    cpu_usage: str
    memory_usage: str
    uptime: str
    sources: dict[str, str]

    @classmethod
    def of(cls, load: Load, tabular: TabularInventory, now: datetime) -> "SystemStatusOut":
        return cls(
            status="operational" if load.health != "critical" else "degraded",
            models_count=tabular.models,
            active_jobs=tabular.active_jobs,
            storage_used=size_text(tabular.stored_bytes),
            cpu_usage=f"{load.cpu_percent:g}%",
            memory_usage=f"{load.memory_percent:g}%",
            uptime=uptime_text(uptime(now)),
            sources={**SOURCES, "cpu_usage": load.source, "memory_usage": load.source},
        )


def size_text(size: int) -> str:
    """`124.5 MB`, as seed 001 writes it; a little is told in KB, so that it does not look like nothing."""
    return f"{size / 1e3:.1f} KB" if 0 < size < 100_000 else f"{size / 1e6:.1f} MB"
