"""Quotas at the edge: who pays for a request, and the headers that tell what is left.

Headers as in draft-ietf-httpapi-ratelimit-headers: structured fields, one policy per resource, `w` the seconds of a
day, `t` the seconds until the next one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from shared.accounts.model import Allowance, Resource
from shared.accounts.quotas import quota_service
from shared.accounts.service import account_service
from shared.api.access import caller_of, operation_of
from shared.core.errors import LimitReached

DAY_SECONDS = 86_400


def quota_headers(allowance: Allowance) -> dict[str, str]:
    """What is left, for the answer; nothing where nothing is limited."""
    if allowance.limit is None:
        return {}
    name = f'"{allowance.resource}"'
    return {
        "ratelimit-policy": f"{name};q={allowance.limit};w={DAY_SECONDS}",
        "ratelimit": f"{name};r={allowance.remaining};t={allowance.seconds_left}",
    }


@contextmanager
def charged(request: Request, resource: Resource) -> Iterator[None]:
    """The block is work that the caller's quota pays for, if the caller is a person who has an account.

    LimitReached before the block if the day is used up; nothing is paid for a block that fails.
    """
    account = account_service().known(caller_of(request))
    if account is None:
        yield
        return
    with telling(request), quota_service().charged(account.account_id, resource, operation_of(request)) as allowance:
        request.state.headers.update(quota_headers(allowance))
        yield


@contextmanager
def telling(request: Request) -> Iterator[None]:
    """A refusal for a used-up quota carries the headers too."""
    try:
        yield
    except LimitReached as refusal:
        allowance = refusal.details.get("allowance")
        if isinstance(allowance, Allowance):
            request.state.headers.update(quota_headers(allowance))
        raise
