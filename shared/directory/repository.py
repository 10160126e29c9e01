"""Reading users, teams and roles, and the rows they are (keys and attributes: shared/directory/keys.py).

| question                           | how                                   |
|------------------------------------|---------------------------------------|
| a user by id; all users            | GetItem; Query of USERS               |
| several users by id                | BatchGetItem                          |
| a team by id; all teams            | GetItem; Query of TEAMS               |
| the teams of a user                | Query of TEAMS                        |
| a role by name; all roles          | the system's, or GetItem; Query ROLES |

Lists read the whole partition: an organisation has platform users in the hundreds.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from shared.access.roles import DESCRIPTIONS, ROLES
from shared.core.clock import from_iso, iso_seconds
from shared.core.errors import NotFound
from shared.directory.keys import ROLES_OF_OURS, TEAMS, USERS, role_key, team_key, user_key
from shared.directory.model import Role, Team, User
from shared.directory.names import ROLE
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import DIRECTORY
from shared.storage.store import Store, store

MOST_USERS, MOST_TEAMS, MOST_ROLES = 20_000, 2_000, 1_000
# What an id of ours can look like: anything else is not there, and may be too long or too odd to ask for.
ID = re.compile(r"(usr|team)_[0-9a-f]{24}")
IN_DOC = ("username", "email", "full_name", "operation")


class DirectoryRepository:
    """Every question about users, teams and roles."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def user(self, user_id: str) -> User:
        """One user; NotFound if there is none with this id."""
        found = self.find_user(user_id)
        if found is None:
            raise NotFound("User not found")
        return found

    def find_user(self, user_id: str) -> User | None:
        row = self._rows.get(DIRECTORY, user_key(user_id)) if ID.fullmatch(user_id) else None
        return user_of(row) if row else None

    def find_users(self, user_ids: Iterable[str]) -> dict[str, User]:
        """Those of the users that there are, by id."""
        possible = [user_key(user_id) for user_id in dict.fromkeys(user_ids) if ID.fullmatch(user_id)]
        rows = self._rows.get_many(DIRECTORY, possible)
        return {row["sk"]: user_of(row) for row in rows}

    def users(self) -> list[User]:
        """Everybody, by name."""
        rows = self._rows.query_all(DIRECTORY, USERS, most=MOST_USERS)
        return sorted(map(user_of, rows), key=lambda user: user.username.casefold())

    def team(self, team_id: str) -> Team:
        """One team; NotFound if there is none with this id."""
        row = self._rows.get(DIRECTORY, team_key(team_id)) if ID.fullmatch(team_id) else None
        if row is None:
            raise NotFound("Team not found")
        return team_of(row)

    def teams(self) -> list[Team]:
        """Every team, by name."""
        rows = self._rows.query_all(DIRECTORY, TEAMS, most=MOST_TEAMS)
        return sorted(map(team_of, rows), key=lambda team: (team.name.casefold(), team.team_id))

    def teams_of(self, user_id: str) -> tuple[str, ...]:
        """The ids of the teams that a user is in."""
        return tuple(team.team_id for team in self.teams() if user_id in team.members)

    def find_role(self, name: str) -> Role | None:
        if name in ROLES:
            return _system_role(name)
        row = self._rows.get(DIRECTORY, role_key(name)) if ROLE.fullmatch(name) else None
        return role_of(row) if row else None

    def roles(self) -> list[Role]:
        """The system's roles, then the organisation's own."""
        rows = self._rows.query_all(DIRECTORY, ROLES_OF_OURS, most=MOST_ROLES)
        return [*map(_system_role, ROLES), *map(role_of, rows)]


def user_of(row: Item) -> User:
    """The user in a row."""
    doc = from_doc(row["doc"])
    login = row.get("last_login")
    return User(
        user_id=row["sk"],
        **{name: doc[name] for name in IN_DOC},
        created_at=from_iso(doc["created_at"]),
        role=row["role"],
        status=row["status"],
        subject=row["subject"],
        signed_out_at=row["signed_out_at"],
        last_login=from_iso(login) if login else None,
        version=row["version"],
    )


def user_attributes(user: User) -> dict[str, Any]:
    """Everything of a user's row but the key and `last_login`, which only a sign-in writes."""
    doc = {name: getattr(user, name) for name in IN_DOC} | {"created_at": iso_seconds(user.created_at)}
    beside = {name: getattr(user, name) for name in ("version", "role", "status", "subject", "signed_out_at")}
    return {**beside, "doc": to_doc(doc)}


def team_of(row: Item) -> Team:
    """The team in a row."""
    doc = from_doc(row["doc"])
    doc |= {"members": tuple(doc["members"]), "created_at": from_iso(doc["created_at"])}
    return Team(team_id=row["sk"], **doc, version=row["version"])


def team_attributes(team: Team) -> dict[str, Any]:
    doc = {name: getattr(team, name) for name in ("name", "description", "owner", "workspace_id")}
    doc |= {"members": list(team.members), "created_at": iso_seconds(team.created_at)}
    return {"version": team.version, "doc": to_doc(doc)}


def role_of(row: Item) -> Role:
    """The organisation's role in a row."""
    doc = from_doc(row["doc"])
    permissions = tuple(json.loads(row["permissions"]))
    return Role(row["sk"], doc["description"], permissions, operation=doc["operation"], version=row["version"])


def role_attributes(role: Role) -> dict[str, Any]:
    doc = {"description": role.description, "operation": role.operation}
    return {"version": role.version, "permissions": json.dumps(role.permissions), "doc": to_doc(doc)}


def _system_role(name: str) -> Role:
    return Role(name, DESCRIPTIONS[name], ROLES[name], is_system=True, version=0)


@cache
def directory_repository() -> DirectoryRepository:
    """The repository of this process."""
    return DirectoryRepository(store())
