"""Requests that carry an Idempotency-Key, the claim that one of them has, and the answer that all of them get."""

from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """`name` is a digest of caller, method, path and key; `content` one of what is asked for."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry a request out. `claim_id` fences off whoever had it before and is not dead after all.

    `operation` is the id of what the request does: the same for everybody who carries this request out after one
    another, and a new one when the key is used again after its record is gone.
    """

    name: str
    claim_id: str
    operation: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request was answered."""

    status: int
    headers: Headers
    body: bytes
