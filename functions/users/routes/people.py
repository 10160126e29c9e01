"""Platform users: list, make, change, suspend and bring back."""

from typing import Annotated

from fastapi import Request

from functions.users.schemas.people import UserChanged, UserChangesIn, UserCreated, UserIn, UserList, UserOut
from functions.users.schemas.text import StatusIn
from shared.api.access import caller_of, operation_of
from shared.api.envelope import APIResponse, Window, wrapped
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.directory.changes import Changes
from shared.directory.creation import UserCreation, user_creation
from shared.directory.listing import Filter, UserListing, user_listing
from shared.directory.service import DirectoryService, directory_service

routes = Routes("/api/v1/users", tag="users", token=True)
Users = Annotated[UserListing, provided(user_listing)]
Creation = Annotated[UserCreation, provided(user_creation)]
Directory = Annotated[DirectoryService, provided(directory_service)]


@routes.get("", permission="users:read", response_model=APIResponse[UserList])
@routes.get("/", permission="users:read", response_model=APIResponse[UserList])
async def list_users(
    users: Users,
    window: Window,
    role: str | None = None,
    team: str | None = None,
    status: StatusIn | None = None,
    q: str | None = None,
) -> APIResponse[UserList]:
    """Users by name. `team` is an id or a name, `q` a part of the name or e-mail address."""
    found = users.find(Filter(role, team, status, q))
    shown = [UserOut.of(member) for member in window.of(found)]
    return wrapped(UserList(users=shown, **window.facts(found)), "Users retrieved")


@routes.post("", permission="users:write", response_model=APIResponse[UserCreated], status_code=201)
@routes.post("/", permission="users:write", response_model=APIResponse[UserCreated], status_code=201)
async def create_user(body: UserIn, creation: Creation, request: Request) -> APIResponse[UserCreated]:
    """Invite a user. 409 for a name or address that somebody has; 403 for a role beyond the caller's own."""
    user_id = creation.create(caller_of(request), body.new(), operation_of(request))
    return wrapped(UserCreated(user_id=user_id), "User created")


@routes.get("/{user_id}", permission="users:read", response_model=APIResponse[UserOut])
async def get_user(user_id: str, users: Users) -> APIResponse[UserOut]:
    """One user."""
    return wrapped(UserOut.of(users.get(user_id)), "User retrieved")


@routes.put("/{user_id}", permission="users:write", response_model=APIResponse[UserChanged])
async def update_user(
    user_id: str, body: UserChangesIn, directory: Directory, request: Request
) -> APIResponse[UserChanged]:
    """Change a user. Role and status take effect at once; nobody changes their own."""
    changed = directory.update(caller_of(request), user_id, body.changes())
    return wrapped(UserChanged.of(changed), "User updated")


@routes.post("/{user_id}/suspend", permission="users:write", response_model=APIResponse[UserChanged])
async def suspend_user(user_id: str, directory: Directory, request: Request) -> APIResponse[UserChanged]:
    """Shut a user out for now: tokens and API keys are dead within a second."""
    changed = directory.update(caller_of(request), user_id, Changes(status="suspended"))
    return wrapped(UserChanged.of(changed), "User suspended")


@routes.post("/{user_id}/reactivate", permission="users:write", response_model=APIResponse[UserChanged])
async def reactivate_user(user_id: str, directory: Directory, request: Request) -> APIResponse[UserChanged]:
    """Let a suspended user in again. Old tokens stay dead."""
    changed = directory.update(caller_of(request), user_id, Changes(status="active"))
    return wrapped(UserChanged.of(changed), "User reactivated")


@routes.post("/{user_id}/deactivate", permission="users:write", response_model=APIResponse[UserChanged])
async def deactivate_user(user_id: str, directory: Directory, request: Request) -> APIResponse[UserChanged]:
    """Shut a user out for good; only an invitation brings them back."""
    changed = directory.update(caller_of(request), user_id, Changes(status="deactivated"))
    return wrapped(UserChanged.of(changed), "User deactivated")


@routes.post("/{user_id}/invite", permission="users:write", response_model=APIResponse[UserChanged])
async def invite_user(user_id: str, directory: Directory, request: Request) -> APIResponse[UserChanged]:
    """Invite a deactivated user back, or send an invited one the invitation again."""
    changed = directory.invite(caller_of(request), user_id)
    return wrapped(UserChanged.of(changed), "User invited")
