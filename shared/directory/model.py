"""Platform users, teams and roles: people who work with this platform. Not the monitored ones, not quota accounts.

            ┌───────────── invite ─────────────────────────────┐
            ▼                                                  │
         invited ── signs in ──► active ◄──────► suspended     │
            │                      │                │          │
            └──────────────────────┴────────────────┴──► deactivated

An invited user may be suspended too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Status = Literal["invited", "active", "suspended", "deactivated"]
STATUSES: tuple[Status, ...] = get_args(Status)
LIVING: tuple[Status, ...] = ("invited", "active")  # who may sign in
MOVES: dict[Status, tuple[Status, ...]] = {
    "invited": ("active", "suspended", "deactivated"),
    "active": ("suspended", "deactivated"),
    "suspended": ("active", "deactivated"),
    "deactivated": ("invited",),
}
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """`subject` is the pool's id of the person, "" until their identity there is known: so long nobody can sign in.

    Tokens from before `signed_out_at` (epoch seconds) are dead. `operation` is the request that made the user.
    """

    user_id: str
    username: str
    email: str
    full_name: str
    role: str
    status: Status
    created_at: datetime
    subject: str = ""
    signed_out_at: int = 0
    last_login: datetime | None = None
    operation: str = ""
    version: int = 1

    @property
    def linked(self) -> bool:
        """Whether the pool knows the user. It stays so: a linked user is deactivated, never deleted."""
        return self.subject != ""

    @property
    def administers(self) -> bool:
        """Whether this is one of the administrators of whom one must be left."""
        return self.role == ADMIN and self.status in LIVING and self.linked


@dataclass(frozen=True, slots=True)
class Team:
    """`members` are ids of linked users, in the order in which they were named: the only place that says who is in."""

    team_id: str
    name: str
    description: str
    members: tuple[str, ...]
    owner: str | None
    created_at: datetime
    workspace_id: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Role:
    """`permissions` are patterns (shared/access/roles.py). A system role has version 0 and no row."""

    name: str
    description: str
    permissions: tuple[str, ...]
    is_system: bool = False
    operation: str = ""
    version: int = 1
