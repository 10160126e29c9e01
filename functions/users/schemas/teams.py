"""Bodies about teams."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, RootModel, model_validator

from functions.users.schemas.text import Description, Word
from shared.api.envelope import OffsetPage
from shared.api.text import Line
from shared.core.clock import iso_seconds
from shared.directory.model import Team
from shared.directory.teams import MOST_MEMBERS, NewTeam

UserIds = Annotated[list[Word], Field(max_length=MOST_MEMBERS)]


class TeamOut(BaseModel):
    """A team. `owner` is null if somebody made it who is not in the directory."""

    id: str
    name: str
    description: str
    members: list[str]
    owner: str | None
    created_at: str
    workspace_id: str | None

    @classmethod
    def of(cls, team: Team) -> "TeamOut":
        return cls(
            id=team.team_id,
            name=team.name,
            description=team.description,
            members=list(team.members),
            owner=team.owner,
            created_at=iso_seconds(team.created_at),
            workspace_id=team.workspace_id,
        )


class TeamList(OffsetPage):
    teams: list[TeamOut]


class TeamIn(BaseModel):
    """A new team. Nobody named as owner: the caller, if they are in the directory."""

    name: Line
    description: Description = ""
    members: UserIds | None = None
    owner: Word | None = None
    workspace_id: Word | None = None

    def new(self) -> NewTeam:
        return NewTeam(self.name, self.description, self.members or (), self.owner, self.workspace_id)


class TeamCreated(BaseModel):
    team_id: str


class MembersIn(RootModel[UserIds]):
    """Who is in the team from now on: a bare list, or the list under `member_ids` or `members`."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, body: Any) -> Any:
        names = [name for name in ("member_ids", "members") if isinstance(body, dict) and name in body]
        return body[names[0]] if names else body


class TeamChanged(BaseModel):
    team_id: str
    member_count: int


class TeamDeleted(BaseModel):
    team_id: str
