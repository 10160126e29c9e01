"""Answers about who may do what."""

from collections.abc import Sequence

from pydantic import BaseModel

from shared.api.envelope import OffsetPage
from shared.core.clock import iso_seconds
from shared.directory.model import Status
from shared.directory.review import Decision, Holder, Reviewed

COLUMNS = ("user", "email", "full_name", "role", "permissions", "status", "last_login", "teams")


class DecisionOut(BaseModel):
    """`rule` is the pattern that allows, `role` the role that has it; `reason` says it in words."""

    permission: str
    allowed: bool
    role: str | None
    rule: str | None
    reason: str

    @classmethod
    def of(cls, decision: Decision) -> "DecisionOut":
        return cls(
            permission=decision.permission,
            allowed=decision.allowed,
            role=decision.role,
            rule=decision.rule,
            reason=decision.reason,
        )


class RoleHolding(BaseModel):
    name: str
    rule: str


class UserHolding(BaseModel):
    user_id: str
    username: str
    role: str
    rule: str


class HoldersOut(OffsetPage):
    """The roles that include a permission, and the users who have it now; `total` counts the users."""

    permission: str
    roles: list[RoleHolding]
    users: list[UserHolding]


def role_holdings(roles: Sequence[Holder]) -> list[RoleHolding]:
    return [RoleHolding(name=role.name, rule=role.rule) for role in roles]


def user_holdings(users: Sequence[Holder]) -> list[UserHolding]:
    return [
        UserHolding(user_id=user.user_id or "", username=user.name, role=user.role, rule=user.rule) for user in users
    ]


class ReviewedOut(BaseModel):
    """A user and what they may do now; nothing, if they cannot sign in."""

    user: str
    email: str
    full_name: str
    role: str
    permissions: list[str]
    status: Status
    last_login: str | None
    teams: list[str]

    @classmethod
    def of(cls, reviewed: Reviewed) -> "ReviewedOut":
        user = reviewed.user
        return cls(
            user=user.username,
            email=user.email,
            full_name=user.full_name,
            role=user.role,
            permissions=list(reviewed.permissions),
            status=user.status,
            last_login=iso_seconds(user.last_login) if user.last_login else None,
            teams=list(reviewed.teams),
        )

    def cells(self) -> list[str | None]:
        """One line of the CSV, in the order of COLUMNS."""
        given = self.model_dump()
        return [" ".join(cell) if isinstance(cell := given[name], list) else cell for name in COLUMNS]


class ReviewOut(OffsetPage):
    users: list[ReviewedOut]
