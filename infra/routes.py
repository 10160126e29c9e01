"""The route table: asked from the FastAPI apps, never written down. CDK, the local gateway and routes.txt use this."""

import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.access.permissions import PUBLIC, SIGNED_IN, SIGNING_IN
from shared.access.roles import ROLES, granted_by
from shared.api.app import route_contexts
from shared.api.routing import permission_of
from shared.catalogue import FALLBACK_FUNCTION, FUNCTIONS


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One route of the HTTP API. `path` is a template as API Gateway writes it, e.g. /api/users/{user_id}."""

    path: str
    method: str
    function: str
    permission: str


def application(function: str) -> Any:
    """The FastAPI app of an API function."""
    return importlib.import_module(f"functions.{function}.app").app


@cache
def routes() -> tuple[Route, ...]:
    """Every route but the fallback's, sorted; two spellings of a path are two routes."""
    found = [
        Route(context.path_format or "", method, function.name, permission_of(context) or "")
        for function in FUNCTIONS.values()
        if function.kind == "api" and function.name != FALLBACK_FUNCTION
        for context in route_contexts(application(function.name))
        for method in context.methods or ()
    ]
    doubled = {(route.path, route.method) for route in found}
    if len(doubled) != len(found):
        raise RuntimeError("two functions serve the same method and path")
    return tuple(sorted(found))


def routes_txt() -> str:
    """The route table as reviewed text: tests/contract/routes.txt must equal this."""
    return "".join(f"{route.method:6} {route.path}  {route.function}  {route.permission}\n" for route in routes())


def may_call(route: Route, role: str) -> bool:
    """Whether a signed-in caller with this role of ours, and no other, may call the route in strict mode."""
    free = route.permission in (PUBLIC, SIGNING_IN, SIGNED_IN)
    return free or granted_by(ROLES[role], route.permission) is not None


def access_txt() -> str:
    """Route x role as reviewed text: tests/contract/access.txt must equal this. `yes` may call, `-` may not."""
    lines = [("route", "permission", *ROLES)]
    for route in routes():
        answers = ["yes" if may_call(route, role) else "-" for role in ROLES]
        lines.append((f"{route.method:6} {route.path}", route.permission, *answers))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)


if __name__ == "__main__":
    # The reviewed files, after a change that is meant: look at their difference before you commit it.
    folder = Path(__file__).parents[1] / "tests" / "contract"
    (folder / "routes.txt").write_text(routes_txt())
    (folder / "access.txt").write_text(access_txt())
