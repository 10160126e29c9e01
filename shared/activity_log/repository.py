"""The activity log of seed 001, in the `tabular` table.

| question                       | index   | pk               | sk                          |
| what happened, newest first    | table   | ACTIVITY         | <time to the microsecond>#<id> |
| the same, of one kind          | by_kind | ACTIVITY#<kind>  | <time to the microsecond>#<id> |
| how much happened, by kind     | table   | ACTIVITY_COUNTS  | <kind>                      |

Entries go with the retention of the settings (shared/retention); the counts are of all that ever happened. An entry
that stands for many events has the attribute `events`, which is counted up in place.
"""

from datetime import datetime
from functools import cache

from shared.activity_log.model import Entry, Kind
from shared.core.clock import from_iso, iso_micros
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import TABULAR
from shared.storage.store import Range, Store, store
from shared.storage.writes import ABSENT, Put, Update, Write

ACTIVITY, COUNTS = "ACTIVITY", "ACTIVITY_COUNTS"
(BY_KIND,) = TABULAR.indexes
MOST_COUNTED = 10_000


class ActivityLog:
    """Every question about what happened."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def newest(self, kind: Kind | None, since: datetime | None, limit: int) -> list[Entry]:
        """The newest entries, of one kind and not before a moment if asked."""
        return [entry_of(row) for row in self._query(kind, since, limit)]

    def count(self, kind: Kind | None, since: datetime | None) -> int:
        """How many entries there are; with `since`, MOST_COUNTED at the most."""
        if since is not None:
            return len(self._query(kind, since, MOST_COUNTED))
        rows = self._rows.query_all(TABULAR, COUNTS, most=10)
        return sum(int(row["entries"]) for row in rows if kind in (None, row["sk"]))

    def _query(self, kind: Kind | None, since: datetime | None, limit: int) -> list[Item]:
        low = Range(low=iso_micros(since)) if since else None
        if kind is None:
            return self._rows.query_all(TABULAR, ACTIVITY, most=limit, range_=low, newest_first=True)
        pk = f"{ACTIVITY}#{kind}"
        return self._rows.query_all(TABULAR, pk, most=limit, index=BY_KIND, range_=low, newest_first=True)


def logged(entry: Entry, expires_at: int | None = None) -> list[Write]:
    """The writes of an entry, for the transaction of what happened."""
    row = {
        "pk": ACTIVITY,
        "sk": f"{iso_micros(entry.at)}#{entry.entry_id}",
        "kind_pk": f"{ACTIVITY}#{entry.kind}",
        "kind": entry.kind,
        "doc": to_doc({"id": entry.entry_id, "message": entry.message, "user": entry.user, "details": entry.details}),
        "expires_at": expires_at,
    }
    return [Put(TABULAR, {k: v for k, v in row.items() if v is not None}, ABSENT), counted(entry.kind)]


def counted(kind: Kind) -> Update:
    """One more of a kind."""
    return Update(TABULAR, {"pk": COUNTS, "sk": kind}, add={"entries": 1})


def entry_of(row: Item) -> Entry:
    """The entry in a row."""
    doc = from_doc(row["doc"])
    moment = from_iso(row["sk"].split("#", 1)[0])
    details = {**doc["details"], "count": int(row["events"])} if "events" in row else doc["details"]
    return Entry(doc["id"], row["kind"], doc["message"], moment, doc["user"], details)


@cache
def activity_log() -> ActivityLog:
    """The log of this process."""
    return ActivityLog(store())
