"""Connections in the `live` table. A row and its slot come and go in one transaction, so they never differ.

| question                    | pk         | sk              | attributes                                          |
| one connection              | CONNECTION | <connection id> | connected_at, last_activity, enterprise, topics     |
| every connection            | CONNECTION | (all)           |                                                     |
| how many slots are taken    | SLOTS      | COUNTER         | taken, version (counts changes, for the repair)     |

TTL is the last resort for rows (three hours); it gives no slots back, so the ticker sweeps before it comes to that.
"""

import json
from typing import Any

from shared.core.errors import Conflict, LimitReached, NotFound
from shared.live.model import KEPT_SECONDS, MOST_CONNECTIONS, Connection
from shared.storage.schema import LIVE
from shared.storage.store import ConditionFailed, Store
from shared.storage.writes import ABSENT, PRESENT, Condition, Delete, Put, Update

SLOTS = {"pk": "SLOTS", "sk": "COUNTER"}
SLOT_FREE = Condition("attribute_not_exists(#taken) OR #taken < :most", {"most": MOST_CONNECTIONS})
SUBSCRIBE_ATTEMPTS = 5


class ConnectionRepository:
    """Who is connected."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, connection: Connection) -> None:
        """Take a slot and write the row. LimitReached when all are taken; a repeated call changes nothing."""
        row = Put(LIVE, _row(connection), ABSENT)
        slot = Update(LIVE, SLOTS, add={"taken": 1, "version": 1}, condition=SLOT_FREE)
        try:
            self._store.transact((row, slot))
        except ConditionFailed as failed:
            if failed.position == 1:
                raise LimitReached(f"at most {MOST_CONNECTIONS} connections") from failed

    def remove(self, connection_id: str) -> bool:
        """Delete the row and give the slot back, exactly once; False for an unknown connection."""
        row = Delete(LIVE, _key(connection_id), PRESENT)
        try:
            self._store.transact((row, Update(LIVE, SLOTS, add={"taken": -1, "version": 1})))
        except ConditionFailed:
            return False
        return True

    def touch(self, connection_id: str, at: float, *, enterprise: bool) -> None:
        """Note a sign of life, and for good that seed 000 was spoken. An unknown connection stays unknown."""
        spoken = {"enterprise": True} if enterprise else {}
        try:
            self._store.transact(
                [Update(LIVE, _key(connection_id), set={"last_activity": at, **spoken}, condition=PRESENT)]
            )
        except ConditionFailed:
            return

    def subscribe(self, connection_id: str, topic: str, most: int) -> None:
        """Add a topic; LimitReached beyond `most`. Compared and swapped: messages may be handled side by side."""
        for _ in range(SUBSCRIBE_ATTEMPTS):
            seen = self.get(connection_id)
            if topic in seen.topics:
                return
            if len(seen.topics) >= most:
                raise LimitReached(f"at most {most} subscriptions")
            unchanged = Condition("#topics = :seen", {"seen": json.dumps(seen.topics)})
            topics = {"topics": json.dumps((*seen.topics, topic))}
            try:
                return self._store.transact([Update(LIVE, _key(connection_id), set=topics, condition=unchanged)])
            except ConditionFailed:
                continue
        raise Conflict("the subscriptions change too fast; try again")

    def get(self, connection_id: str) -> Connection:
        """One connection. NotFound when it is gone."""
        row = self._store.get(LIVE, _key(connection_id))
        if row is None:
            raise NotFound("no such connection")
        return _connection(row)

    def everyone(self) -> list[Connection]:
        """Every connection as of now, the oldest first."""
        rows = self._store.query_all(LIVE, "CONNECTION", most=10 * MOST_CONNECTIONS)
        return sorted(map(_connection, rows), key=lambda one: (one.connected_at, one.connection_id))

    def count(self) -> int:
        """How many are connected: the counter, which is one read however many there are."""
        return int((self._store.get(LIVE, SLOTS) or {}).get("taken", 0))

    def sweep(self, now: float) -> int:
        """Remove what outlived API Gateway's two hours; mend the counter where TTL was faster. Returns the removals."""
        outlived = [connection for connection in self.everyone() if connection.outlived(now)]
        removed = sum(self.remove(connection.connection_id) for connection in outlived)
        self._mend_slots()
        return removed

    def _mend_slots(self) -> None:
        seen = self._store.get(LIVE, SLOTS)
        if seen is None:
            return
        taken = len(self.everyone())
        # Every connect and disconnect changes `version`: the recount only counts if nobody came or went meanwhile.
        unchanged = Condition("#version = :seen", {"seen": seen["version"]})
        if taken != seen["taken"]:
            try:
                self._store.transact([Update(LIVE, SLOTS, set={"taken": taken}, condition=unchanged)])
            except ConditionFailed:
                return


def _key(connection_id: str) -> dict[str, str]:
    return {"pk": "CONNECTION", "sk": connection_id}


def _row(connection: Connection) -> dict[str, Any]:
    return {
        **_key(connection.connection_id),
        "connected_at": connection.connected_at,
        "last_activity": connection.last_activity,
        "enterprise": connection.enterprise,
        "topics": json.dumps(connection.topics),
        "expires_at": int(connection.connected_at) + KEPT_SECONDS,
    }


def _connection(row: dict[str, Any]) -> Connection:
    topics = tuple(json.loads(row["topics"]))
    return Connection(row["sk"], float(row["connected_at"]), float(row["last_activity"]), row["enterprise"], topics)
