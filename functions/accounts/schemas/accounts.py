"""Bodies about quota accounts: seed 003's fields, times without a zone, percents as text."""

from typing import Literal

from pydantic import BaseModel

from shared.accounts.activity_log import Entry
from shared.accounts.metrics import Metrics
from shared.accounts.model import Account, Allowance, Plan, Resource, Tier, moment


class IncrementIn(BaseModel):
    """Which resource was used. Nothing else in a body counts."""

    resource: Resource


class TierIn(BaseModel):
    """The plan that an account gets; "admin" follows the role and is not set."""

    plan: Tier


class UsageOut(BaseModel):
    """Used today, open reservations included."""

    networks: int
    trainings: int
    simulations: int


class ProfileOut(BaseModel):
    """The caller's account. `role` is the plan; the counts are for life."""

    username: str
    email: str
    role: Plan
    usage: UsageOut
    networksCount: int
    trainingsCount: int
    simulationsCount: int
    createdAt: str
    lastLogin: str | None

    @classmethod
    def of(cls, account: Account, used: dict[str, int]) -> "ProfileOut":
        return cls(
            username=account.username,
            email=account.email,
            role=account.plan,
            usage=UsageOut(**used),
            networksCount=account.networks,
            trainingsCount=account.trainings,
            simulationsCount=account.simulations,
            createdAt=moment(account.created_at),
            lastLogin=moment(account.last_login) if account.last_login else None,
        )


class AllowanceOut(BaseModel):
    """`available` is the whole day's allowance (the seed's word). Unlimited is 1000000000, and `limit` null."""

    available: int
    used: int
    remaining: int
    resetTime: str
    limit: int | None
    unlimited: bool

    @classmethod
    def of(cls, allowance: Allowance) -> "AllowanceOut":
        return cls(
            available=allowance.available,
            used=allowance.used,
            remaining=allowance.remaining,
            resetTime=moment(allowance.resets_at),
            limit=allowance.limit,
            unlimited=allowance.limit is None,
        )


class IncrementOut(BaseModel):
    """The usage right after this unit."""

    success: Literal[True] = True
    newUsage: int
    remaining: int

    @classmethod
    def of(cls, allowance: Allowance) -> "IncrementOut":
        return cls(newUsage=allowance.used, remaining=allowance.remaining)


class AccountOut(BaseModel):
    """An account as an administrator sees it."""

    userId: str
    username: str
    email: str
    role: Plan

    @classmethod
    def of(cls, account: Account) -> "AccountOut":
        return cls(userId=account.account_id, username=account.username, email=account.email, role=account.plan)


class BusyUserOut(BaseModel):
    """`activityCount` is networks, trainings and simulations of all time together."""

    username: str
    email: str
    activityCount: int
    role: Plan

    @classmethod
    def of(cls, account: Account) -> "BusyUserOut":
        count = account.networks + account.trainings + account.simulations
        return cls(username=account.username, email=account.email, activityCount=count, role=account.plan)


class ActivityOut(BaseModel):
    """One line of the activity log."""

    type: str
    description: str
    timestamp: str
    userId: str

    @classmethod
    def of(cls, entry: Entry) -> "ActivityOut":
        return cls(type=entry.kind, description=entry.description, timestamp=moment(entry.at), userId=entry.account_id)


class MetricsOut(BaseModel):
    """The administrator's page. Definitions: docs/accounts.md."""

    totalUsers: int
    usersOnline: int
    activeTrainings: int
    activeSimulations: int
    totalNetworks: int
    trainingsToday: int
    simulationsToday: int
    networksToday: int
    newUsersToday: int
    usersByRole: dict[Plan, int]
    topUsers: list[BusyUserOut]
    recentActivities: list[ActivityOut]
    uptime: str
    avgResponseTime: str
    apiRequestsPerMin: int
    errorRate: str
    cacheHitRate: str
    as_of: str

    @classmethod
    def of(cls, metrics: Metrics) -> "MetricsOut":
        counted, traffic = metrics.counted, metrics.traffic
        return cls(
            totalUsers=sum(metrics.by_plan.values()),
            usersOnline=counted.get("online", 0),
            activeTrainings=metrics.active_trainings,
            activeSimulations=metrics.active_simulations,
            totalNetworks=counted.get("networks", 0),
            trainingsToday=counted.get("today_trainings", 0),
            simulationsToday=counted.get("today_simulations", 0),
            networksToday=counted.get("today_networks", 0),
            newUsersToday=counted.get("today_new_users", 0),
            usersByRole=metrics.by_plan,
            topUsers=[BusyUserOut.of(account) for account in metrics.busiest],
            recentActivities=[ActivityOut.of(entry) for entry in metrics.latest],
            uptime=percent(traffic.uptime),
            avgResponseTime=f"{traffic.average_ms:.0f}ms",
            apiRequestsPerMin=round(traffic.requests_per_minute),
            errorRate=percent(traffic.error_rate),
            cacheHitRate=percent(traffic.cache_hit_rate),
            as_of=moment(metrics.at),
        )


def percent(fraction: float) -> str:
    """`99.9%`, `89%`: rounded to a tenth, but 100% and 0% are said of all and nothing only."""
    tenths = round(fraction * 1000)
    if 0 < fraction < 1:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths / 10:g}%"
