"""The ticker's lease: one row that says who ticks, until when, and at which moment of the grid the next tick is due.

| question              | pk     | sk    | attributes                                                    |
| who ticks, and when   | TICKER | LEASE | owner, held_until, next_at (both whole milliseconds of epoch) |

A tick belongs to whoever moves `next_at` past it, so that two tickers can never push the same one.
"""

from dataclasses import dataclass

from shared.storage.attributes import Item
from shared.storage.schema import LIVE
from shared.storage.store import ConditionFailed, Store
from shared.storage.writes import ABSENT, Condition, Put, Update

KEY = {"pk": "TICKER", "sk": "LEASE"}
PERIOD = 5_000
# A ticker that died is replaced after this; more than one slow round of pushes.
SLACK = 7_000
# $connect must have returned before anything can be posted to the connection.
FIRST_TICK = 1_200
# Pushes later than this would come too close to the next one: the grid moves instead.
TOLERATED = 1_500
TAKE_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Lease:
    """Who ticks; reads and conditional writes of the one row."""

    store: Store

    def held(self, now: int) -> bool:
        """Whether a live ticker holds it."""
        row = self.store.get(LIVE, KEY)
        return row is not None and row["held_until"] > now

    def take(self, owner: str, now: int, predecessor: str | None = None) -> int | None:
        """The moment of the first tick, or None when somebody else holds the lease. A predecessor's is taken over."""
        for _ in range(TAKE_ATTEMPTS):
            row = self.store.get(LIVE, KEY)
            if row is not None and row["held_until"] > now and row["owner"] != predecessor:
                return None
            first = _first_tick(row, now)
            item = KEY | {"owner": owner, "next_at": first, "held_until": max(first, now) + SLACK}
            try:
                self.store.transact([Put(LIVE, item, _unchanged(row))])
            except ConditionFailed:
                continue
            return first
        return None

    def claim(self, owner: str, tick: int, following: int) -> bool:
        """Make a tick one's own and renew the lease. False when the lease has gone to somebody else."""
        mine = Condition("#owner = :owner AND #next_at <= :tick", {"owner": owner, "tick": tick})
        return self._set({"next_at": following, "held_until": following + SLACK}, mine)

    def release(self, owner: str) -> bool:
        """Let anybody take it; the grid stays."""
        return self._set({"held_until": 0}, Condition("#owner = :owner", {"owner": owner}))

    def _set(self, values: dict[str, int], condition: Condition) -> bool:
        try:
            self.store.transact([Update(LIVE, KEY, set=values, condition=condition)])
        except ConditionFailed:
            return False
        return True


def following_tick(tick: int, now: int) -> int:
    """The tick after this one: on the grid, unless this one came so late that the gap would be too short."""
    return tick + PERIOD if now - tick <= TOLERATED else now + PERIOD


def _first_tick(row: Item | None, now: int) -> int:
    due = row["next_at"] if row else 0
    return int(due) if now - TOLERATED <= due <= now + PERIOD else now + FIRST_TICK


def _unchanged(row: Item | None) -> Condition:
    if row is None:
        return ABSENT
    seen = {"seen_owner": row["owner"], "seen_next": row["next_at"]}
    return Condition("#owner = :seen_owner AND #next_at = :seen_next", seen)
