"""Accounts of the demonstration kind, and callers of the accounts function."""

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.accounts.app import handler
from shared.accounts.model import Account, Plan
from shared.accounts.service import account_service
from tests.builders.calls import Answer, call

JOHN, JANE, ROOT = (f"507f1f77bcf86cd7994390{number}" for number in (11, 12, 13))
NAMES: dict[str, tuple[str, Plan]] = {
    JOHN: ("john_doe", "free"),
    JANE: ("jane_roe", "premium"),
    ROOT: ("root", "admin"),
}
PLURAL = {"network": "networks", "training": "trainings", "simulation": "simulations"}


def add_accounts() -> None:
    """One of each plan, a day old."""
    opened = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
    for account_id, (name, plan) in NAMES.items():
        tier = "free" if plan == "admin" else plan
        account_service().add(Account(account_id, name, f"{name}@example.com", "", tier, plan, opened))


def seed_token(account_id: str) -> dict[str, str]:
    return {"authorization": f"Bearer user:{account_id}"}


def ask(method: str, path: str, who: str | dict[str, str] | None = JOHN, **sent: Any) -> Answer:
    """`who` is an account's id, whole headers, or nobody."""
    headers = seed_token(who) if isinstance(who, str) else (who or {})
    return call(handler, method, f"/api{path}", headers={**headers, **sent.pop("headers", {})}, **sent)


def increment(resource: str, who: str | dict[str, str] = JOHN, **headers: str) -> Answer:
    return ask("POST", "/quota/increment", who, json={"resource": resource}, headers=headers)


def next_midnight() -> str:
    return f"{datetime.now(UTC).date() + timedelta(days=1)}T00:00:00"
