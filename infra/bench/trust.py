"""A person with a token, for benches: a pool of this process's own, with a key of its own."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import rsa

from shared.access import principals as principals_module
from shared.access.principals import principals
from shared.access.tokens import TokenVerifier

CLIENT, ISSUER = "bench", "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_bench"


@contextmanager
def trusted() -> Iterator[str]:
    """A token of an administrator that this process believes for the length of the block."""
    import jwt

    key, now = rsa.generate_private_key(public_exponent=65537, key_size=2048), int(time.time())
    claims = {"sub": "1", "username": "bench", "iss": ISSUER, "client_id": CLIENT, "token_use": "access"}
    times = {"iat": now, "auth_time": now, "exp": now + 3600}
    verifier = TokenVerifier(ISSUER, CLIENT, f"{ISSUER}/.well-known/jwks.json", _keys={"bench": key.public_key()})
    with patch.object(principals_module, "verifier", lambda: verifier):
        groups = {"cognito:groups": ["admin"]}
        yield jwt.encode(claims | times | groups, key, "RS256", headers={"kid": "bench"})


def hold_moment() -> None:
    """The second for which a caller's rights are believed never ends."""
    now = time.time()
    principals()._clock = lambda: now
