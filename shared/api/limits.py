"""Call rates at the door: a token bucket per caller and class of routes. Who has no name is not counted (seed 003).

Every answer to a caller with a token says what is left, in the form of draft-ietf-httpapi-ratelimit-headers:

    RateLimit-Policy: "read";q=6000;w=60
    RateLimit: "read";r=5987;t=1
"""

import json
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

from fastapi import Request

from shared.access.caller import Caller
from shared.api.access import caller_of
from shared.core.errors import LimitReached
from shared.requests.buckets import Admission, buckets
from shared.requests.rates import WINDOW_SECONDS, RateClass

READS = frozenset(("GET", "HEAD", "OPTIONS"))


@contextmanager
def limited(request: Request, cost: RateClass | None) -> Iterator[None]:
    """Lets the block run if the caller's bucket holds a token; LimitReached if not. `cost` overrides the method's."""
    if caller_of(request).kind == "anonymous":
        yield
        return
    admission = buckets().take(_person(caller_of(request)), cost or ("read" if request.method in READS else "write"))
    try:
        if not admission.allowed:
            raise LimitReached("Too many requests; slow down", retry_after=admission.retry_after)
        yield
    finally:
        # At the end: a route may have told of limits of its own in between.
        _tell(request.state.headers, admission)


def _person(caller: Caller) -> str:
    """Whose bucket it is: a person has one, however many tokens and keys they call with."""
    return json.dumps([caller.subject or caller.caller_id, caller.kind if not caller.subject else "person"])


def _tell(headers: MutableMapping[str, str], admission: Admission) -> None:
    name = admission.rate.name
    _join(headers, "ratelimit-policy", f'"{name}";q={admission.rate.quota};w={WINDOW_SECONDS}')
    _join(headers, "ratelimit", f'"{name}";r={admission.remaining};t={admission.full_in}')


def _join(headers: MutableMapping[str, str], name: str, member: str) -> None:
    """Both are lists: what a route has said stays and comes first."""
    said = [headers.pop(key) for key in list(headers) if key.lower() == name]
    headers[name] = ", ".join([*said, member])
