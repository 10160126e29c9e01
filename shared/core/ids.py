"""Identifiers. Random ones where the thing is new, derived ones where a retry must find the same thing."""

import hashlib
import uuid


def new_id(prefix: str) -> str:
    """`evt_2f1c...`: 96 random bits, enough for every event this platform will see."""
    return f"{prefix}_{uuid.uuid4().hex[:24]}"


def derived_id(prefix: str, *parts: str) -> str:
    """The same parts give the same id, so that a repeated request names the same thing."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{prefix}_{digest[:24]}"


def integer_id(text: str) -> int:
    """A stable positive integer below 2**53 (exact in JavaScript) for an id that a seed prints as a number."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") >> 3
