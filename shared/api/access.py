"""Who is calling and may they: asked by every route before its body is read (shared/api/routing.py)."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from shared.access.caller import ANONYMOUS, Caller
from shared.access.permissions import PUBLIC, SIGNED_IN, SIGNING_IN
from shared.access.principals import principals
from shared.core.errors import Forbidden, Unauthenticated
from shared.core.ids import new_id
from shared.core.settings import settings

SEED_TOKEN = "user:"  # what seed 003 puts before an account's id; anybody can make one up (C15)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route demands of its callers.

    `token`: a token is needed in open mode too (seeds 002 and 003). `seed_account` finds the caller behind a
    `user:{id}` token, which is taken in open mode and in seed 003's group only. `refusal` is what a 403 says.
    """

    permission: str
    token: bool = False
    seed_account: Callable[[str], Caller] | None = None
    refusal: str | None = None


def admit(request: Request, rule: Rule) -> Caller:
    """The caller, if they may; Unauthenticated or Forbidden if not."""
    if rule.permission in (PUBLIC, SIGNING_IN):
        return ANONYMOUS
    if settings().auth_mode == "open" and not rule.token:
        return _whoever(request)
    caller = _present(_bearer(request), rule)
    if rule.permission != SIGNED_IN and not caller.may(rule.permission):
        raise Forbidden(rule.refusal or f"Permission '{rule.permission}' required")
    return caller


def caller_of(request: Request) -> Caller:
    """The caller that `admit` let through."""
    caller: Caller = request.state.caller
    return caller


def scope_of(request: Request) -> str:
    """Whose keys and call rates these are: the caller's; callers who gave no name are told apart by address."""
    caller = caller_of(request)
    address = request.client.host if request.client and caller.kind == "anonymous" else ""
    return json.dumps([caller.kind, caller.caller_id, caller.subject or address])


def operation_of(request: Request) -> str:
    """The id of what this request does: new, or that of the first request with the same Idempotency-Key (once.py).

    A service that derives its ids from it makes one thing of a repeated request, whatever was lost in between.
    """
    return named_operation(request) or new_id("op")


def named_operation(request: Request) -> str | None:
    """Like `operation_of`, but None for a request without a key: for services to which a marker row costs something."""
    operation: str | None = getattr(request.state, "operation", None)
    return operation


def _whoever(request: Request) -> Caller:
    """On an open route a good token makes its bearer known; everybody else stays anonymous and may call."""
    if "authorization" not in request.headers:
        return ANONYMOUS
    try:
        return principals().caller(_bearer(request))
    except Unauthenticated:
        return ANONYMOUS


def _present(credential: str, rule: Rule) -> Caller:
    if rule.seed_account and credential.startswith(SEED_TOKEN) and settings().auth_mode == "open":
        return rule.seed_account(credential.removeprefix(SEED_TOKEN))
    return principals().caller(credential)


def _bearer(request: Request) -> str:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential:
        raise Unauthenticated("Not authenticated")
    return credential.strip()
