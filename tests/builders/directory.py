"""A user pool in moto and platform users in the directory, as tests of the directory need them."""

from collections.abc import Iterable
from typing import Any

import pytest
from moto.cognitoidp.models import CognitoIdpUserPool, cognitoidp_backends

from shared.core.aws import client
from shared.directory.keys import user_id_of, user_key
from shared.storage.schema import DIRECTORY
from shared.storage.store import store
from tests.builders.calls import Answer, call
from tests.builders.tokens import POOL, bearer, trust

USERS = "/api/v1/users"
ADMIN = bearer("root", "admin")


def a_pool(monkeypatch: pytest.MonkeyPatch, auth_mode: str = "open") -> CognitoIdpUserPool:
    """The pool whose tokens tests/builders/tokens.py makes. moto invents its id, so that it is put right."""
    backend = cognitoidp_backends["123456789012"]["eu-central-1"]
    made = client("cognito-idp").create_user_pool(PoolName="users", AliasAttributes=["email"])
    pool = backend.user_pools.pop(made["UserPool"]["Id"])
    pool.id = POOL
    backend.user_pools[POOL] = pool
    trust(monkeypatch, auth_mode)
    return pool


def ask(method: str, path: str = "/", headers: dict[str, str] | None = None, **sent: Any) -> Answer:
    """A request to the users' function, by an administrator who is in the pool only unless headers say otherwise."""
    from functions.users.app import handler

    return call(handler, method, USERS + path, headers=ADMIN if headers is None else headers, **sent)


def body_of(username: str, **more: Any) -> dict[str, Any]:
    return {"username": username, "email": f"{username}@example.com", "full_name": username.title(), **more}


def add_user(username: str, role: str = "viewer", status: str = "active", **more: Any) -> str:
    """A user, made through the front door; their id."""
    answer = ask("POST", json=body_of(username, role=role, status=status, **more))
    assert answer.status == 201, answer.body
    return str(answer.body["data"]["user_id"])


def as_user(username: str, **claims: Any) -> dict[str, str]:
    """The headers of a user of the directory who signed in."""
    row = store().get(DIRECTORY, user_key(user_id_of(username)))
    assert row is not None
    return bearer(username, **{"sub": row["subject"], **claims})


def user(user_id: str) -> dict[str, Any]:
    """A user as the API shows them."""
    data: dict[str, Any] = ask("GET", f"/{user_id}").body["data"]
    return data


def rows(dynamodb: Any) -> list[dict[str, Any]]:
    """Every row of the directory."""
    from shared.storage.attributes import from_item

    pages: Iterable[Any] = dynamodb.get_paginator("scan").paginate(TableName="vedette-local-directory")
    return [from_item(item) for page in pages for item in page["Items"]]


def problems(dynamodb: Any, pool: CognitoIdpUserPool) -> list[str]:
    """What may never be, whatever died or met: see the sentences."""
    found = rows(dynamodb)
    users = {row["sk"]: row for row in found if row["pk"] == "USERS"}
    emails = {row["pk"].removeprefix("EMAIL#"): row["user_id"] for row in found if row["sk"] == "EMAIL"}
    identities = {identity.id: identity for identity in pool.users.values()}
    wrong = [f"{mail} is reserved for {owner}, who has another address" for mail, owner in emails.items()]
    wrong = [text for text, (mail, owner) in zip(wrong, emails.items(), strict=True) if _email(users, owner) != mail]
    for user_id, row in users.items():
        if emails.get(_email(users, user_id) or "") != user_id:
            wrong.append(f"the address of {user_id} is not reserved for them")
        identity = identities.get(row["subject"])
        if row["subject"] and (identity is None or user_id_of(identity.username) != user_id):
            wrong.append(f"{user_id} is linked to an identity that is not theirs")
    counted = sum(
        row["role"] == "admin" and row["status"] in ("active", "invited") and bool(row["subject"])
        for row in users.values()
    )
    admins = sum(row["admins"] for row in found if row["pk"] == "COUNTS")
    if admins != counted:
        wrong.append(f"{admins} administrators are counted, {counted} are there")
    for role in (row for row in found if row["pk"] == "ROLES"):
        holders = sum(row["role"] == role["sk"] for row in users.values())
        if holders != role["holders"]:
            wrong.append(f"{role['sk']} counts {role['holders']} holders, {holders} have it")
    return wrong


def _email(users: dict[str, dict[str, Any]], user_id: str) -> str | None:
    from shared.storage.attributes import from_doc

    row = users.get(user_id)
    return str(from_doc(row["doc"])["email"]).casefold() if row else None
