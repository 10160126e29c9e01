"""Users as lists show them: with their teams, and only those that somebody asked for."""

from dataclasses import dataclass
from functools import cache

from shared.directory.model import Team, User
from shared.directory.repository import DirectoryRepository, directory_repository


@dataclass(frozen=True, slots=True)
class Filter:
    """All that are given must hold. `text` is a part of the name or address, whatever its upper and lower case."""

    role: str | None = None
    team: str | None = None
    status: str | None = None
    text: str | None = None

    def holds(self, user: User, teams: tuple[Team, ...]) -> bool:
        if self.team is not None and self.team not in {name for team in teams for name in (team.team_id, team.name)}:
            return False
        if self.text and self.text.casefold() not in "\n".join((user.username, user.full_name, user.email)).casefold():
            return False
        return self.role in (None, user.role) and self.status in (None, user.status)


@dataclass(frozen=True, slots=True)
class Member:
    """A user with the ids of their teams."""

    user: User
    teams: tuple[str, ...]


class UserListing:
    """Reads users together with their teams."""

    def __init__(self, directory: DirectoryRepository) -> None:
        self._directory = directory

    def get(self, user_id: str) -> Member:
        """One user; NotFound if there is none with this id."""
        user = self._directory.user(user_id)
        return Member(user, self._directory.teams_of(user_id))

    def find(self, wanted: Filter) -> list[Member]:
        """Those who match, by name. A team is named by its id or its name."""
        mine: dict[str, list[Team]] = {}
        for team in self._directory.teams():
            for user_id in team.members:
                mine.setdefault(user_id, []).append(team)
        found = [(user, tuple(mine.get(user.user_id, ()))) for user in self._directory.users()]
        return [
            Member(user, tuple(team.team_id for team in teams)) for user, teams in found if wanted.holds(user, teams)
        ]


@cache
def user_listing() -> UserListing:
    """The listing of this process."""
    return UserListing(directory_repository())
