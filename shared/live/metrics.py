"""The `system_metrics` message of seed 001: every figure measured, or counted where the thing is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.core.clock import Clock, iso_seconds, utc_now
from shared.health.inventory import TabularInventory, tabular_inventory
from shared.health.machine import Machine


@dataclass(frozen=True, slots=True)
class SystemMetrics:
    """Measures and writes the message."""

    machine: Machine
    inventory: Callable[[], TabularInventory] = tabular_inventory
    now: Clock = utc_now

    def message(self, active_connections: int, *, api_ms: float, ws_ms: float = 0.0) -> dict[str, Any]:
        """`api_ms` is the last round trip to the table, `ws_ms` the last post to a socket (0.0 before the first)."""
        load, tabular = self.machine.load(), self.inventory()
        return {
            "type": "system_metrics",
            "timestamp": iso_seconds(self.now()),
            "cpu_percent": load.cpu_percent,
            "memory_percent": load.memory_percent,
            "disk_percent": load.disk_percent,
            "active_connections": active_connections,
            "total_models": tabular.models,
            "active_training_jobs": tabular.active_jobs,
            "system_health": load.health,
            "api_response_time_ms": round(api_ms, 1),
            "ws_response_time_ms": round(ws_ms, 1),
            "source": load.source,
        }
