"""Figures of all accounts, counted where they change: a page of figures costs the same for ten accounts and a million.

| question                               | table    | pk              | sk                    |
|----------------------------------------|----------|-----------------|-----------------------|
| accounts per plan, and work of all time| accounts | FIGURES#<shard> | TOTAL                 |
| new accounts and work of a UTC day     | accounts | FIGURES#<shard> | DAY#<2026-11-22>      |
| accounts by the minute last seen       | accounts | FIGURES#<shard> | SEEN#<2026-11-22T14>  |

An account writes to one of 16 shards only, so that two accounts rarely wait for each other. A row of minutes has an
attribute `m00` to `m59` each: how many accounts were seen in it and not since.
"""

import zlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from shared.accounts.model import PLURAL, Plan, Resource
from shared.storage.schema import ACCOUNTS
from shared.storage.store import Store, store
from shared.storage.writes import Update

SHARDS = 16
ONLINE_MINUTES = 5
# Older sightings are in no figure any more, so they are left as they are. Twice the window: clocks differ a little.
LEFT_AFTER = timedelta(minutes=2 * ONLINE_MINUTES)
DAYS_KEPT = timedelta(days=90)
MINUTES_KEPT = timedelta(hours=3)


def shard_of(account_id: str) -> int:
    """Which shard counts this account."""
    return zlib.crc32(account_id.encode()) % SHARDS


def plan_changed(account_id: str, before: Plan | None, after: Plan) -> Update:
    """An account has come (before is None) or has another plan."""
    moved = {f"users_{after}": 1} | ({f"users_{before}": -1} if before else {})
    return Update(ACCOUNTS, _total_key(shard_of(account_id)), add=moved)


def account_opened(account_id: str, at: datetime) -> Update:
    return _day_update(account_id, at.astimezone(UTC).date(), {"new_users": 1})


def work_done(account_id: str, resource: Resource, day: date) -> list[Update]:
    """One more network, training or simulation, ever and on the day it was charged to."""
    one = {PLURAL[resource]: 1}
    return [Update(ACCOUNTS, _total_key(shard_of(account_id)), add=one), _day_update(account_id, day, one)]


def sighting(account_id: str, before: datetime | None, minute: datetime) -> list[Update]:
    """The account leaves the minute it was last seen in and enters this one, in one row if the hour is the same."""
    moves: dict[datetime, dict[str, int]] = {_hour(minute): {_name(minute): 1}}
    if before is not None and minute - before < LEFT_AFTER:
        moves.setdefault(_hour(before), {})[_name(before)] = -1
    return [_seen_update(account_id, hour, counts) for hour, counts in moves.items()]


class FigureRepository:
    """The sums over all shards."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def read(self, now: datetime) -> Mapping[str, int]:
        """Accounts `users_<plan>`, all work `networks`.., today's work and accounts `today_<name>`, and `online`.

        64 rows at the most, in one call.
        """
        now = now.astimezone(UTC)
        minutes = [now.replace(second=0, microsecond=0) - timedelta(minutes=n) for n in range(ONLINE_MINUTES)]
        names = {hour: [_name(minute) for minute in minutes if _hour(minute) == hour] for hour in map(_hour, minutes)}
        today = _day_sk(now.date())
        keys = [
            {"pk": f"FIGURES#{shard}", "sk": sk}
            for shard in range(SHARDS)
            for sk in ("TOTAL", today, *map(_seen_sk, names))
        ]
        sums: Counter[str] = Counter()
        for row in self._rows.get_many(ACCOUNTS, keys):
            sums.update(_part(row, today, {_seen_sk(hour): wanted for hour, wanted in names.items()}))
        return sums


def _part(row: Mapping[str, Any], today: str, minutes: Mapping[str, list[str]]) -> dict[str, int]:
    """What one row adds to the sums."""
    if row["sk"] in minutes:
        return {"online": sum(row.get(name, 0) for name in minutes[row["sk"]])}
    prefix = "today_" if row["sk"] == today else ""
    return {prefix + name: count for name, count in row.items() if name not in ("pk", "sk", "expires_at")}


def _total_key(shard: int) -> dict[str, str]:
    return {"pk": f"FIGURES#{shard}", "sk": "TOTAL"}


def _day_sk(day: date) -> str:
    return f"DAY#{day.isoformat()}"


def _day_update(account_id: str, day: date, counts: Mapping[str, int]) -> Update:
    expires = datetime(day.year, day.month, day.day, tzinfo=UTC) + DAYS_KEPT
    key = {"pk": f"FIGURES#{shard_of(account_id)}", "sk": _day_sk(day)}
    return Update(ACCOUNTS, key, add=counts, set={"expires_at": int(expires.timestamp())})


def _hour(minute: datetime) -> datetime:
    return minute.replace(minute=0)


def _name(minute: datetime) -> str:
    return f"m{minute:%M}"


def _seen_sk(hour: datetime) -> str:
    return f"SEEN#{hour:%Y-%m-%dT%H}"


def _seen_update(account_id: str, hour: datetime, counts: Mapping[str, int]) -> Update:
    key = {"pk": f"FIGURES#{shard_of(account_id)}", "sk": _seen_sk(hour)}
    return Update(ACCOUNTS, key, add=counts, set={"expires_at": int((hour + MINUTES_KEPT).timestamp())})


@cache
def figure_repository() -> FigureRepository:
    """The repository of this process."""
    return FigureRepository(store())
