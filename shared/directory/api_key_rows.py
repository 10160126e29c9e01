"""API keys as rows of the directory, and when they were last used. What they open: shared/access/principals.py."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from shared.core.clock import from_iso, iso_seconds
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import REQUESTS
from shared.storage.store import ConditionFailed, Store
from shared.storage.writes import Condition, Update

USED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What may be shown of a key; `key_id` is its prefix. `days` is how long it lives from each rotation on."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    owner: str
    status: Literal["active", "revoked"]
    created_at: datetime
    until: datetime
    days: int
    last_used_at: datetime | None = None
    version: int = 1


def new_secret(prefix: str) -> str:
    """The whole credential: 256 random bits behind the prefix."""
    return f"vk_{prefix}_{secrets.token_urlsafe(32)}"


def digest_of(secret: str) -> str:
    """What is kept of a credential. So many random bits need neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_attributes(key: ApiKey) -> dict[str, Any]:
    """Everything of a key's row but its digests and its last use."""
    doc = {"name": key.name, "days": key.days, "created_at": iso_seconds(key.created_at)}
    return {
        "version": key.version,
        "scopes": json.dumps(key.scopes),
        "owner": key.owner,
        "status": key.status,
        "until": int(key.until.timestamp()),
        "doc": to_doc(doc),
    }


def key_of(row: Item) -> ApiKey:
    """The key in a row."""
    doc = from_doc(row["doc"])
    return ApiKey(
        key_id=row["sk"],
        name=doc["name"],
        scopes=tuple(json.loads(row["scopes"])),
        owner=row["owner"],
        status=row["status"],
        created_at=from_iso(doc["created_at"]),
        until=datetime.fromtimestamp(row["until"], UTC),
        days=doc["days"],
        version=row["version"],
    )


def used(rows: Store, prefix: str, now: float) -> None:
    """Remembers when a key was used, once a minute at the most."""
    stale = Condition(
        "attribute_not_exists(#pk) OR #last_used_at <= :before",
        {"before": int(now) - USED_SECONDS},
    )
    try:
        rows.transact([Update(REQUESTS, use_key(prefix), set={"last_used_at": int(now)}, condition=stale)])
    except ConditionFailed:
        pass


def last_uses(rows: Store, prefixes: Sequence[str]) -> dict[str, datetime]:
    """When keys were last used, those that ever were."""
    found = rows.get_many(REQUESTS, [use_key(prefix) for prefix in prefixes])
    return {row["pk"].removeprefix("KEY#"): datetime.fromtimestamp(row["last_used_at"], UTC) for row in found}


def use_key(prefix: str) -> dict[str, str]:
    """KEY#<prefix> / USED, in the `requests` table: every function may write there, and nobody's rights hang on it."""
    return {"pk": f"KEY#{prefix}", "sk": "USED"}
