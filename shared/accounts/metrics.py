"""What an administrator sees of all accounts and of the traffic. Every figure's definition: docs/accounts.md."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from shared.accounts.activity_log import ActivityLog, Entry, activity_log
from shared.accounts.figures import FigureRepository, figure_repository
from shared.accounts.model import PLANS, Account, Plan
from shared.accounts.repository import AccountRepository, account_repository
from shared.core.clock import Clock, utc_now
from shared.traffic.model import TrafficFigures

BUSIEST = 10
LATEST = 50


@dataclass(frozen=True, slots=True)
class Metrics:
    """The page, as of one moment. `counted` has the sums of figures.py by name."""

    at: datetime
    counted: Mapping[str, int]
    active_trainings: int
    active_simulations: int
    busiest: tuple[Account, ...]
    latest: tuple[Entry, ...]
    traffic: TrafficFigures

    @property
    def by_plan(self) -> dict[Plan, int]:
        """How many accounts have each plan; their sum is the number of accounts."""
        return {plan: self.counted.get(f"users_{plan}", 0) for plan in PLANS}


class MetricsService:
    """Puts the page together: a bounded number of rows, however many accounts there are."""

    def __init__(
        self,
        figures: FigureRepository,
        accounts: AccountRepository,
        log: ActivityLog,
        traffic: Callable[[datetime], TrafficFigures],
        now: Clock,
    ) -> None:
        self._figures, self._accounts, self._log, self._traffic, self._now = figures, accounts, log, traffic, now

    def read(self) -> Metrics:
        now = self._now()
        return Metrics(
            at=now,
            counted=self._figures.read(now),
            active_trainings=self._accounts.count_open("training", now),
            active_simulations=self._accounts.count_open("simulation", now),
            busiest=tuple(self._accounts.list_busiest(BUSIEST)),
            latest=tuple(self._log.list_newest(LATEST)),
            traffic=self._traffic(now),
        )


@cache
def metrics_service() -> MetricsService:
    """The service of this process."""
    from shared.traffic.repository import traffic_repository

    return MetricsService(
        figure_repository(), account_repository(), activity_log(), traffic_repository().figures, utc_now
    )
