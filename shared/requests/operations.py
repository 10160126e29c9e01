"""What a keyed request made, in the `requests` table: written in the transaction that makes it.

The record of shared/requests/once.py comes after the work. A function that dies in between is repeated; the row
written here makes the repeated work fail, and names what the first one made.

| question                  | pk             | sk        | attributes |
|---------------------------|----------------|-----------|------------|
| what an operation made    | OPERATION#<id> | OPERATION | made       |
"""

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from shared.requests.once import KEPT
from shared.storage.schema import REQUESTS
from shared.storage.store import Store
from shared.storage.writes import Condition, Put

FREE = "attribute_not_exists(#pk) OR #expires_at <= :now"


def operation_puts(operation_id: str | None, made: str, now: datetime) -> Sequence[Put]:
    """The write that belongs into the transaction; nothing for a request without a key."""
    if operation_id is None:
        return ()
    row = {**_key(operation_id), "made": made, "expires_at": ceil((now + KEPT).timestamp())}
    return (Put(REQUESTS, row, Condition(FREE, {"now": now.timestamp()})),)


def made_by(rows: Store, operation_id: str | None, now: datetime) -> str | None:
    """What the operation made in the last 24 hours, or None."""
    row = rows.get(REQUESTS, _key(operation_id)) if operation_id else None
    return str(row["made"]) if row and row["expires_at"] > now.timestamp() else None


def _key(operation_id: str) -> dict[str, str]:
    return {"pk": f"OPERATION#{operation_id}", "sk": "OPERATION"}
