"""When people signed out everywhere, and new passwords after which they still have to.

| table     | question                              | pk              | sk         | attributes             |
|-----------|---------------------------------------|-----------------|------------|------------------------|
| directory | since when are a person's tokens dead | SIGNOUT#<sub>   | SIGNOUT    | before (epoch seconds) |
| directory | since when are a user's tokens dead   | USERS           | <user_id>  | signed_out_at          |
| requests  | which new passwords were begun        | RESET#<subject> | <reset id> | begun_at, expires_at   |

The rows of users belong to shared/directory; shared/access/principals.py asks all of them at every look-up.
"""

from functools import cache

from shared.core.clock import Clock, utc_now
from shared.core.ids import new_id
from shared.directory.keys import sign_out_key, user_id_of, user_key
from shared.storage.schema import DIRECTORY, REQUESTS
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import Condition, Delete, Put, Update

RESET_SECONDS = 86_400
# As long as a function lives: a younger note belongs to a request that may still be refused for its wrong code.
FUNCTION_SECONDS = 30


class SignOuts:
    """Rows that end tokens."""

    def __init__(self, rows: Store, now: Clock) -> None:
        self._rows, self._now = rows, now

    def end_tokens(self, subject: str) -> None:
        """From this second on every token issued until now is dead."""
        now = int(self._now().timestamp())
        later = Condition("attribute_not_exists(#pk) OR #before < :now", {"now": now})
        try:
            self._rows.transact([Update(DIRECTORY, sign_out_key(subject), set={"before": now}, condition=later)])
        except ConditionFailed:
            return  # somebody has just said so

    def dead_until(self, subject: str, username: str) -> int:
        """Tokens issued in this second (epoch) or before are dead."""
        keys = [sign_out_key(subject), user_key(user_id_of(username))]
        found = self._rows.get_many(DIRECTORY, keys)
        return max((int(row.get("before") or row.get("signed_out_at") or 0) for row in found), default=0)

    def begin_reset(self, subject: str) -> str:
        """Note that tokens are to end; a login that finds an old note makes up for a process that died."""
        reset_id, now = new_id("reset"), int(self._now().timestamp())
        times = {"begun_at": now, "expires_at": now + RESET_SECONDS}
        self._rows.transact([Put(REQUESTS, {**_reset_key(subject, reset_id), **times})])
        return reset_id

    def finish_reset(self, subject: str, reset_id: str) -> None:
        self._rows.transact([Delete(REQUESTS, _reset_key(subject, reset_id))])

    def open_resets(self, subject: str) -> list[str]:
        """The resets that were begun and can no longer be finished by the function that began them."""
        now = self._now().timestamp()
        rows = self._rows.query(REQUESTS, f"RESET#{subject}", limit=25).items
        return [row["sk"] for row in rows if row["expires_at"] > now >= row["begun_at"] + FUNCTION_SECONDS]


def _reset_key(subject: str, reset_id: str) -> dict[str, str]:
    return {"pk": f"RESET#{subject}", "sk": reset_id}


@cache
def sign_outs() -> SignOuts:
    """The sign-outs of everybody."""
    return SignOuts(store(), utc_now)
