"""Quota accounts: who has one, what a plan allows a day, and what has been used of it (seed 003, conflict C14)."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

Plan = Literal["free", "premium", "admin"]
Tier = Literal["free", "premium"]
Resource = Literal["network", "training", "simulation"]
Activity = Literal["user_signup", "user_login", "network_created", "training_started", "simulation_run"]

PLANS: tuple[Plan, ...] = ("free", "premium", "admin")
# Singular in paths and bodies, plural in `usage` and in the stored counters (C29).
PLURAL: dict[Resource, str] = {"network": "networks", "training": "trainings", "simulation": "simulations"}
LOGGED: dict[Resource, Activity] = {
    "network": "network_created",
    "training": "training_started",
    "simulation": "simulation_run",
}
LIMITS: dict[Plan, dict[Resource, int]] = {
    "free": {"network": 5, "training": 1, "simulation": 100},
    "premium": {"network": 10, "training": 5, "simulation": 500},
    "admin": {},
}
UNLIMITED = 1_000_000_000  # what an unlimited account is shown, because clients compare numbers (C14)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Account:
    """`tier` is what was bought; `plan` is what holds: the tier, or "admin" while the person administers accounts.

    `subject` is the pool's id of the person, "" for an account of the demonstration. The three counts are for life.
    `holds` are reservations that are still open. Times are UTC; `seen_minute` is a full minute.
    """

    account_id: str
    username: str
    email: str
    subject: str
    tier: Tier
    plan: Plan
    created_at: datetime
    last_login: datetime | None = None
    seen_minute: datetime | None = None
    networks: int = 0
    trainings: int = 0
    simulations: int = 0
    holds: int = 0
    version: int = 1


def limit_of(plan: Plan, resource: Resource) -> int | None:
    """How many a UTC day; None is without limit."""
    return LIMITS[plan].get(resource)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account may still do of one resource on one UTC day, as seen at a moment."""

    resource: Resource
    day: date
    used: int
    limit: int | None
    at: datetime

    @property
    def available(self) -> int:
        """The whole day's allowance: the seed calls the limit "available"."""
        return UNLIMITED if self.limit is None else self.limit

    @property
    def remaining(self) -> int:
        return UNLIMITED if self.limit is None else max(0, self.limit - self.used)

    @property
    def resets_at(self) -> datetime:
        """The midnight that ends the day."""
        return datetime.combine(self.day + DAY, time(), UTC)

    @property
    def seconds_left(self) -> int:
        """Whole seconds until then, rounded up, so that a client who waits them finds the new day."""
        return max(0, math.ceil((self.resets_at - self.at).total_seconds()))


def moment(at: datetime) -> str:
    """`2024-01-20T14:25:00`: how seed 003 writes a time, UTC without saying so (C20)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
