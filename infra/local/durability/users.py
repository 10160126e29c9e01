"""Cognito's users, groups and sessions as rows, so that people and their tokens survive a restart."""

import json
import threading
from typing import Any

from moto.cognitoidp.models import CognitoIdpGroup, CognitoIdpUser, UserStatus

from infra.local.durability.rows import Rows
from infra.local.http_messages import Request
from infra.local.identities import POOL_ID, the_pool
from infra.local.moto_repairs.cognito_tokens import signed_in

TARGET = "AWSCognitoIdentityProviderService."
READS = ("Get", "List", "Describe", "AdminGet", "AdminList")
PLAIN = (
    "id",
    "username",
    "password",
    "status",
    "enabled",
    "attributes",
    "software_token_mfa_enabled",
    "token_verified",
    "preferred_mfa_setting",
)
# What our repairs of moto add to a user (infra/local/moto_repairs/cognito_codes.py, cognito.py).
ADDED = ("codes", "totp_secret")
SESSIONS = ("refresh_tokens", "access_tokens")


class Users:
    """`after` is told of every request to Cognito once moto has carried it out; what it changed is written."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._kept: dict[str, str] = {}
        self._lock = threading.Lock()

    def after(self, request: Request) -> None:
        target = request.headers.get("x-amz-target", "")
        if target.startswith(TARGET) and not target.removeprefix(TARGET).startswith(READS):
            self.keep()

    def keep(self) -> None:
        with self._lock:
            now = snapshot()
            changed = {name: text for name, text in now.items() if self._kept.get(name) != text}
            self._rows.set_facts(changed, self._kept.keys() - now.keys())
            self._kept = now

    def restore(self) -> int:
        self._kept = self._rows.facts("cognito ")
        pool = the_pool()
        for name, text in self._kept.items():
            _, kind, key = name.split(" ", 2)
            value = json.loads(text)
            match kind:
                case "group" if key not in pool.groups:
                    pool.groups[key] = CognitoIdpGroup(POOL_ID, key, *value)
                case "session" if key in SESSIONS:
                    getattr(pool, key).update({token: tuple(of) for token, of in value.items() if of})
                case "session" if key == "signed_in":
                    signed_in(pool).update(value)
        users = [json.loads(text) for name, text in self._kept.items() if name.startswith("cognito user ")]
        for facts in users:
            _restore_user(facts)
        return len(users)


def snapshot() -> dict[str, str]:
    """Everything of the pool that can change, by the name of its row."""
    pool = the_pool()
    rows = {f"cognito session {name}": json.dumps(getattr(pool, name)) for name in SESSIONS}
    rows["cognito session signed_in"] = json.dumps(signed_in(pool))
    for group in list(pool.groups.values()):
        value = [group.description, group.role_arn, group.precedence]
        rows[f"cognito group {group.group_name}"] = json.dumps(value)
    for user in list(pool.users.values()):
        rows[f"cognito user {user.id}"] = json.dumps(_facts(user), sort_keys=True)
    return rows


def _facts(user: CognitoIdpUser) -> dict[str, Any]:
    facts = {name: getattr(user, name) for name in PLAIN}
    facts |= {name: vars(user)[name] for name in ADDED if name in vars(user)}
    return {**facts, "groups": sorted(group.group_name for group in user.groups)}


def _restore_user(facts: dict[str, Any]) -> None:
    pool = the_pool()
    # moto asks for the state by identity: a plain text is not it.
    status = UserStatus[facts["status"]]
    user = CognitoIdpUser(POOL_ID, facts["username"], facts["password"], status, facts["attributes"])
    for name in (*PLAIN, *ADDED):
        if name in facts and name not in ("status", "attributes"):
            setattr(user, name, facts[name])
    user.update_attributes([{"Name": "sub", "Value": user.id}])
    for name in facts["groups"]:
        if name in pool.groups:
            pool.groups[name].users.add(user)
            user.groups.add(pool.groups[name])
    pool.users[user.username] = user
