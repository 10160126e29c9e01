"""Roles and what they may do. A permission is `area:verb`; `area:*` and `*` stand for all of it. Deny by default."""

from collections.abc import Iterable

PUBLIC = "public"

ROLES: dict[str, tuple[str, ...]] = {
    "admin": ("*",),
    "developer": ("*:read", "insiders:ingest", "insiders:drill"),
    "viewer": ("*:read",),
    "analyst": ("*:read", "insiders:drill", "incidents:view", "incidents:create", "incidents:respond"),
    "responder": ("*:read", "incidents:view", "incidents:create", "incidents:respond"),
    "auditor": ("*:read",),
}


def allows(roles: Iterable[str], permission: str) -> bool:
    """Whether one of the roles grants the permission. Unknown roles grant nothing."""
    return any(_matches(granted, permission) for role in roles for granted in ROLES.get(role, ()))


def _matches(granted: str, permission: str) -> bool:
    if granted == "*" or granted == permission:
        return True
    area, _, verb = granted.partition(":")
    wanted_area, _, wanted_verb = permission.partition(":")
    return area in ("*", wanted_area) and verb in ("*", wanted_verb)
