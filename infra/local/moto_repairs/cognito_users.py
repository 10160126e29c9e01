"""Users of a pool as Cognito finds and protects them: names without case, verified addresses as second names."""

import re
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from moto.cognitoidp import models
from moto.cognitoidp.exceptions import InvalidPasswordException, NotAuthorizedError

LOCK = threading.RLock()
MAX_PASSWORD = 256
DIGITS, LOWER, UPPER = "0-9", "a-z", "A-Z"
SYMBOLS = re.escape("^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ")
KINDS = {"RequireNumbers": DIGITS, "RequireLowercase": LOWER, "RequireUppercase": UPPER, "RequireSymbols": SYMBOLS}
VERIFIED = {"email_verified", "phone_number_verified"}
Method = TypeVar("Method", bound=Callable[..., Any])
_find = models.CognitoIdpUserPool._get_user
_delete_user = models.CognitoIdpBackend.admin_delete_user
_update = models.CognitoIdpBackend.update_user_attributes
_change_password = models.CognitoIdpBackend.change_password


def install() -> None:
    models.CognitoIdpUserPool._get_user = find_user
    models.CognitoIdpUserPool.sign_out = exclusive(sign_out)
    models.CognitoIdpBackend.admin_delete_user = exclusive(admin_delete_user)
    models.CognitoIdpBackend.update_user_attributes = exclusive(update_user_attributes)
    models.CognitoIdpBackend.change_password = exclusive(change_password)
    models.CognitoIdpBackend._validate_password = validate_password


def exclusive(method: Method) -> Method:
    """One request at a time: moto looks first and changes later."""

    @wraps(method)
    def alone(*args: Any, **named: Any) -> Any:
        with LOCK:
            return method(*args, **named)

    return alone  # type: ignore[return-value]


def find_user(pool: Any, username: str | None) -> Any:
    """By user name, or by an e-mail address that is verified where the pool takes it for one."""
    if not username or pool.extended_config.get("UsernameAttributes"):
        return _find(pool, username or "")
    exact = pool.users.get(username)
    if exact is not None:
        return exact
    wanted = username.casefold()
    named = (user for user in list(pool.users.values()) if user.username.casefold() == wanted)
    return next(named, None) or clash(pool, username)


def clash(pool: Any, email: str | None, but: Any = None) -> Any:
    """The other user whose verified address this is, or None."""
    if not email or "email" not in pool.extended_config.get("AliasAttributes", []):
        return None
    for user in list(pool.users.values()):
        known = user.attribute_lookup
        if user is not but and known.get("email_verified") == "true":
            if known.get("email", "").casefold() == email.casefold():
                return user
    return None


def sign_out(pool: Any, username: str) -> None:
    """moto compares names as they were typed, and keeps what it has revoked for ever."""
    user = pool._get_user(username)
    name = user.username if user else username
    for tokens in (pool.refresh_tokens, pool.access_tokens, pool.id_tokens):
        for token, owner in list(tokens.items()):
            if owner is None or owner[1] == name:
                del tokens[token]


def admin_delete_user(backend: Any, user_pool_id: str, username: str) -> None:
    """Tokens end with their user, or the next one of this name would inherit them."""
    backend.describe_user_pool(user_pool_id).sign_out(username)
    _delete_user(backend, user_pool_id, username)


def update_user_attributes(backend: Any, access_token: str, attributes: list[dict[str, str]]) -> None:
    """Only what the client may write; a new address is not verified."""
    for pool in backend.user_pools.values():
        if access_token in pool.access_tokens:
            only_writable(pool.clients[pool.access_tokens[access_token][0]], attributes)
    if any(attribute["Name"] == "email" for attribute in attributes):
        attributes = [*attributes, {"Name": "email_verified", "Value": "false"}]
    _update(backend, access_token, attributes)


def change_password(backend: Any, access_token: str, previous_password: str, proposed_password: str) -> None:
    """Not for a user who has been disabled."""
    for pool in backend.user_pools.values():
        owner = pool.access_tokens.get(access_token)
        user = pool._get_user(owner[1]) if owner else None
        if user is not None and not user.enabled:
            raise NotAuthorizedError("User is disabled.")
    _change_password(backend, access_token, previous_password, proposed_password)


def validate_password(backend: Any, user_pool_id: str, password: str) -> None:
    """moto takes no more than 98 characters, digits of any script, and blanks at the ends."""
    policy = backend.describe_user_pool(user_pool_id).extended_config.get("Policies", {}).get("PasswordPolicy", {})
    fits = policy.get("MinimumLength", 8) <= len(password) <= MAX_PASSWORD and password == password.strip()
    needed = [kind for rule, kind in KINDS.items() if policy.get(rule, True)]
    if not fits or not all(re.search(f"[{kind}]", password) for kind in needed):
        raise InvalidPasswordException()


def only_writable(client: Any, attributes: list[dict[str, str]]) -> None:
    """moto lets everybody write `custom:role` and `email_verified`."""
    writable = client.extended_config.get("WriteAttributes")
    names = {attribute["Name"] for attribute in attributes or []}
    if names & VERIFIED or (writable is not None and not names <= set(writable)):
        raise NotAuthorizedError("A client attempted to write unauthorized attribute")
