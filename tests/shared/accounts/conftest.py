"""Accounts on moto, and a clock that a test can move."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.accounts.model import Account, Plan, Tier
from shared.accounts.quotas import QuotaService
from shared.accounts.repository import account_repository
from shared.accounts.service import AccountService
from shared.storage.store import store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
JOHN = "507f1f77bcf86cd799439011"


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def accounts(tables: Any, clock: HandClock) -> AccountService:
    return AccountService(account_repository(), store(), clock)


@pytest.fixture
def quotas(tables: Any, clock: HandClock) -> QuotaService:
    return QuotaService(account_repository(), store(), clock)


def an_account(account_id: str = JOHN, plan: Plan = "free", **facts: Any) -> Account:
    tier: Tier = "free" if plan == "admin" else plan
    given = {"username": f"user-{account_id}", "email": f"{account_id}@example.com", "subject": ""} | facts
    return Account(account_id, tier=tier, plan=plan, created_at=NOON - timedelta(days=1), **given)


@pytest.fixture
def john(accounts: AccountService) -> str:
    """The id of a free account."""
    accounts.add(an_account())
    return JOHN
