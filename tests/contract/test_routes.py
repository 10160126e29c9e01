"""The route table as a reviewed file: an API change is a diff of routes.txt."""

import re
from pathlib import Path

from infra.routes import Route, routes, routes_txt

REVIEWED = Path(__file__).with_name("routes.txt")


def test_the_reviewed_table_is_the_served_one() -> None:
    """After a wanted change write `infra.routes.routes_txt()` into routes.txt, and read the diff."""
    assert routes_txt() == REVIEWED.read_text()


def test_no_route_hides_a_more_specific_one() -> None:
    """API Gateway takes the most specific route, Starlette the first declared: within an app they must agree."""
    declared: dict[str, list[Route]] = {}
    for route in routes():
        declared.setdefault(route.function, []).append(route)
    for group in declared.values():
        for template in (route for route in group if "{" in route.path):
            pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template.path))
            hidden = [
                r for r in group if "{" not in r.path and r.method == template.method and pattern.fullmatch(r.path)
            ]
            for static in hidden:
                assert _serves(static), f"{template.path} hides {static.path}"


def _serves(static: Route) -> bool:
    from infra.routes import application
    from shared.api.app import route_contexts

    for context in route_contexts(application(static.function)):
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", context.path_format or ""))
        if static.method in (context.methods or ()) and pattern.fullmatch(static.path):
            return context.path_format == static.path
    return False


def test_every_permission_is_one_of_ours() -> None:
    from shared.access.permissions import PERMISSIONS, PUBLIC, SIGNED_IN, SIGNING_IN

    for route in routes():
        assert route.permission in {PUBLIC, SIGNING_IN, SIGNED_IN, *PERMISSIONS}, route
