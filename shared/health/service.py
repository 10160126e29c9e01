"""Looks at every service of the platform, all at once, none for longer than a moment.

Vedette is one deployment, so a "service" of seed 000 is a group of functions on its tables: it is healthy when its
table answers. The ones that seed 000 names and nobody has built yet are listed as unhealthy, with that reason.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass
from datetime import datetime

from shared.core.clock import Clock
from shared.health.model import HEALTHY, UNHEALTHY, Overall, ServiceHealth

VERSION = "1.0.0"
TIMEOUT_SECONDS = 2.0
NOT_BUILT = ("model-api", "red-team", "training", "business-metrics", "analytics", "data-privacy")

Check = Callable[[], object]


@dataclass(frozen=True, slots=True)
class HealthService:
    """Asks the built services. A check that raises or takes too long is an unhealthy service, never an error."""

    checks: Mapping[str, Check]
    pool: Executor
    now: Clock
    timeout: float = TIMEOUT_SECONDS

    def overall(self) -> Overall:
        """Every service, built or not, in a stable order."""
        pending = {name: self.pool.submit(_timed, check) for name, check in self.checks.items()}
        wait(pending.values(), timeout=self.timeout)
        at = self.now()
        built = [self._seen(name, answer, at) for name, answer in pending.items()]
        return Overall((*built, *(_not_built(name, at) for name in NOT_BUILT)))

    def _seen(self, name: str, answer: "Future[float]", at: datetime) -> ServiceHealth:
        if not answer.done():
            answer.cancel()
            waited = 1000 * self.timeout
            return ServiceHealth(name, UNHEALTHY, waited, at, {"version": VERSION, "reason": "no answer in time"})
        error = answer.exception()
        if error is not None:
            return ServiceHealth(name, UNHEALTHY, 0.0, at, {"version": VERSION, "reason": type(error).__name__})
        return ServiceHealth(name, HEALTHY, round(answer.result(), 1), at, {"version": VERSION})


def _not_built(name: str, at: datetime) -> ServiceHealth:
    return ServiceHealth(name, UNHEALTHY, 0.0, at, {"reason": "not built"})


def _timed(check: Check) -> float:
    """How many milliseconds a check took."""
    began = time.perf_counter()
    check()
    return 1000 * (time.perf_counter() - began)
