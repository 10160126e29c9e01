"""Roles and what they may do. A permission is `area:verb`; `area:*`, `*:verb` and `*` stand for more of them.

Deny by default. The roles of this file are the same everywhere; an organisation's own are rows of the directory.
"""

from collections.abc import Iterable

from shared.access.permissions import PERMISSIONS

ROLES: dict[str, tuple[str, ...]] = {
    "admin": ("*",),
    "developer": ("*:read", "insiders:ingest", "insiders:drill", "keys:write", "datasets:write", "models:*"),
    "viewer": ("*:read",),
    "analyst": (
        "*:read",
        "insiders:drill",
        "incidents:view",
        "incidents:create",
        "incidents:respond",
        "models:predict",
    ),
    "responder": ("*:read", "incidents:view", "incidents:create", "incidents:respond"),
    "auditor": ("*:read",),
}
DESCRIPTIONS: dict[str, str] = {
    "admin": "Everything, users and roles included",
    "developer": "Sees everything, sends in activities, runs drills, has API keys",
    "viewer": "Sees everything, changes nothing",
    "analyst": "Sees everything, works on alerts and incidents, runs drills",
    "responder": "Sees everything, works on alerts and incidents",
    "auditor": "Sees everything, changes nothing; for those who check the others",
}


def granted_by(patterns: Iterable[str], permission: str) -> str | None:
    """The first of the patterns that grants the permission, or None."""
    return next((pattern for pattern in patterns if covers(pattern, permission)), None)


def covers(pattern: str, permission: str) -> bool:
    """Whether a granted pattern includes a permission (or another pattern: `*:read` includes `users:read`)."""
    if pattern in ("*", permission):
        return True
    area, _, verb = pattern.partition(":")
    wanted_area, _, wanted_verb = permission.partition(":")
    return area in ("*", wanted_area) and verb in ("*", wanted_verb)


def permissions_of(roles: Iterable[str]) -> tuple[str, ...]:
    """What these roles of ours grant together, as patterns. Unknown roles grant nothing."""
    return tuple(dict.fromkeys(pattern for role in roles for pattern in ROLES.get(role, ())))


def reach(patterns: Iterable[str]) -> frozenset[str]:
    """The permissions that patterns come to today."""
    given = tuple(patterns)
    return frozenset(permission for permission in PERMISSIONS if granted_by(given, permission))
