"""Counts of requests in the `traffic` table.

| question                           | pk         | sk                         | attributes            |
| what was counted in one minute     | MINUTE     | <2026-11-22T08:04>#<shard> | the fields of Counts  |
| what was counted on one UTC day    | DAY        | <2026-11-22>#<shard>       | the fields of Counts  |
| has this batch been counted before | BATCH#<id> | BATCH                      |                       |

A batch and its marker are one transaction, so that a batch that is delivered again counts once. Transactions on one
row refuse each other, so a time has up to SHARDS rows, and a batch takes the one that its log stream falls on: batches
of one stream come one after the other (docs/traffic.md has the measurement). The figures read a row per time and shard
in use, `SHARDS * (60 + 30)` at the most, however much traffic there is.
"""

import zlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache

from shared.storage.attributes import Item
from shared.storage.schema import TRAFFIC
from shared.storage.store import ConditionFailed, Range, Store, store
from shared.storage.writes import ABSENT, Put, Update, Write
from shared.traffic.model import Counts, TrafficFigures, figures_of, total

SHARDS = 16
RECENT_MINUTES = 60
RATE_MINUTES = 5
UPTIME_DAYS = 30
CACHE_DAYS = 2
MINUTES_KEPT = timedelta(hours=3)
DAYS_KEPT = timedelta(days=90)
# A delivery comes again within minutes (Lambda gives one up after five); a marker per batch should not pile up.
MARKERS_KEPT = timedelta(hours=2)
END = "$"  # the character after "#": behind every shard of a time


class TrafficRepository:
    """What was counted, and what it says."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def add(
        self, batch_id: str, stream: str, minutes: Mapping[str, Counts], days: Mapping[str, Counts], now: datetime
    ) -> bool:
        """Count a batch, by minute and by day; False, and nothing changes, if it has been counted before."""
        shard = zlib.crc32(stream.encode()) % SHARDS
        marker = {"pk": f"BATCH#{batch_id}", "sk": "BATCH", "expires_at": _epoch(now + MARKERS_KEPT)}
        writes: list[Write] = [
            Put(TRAFFIC, marker, ABSENT),
            *(_counted("MINUTE", at, shard, counts, now + MINUTES_KEPT) for at, counts in minutes.items()),
            *(_counted("DAY", at, shard, counts, now + DAYS_KEPT) for at, counts in days.items()),
        ]
        try:
            self._rows.transact(writes)
        except ConditionFailed:
            return False
        return True

    def figures(self, now: datetime) -> TrafficFigures:
        """The figures as of now, from two queries."""
        minutes = self._between("MINUTE", minute_of(now - timedelta(minutes=RECENT_MINUTES - 1)), minute_of(now))
        days = self._between("DAY", day_of(now - timedelta(days=UPTIME_DAYS - 1)), day_of(now))
        complete = [minute_of(now - timedelta(minutes=back)) for back in range(1, RATE_MINUTES + 1)]
        lately = [day_of(now - timedelta(days=back)) for back in range(CACHE_DAYS)]
        return figures_of(
            total(minutes.values()),
            total(minutes.get(at, Counts()) for at in complete),
            RATE_MINUTES,
            total(days.values()),
            total(days.get(at, Counts()) for at in lately),
        )

    def _between(self, pk: str, first: str, last: str) -> dict[str, Counts]:
        """Counts by time, both ends included."""
        most = SHARDS * (RECENT_MINUTES + UPTIME_DAYS)
        found: dict[str, Counts] = {}
        for row in self._rows.query_all(TRAFFIC, pk, most=most, range_=Range(low=first, high=last + END)):
            at = str(row["sk"]).partition("#")[0]
            found[at] = found.get(at, Counts()) + _counts(row)
        return found


def minute_of(moment: datetime) -> str:
    """`2026-11-22T08:04`, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def day_of(moment: datetime) -> str:
    """`2026-11-22`, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def _counted(pk: str, at: str, shard: int, counts: Counts, until: datetime) -> Update:
    return Update(TRAFFIC, {"pk": pk, "sk": f"{at}#{shard}"}, set={"expires_at": _epoch(until)}, add=asdict(counts))


def _counts(row: Item) -> Counts:
    return Counts(row["requests"], row["errors"], row["micros"], row["cache_hits"], row["cache_misses"])


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


@cache
def traffic_repository() -> TrafficRepository:
    """The repository of this process."""
    return TrafficRepository(store())
