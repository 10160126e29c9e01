"""Routes that cannot forget who may call them: `Routes.get(path, permission=...)`, not FastAPI's own decorator."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import APIRouter, Depends
from fastapi.routing import RouteContext

from shared.api.access import requires

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

EXTRA = "x-permission"


class Routes:
    """The routes of a group. `token` says that callers need a token in open mode too (seeds 002 and 003)."""

    def __init__(self, prefix: str = "", *, tag: str, token: bool = False) -> None:
        self.router = APIRouter(prefix=prefix, tags=[tag])
        self._token = token

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
        return self.router.api_route(
            path,
            methods=list(methods),
            dependencies=[Depends(requires(permission, token=self._token))],
            openapi_extra={EXTRA: permission},
            **options,
        )


def permission_of(context: RouteContext) -> str | None:
    """The permission that a route declares."""
    extra = context.openapi_extra or {}
    declared = extra.get(EXTRA)
    return str(declared) if declared else None
