"""Roles: those of the system, and those that an organisation makes for itself."""

from typing import Annotated

from fastapi import Request

from functions.users.schemas.roles import RoleChangesIn, RoleIn, RoleList, RoleNamed, RoleOut
from shared.api.access import caller_of, operation_of
from shared.api.envelope import APIResponse, wrapped
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.directory.repository import DirectoryRepository, directory_repository
from shared.directory.roles import RoleService, role_service

routes = Routes("/api/v1/users/roles", tag="users", token=True)
Directory = Annotated[DirectoryRepository, provided(directory_repository)]
Roles = Annotated[RoleService, provided(role_service)]


@routes.get("/list", permission="users:read", response_model=APIResponse[RoleList])
async def list_roles(directory: Directory) -> APIResponse[RoleList]:
    """The system's roles, then the organisation's own."""
    return wrapped(RoleList.of(directory.roles()), "Roles retrieved")


@routes.post("", permission="roles:write", response_model=APIResponse[RoleNamed], status_code=201)
async def create_role(body: RoleIn, roles: Roles, request: Request) -> APIResponse[RoleNamed]:
    """Make a role. 403 for a permission beyond the caller's own."""
    role = roles.create(caller_of(request), body.name, body.wanted(), operation_of(request))
    return wrapped(RoleNamed(role_id=role.name), "Role created")


@routes.put("/{name}", permission="roles:write", response_model=APIResponse[RoleOut])
async def update_role(name: str, body: RoleChangesIn, roles: Roles, request: Request) -> APIResponse[RoleOut]:
    """Change a role for everybody who has it. 409 for a role of the system."""
    return wrapped(RoleOut.of(roles.update(caller_of(request), name, body.changes())), "Role updated")


@routes.delete("/{name}", permission="roles:write", response_model=APIResponse[RoleNamed])
async def delete_role(name: str, roles: Roles, request: Request) -> APIResponse[RoleNamed]:
    """Delete a role that nobody has. 409 for one that somebody has, or a role of the system."""
    return wrapped(RoleNamed(role_id=roles.delete(caller_of(request), name).name), "Role deleted")
