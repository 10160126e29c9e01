"""What must be true of the `accounts` table at any quiet moment; each function names what is not.

| usage   | a day's usage is the number of operations charged to it, and within the limit            |
| counts  | an account's counts, the figures and the log are the operations that are done            |
| holds   | open reservations, their rows and the account's number of them are the same              |
| plans   | the figures of plans and of new accounts are the rows                                    |
| told    | whoever was told that a unit is used finds its operation, with the answer that was given |
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from shared.accounts.figures import shard_of
from shared.accounts.ledger import CHARGED, DONE, Entry, entry_of
from shared.accounts.model import LOGGED, PLURAL, Account, limit_of
from shared.accounts.repository import account_of
from shared.storage.attributes import Item, from_doc, from_item


class Stored:
    """Everything in the table."""

    def __init__(self, dynamodb: Any, table: str = "vedette-local-accounts") -> None:
        pages = dynamodb.get_paginator("scan").paginate(TableName=table)
        rows = [from_item(item) for page in pages for item in page["Items"]]
        self.rows = {(row["pk"], row["sk"]): row for row in rows}
        self.accounts: list[Account] = [account_of(row) for row in rows if row["sk"] == "ACCOUNT"]
        self.entries: list[Entry] = [entry_of(row) for row in rows if row["sk"] == "LEDGER"]

    def under(self, pk: str, prefix: str) -> list[Item]:
        return [row for (found, sk), row in self.rows.items() if found == pk and sk.startswith(prefix)]

    def of(self, account_id: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.account_id == account_id]


def problems(dynamodb: Any, told: Mapping[str, int] | None = None) -> list[str]:
    """Every invariant; `told` are the usages that were answered, by operation."""
    stored = Stored(dynamodb)
    return list(
        chain(
            *(wrong_usage(stored, account) for account in stored.accounts),
            *(wrong_counts(stored, account) for account in stored.accounts),
            wrong_figures(stored),
            wrong_log(stored),
            wrong_plans(stored),
            lost(stored, told or {}),
        )
    )


def wrong_usage(stored: Stored, account: Account) -> Iterator[str]:
    charged = Counter(
        (entry.day.isoformat(), PLURAL[entry.resource])
        for entry in stored.of(account.account_id)
        if entry.state in CHARGED
    )
    used = Counter(
        {
            (row["sk"].removeprefix("USAGE#"), name): int(row[name])
            for row in stored.under(f"ACCOUNT#{account.account_id}", "USAGE#")
            for name in PLURAL.values()
            if row.get(name)
        }
    )
    if used != charged:
        yield f"usage of {account.account_id} is {used}, charged are {charged}"
    for resource, name in PLURAL.items():
        limit = limit_of(account.plan, resource)
        for (_, which), count in used.items():
            if which == name and not 0 <= count <= (limit if limit is not None else count):
                yield f"{account.account_id} used {count} {name} of {limit}"


def wrong_counts(stored: Stored, account: Account) -> Iterator[str]:
    done = Counter(PLURAL[entry.resource] for entry in stored.of(account.account_id) if entry.state in DONE)
    counted = {name: getattr(account, name) for name in PLURAL.values()}
    if counted != {name: done[name] for name in counted}:
        yield f"counts of {account.account_id} are {counted}, done are {done}"
    ranked = stored.rows[f"ACCOUNT#{account.account_id}", "ACCOUNT"]["activities"]
    if ranked != done.total():
        yield f"{account.account_id} is ranked with {ranked}, done are {done.total()}"
    held = {entry.operation_id for entry in stored.of(account.account_id) if entry.state == "held"}
    rows = {row["sk"].removeprefix("HOLD#") for row in stored.under(f"ACCOUNT#{account.account_id}", "HOLD#")}
    if not held == rows or len(held) != account.holds:
        yield f"{account.account_id} holds {account.holds}: {held} in the ledger, {rows} as rows"


def _counters(stored: Stored, prefix: str) -> dict[tuple[str, str], int]:
    """Counters by row and name, of those that are not zero."""
    return {
        (f"{pk}/{sk}", name): int(count)
        for (pk, sk), row in stored.rows.items()
        if pk.startswith("FIGURES#") and sk.startswith(prefix)
        for name, count in row.items()
        if name not in ("pk", "sk", "expires_at") and count
    }


def wrong_figures(stored: Stored) -> Iterator[str]:
    done = [entry for entry in stored.entries if entry.state in DONE]
    total: Counter[tuple[str, str]] = Counter(
        (f"FIGURES#{shard_of(entry.account_id)}/TOTAL", PLURAL[entry.resource]) for entry in done
    )
    total.update(
        (f"FIGURES#{shard_of(account.account_id)}/TOTAL", f"users_{account.plan}") for account in stored.accounts
    )
    days = Counter(
        (f"FIGURES#{shard_of(entry.account_id)}/DAY#{entry.day.isoformat()}", PLURAL[entry.resource]) for entry in done
    )
    days.update(
        (f"FIGURES#{shard_of(account.account_id)}/DAY#{account.created_at:%Y-%m-%d}", "new_users")
        for account in stored.accounts
    )
    for prefix, expected in (("TOTAL", total), ("DAY#", days)):
        if (counted := _counters(stored, prefix)) != dict(expected):
            yield f"figures {prefix} are {counted}, the rows say {dict(expected)}"


def wrong_log(stored: Stored) -> Iterator[str]:
    lines = [from_doc(row["doc"]) for (pk, _), row in stored.rows.items() if pk == "LOG"]
    work = Counter((line["kind"], line["account_id"]) for line in lines if line["kind"] in LOGGED.values())
    done = Counter((LOGGED[entry.resource], entry.account_id) for entry in stored.entries if entry.state in DONE)
    if work != done:
        yield f"the log tells {work}, done are {done}"
    signed_up = Counter(line["account_id"] for line in lines if line["kind"] == "user_signup")
    if signed_up != Counter(account.account_id for account in stored.accounts):
        yield f"the log tells the sign-ups {signed_up}"


def wrong_plans(stored: Stored) -> Iterator[str]:
    for account in stored.accounts:
        if account.plan not in ("admin", account.tier):
            yield f"{account.account_id} has the plan {account.plan} and bought {account.tier}"
    seen = Counter(
        (f"FIGURES#{shard_of(account.account_id)}/SEEN#{account.seen_minute:%Y-%m-%dT%H}", f"m{account.seen_minute:%M}")
        for account in stored.accounts
        if account.seen_minute
    )
    newest = {key: count for key, count in _counters(stored, "SEEN#").items() if key in seen}
    if newest != dict(seen):
        yield f"seen are {newest}, the accounts say {dict(seen)}"


def lost(stored: Stored, told: Mapping[str, int]) -> Iterator[str]:
    done = {entry.operation_id: entry.used for entry in stored.entries if entry.state in DONE}
    for operation_id, used in told.items():
        if done.get(operation_id) != used:
            yield f"{operation_id} was answered with usage {used}, kept is {done.get(operation_id)}"
