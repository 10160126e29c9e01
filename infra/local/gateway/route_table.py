"""Which function answers a request: the most specific route of its method, segment by segment from the left."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import unquote


class RouteLike(Protocol):
    """infra.routes.Route, or a stand-in. `path` is a template such as /api/users/{user_id}."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def function(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Match:
    route_key: str
    function: str
    parameters: dict[str, str]


@dataclass(slots=True)
class _Node:
    """One segment of the paths of a method. A full match is tried before a variable, a variable before a rest."""

    literal: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    rest: RouteLike | None = None
    route: RouteLike | None = None


class RouteTable:
    def __init__(self, routes: Iterable[RouteLike], fallback: str) -> None:
        self._fallback = fallback
        self._roots: dict[str, _Node] = {}
        for route in routes:
            self._add(route)

    def match(self, method: str, raw_path: str) -> Match:
        """`raw_path` as it came: an encoded slash does not separate segments."""
        segments = raw_path.split("/")[1:]
        root = self._roots.get(method)
        found = _find(root, segments) if root else None
        if found is None:
            return Match("$default", self._fallback, {})
        return Match(f"{found.method} {found.path}", found.function, _parameters(found.path, segments))

    def _add(self, route: RouteLike) -> None:
        node = self._roots.setdefault(route.method, _Node())
        for segment in route.path.split("/")[1:]:
            if segment.endswith("+}"):
                node.rest = route
                return
            if segment.startswith("{"):
                node.variable = node.variable or _Node()
                node = node.variable
            else:
                node = node.literal.setdefault(segment, _Node())
        node.route = route


def _find(node: _Node, segments: list[str]) -> RouteLike | None:
    if not segments:
        return node.route
    first, *others = segments
    children = (node.literal.get(unquote(first)), node.variable if first else None)
    for child in children:
        if child is not None and (found := _find(child, others)) is not None:
            return found
    return node.rest


def _parameters(template: str, segments: list[str]) -> dict[str, str]:
    parameters = {}
    for at, part in enumerate(template.split("/")[1:]):
        if part.endswith("+}"):
            parameters[part[1:-2]] = unquote("/".join(segments[at:]))
        elif part.startswith("{"):
            parameters[part[1:-1]] = unquote(segments[at])
    return parameters
