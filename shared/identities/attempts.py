"""How often somebody may guess: counted before the guess, so that many guesses at the same moment count as many.

| question                      | pk                | sk        | attributes                  |
|-------------------------------|-------------------|-----------|-----------------------------|
| how often was this name tried | ATTEMPTS#<sha256> | <purpose> | attempts, until, expires_at |

Rows of the `requests` table. Names are kept as digests: what is typed into a name field is now and then a password.
"""

import hashlib
from dataclasses import dataclass
from functools import cache

from shared.core.clock import Clock, utc_now
from shared.core.errors import LimitReached
from shared.storage.schema import REQUESTS
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import Condition, Delete, Put, Update


@dataclass(frozen=True, slots=True)
class Allowance:
    """`most` attempts in `seconds` from the first one."""

    purpose: str
    most: int
    seconds: int


LOGIN = Allowance("login", 10, 900)
CHANGE = Allowance("change", 10, 900)
CODE = Allowance("code", 10, 3600)
MAIL = Allowance("mail", 5, 3600)
# By itself: whoever signs up with somebody else's address must not use up the mails that reset their password.
SIGN_UP = Allowance("sign-up", 5, 3600)


class Attempts:
    """Counts attempts by name and purpose."""

    def __init__(self, rows: Store, now: Clock) -> None:
        self._rows, self._now = rows, now

    def count(self, allowance: Allowance, name: str) -> None:
        """One more attempt; LimitReached, with the seconds to wait, if there were enough."""
        key, now = _key(allowance, name), int(self._now().timestamp())
        # Others may begin the window, or end it, between our two writes: then the first one fits after all.
        for _ in range(3):
            if self._add(key, allowance, now) or self._begin(key, allowance, now):
                return
        row = self._rows.get(REQUESTS, key)
        wait = max(1, int(row["until"]) - now) if row else 1
        raise LimitReached("Too many attempts; wait before the next one", retry_after=wait)

    def forget(self, allowance: Allowance, name: str) -> None:
        """After a success."""
        self._rows.transact([Delete(REQUESTS, _key(allowance, name))])

    def _add(self, key: dict[str, str], allowance: Allowance, now: int) -> bool:
        room = Condition("#until > :now AND #attempts < :most", {"now": now, "most": allowance.most})
        return self._written(Update(REQUESTS, key, add={"attempts": 1}, condition=room))

    def _begin(self, key: dict[str, str], allowance: Allowance, now: int) -> bool:
        until = now + allowance.seconds
        row = {**key, "attempts": 1, "until": until, "expires_at": until}
        over = Condition("attribute_not_exists(#pk) OR #until <= :now", {"now": now})
        return self._written(Put(REQUESTS, row, over))

    def _written(self, write: Put | Update) -> bool:
        try:
            self._rows.transact([write])
        except ConditionFailed:
            return False
        return True


def _key(allowance: Allowance, name: str) -> dict[str, str]:
    digest = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()
    return {"pk": f"ATTEMPTS#{digest}", "sk": allowance.purpose}


@cache
def attempts() -> Attempts:
    """The attempts of everybody."""
    return Attempts(store(), utc_now)
