"""Requests with an Idempotency-Key in the `requests` table: who carries one out, and what it was answered.

| question                        | pk          | sk   | attributes                                                   |
|---------------------------------|-------------|------|--------------------------------------------------------------|
| what became of a keyed request  | ONCE#<name> | ONCE | content, claim, operation, state, deadline; then status,      |
|                                 |             |      | headers and body, or why they were not kept                  |

           begin                     finish
    (none) ─────► running ──────────────────────► done ──► gone after 24 hours
       ▲            │  ▲ deadline passed, by itself or by `fail`:
       └── forget ──┘  └ an equal request takes it over, with a claim of its own

`deadline` is when the function that claimed the request is certainly dead, in epoch seconds.
"""

import json
import zlib
from datetime import timedelta
from functools import cache
from math import ceil
from typing import Any

from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, OtherRequest, StillRunning, Unavailable
from shared.core.ids import new_id
from shared.requests.model import Answer, Claim, KeyedRequest
from shared.storage.attributes import Item
from shared.storage.schema import REQUESTS
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import Condition, Delete, Put, Update

KEPT = timedelta(hours=24)
MOST_BYTES = 350_000  # compressed; an item ends at 400 KB
ATTEMPTS = 8
MOST_PATIENCE = 2  # seconds: most requests that still run are done long before their deadline
TOO_LARGE = "it is too large"

# TTL removes rows up to two days late, so the time is compared here too.
FREE = "attribute_not_exists(#pk) OR #expires_at <= :now"
DEAD = "#claim = :dead AND #state = :running AND #deadline <= :now"
MINE = "#claim = :claim AND #state = :running"


class AnsweredRequests:
    """What keyed requests were answered."""

    def __init__(self, rows: Store, now: Clock) -> None:
        self._rows, self._now = rows, now

    def begin(self, request: KeyedRequest, lives: float) -> Claim | Answer:
        """The right to carry the request out, or the answer that it got before.

        `lives`: seconds after which this process is dead. OtherRequest if the key was used for something else,
        StillRunning if another process is at it, Conflict if it was answered but the answer was not kept.
        """
        dead: Item | None = None
        for attempt in range(ATTEMPTS):
            claim = self._claim(request, lives, dead)
            if claim is not None:
                return claim
            row = self._rows.get(REQUESTS, record_key(request.name))
            dead = row if row is not None and row["expires_at"] > self._seconds() else None
            answer = self._found(dead, request) if dead else None
            if answer is not None:
                return answer
            pause(attempt)
        raise Unavailable("Equal requests come too fast; try again")

    def _claim(self, request: KeyedRequest, lives: float, dead: Item | None) -> Claim | None:
        """A record of one's own, or that of a dead process with the operation that it may have carried out."""
        claim = Claim(request.name, new_id("claim"), dead["operation"] if dead else new_id("op"))
        try:
            self._rows.transact([self._put(request, claim, lives, dead)])
        except ConditionFailed:
            return None
        return claim

    def finish(self, claim: Claim, answer: Answer, unkept: str = "") -> bool:
        """Keeps the answer. False if the claim was lost to somebody else: then theirs counts.

        `unkept` is why the answer must not be kept; of it, or of one that no row can hold, only the status is.
        """
        headers, body = json.dumps(answer.headers), zlib.compress(answer.body)
        unkept = unkept or (TOO_LARGE if len(headers) + len(body) > MOST_BYTES else "")
        kept: dict[str, Any] = {"unkept": unkept} if unkept else {"headers": headers, "body": body}
        done = {"state": "done", "status": answer.status, "expires_at": self._expires_at(), **kept}
        return self._held(Update(REQUESTS, record_key(claim.name), set=done, condition=_mine(claim)))

    def fail(self, claim: Claim) -> bool:
        """Lets an equal request be carried out at once; another one never, for this one may have done its work."""
        return self._held(Update(REQUESTS, record_key(claim.name), set={"deadline": 0}, condition=_mine(claim)))

    def forget(self, claim: Claim) -> bool:
        """Frees the key of a request that was refused before it did anything. False if the claim was lost."""
        return self._held(Delete(REQUESTS, record_key(claim.name), _mine(claim)))

    def _held(self, write: Update | Delete) -> bool:
        try:
            self._rows.transact([write])
        except ConditionFailed:
            return False
        return True

    def _put(self, request: KeyedRequest, claim: Claim, lives: float, dead: Item | None) -> Put:
        now = self._seconds()
        row = {
            **record_key(request.name),
            "content": request.content,
            "claim": claim.claim_id,
            "operation": claim.operation,
            "state": "running",
            "deadline": now + lives,
            "expires_at": self._expires_at(),
        }
        if dead:
            return Put(REQUESTS, row, Condition(DEAD, {"dead": dead["claim"], "running": "running", "now": now}))
        return Put(REQUESTS, row, Condition(FREE, {"now": now}))

    def _found(self, row: Item, request: KeyedRequest) -> Answer | None:
        """The kept answer; None if the row has become free since it was met."""
        if row["content"] != request.content:
            raise OtherRequest("This Idempotency-Key was used for another request")
        if row["state"] == "done":
            return _answer_of(row)
        left = row["deadline"] - self._seconds()
        if left <= 0:
            return None
        wait = max(1, min(MOST_PATIENCE, ceil(left)))
        raise StillRunning("A request with this Idempotency-Key is still running", retry_after=wait)

    def _seconds(self) -> float:
        return self._now().timestamp()

    def _expires_at(self) -> int:
        return ceil((self._now() + KEPT).timestamp())


def record_key(name: str) -> dict[str, str]:
    """ONCE#<digest> / ONCE"""
    return {"pk": f"ONCE#{name}", "sk": "ONCE"}


def _mine(claim: Claim) -> Condition:
    return Condition(MINE, {"claim": claim.claim_id, "running": "running"})


def _answer_of(row: Item) -> Answer:
    if row.get("unkept"):
        raise Conflict(
            f"This request was carried out and answered with {row['status']}; "
            f"the answer was not kept because {row['unkept']}"
        )
    headers = tuple((name, value) for name, value in json.loads(row["headers"]))
    return Answer(row["status"], headers, zlib.decompress(row["body"]))


@cache
def answered_requests() -> AnsweredRequests:
    """The repository of this process."""
    return AnsweredRequests(store(), utc_now)
