"""Access tokens of a pool that exists in a test only: signed with a key of this test run, trusted by the verifier."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.access import principals as principals_module
from shared.access import tokens
from shared.access.tokens import TokenVerifier
from shared.core.settings import settings

POOL = "eu-central-1_pool"
CLIENT = "client"
ISSUER = f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL}"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def trust(monkeypatch: pytest.MonkeyPatch, auth_mode: str = "open") -> None:
    """Let this process believe tokens of `token`. Call it after the fixture `tables`."""
    monkeypatch.setenv("VEDETTE_AUTH_MODE", auth_mode)
    monkeypatch.setenv("VEDETTE_USER_POOL_ID", POOL)
    monkeypatch.setenv("VEDETTE_USER_POOL_CLIENT_ID", CLIENT)
    settings.cache_clear()
    made = TokenVerifier(ISSUER, CLIENT, f"{ISSUER}/.well-known/jwks.json")
    made._keys, made._fetched_at = {"one": KEY.public_key()}, time.monotonic() + 10**6
    for module in (tokens, principals_module):
        monkeypatch.setattr(module, "verifier", lambda: made)
    principals_module.principals.cache_clear()


def token(username: str = "ana", *groups: str, key: Any = KEY, **changed: Any) -> str:
    """An access token; `changed` overrides claims, None takes one away."""
    now = int(time.time())
    claims = {
        "sub": f"sub-{username}",
        "username": username,
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "cognito:groups": list(groups),
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
    } | changed
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, "RS256", headers={"kid": "one"})


def bearer(username: str = "ana", *groups: str, **changed: Any) -> dict[str, str]:
    """The Authorization header with such a token."""
    return {"authorization": f"Bearer {token(username, *groups, **changed)}"}
