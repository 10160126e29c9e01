"""Teams of platform users. The team's row alone says who is in it, so that a user's teams and a team's members agree.

Only linked users become members, and a linked user is never deleted: no membership points at nobody. Deactivated
users stay members, so that a team's history and an access review show them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from shared.access.caller import Caller
from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import Invalid, Unavailable
from shared.core.ids import derived_id
from shared.directory.keys import team_key, user_id_of
from shared.directory.model import Team
from shared.directory.repository import DirectoryRepository, directory_repository, team_attributes
from shared.directory.transitions import Step
from shared.storage.schema import DIRECTORY
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, Delete, Put, Update, Write, unchanged

ATTEMPTS = 30
MOST_MEMBERS = 1_000
MOST_TEAMS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class NewTeam:
    """A team that somebody wants. Nobody named as owner: the caller."""

    name: str
    description: str = ""
    members: Sequence[str] = ()
    owner: str | None = None
    workspace_id: str | None = None


class TeamService:
    """Makes teams, says who is in them, deletes them."""

    def __init__(self, directory: DirectoryRepository, rows: Store, now: Clock) -> None:
        self._directory, self._rows, self._now = directory, rows, now

    def create(self, caller: Caller, new: NewTeam, operation: str) -> Team:
        """A new team; the one there is if the same request made it before."""
        owner = self._owner(caller, new.owner)
        members = self._known(new.members)
        team_id = derived_id("team", operation)
        team = Team(team_id, new.name, new.description, members, owner, self._now(), new.workspace_id)
        try:
            self._rows.transact([Put(DIRECTORY, {**team_key(team_id), **team_attributes(team)}, ABSENT)])
        except ConditionFailed:
            return self._directory.team(team_id)
        return team

    def set_members(self, team_id: str, user_ids: Sequence[str]) -> Team:
        """Exactly these users are in the team from now on."""
        self._directory.team(team_id)
        members = self._known(user_ids)

        def write(team: Team) -> tuple[Team, Write]:
            after = replace(team, members=members, version=team.version + 1)
            return after, _change(team, after)

        return self._repeat(team_id, write)

    def delete(self, team_id: str) -> Team:
        """The end of a team and of everybody's membership in it."""
        return self._repeat(team_id, lambda team: (team, Delete(DIRECTORY, team_key(team_id), unchanged(team.version))))

    def _repeat(self, team_id: str, step: Callable[[Team], tuple[Team, Write]]) -> Team:
        for attempt in range(ATTEMPTS):
            after, write = step(self._directory.team(team_id))
            try:
                self._rows.transact([write])
            except ConditionFailed:
                pause(attempt)
                continue
            return after
        raise Unavailable("The team is changing too fast; try again")

    def _known(self, user_ids: Iterable[str]) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(user_ids))
        if len(wanted) > MOST_MEMBERS:
            raise Invalid(f"A team has {MOST_MEMBERS} members at the most")
        found = self._directory.find_users(wanted)
        for user_id in wanted:
            if user_id not in found or not found[user_id].linked:
                raise Invalid(f"There is no user '{user_id[:80]}'")
        return wanted

    def _owner(self, caller: Caller, wanted: str | None) -> str | None:
        if wanted is not None:
            return self._known([wanted])[0]
        own = user_id_of(caller.caller_id)
        user = self._directory.find_user(own) if caller.kind == "user" else None
        return own if user and user.linked else None


def memberships(teams: Iterable[Team], user_id: str, wanted: Sequence[str]) -> list[Step]:
    """The steps after which a user is in exactly the `wanted` ones of these teams; Invalid for an unknown team."""
    by_id = {team.team_id: team for team in teams}
    unknown = [team_id for team_id in wanted if team_id not in by_id]
    if unknown:
        raise Invalid(f"There is no team '{unknown[0][:80]}'")
    steps = [Step(_change(team, after)) for team in by_id.values() if (after := _moved(team, user_id, wanted)) != team]
    if len(steps) > MOST_TEAMS_AT_ONCE:
        raise Invalid(f"Change {MOST_TEAMS_AT_ONCE} teams of a user at once at the most")
    return steps


def _moved(team: Team, user_id: str, wanted: Sequence[str]) -> Team:
    inside = user_id in team.members
    if inside == (team.team_id in wanted):
        return team
    others = tuple(member for member in team.members if member != user_id)
    members = others if inside else (*others, user_id)
    if len(members) > MOST_MEMBERS:
        raise Invalid(f"A team has {MOST_MEMBERS} members at the most")
    return replace(team, members=members, version=team.version + 1)


def _change(before: Team, after: Team) -> Update:
    key = team_key(before.team_id)
    return Update(DIRECTORY, key, set=team_attributes(after), condition=unchanged(before.version))


@cache
def team_service() -> TeamService:
    """The service of this process."""
    return TeamService(directory_repository(), store(), utc_now)
