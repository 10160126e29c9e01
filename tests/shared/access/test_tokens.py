"""Access tokens: exactly right or refused."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from shared.access.tokens import TokenVerifier, verifier_for
from shared.core.errors import Unauthenticated, Unavailable
from shared.core.settings import Settings

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool"
PUBLIC_PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Jwks:
    """The pool's key set; counts how often it is asked for."""

    def __init__(self) -> None:
        self.fetched, self.down = 0, False

    def open(self, url: str, timeout: float) -> io.BytesIO:
        self.fetched += 1
        if self.down:
            raise OSError("unreachable")
        key = {**json.loads(RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "one", "alg": "RS256"}
        return io.BytesIO(json.dumps({"keys": [key]}).encode())


@pytest.fixture
def jwks(monkeypatch: pytest.MonkeyPatch) -> Jwks:
    made = Jwks()
    monkeypatch.setattr("shared.access.tokens.urllib.request.urlopen", made.open)
    return made


@pytest.fixture
def verifier(jwks: Jwks) -> TokenVerifier:
    return TokenVerifier(ISSUER, "client", f"{ISSUER}/.well-known/jwks.json")


def claims(**changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    good = {
        "sub": "ana",
        "iss": ISSUER,
        "client_id": "client",
        "token_use": "access",
        "cognito:groups": ["analyst"],
        "iat": now,
        "exp": now + timedelta(hours=1),
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(key: Any = KEY, algorithm: str = "RS256", kid: str | None = "one", **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm, headers={"kid": kid} if kid else None)


def test_a_good_token_names_its_caller(verifier: TokenVerifier) -> None:
    said = verifier.verify(token(username="Ana"))

    assert (said.subject, said.username, said.groups) == ("ana", "Ana", ("analyst",))


def past(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


BAD: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "garbage": lambda: "garbage",
    "three dots": lambda: "a.b.c",
    "not base64": lambda: "ü.ü.ü",
    "another key": lambda: token(OTHER),
    "unknown key id": lambda: token(kid="two"),
    "no key id": lambda: token(kid=None),
    "no signature": lambda: token().rsplit(".", 1)[0] + ".",
    "tampered payload": lambda: token()[:-300] + "A" + token()[-299:],
    "alg none": lambda: jwt.encode(claims(), "", "none", headers={"kid": "one"}),
    "HMAC with a shared secret": lambda: jwt.encode(claims(), "x" * 32, "HS256", headers={"kid": "one"}),
    "expired": lambda: token(exp=past(0.1)),
    "not yet": lambda: token(nbf=datetime.now(UTC) + timedelta(minutes=5)),
    "issued in the future": lambda: token(iat=datetime.now(UTC) + timedelta(hours=1)),
    "without expiry": lambda: token(exp=None),
    "without subject": lambda: token(sub=None),
    "another issuer": lambda: token(iss="https://evil.example/pool"),
    "another pool": lambda: token(iss=ISSUER + "2"),
    "another client": lambda: token(client_id="other"),
    "an id token": lambda: token(token_use="id"),
    "no use": lambda: token(token_use=None),
    "oversized": lambda: token(padding="x" * 9000),
    "user token of seed 003": lambda: "user:42",
}


@pytest.mark.parametrize("forge", BAD.values(), ids=BAD.keys())
def test_anything_else_is_refused(verifier: TokenVerifier, forge: Callable[[], str]) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(forge())


def test_the_public_key_is_no_shared_secret(verifier: TokenVerifier) -> None:
    """Key confusion: an HMAC over the published key must not pass for a signature."""
    import hashlib
    import hmac
    from base64 import urlsafe_b64encode

    def part(value: dict[str, Any]) -> bytes:
        return urlsafe_b64encode(json.dumps(value, default=lambda moment: int(moment.timestamp())).encode()).rstrip(
            b"="
        )

    body = part({"alg": "HS256", "typ": "JWT", "kid": "one"}) + b"." + part(claims())
    mac = urlsafe_b64encode(hmac.new(PUBLIC_PEM, body, hashlib.sha256).digest()).rstrip(b"=")

    with pytest.raises(Unauthenticated):
        verifier.verify((body + b"." + mac).decode())


def test_a_minute_of_clock_difference_is_forgiven(verifier: TokenVerifier) -> None:
    assert verifier.verify(token(exp=datetime.now(UTC) - timedelta(seconds=30))).subject == "ana"


def test_100_unknown_keys_ask_the_provider_once(verifier: TokenVerifier, jwks: Jwks) -> None:
    for n in range(100):
        with pytest.raises(Unauthenticated):
            verifier.verify(token(kid=f"k{n}"))

    assert jwks.fetched == 1


def test_known_keys_serve_while_the_provider_is_down(verifier: TokenVerifier, jwks: Jwks) -> None:
    verifier.verify(token())
    jwks.down, verifier._fetched_at = True, float("-inf")

    assert verifier.verify(token()).subject == "ana"
    with pytest.raises(Unauthenticated):
        verifier.verify(token(kid="two"))


def test_without_any_key_the_answer_is_unavailable_and_not_yes(verifier: TokenVerifier, jwks: Jwks) -> None:
    jwks.down = True

    with pytest.raises(Unavailable):
        verifier.verify(token())


def test_outside_the_local_stage_keys_come_from_amazonaws_only() -> None:
    for stage, host in (("prod", "cognito-idp.eu-central-1.amazonaws.com"), ("local", "127.0.0.1:5000")):
        made = verifier_for(Settings(stage=stage, user_pool_id="eu-central-1_pool"), "http://127.0.0.1:5000")

        assert made.jwks_url.split("/")[2] == host
        assert made.issuer == ISSUER


def test_after_a_failed_first_fetch_good_tokens_are_told_to_come_back_and_soon_get_in(
    verifier: TokenVerifier, jwks: Jwks, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("shared.access.tokens.time.monotonic", lambda: now[0])
    jwks.down = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            verifier.verify(token())
    assert jwks.fetched == 1

    jwks.down, now[0] = False, 1002.5

    assert verifier.verify(token()).subject == "ana"
