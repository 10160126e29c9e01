"""Bodies about platform users. What a body says of id, created_at, version or subject is not read."""

from typing import Annotated

from pydantic import BaseModel, Field

from functions.users.schemas.text import Email, StatusIn, Title, Word
from shared.api.envelope import OffsetPage
from shared.core.clock import iso_seconds
from shared.directory.changes import Changed, Changes
from shared.directory.creation import NewUser
from shared.directory.listing import Member
from shared.directory.model import Status

TeamIds = Annotated[list[Word], Field(max_length=50)]


class UserOut(BaseModel):
    """A platform user. `linked` is false while the user pool does not know them: create them again."""

    id: str
    username: str
    email: str
    full_name: str
    role: str
    teams: list[str]
    status: Status
    created_at: str
    last_login: str | None
    linked: bool

    @classmethod
    def of(cls, member: Member) -> "UserOut":
        user = member.user
        return cls(
            id=user.user_id,
            username=user.username,
            email=user.email,
            full_name=user.full_name,
            role=user.role,
            teams=list(member.teams),
            status=user.status,
            created_at=iso_seconds(user.created_at),
            last_login=iso_seconds(user.last_login) if user.last_login else None,
            linked=user.linked,
        )


class UserList(OffsetPage):
    users: list[UserOut]


class UserIn(BaseModel):
    """A new user; invited unless the body says active."""

    username: Word
    email: Email
    full_name: Title = ""
    role: Word = "viewer"
    teams: TeamIds | None = None
    status: StatusIn = "invited"

    def new(self) -> NewUser:
        return NewUser(self.username, self.email, self.full_name, self.role, self.status, self.teams or ())


class UserCreated(BaseModel):
    user_id: str


class UserChangesIn(BaseModel):
    """What is to change; what is missing or null stays. A user name may be repeated, and never changes."""

    username: Word | None = None
    email: Email | None = None
    full_name: Title | None = None
    role: Word | None = None
    status: StatusIn | None = None
    teams: TeamIds | None = None

    def changes(self) -> Changes:
        return Changes(self.username, self.email, self.full_name, self.role, self.status, self.teams)


class UserChanged(BaseModel):
    """`identity_synced` false: the change is in force, but the user pool has not heard of it; repeat the request."""

    user_id: str
    role: str
    status: Status
    identity_synced: bool

    @classmethod
    def of(cls, changed: Changed) -> "UserChanged":
        user = changed.user
        return cls(user_id=user.user_id, role=user.role, status=user.status, identity_synced=changed.synced)
