"""Access tokens of the Cognito pool: RS256, from our pool, for our client, in force. Nothing fails open.

The keys come from the pool's JWKS and are kept; an unknown key id asks again at most once a minute.
"""

import json
import time
import urllib.request
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from shared.core.aws import client
from shared.core.errors import Unauthenticated, Unavailable
from shared.core.settings import Settings, settings

LEEWAY_SECONDS = 60
REFETCH_SECONDS = 60
MOST_TOKEN_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling. In open mode a caller without a token is the anonymous analyst of seed 004."""

    caller_id: str
    roles: tuple[str, ...]


@dataclass(slots=True)
class TokenVerifier:
    """Checks tokens of one pool."""

    issuer: str
    client_id: str
    jwks_url: str
    _keys: dict[str, Any] = field(default_factory=dict)
    _fetched_at: float = float("-inf")

    def verify(self, token: str) -> Caller:
        """The caller behind a token; Unauthenticated for every token that is not exactly right."""
        import jwt

        if len(token) > MOST_TOKEN_BYTES:
            raise Unauthenticated("Invalid token")
        try:
            claims = jwt.decode(
                token,
                self._key(jwt.get_unverified_header(token)),
                algorithms=["RS256"],
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "sub"], "verify_aud": False},
            )
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Unauthenticated("Invalid token") from error
        return self._caller(claims)

    def _caller(self, claims: dict[str, Any]) -> Caller:
        if claims.get("token_use") != "access" or claims.get("client_id") != self.client_id:
            raise Unauthenticated("Invalid token")
        groups = claims.get("cognito:groups") or []
        return Caller(str(claims["sub"]), tuple(str(group) for group in groups))

    def _key(self, header: dict[str, Any]) -> Any:
        kid = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(kid, str):
            raise Unauthenticated("Invalid token")
        if kid not in self._keys and time.monotonic() - self._fetched_at > REFETCH_SECONDS:
            self._fetch()
        if kid not in self._keys:
            raise Unauthenticated("Invalid token")
        return self._keys[kid]

    def _fetch(self) -> None:
        from jwt import PyJWK

        self._fetched_at = time.monotonic()
        try:
            with urllib.request.urlopen(self.jwks_url, timeout=3) as answer:
                keys = json.load(answer)["keys"]
        except OSError as error:
            if not self._keys:
                raise Unavailable("The identity provider does not answer") from error
            return
        self._keys = {key["kid"]: PyJWK(key).key for key in keys if key.get("kty") == "RSA"}


@cache
def verifier() -> TokenVerifier:
    """The verifier of this deployment."""
    return verifier_for(settings(), endpoint=client("cognito-idp").meta.endpoint_url)


def verifier_for(given: Settings, endpoint: str) -> TokenVerifier:
    """Issuer and keys are Cognito's own. Only the local stage may fetch the keys from outside amazonaws.com."""
    region = given.user_pool_id.partition("_")[0]
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{given.user_pool_id}"
    base = f"{endpoint}/{given.user_pool_id}" if given.stage == "local" else issuer
    return TokenVerifier(issuer, given.user_pool_client_id, f"{base}/.well-known/jwks.json")
