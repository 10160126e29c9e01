"""Routes that cannot forget who may call them: `Routes.get(path, permission=...)`, not FastAPI's own decorator."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute, RouteContext

from shared.access.caller import Caller
from shared.access.permissions import PUBLIC, SIGNING_IN
from shared.api.access import Rule, admit
from shared.api.limits import limited
from shared.api.once import Handle, answered_once, is_keyed

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

EXTRA, REFUSAL, COST, SECRET, TOKEN = "x-permission", "x-refusal", "x-cost", "x-secret", "x-token"


class GuardedRoute(APIRoute):
    """A route that asks who is calling before anything else, before it reads the body too.

    Then it counts the call (shared/api/limits.py), and answers a repeated request with its first answer (once.py).
    """

    token: ClassVar[bool] = False
    seed_account: ClassVar[Callable[[str], Caller] | None] = None

    def get_route_handler(self) -> Handle:
        run = super().get_route_handler()
        extra = self.openapi_extra or {}
        rule = Rule(extra.get(EXTRA, ""), self.token, type(self).seed_account, extra.get(REFUSAL))

        async def guarded(request: Request) -> Response:
            request.state.caller = admit(request, rule)
            with limited(request, extra.get(COST)):
                if rule.permission not in (PUBLIC, SIGNING_IN) and is_keyed(request):
                    return await answered_once(request, run, secret=SECRET in extra)
                return await run(request)

        return guarded


class Routes:
    """The routes of a group. `token` says that callers need a token in open mode too (seeds 002 and 003).

    `seed_account` finds the caller behind a `user:{id}` token: seed 003's own group only (C15).
    """

    def __init__(
        self,
        prefix: str = "",
        *,
        tag: str,
        token: bool = False,
        seed_account: Callable[[str], Caller] | None = None,
    ) -> None:
        finder = staticmethod(seed_account) if seed_account else None
        kind = type("Route", (GuardedRoute,), {"token": token, "seed_account": finder})
        self._token = token
        self.router = APIRouter(prefix=prefix, tags=[tag], route_class=kind)

    def get(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._route(path, ["GET"], permission, options)

    def post(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._route(path, ["POST"], permission, options)

    def put(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._route(path, ["PUT"], permission, options)

    def patch(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._route(path, ["PATCH"], permission, options)

    def delete(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        return self._route(path, ["DELETE"], permission, options)

    def any(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Every method: the fallback's."""
        return self._route(path, ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"], permission, options)

    def _route(
        self, path: str, methods: Sequence[str], permission: str, options: dict[str, Any]
    ) -> Callable[[Endpoint], Endpoint]:
        """Options of ours: `refusal` is what the 403 says instead of the permission's name, `cost="costly"` a call rate
        other than the method's, `secret=True` says that the answer holds a secret and is never stored.
        """
        ours = {REFUSAL: options.pop("refusal", None), COST: options.pop("cost", None)}
        ours |= {SECRET: options.pop("secret", None), TOKEN: self._token}
        extra = {EXTRA: permission} | {name: value for name, value in ours.items() if value}
        return self.router.api_route(path, methods=list(methods), openapi_extra=extra, **options)


def permission_of(context: RouteContext) -> str | None:
    """The permission that a route declares."""
    extra = context.openapi_extra or {}
    declared = extra.get(EXTRA)
    return str(declared) if declared else None
