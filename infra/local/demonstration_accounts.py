"""The quota accounts of the demonstration, the seed's john_doe among them: one of each plan.

Nobody can sign in to them: `Bearer user:{id}` opens them, in open mode only.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.accounts.model import Account, Plan, Resource, Tier
from shared.accounts.quotas import QuotaService
from shared.accounts.repository import account_repository
from shared.accounts.service import account_service
from shared.core.clock import Clock
from shared.core.ids import derived_id
from shared.storage.store import store

OLD = timedelta(days=14)
PEOPLE: tuple[tuple[str, str, Tier, Plan], ...] = (
    ("507f1f77bcf86cd799439011", "john_doe", "free", "free"),
    ("507f1f77bcf86cd799439012", "jane_roe", "premium", "premium"),
    ("507f1f77bcf86cd799439013", "admin", "free", "admin"),
)
# How often each did what, so many days ago.
DONE: dict[str, tuple[tuple[int, Resource, int], ...]] = {
    "john_doe": ((2, "network", 3), (2, "training", 1), (0, "network", 2), (0, "simulation", 3)),
    "jane_roe": ((1, "training", 2), (1, "simulation", 4), (0, "network", 1), (0, "simulation", 2)),
}


def add_accounts(now: datetime) -> None:
    """The accounts and what they did, through the product's own quotas."""
    for account_id, username, tier, plan in PEOPLE:
        email = f"{username.partition('_')[0]}@example.com"
        account_service().add(Account(account_id, username, email, "", tier, plan, (now - OLD).replace(microsecond=0)))
        for at, resource, number in _work(now, username):
            operation = derived_id("demo", account_id, resource, at.date().isoformat(), str(number))
            QuotaService(account_repository(), store(), _standing_at(at)).increment(account_id, resource, operation)


def _standing_at(at: datetime) -> Clock:
    return lambda: at


def _work(now: datetime, username: str) -> Iterator[tuple[datetime, Resource, int]]:
    for days_ago, resource, count in DONE.get(username, ()):
        for number in range(count):
            yield now - timedelta(days=days_ago), resource, number
