"""Teams of platform users."""

from typing import Annotated

from fastapi import Request

from functions.users.schemas.teams import (
    MembersIn,
    TeamChanged,
    TeamCreated,
    TeamDeleted,
    TeamIn,
    TeamList,
    TeamOut,
)
from shared.api.access import caller_of, operation_of
from shared.api.envelope import APIResponse, Window, wrapped
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.directory.repository import DirectoryRepository, directory_repository
from shared.directory.teams import TeamService, team_service

routes = Routes("/api/v1/users/teams", tag="users", token=True)
Directory = Annotated[DirectoryRepository, provided(directory_repository)]
Teams = Annotated[TeamService, provided(team_service)]


@routes.get("/list", permission="teams:read", response_model=APIResponse[TeamList])
async def list_teams(directory: Directory, window: Window) -> APIResponse[TeamList]:
    """Teams by name."""
    found = directory.teams()
    shown = [TeamOut.of(team) for team in window.of(found)]
    return wrapped(TeamList(teams=shown, **window.facts(found)), "Teams retrieved")


@routes.post("", permission="teams:write", response_model=APIResponse[TeamCreated], status_code=201)
async def create_team(body: TeamIn, teams: Teams, request: Request) -> APIResponse[TeamCreated]:
    """Make a team. 422 for a member or owner who is not there."""
    team = teams.create(caller_of(request), body.new(), operation_of(request))
    return wrapped(TeamCreated(team_id=team.team_id), "Team created")


@routes.put("/{team_id}/members", permission="teams:write", response_model=APIResponse[TeamChanged])
async def update_team_members(team_id: str, body: MembersIn, teams: Teams) -> APIResponse[TeamChanged]:
    """Say who is in a team from now on: the whole list."""
    team = teams.set_members(team_id, body.root)
    return wrapped(TeamChanged(team_id=team_id, member_count=len(team.members)), "Team members updated")


@routes.delete("/{team_id}", permission="teams:write", response_model=APIResponse[TeamDeleted])
async def delete_team(team_id: str, teams: Teams) -> APIResponse[TeamDeleted]:
    """Delete a team; its members stay users."""
    return wrapped(TeamDeleted(team_id=teams.delete(team_id).team_id), "Team deleted")
