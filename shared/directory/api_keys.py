"""API keys: how machines show who they are. `vk_<prefix>_<secret>`; only the digest of the whole is kept.

A key never does more than its owner (shared/access/principals.py), and is dead while the owner is not active.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

from shared.access.caller import Caller
from shared.access.principals import principals
from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from shared.directory.api_key_rows import ApiKey, digest_of, key_attributes, key_of, last_uses, new_secret
from shared.directory.guards import is_oneself, may_command, may_give
from shared.directory.keys import api_key_key, owned_keys, user_id_of
from shared.directory.names import checked_patterns
from shared.directory.repository import DirectoryRepository, directory_repository
from shared.storage.attributes import Item
from shared.storage.schema import DIRECTORY
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, Delete, Put, Update, Write, unchanged

MOST_DAYS, MOST_OVERLAP_HOURS, MOST_KEYS = 365, 24, 50
PREFIX = re.compile(r"[0-9a-f]{12}")
UNKNOWN = "API key not found"


class ApiKeyService:
    """The keys of people. A key makes no keys."""

    def __init__(self, rows: Store, directory: DirectoryRepository, now: Clock) -> None:
        self._rows, self._directory, self._now = rows, directory, now

    def create(self, caller: Caller, name: str, scopes: Sequence[str], days: int = 90) -> tuple[ApiKey, str]:
        """A new key of the caller's, and its secret, which is shown this once. Scopes: what the caller may do."""
        patterns = checked_patterns(scopes)
        if not 1 <= days <= MOST_DAYS:
            raise Invalid(f"A key lives between 1 and {MOST_DAYS} days")
        owner = self._owner(caller)
        may_give(caller, patterns)
        if len(self._of_user(user_id_of(owner))) >= MOST_KEYS:
            raise Conflict(f"Nobody has more than {MOST_KEYS} API keys; revoke one")
        now, prefix = self._now(), secrets.token_hex(6)
        key = ApiKey(prefix, name, patterns, owner, "active", now, now + timedelta(days=days), days)
        secret = new_secret(prefix)
        row = {**api_key_key(prefix), **key_attributes(key), "digest": digest_of(secret)}
        self._rows.transact([Put(DIRECTORY, row, ABSENT), Put(DIRECTORY, _listed(key))])
        return key, secret

    def list(self, caller: Caller) -> tuple[ApiKey, ...]:
        """The caller's keys that are not revoked, newest first."""
        return self._of_user(_person(caller))

    def rotate(self, caller: Caller, key_id: str, overlap_hours: int = 0) -> tuple[ApiKey, str]:
        """A new secret for the same key, which lives anew; the old one opens for `overlap_hours` more."""
        if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
            raise Invalid(f"The old secret may live between 0 and {MOST_OVERLAP_HOURS} hours more")
        row, now = self._row(key_id), self._now()
        before = key_of(row)
        if user_id_of(before.owner) != _person(caller):
            raise NotFound(UNKNOWN)
        if before.status != "active" or before.until <= now:
            raise Conflict("The API key is revoked or has expired; make a new one")
        key = replace(before, until=now + timedelta(days=before.days), version=before.version + 1)
        secret, overlap_until = new_secret(key_id), int(now.timestamp()) + 3600 * overlap_hours
        previous = {"previous_digest": row["digest"], "previous_until": min(overlap_until, row["until"])}
        attributes = {**key_attributes(key), **previous, "digest": digest_of(secret)}
        self._carry_out(Update(DIRECTORY, api_key_key(key_id), set=attributes, condition=unchanged(before.version)))
        return key, secret

    def revoke(self, caller: Caller, key_id: str) -> ApiKey:
        """The end of a key: one's own, or with users:write anybody's. Again: nothing happens."""
        before = key_of(self._row(key_id))
        if not is_oneself(caller, user_id_of(before.owner)):
            self._command(caller, before.owner)
        if before.status == "revoked":
            return before
        key = replace(before, status="revoked", version=before.version + 1)
        change = Update(DIRECTORY, api_key_key(key_id), set=key_attributes(key), condition=unchanged(before.version))
        self._carry_out(change, Delete(DIRECTORY, {name: _listed(key)[name] for name in ("pk", "sk")}))
        return key

    def _command(self, caller: Caller, owner: str) -> None:
        """Whoever manages users may take a key away, but not from somebody who may do more than they."""
        if not caller.may("users:write"):
            raise NotFound(UNKNOWN)
        user = self._directory.find_user(user_id_of(owner))
        role = self._directory.find_role(user.role) if user else None
        may_command(caller, role.permissions if role else ())

    def _carry_out(self, *writes: Write) -> None:
        try:
            self._rows.transact(writes)
        except ConditionFailed as faster:
            raise StaleVersion("Somebody has just changed this API key; look again") from faster
        principals().forget()

    def _of_user(self, user_id: str) -> tuple[ApiKey, ...]:
        listed = self._rows.query_all(DIRECTORY, owned_keys(user_id), most=2 * MOST_KEYS)
        prefixes = [row["sk"] for row in listed]
        uses = last_uses(self._rows, prefixes)
        keys = map(key_of, self._rows.get_many(DIRECTORY, [api_key_key(prefix) for prefix in prefixes]))
        found = [replace(key, last_used_at=uses.get(key.key_id)) for key in keys]
        return tuple(sorted(found, key=lambda key: (key.created_at, key.key_id), reverse=True))

    def _row(self, key_id: str) -> Item:
        row = self._rows.get(DIRECTORY, api_key_key(key_id)) if PREFIX.fullmatch(key_id) else None
        if row is None:
            raise NotFound(UNKNOWN)
        return row

    def _owner(self, caller: Caller) -> str:
        """The caller's user name as the directory has it."""
        owner = self._directory.find_user(_person(caller))
        if owner is None or owner.subject != caller.subject:
            raise Conflict("Only users of the directory have API keys; let an administrator add you first")
        return owner.username


def _person(caller: Caller) -> str:
    """The user id of the caller, who must be a person."""
    if caller.kind != "user":
        raise Forbidden("API keys belong to people; sign in as one")
    return user_id_of(caller.caller_id)


def _listed(key: ApiKey) -> dict[str, str]:
    return {"pk": owned_keys(user_id_of(key.owner)), "sk": key.key_id}


@cache
def api_key_service() -> ApiKeyService:
    """The service of this process."""
    return ApiKeyService(store(), directory_repository(), utc_now)
