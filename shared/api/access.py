"""Who is calling and may they: one dependency, made by `requires`, at every route."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from shared.access.roles import PUBLIC, allows
from shared.access.tokens import Caller, verifier
from shared.core.errors import Forbidden, Unauthenticated
from shared.core.settings import settings

ANONYMOUS = Caller("anonymous", ())


def requires(permission: str, *, token: bool) -> Callable[[Request], Awaitable[None]]:
    """A dependency that lets a caller through who holds the permission.

    In open mode routes of the open seeds ask for nothing (`token` is False); in strict mode only PUBLIC routes do.
    """

    async def check(request: Request) -> None:
        if permission == PUBLIC or (settings().auth_mode == "open" and not token):
            request.state.caller = ANONYMOUS
            return
        caller = verifier().verify(_bearer(request))
        if not allows(caller.roles, permission):
            raise Forbidden(f"Permission '{permission}' required")
        request.state.caller = caller

    return check


def caller_of(request: Request) -> Caller:
    """The caller that `requires` let through."""
    caller: Caller = request.state.caller
    return caller


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Not authenticated")
    return token.strip()
