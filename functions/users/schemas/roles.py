"""Bodies about roles and permissions."""

from typing import Annotated

from pydantic import BaseModel, Field

from functions.users.schemas.text import Description, Word
from shared.access.permissions import PERMISSIONS
from shared.directory.model import Role
from shared.directory.names import MOST_PATTERNS
from shared.directory.roles import RoleChanges

Patterns = Annotated[list[Word], Field(min_length=1, max_length=MOST_PATTERNS)]


class RoleOut(BaseModel):
    """A role. `permissions` are names, or patterns: `*`, `area:*`, `*:verb`."""

    id: str
    name: str
    description: str
    permissions: list[str]
    is_system_role: bool

    @classmethod
    def of(cls, role: Role) -> "RoleOut":
        return cls(
            id=role.name,
            name=role.name,
            description=role.description,
            permissions=list(role.permissions),
            is_system_role=role.is_system,
        )


class RoleList(BaseModel):
    total: int
    roles: list[RoleOut]

    @classmethod
    def of(cls, roles: list[Role]) -> "RoleList":
        return cls(total=len(roles), roles=[RoleOut.of(role) for role in roles])


class RoleIn(BaseModel):
    """A new role."""

    name: Word
    description: Description = ""
    permissions: Patterns

    def wanted(self) -> RoleChanges:
        return RoleChanges(self.description, self.permissions)


class RoleChangesIn(BaseModel):
    """What is to change; what is missing or null stays."""

    description: Description | None = None
    permissions: Patterns | None = None

    def changes(self) -> RoleChanges:
        return RoleChanges(self.description, self.permissions)


class RoleNamed(BaseModel):
    role_id: str


class PermissionOut(BaseModel):
    """A permission: `resource:action`."""

    id: str
    name: str
    resource: str
    action: str
    description: str


class PermissionList(BaseModel):
    total: int
    permissions: list[PermissionOut]

    @classmethod
    def of_all(cls) -> "PermissionList":
        listed = [
            PermissionOut(id=name, name=name, resource=area, action=verb, description=description)
            for name, description in PERMISSIONS.items()
            for area, _, verb in (name.partition(":"),)
        ]
        return cls(total=len(listed), permissions=listed)
