"""API keys through the front door: made, used, rotated, revoked."""

from typing import Any

import pytest

from functions.accounts.app import handler
from functions.users.app import handler as users_handler
from tests.builders.calls import Answer, call
from tests.builders.directory_rows import a_user_row
from tests.builders.stored import once_row, stored_text
from tests.builders.tokens import bearer, trust

NEW = {"name": "nightly export", "scopes": ["users:read", "keys:read"]}


@pytest.fixture(autouse=True)
def people(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)
    a_user_row("dev", "sub-dev", role="developer")
    a_user_row("ana", "sub-ana", role="admin")
    a_user_row("eve", "sub-eve", role="developer")


def keys(method: str, path: str = "", by: str = "dev", **sent: Any) -> Answer:
    return call(handler, method, f"/auth/api-keys{path}", headers=bearer(by) | sent.pop("headers", {}), **sent)


def users_seen_by(secret: str) -> int:
    return call(users_handler, "GET", "/api/v1/users", headers={"authorization": f"Bearer {secret}"}).status


def test_a_key_is_made_listed_used_and_revoked() -> None:
    made = keys("POST", json=NEW)
    secret, key_id = made.body["secret"], made.body["key_id"]

    assert (made.status, made.body["status"], made.body["last_used_at"]) == (201, "active", None)
    assert users_seen_by(secret) == 200
    (listed,) = keys("GET").body["api_keys"]
    assert {**made.body, "last_used_at": listed["last_used_at"]} == {**listed, "secret": secret}
    assert keys("DELETE", f"/{key_id}").body["status"] == "revoked"
    assert users_seen_by(secret) == 401


def test_a_rotated_key_has_a_new_secret_and_the_old_one_ends() -> None:
    first = keys("POST", json=NEW).body
    assert users_seen_by(first["secret"]) == 200

    second = keys("POST", f"/{first['key_id']}/rotate", json={}).body
    third = keys("POST", f"/{first['key_id']}/rotate", json={"overlap_hours": 1}).body

    assert first["key_id"] == second["key_id"] == third["key_id"]
    assert [users_seen_by(each["secret"]) for each in (first, second, third)] == [401, 200, 200]


def test_a_key_gives_no_more_than_its_maker_may() -> None:
    assert keys("POST", json={**NEW, "scopes": ["users:write"]}).status == 403
    assert keys("POST", json={**NEW, "scopes": ["*"]}).status == 403
    assert keys("GET").body["api_keys"] == []


def test_viewers_make_no_keys() -> None:
    a_user_row("vic", "sub-vic", role="viewer")

    assert (keys("POST", by="vic", json=NEW).status, keys("GET", by="vic").status) == (403, 200)


def test_keys_of_others_are_not_there() -> None:
    key_id = keys("POST", json=NEW).body["key_id"]

    assert keys("DELETE", f"/{key_id}", by="eve").status == 404
    assert keys("POST", f"/{key_id}/rotate", by="eve", json={}).status == 404
    assert keys("GET", by="eve").body["api_keys"] == []
    assert keys("DELETE", f"/{key_id}", by="ana").status == 200, "whoever manages users ends any key"


def test_a_key_makes_no_keys_and_does_not_sign_in_or_out() -> None:
    secret = keys("POST", json={**NEW, "scopes": ["keys:read", "keys:write"]}).body["secret"]
    by_key = {"authorization": f"Bearer {secret}"}

    assert call(handler, "POST", "/auth/api-keys", json=NEW, headers=by_key).status == 403
    assert call(handler, "POST", "/auth/logout", headers=by_key).status == 403
    body = {"previous_password": "x", "new_password": "y"}
    assert call(handler, "POST", "/auth/password/change", json=body, headers=by_key).status == 403
    me = call(handler, "GET", "/auth/me", headers=by_key).body
    assert (me["kind"], me["subject"], me["permissions"]) == ("key", "sub-dev", ["keys:read", "keys:write"])


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["no:such"]},
        {"scopes": ["users:read; drop"]},
        {"scopes": ["users:read"] * 51},
        {"scopes": "users:read"},
        {"days": 0},
        {"days": 366},
        {"days": 1e400},
        {"name": "x" * 81},
        {"name": "a\x00b"},
        {"name": ""},
    ],
)
def test_odd_keys_are_refused(change: dict[str, Any]) -> None:
    assert keys("POST", json={**NEW, **change}).status == 422
    assert keys("GET").body["api_keys"] == []


@pytest.mark.parametrize("key_id", ["x", "0" * 12, "..%2f", "k" * 3000, "%00", "KEYS"])
def test_keys_that_cannot_be_are_not_found(key_id: str) -> None:
    assert keys("DELETE", f"/{key_id}").status == 404
    assert keys("POST", f"/{key_id}/rotate", json={}).status == 404


def test_a_secret_is_stored_nowhere(tables: Any) -> None:
    made = keys("POST", json=NEW, headers={"idempotency-key": "one"}).body
    record = once_row(tables)
    rotated = keys("POST", f"/{made['key_id']}/rotate", json={}, headers={"idempotency-key": "two"}).body

    assert ("body" in record, record["unkept"]["S"]) == (False, "it carries a secret")
    stored = stored_text(tables)
    assert made["key_id"] in stored
    for secret in (made["secret"], rotated["secret"]):
        assert secret not in stored
        assert secret[16:] not in stored
