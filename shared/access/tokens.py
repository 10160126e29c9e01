"""Access tokens of the Cognito pool: RS256, from our pool, for our client, in force. Nothing fails open.

The keys come from the pool's JWKS and are kept; an unknown key id asks again at most once a minute. A token that was
good is remembered by its digest until it expires, so that a warm request costs no signature check.
"""

import hashlib
import json
import time
import urllib.request
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from typing import Any

from shared.access.caller import RESERVED
from shared.core.aws import client
from shared.core.errors import Unauthenticated, Unavailable
from shared.core.settings import Settings, settings

LEEWAY_SECONDS = 60
REFETCH_SECONDS = 60
RETRY_SECONDS = 2
MOST_TOKEN_BYTES = 8192
MOST_REMEMBERED = 1000
# The key pair that moto signs with is in its package: whoever has moto can sign with it.
MOTO_KEY_ID = "dummy"
INVALID = "Invalid token"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. Times are epoch seconds."""

    subject: str
    username: str
    groups: tuple[str, ...]
    issued_at: int
    signed_in_at: int
    expires_at: int


@dataclass(slots=True)
class TokenVerifier:
    """Checks tokens of one pool. `refused_keys` are key ids that no token may be signed with."""

    issuer: str
    client_id: str
    jwks_url: str
    refused_keys: frozenset[str] = frozenset()
    _keys: dict[str, Any] = field(default_factory=dict)
    _fetched_at: float = float("-inf")
    _good: "OrderedDict[bytes, Claims]" = field(default_factory=OrderedDict)

    def verify(self, token: str) -> Claims:
        """What the token says; Unauthenticated for every token that is not exactly right."""
        if len(token) > MOST_TOKEN_BYTES:
            raise Unauthenticated(INVALID)
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._good.get(digest)
        if claims is None:
            claims = self._checked(token)
            self._remember(digest, claims)
        if claims.expires_at + LEEWAY_SECONDS <= time.time():
            raise Unauthenticated(INVALID)
        return claims

    def _checked(self, token: str) -> Claims:
        import jwt

        try:
            claims = jwt.decode(
                token,
                self._key(jwt.get_unverified_header(token)),
                algorithms=["RS256"],
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "sub"], "verify_aud": False},
            )
            return self._claims(claims)
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as error:
            raise Unauthenticated(INVALID) from error

    def _claims(self, claims: dict[str, Any]) -> Claims:
        if claims.get("token_use") != "access" or claims.get("client_id") != self.client_id:
            raise Unauthenticated(INVALID)
        subject, issued_at = str(claims["sub"]), int(claims["iat"])
        groups = claims.get("cognito:groups") or []
        username = str(claims.get("username") or subject)
        if not subject or not isinstance(groups, list) or _is_impostor(username):
            raise Unauthenticated(INVALID)
        return Claims(
            subject=subject,
            username=username,
            groups=tuple(str(group) for group in groups),
            issued_at=issued_at,
            signed_in_at=int(claims.get("auth_time") or issued_at),
            expires_at=int(claims["exp"]),
        )

    def _remember(self, digest: bytes, claims: Claims) -> None:
        self._good[digest] = claims
        if len(self._good) > MOST_REMEMBERED:
            self._good.popitem(last=False)

    def _key(self, header: dict[str, Any]) -> Any:
        kid = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(kid, str) or kid in self.refused_keys:
            raise Unauthenticated(INVALID)
        if kid not in self._keys and time.monotonic() - self._fetched_at > REFETCH_SECONDS:
            self._fetch()
        if not self._keys:
            raise Unavailable("The identity provider does not answer")
        if kid not in self._keys:
            raise Unauthenticated(INVALID)
        return self._keys[kid]

    def _fetch(self) -> None:
        from jwt import PyJWK

        self._fetched_at = time.monotonic()
        try:
            with urllib.request.urlopen(self.jwks_url, timeout=3) as answer:
                keys = json.load(answer)["keys"]
            self._keys = {key["kid"]: PyJWK(key).key for key in keys if key.get("kty") == "RSA"}
        except (OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError):
            if not self._keys:
                # Without any key nobody can come in: asked again soon, and until then the answer is 503 and not 401.
                self._fetched_at += RETRY_SECONDS - REFETCH_SECONDS


def _is_impostor(username: str) -> bool:
    """A user name that histories would take for a key, an account or a machine. Sign-up at the pool takes them."""
    return ":" in username or username.casefold() in RESERVED or not username.isprintable()


@cache
def verifier() -> TokenVerifier:
    """The verifier of this deployment."""
    given = settings()
    endpoint = client("cognito-idp").meta.endpoint_url if given.stage == "local" else ""
    return verifier_for(given, endpoint)


def verifier_for(given: Settings, endpoint: str) -> TokenVerifier:
    """Issuer and keys are Cognito's own. Only the local stage may fetch the keys from outside amazonaws.com."""
    region = given.user_pool_id.partition("_")[0]
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{given.user_pool_id}"
    local = given.stage == "local"
    base = f"{endpoint}/{given.user_pool_id}" if local else issuer
    refused = frozenset() if local else frozenset({MOTO_KEY_ID})
    return TokenVerifier(issuer, given.user_pool_client_id, f"{base}/.well-known/jwks.json", refused)
