"""Platform users and API keys put straight into the directory, for tests of what they let somebody do."""

import hashlib
import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from shared.directory.keys import api_key_key, user_id_of, user_key
from shared.directory.model import Status, User
from shared.directory.repository import user_attributes
from shared.storage.attributes import to_doc
from shared.storage.schema import DIRECTORY
from shared.storage.store import store
from shared.storage.writes import Put

CREATED = datetime(2025, 1, 9, 10, 30, tzinfo=UTC)


def a_user_row(username: str, subject: str, role: str = "viewer", status: Status = "active", **more: Any) -> None:
    """A user of the directory, linked to the pool's `subject`."""
    user_id = user_id_of(username)
    user = User(user_id, username, f"{username}@example.com", "", role, status, CREATED, subject, **more)
    store().transact([Put(DIRECTORY, {**user_key(user_id), **user_attributes(user)})])


def an_api_key(owner: str, *scopes: str, **changed: Any) -> str:
    """A key of a user of the directory; its secret. `changed` overrides attributes of the row."""
    prefix = secrets.token_hex(6)
    secret = f"vk_{prefix}_{secrets.token_urlsafe(32)}"
    row = {
        **api_key_key(prefix),
        "version": 1,
        "digest": hashlib.sha256(secret.encode()).hexdigest(),
        "scopes": json.dumps(scopes),
        "owner": owner,
        "status": "active",
        "until": int(time.time()) + 3600,
        "doc": to_doc({"name": "a key", "days": 90, "created_at": "2025-01-09T10:30:00Z"}),
    }
    store().transact([Put(DIRECTORY, row | changed)])
    return secret
