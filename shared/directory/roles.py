"""Roles of the organisation's own. The system's roles stand in code (shared/access/roles.py) and never change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from shared.access.caller import Caller
from shared.access.principals import principals
from shared.access.roles import ROLES
from shared.core.backoff import pause
from shared.core.errors import Conflict, NotFound, Unavailable
from shared.directory.guards import may_command, may_give
from shared.directory.keys import role_key
from shared.directory.model import Role
from shared.directory.names import checked_patterns, checked_role_name
from shared.directory.repository import DirectoryRepository, directory_repository, role_attributes
from shared.directory.transitions import Step, carry_out
from shared.storage.schema import DIRECTORY
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, Condition, Delete, Put, Update, unchanged

ATTEMPTS = 30


@dataclass(frozen=True, slots=True)
class RoleChanges:
    """What a request names; None leaves it as it is."""

    description: str | None = None
    permissions: Sequence[str] | None = None


class RoleService:
    """Makes, changes and deletes roles. Nobody puts into a role what they do not have themselves."""

    def __init__(self, directory: DirectoryRepository, rows: Store, forget: Callable[[], None]) -> None:
        self._directory, self._rows, self._forget = directory, rows, forget

    def create(self, caller: Caller, name: str, wanted: RoleChanges, operation: str) -> Role:
        """A new role; Conflict if there is one of that name, but for the one that this request made before."""
        patterns = checked_patterns(wanted.permissions or ())
        may_give(caller, patterns)
        role = Role(checked_role_name(name), wanted.description or "", patterns, operation=operation)
        there = self._directory.find_role(name)
        if there is None:
            row = {**role_key(name), **role_attributes(role), "holders": 0}
            try:
                carry_out(self._rows, [Step(Put(DIRECTORY, row, ABSENT))])
            except ConditionFailed:
                there = self._directory.find_role(name)
        if there and (there.is_system or there.operation != operation):
            raise Conflict(f"There is a role '{name}'")
        return there or role

    def update(self, caller: Caller, name: str, changes: RoleChanges) -> Role:
        """Another description or other permissions, for everybody who has the role, at once."""
        patterns = None if changes.permissions is None else checked_patterns(changes.permissions)
        may_give(caller, patterns or ())

        def step(role: Role) -> tuple[Role, Step]:
            description = role.description if changes.description is None else changes.description
            permissions = role.permissions if patterns is None else patterns
            after = replace(role, description=description, permissions=permissions, version=role.version + 1)
            change = Update(DIRECTORY, role_key(name), set=role_attributes(after), condition=unchanged(role.version))
            return after, Step(change)

        return self._repeat(caller, name, step)

    def delete(self, caller: Caller, name: str) -> Role:
        """The end of a role that nobody has."""

        def step(role: Role) -> tuple[Role, Step]:
            nobody = Condition("#holders <= :none", {"none": 0})
            held = Conflict("Somebody has this role; give them another one first")
            return role, Step(Delete(DIRECTORY, role_key(name), nobody), held)

        return self._repeat(caller, name, step)

    def _repeat(self, caller: Caller, name: str, step: Callable[[Role], tuple[Role, Step]]) -> Role:
        for attempt in range(ATTEMPTS):
            after, change = step(self._own(caller, name))
            try:
                carry_out(self._rows, [change])
            except ConditionFailed:
                pause(attempt)
                continue
            self._forget()
            return after
        raise Unavailable("The role is changing too fast; try again")

    def _own(self, caller: Caller, name: str) -> Role:
        if name in ROLES:
            raise Conflict("The roles of the system cannot be changed")
        role = self._directory.find_role(name)
        if role is None:
            raise NotFound("Role not found")
        may_command(caller, role.permissions)
        return role


@cache
def role_service() -> RoleService:
    """The service of this process."""
    return RoleService(directory_repository(), store(), lambda: principals().forget())
