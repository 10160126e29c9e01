"""Tokens of moto's pools: dead ones are refused, refreshed ones keep the time of the sign-in, old ones are dropped."""

import base64
import json
import time
from typing import Any

from moto.cognitoidp import models
from moto.cognitoidp.exceptions import NotAuthorizedError

from infra.local.moto_repairs.cognito_users import exclusive

_create_jwt = models.CognitoIdpUserPool.create_jwt
_create_refresh_token = models.CognitoIdpUserPool.create_refresh_token
_log_user_in = models.CognitoIdpBackend._log_user_in


def install() -> None:
    models.CognitoIdpUserPool.create_jwt = create_jwt
    models.CognitoIdpUserPool.create_refresh_token = create_refresh_token
    models.CognitoIdpBackend._log_user_in = exclusive(log_user_in)


def signed_in(pool: Any) -> dict[str, int]:
    """When the sign-in was (epoch seconds) that a family of tokens comes from, by its `origin_jti`."""
    kept: dict[str, int] = vars(pool).setdefault("signed_in", {})
    return kept


def create_refresh_token(pool: Any, client_id: str, username: str) -> Any:
    token, origin = _create_refresh_token(pool, client_id, username)
    signed_in(pool)[origin] = int(time.time())
    return token, origin


def create_jwt(
    pool: Any,
    client_id: str,
    username: str,
    token_use: str,
    expires_in: int = 3600,
    extra_data: dict[str, Any] | None = None,
) -> Any:
    """moto says that a refreshed token's user has signed in this moment."""
    extra = dict(extra_data or {})
    began = signed_in(pool).get(extra.get("origin_jti", ""))
    if began is not None:
        extra["auth_time"] = began
    return _create_jwt(pool, client_id, username, token_use, expires_in, extra)


def log_user_in(backend: Any, pool: Any, client: Any, username: str) -> Any:
    _drop_old(pool)
    return _log_user_in(backend, pool, client, username)


def refreshed(pool: Any, client: Any, token: str | None) -> dict[str, Any]:
    """New tokens, unless the refresh token is unknown, revoked, another client's, or its user disabled."""
    kept = pool.refresh_tokens.get(token or "")
    user = pool._get_user(kept[1]) if kept else None
    if kept is None or kept[0] != client.id or user is None:
        raise NotAuthorizedError("Invalid Refresh Token")
    if not user.enabled:
        raise NotAuthorizedError("User is disabled.")
    access, id_token, seconds = pool.create_tokens_from_refresh_token(token)
    result = {"AccessToken": access, "IdToken": id_token, "ExpiresIn": seconds, "TokenType": "Bearer"}
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def _drop_old(pool: Any) -> None:
    """They would be kept, and written to the data folder, for ever. The oldest stand first."""
    pool.id_tokens.clear()
    for token in list(pool.access_tokens):
        if _expires_at(token) > time.time():
            break
        del pool.access_tokens[token]
    living = {kept[2] for kept in pool.refresh_tokens.values() if kept}
    for origin in [each for each in signed_in(pool) if each not in living]:
        del signed_in(pool)[origin]


def _expires_at(token: str) -> float:
    payload = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
