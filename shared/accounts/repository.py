"""Quota accounts, what they used, and the ledger of their operations, in the `accounts` table.

| question                                 | index       | pk               | sk                          |
|------------------------------------------|-------------|------------------|-----------------------------|
| one account                              | table       | ACCOUNT#<id>     | ACCOUNT                     |
| what it used on a UTC day                | table       | ACCOUNT#<id>     | USAGE#<2026-11-22>          |
| its open reservations                    | table       | ACCOUNT#<id>     | HOLD#<operation id>         |
| what became of an operation              | table       | LEDGER#<op id>   | LEDGER                      |
| the busiest accounts                     | by_activity | RANKED           | <activities, a number>      |
| open reservations of one resource by end | by_deadline | HELD#<resource>  | <2026-11-22T14:25:00.000000>|

Figures and the log have rows of their own (figures.py, activity_log.py). An account changes by `version = :seen`,
but for its counts, which the ledger's transactions count up. A ledger row changes by `version = :seen` only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from shared.accounts.keys import account_key, ledger_key, partition, usage_key
from shared.accounts.ledger import Entry, entry_of, hold_of
from shared.accounts.model import PLURAL, Account, Resource
from shared.core.clock import from_iso, iso_micros, iso_seconds
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import ACCOUNTS
from shared.storage.store import Range, Store, store
from shared.storage.writes import ABSENT, Put, Update, unchanged

BY_ACTIVITY, BY_DEADLINE = ACCOUNTS.indexes
RANKED = "RANKED"
MOST_HOLDS = 10_000  # of one resource at once; a page of keys holds some 8,000
DOCUMENT = ("username", "email", "subject", "tier", "created_at", "last_login", "seen_minute")
COUNTS = ("networks", "trainings", "simulations", "holds")
TIMES = ("created_at", "last_login", "seen_minute")


@dataclass(frozen=True, slots=True)
class Standing:
    """An account, what it used on a day (by plural name), and what is known of an operation."""

    account: Account | None
    used: dict[str, int]
    entry: Entry | None


class AccountRepository:
    """Every question about accounts."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def find(self, account_id: str) -> Account | None:
        row = self._rows.get(ACCOUNTS, account_key(account_id))
        return account_of(row) if row else None

    def standing(self, account_id: str, day: date, operation_id: str | None = None) -> Standing:
        """What is needed to decide on a charge, in one call."""
        keys = [account_key(account_id), usage_key(account_id, day)]
        keys += [ledger_key(operation_id)] if operation_id else []
        rows = {row["sk"].partition("#")[0]: row for row in self._rows.get_many(ACCOUNTS, keys)}
        account, ledger, usage = rows.get("ACCOUNT"), rows.get("LEDGER"), rows.get("USAGE", {})
        return Standing(
            account_of(account) if account else None,
            {name: int(usage.get(name, 0)) for name in PLURAL.values()},
            entry_of(ledger) if ledger else None,
        )

    def entry(self, operation_id: str) -> Entry | None:
        row = self._rows.get(ACCOUNTS, ledger_key(operation_id))
        return entry_of(row) if row else None

    def list_overdue(self, account_id: str, now: datetime) -> Iterator[str]:
        """The operations whose reservation has ended without a word."""
        rows = self._rows.query_all(ACCOUNTS, partition(account_id), most=MOST_HOLDS, range_=Range(prefix="HOLD#"))
        return (operation_id for operation_id, deadline in map(hold_of, rows) if deadline <= now)

    def count_open(self, resource: Resource, now: datetime) -> int:
        """Reservations of all accounts whose end is to come; costs with the work in flight, not with the accounts."""
        ahead = Range(low=iso_micros(now))
        return len(self._rows.query_all(ACCOUNTS, f"HELD#{resource}", most=MOST_HOLDS, index=BY_DEADLINE, range_=ahead))

    def list_busiest(self, limit: int) -> list[Account]:
        """Those with the most networks, trainings and simulations together."""
        rows = self._rows.query_all(ACCOUNTS, RANKED, most=limit, index=BY_ACTIVITY, newest_first=True)
        return [account_of(row) for row in rows]


def opening(account: Account) -> Put:
    """The write of an account that was not there."""
    counts = dict.fromkeys((*COUNTS, "activities"), 0)
    row = {**account_key(account.account_id), **_changeable(account), **counts, "ranked_pk": RANKED}
    return Put(ACCOUNTS, row, ABSENT)


def change(account: Account) -> Update:
    """The write of a changed account: its version is one above the stored one. Counts are not touched."""
    key = account_key(account.account_id)
    return Update(ACCOUNTS, key, set=_changeable(account), condition=unchanged(account.version - 1))


def _changeable(account: Account) -> dict[str, Any]:
    doc = {name: getattr(account, name) for name in DOCUMENT}
    doc |= {name: iso_seconds(doc[name]) for name in TIMES if doc[name] is not None}
    return {"version": account.version, "plan": account.plan, "doc": to_doc(doc)}


def account_of(row: Item) -> Account:
    """The account in a row."""
    facts = from_doc(row["doc"])
    facts |= {name: from_iso(facts[name]) for name in TIMES if facts[name] is not None}
    facts |= {name: int(row[name]) for name in (*COUNTS, "version")}
    return Account(account_id=row["pk"].removeprefix("ACCOUNT#"), plan=row["plan"], **facts)


@cache
def account_repository() -> AccountRepository:
    """The repository of this process."""
    return AccountRepository(store())
