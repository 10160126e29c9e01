"""From a good token or API key to a caller: what the directory says of them now.

What was read is believed for a second (FRESH_SECONDS), so that a suspended user, a taken role and a revoked key are
dead everywhere after one second at the latest, and a warm caller costs no read at all (docs/decisions/0011).
"""

import hashlib
import hmac
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache

from shared.access.caller import Caller
from shared.access.roles import ROLES, permissions_of, reach
from shared.access.tokens import INVALID, Claims, TokenVerifier, verifier
from shared.core.errors import Unauthenticated
from shared.directory.api_key_rows import USED_SECONDS, used
from shared.directory.keys import api_key_key, role_key, sign_out_key, user_id_of, user_key
from shared.storage.attributes import Item
from shared.storage.schema import DIRECTORY
from shared.storage.store import Store, store

FRESH_SECONDS = 1.0
MOST_KNOWN = 1000
LIVING = ("active", "invited")
API_KEY = re.compile(r"vk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class Principals:
    """Callers by what they present."""

    def __init__(self, rows: Store, tokens: TokenVerifier, clock: Callable[[], float] = time.time) -> None:
        self._rows, self._tokens, self._clock = rows, tokens, clock
        self._known: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()
        self._noted: dict[str, float] = {}
        self.hits = self.misses = 0

    def caller(self, credential: str) -> Caller:
        """The caller who presents this; Unauthenticated for everything that is not good now."""
        digest = hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(digest)
        if known and self._clock() < known[1]:
            self.hits += 1
            return known[0]
        self.misses += 1
        caller, until = self._find(credential)
        self._known[digest] = (caller, min(until, self._clock() + FRESH_SECONDS))
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return caller

    def forget(self) -> None:
        """After a change of the directory in this process."""
        self._known.clear()

    def _find(self, credential: str) -> tuple[Caller, float]:
        key = API_KEY.fullmatch(credential)
        if key:
            return self._of_key(key[1], credential)
        claims = self._tokens.verify(credential)
        return self._of_token(claims), float(claims.expires_at)

    def _of_token(self, claims: Claims) -> Caller:
        user_id = user_id_of(claims.username)
        found = self._rows.get_many(DIRECTORY, [user_key(user_id), sign_out_key(claims.subject)])
        rows = {row["pk"]: row for row in found}
        signed_out = rows.get(sign_out_key(claims.subject)["pk"])
        if signed_out and claims.issued_at <= signed_out["before"]:
            raise Unauthenticated(INVALID)
        roles, permissions = self._rights(claims, rows.get("USERS"))
        return Caller(claims.username, roles, permissions, "user", claims.subject, claims.signed_in_at)

    def _rights(self, claims: Claims, user: Item | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The directory's word for a person who is in it, the pool's groups for one who is not.

        A row that is not linked says nothing: anybody who may create users could make one for any name.
        """
        if user is None or not user["subject"]:
            roles = tuple(group for group in claims.groups if group in ROLES)
            return roles, permissions_of(roles)
        if user["subject"] != claims.subject or claims.issued_at <= user["signed_out_at"]:
            raise Unauthenticated(INVALID)
        return (user["role"],), self._permissions_of_user(user)

    def _permissions_of_user(self, user: Item) -> tuple[str, ...]:
        if user["status"] not in LIVING:
            raise Unauthenticated("This user is not active")
        return self.permissions_of_role(user["role"])

    def permissions_of_role(self, role: str) -> tuple[str, ...]:
        """What a role grants now, as patterns; nothing if there is no such role."""
        if role in ROLES:
            return ROLES[role]
        row = self._rows.get(DIRECTORY, role_key(role))
        return tuple(json.loads(row["permissions"])) if row else ()

    def _of_key(self, prefix: str, credential: str) -> tuple[Caller, float]:
        row = self._rows.get(DIRECTORY, api_key_key(prefix))
        digest = hashlib.sha256(credential.encode()).hexdigest()
        until = _valid_until(row, digest, self._clock()) if row else None
        if row is None or until is None:
            raise Unauthenticated("Invalid API key")
        owner = self._rows.get(DIRECTORY, user_key(user_id_of(row["owner"])))
        if owner is None:
            raise Unauthenticated("Invalid API key")
        permissions = narrowed(json.loads(row["scopes"]), self._permissions_of_user(owner))
        self._note_use(prefix)
        caller = Caller(f"key:{prefix}", (), permissions, "key", owner["subject"], owner=row["owner"])
        return caller, until

    def _note_use(self, prefix: str) -> None:
        """When a key was last used, once a minute: whoever looks after keys throws away what nobody uses."""
        now = self._clock()
        if now - self._noted.get(prefix, float("-inf")) >= USED_SECONDS:
            self._noted[prefix] = now
            used(self._rows, prefix, now)


def _valid_until(row: Item, digest: str, now: float) -> float | None:
    """Until when this secret opens: the present one until it expires, the one before it until the rotation is over."""
    if row["status"] != "active" or row["until"] <= now:
        return None
    if hmac.compare_digest(row["digest"], digest):
        return float(row["until"])
    previous, previous_until = row.get("previous_digest"), row.get("previous_until") or 0
    if previous and previous_until > now and hmac.compare_digest(previous, digest):
        return float(min(row["until"], previous_until))
    return None


def narrowed(scopes: Sequence[str], permissions: Sequence[str]) -> tuple[str, ...]:
    """The scopes of a key as far as its owner may go: a key never does more than its owner."""
    return tuple(sorted(reach(scopes) & reach(permissions)))


@cache
def principals() -> Principals:
    """The principals of this process."""
    return Principals(store(), verifier())
