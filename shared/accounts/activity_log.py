"""What accounts did, newest first: the seed's five kinds of activity, for ninety days.

| question              | table    | pk  | sk                                         |
|-----------------------|----------|-----|--------------------------------------------|
| the latest activities | accounts | LOG | <2026-11-22T14:25:00.000000>#<what did it> |

An entry is written in the transaction of the change that it tells of. One partition takes 1,000 entries a second.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from shared.accounts.model import Activity
from shared.core.clock import from_iso, iso_micros
from shared.storage.attributes import from_doc, to_doc
from shared.storage.schema import ACCOUNTS
from shared.storage.store import Store, store
from shared.storage.writes import ABSENT, Put

LOG = "LOG"
KEPT = timedelta(days=90)
# The seed's own words for each kind.
DESCRIPTIONS: dict[Activity, str] = {
    "user_signup": "User created an account",
    "user_login": "User logged in",
    "network_created": "User created a network",
    "training_started": "User started a training session",
    "simulation_run": "User ran a simulation",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    kind: Activity
    account_id: str
    at: datetime

    @property
    def description(self) -> str:
        return DESCRIPTIONS[self.kind]


def entry_put(entry: Entry, cause: str) -> Put:
    """The write of an entry. `cause` names what happened, so that two entries of one moment stay two."""
    row = {
        "pk": LOG,
        "sk": f"{iso_micros(entry.at)}#{cause}",
        "doc": to_doc({"kind": entry.kind, "account_id": entry.account_id}),
        "expires_at": int((entry.at + KEPT).timestamp()),
    }
    return Put(ACCOUNTS, row, ABSENT)


class ActivityLog:
    """The log, read."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def list_newest(self, limit: int) -> list[Entry]:
        rows = self._rows.query_all(ACCOUNTS, LOG, most=limit, newest_first=True)
        return [Entry(**from_doc(row["doc"]), at=from_iso(row["sk"].partition("#")[0])) for row in rows]


@cache
def activity_log() -> ActivityLog:
    """The log of this process."""
    return ActivityLog(store())
