"""Who may do what, and by which rule: the questions of auditors, and of people who got a 403."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shared.access.caller import Caller
from shared.access.permissions import PERMISSIONS
from shared.access.roles import granted_by, reach
from shared.core.errors import Invalid
from shared.directory.model import LIVING, User
from shared.directory.repository import DirectoryRepository, directory_repository


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is the pattern that allows, `role` the role that has it; both None where nothing allows."""

    permission: str
    allowed: bool
    role: str | None
    rule: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A role or a user that has a permission, and the pattern that gives it."""

    name: str
    rule: str
    role: str
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A user as an access review shows them. `permissions` are what the user may do now: nothing, if not living."""

    user: User
    permissions: tuple[str, ...]
    teams: tuple[str, ...]


class AccessReview:
    """Explains decisions and lists rights. It decides nothing itself: it asks what admission asks."""

    def __init__(self, directory: DirectoryRepository) -> None:
        self._directory = directory

    def of_user(self, user_id: str, permission: str) -> Decision:
        """Whether a user of the directory may, by which rule, or why not."""
        user = self._directory.user(user_id)
        if permission not in PERMISSIONS:
            return _unknown(permission)
        if user.status not in LIVING:
            return Decision(permission, False, None, None, f"The user is {user.status}")
        if not user.linked:
            return Decision(permission, False, None, None, "The user pool does not know this user yet")
        role = self._directory.find_role(user.role)
        return _decided(permission, user.role, role.permissions if role else ())

    def of_caller(self, caller: Caller, permission: str) -> Decision:
        """Whether the caller may: by a role, or by the scopes of an API key."""
        if permission not in PERMISSIONS:
            return _unknown(permission)
        if caller.kind == "key":
            rule = granted_by(caller.permissions, permission)
            why = (
                f"'{rule}' is in the key's scope" if rule else "No scope of this key includes it, or its owner lost it"
            )
            return Decision(permission, rule is not None, None, rule, why)
        decisions = [_decided(permission, role, self._patterns(role)) for role in caller.roles]
        allowing = [decision for decision in decisions if decision.allowed]
        nothing = Decision(permission, False, None, None, "The caller has no role")
        return (allowing or decisions or [nothing])[0]

    def holders(self, permission: str) -> tuple[list[Holder], list[Holder]]:
        """The roles that include a permission, and the users who have it now. Invalid if there is no such permission.

        People who are in the pool only, and in one of its groups, are in no directory and not among them.
        """
        if permission not in PERMISSIONS:
            raise Invalid(f"There is no permission '{permission[:80]}'")
        rules = {role.name: granted_by(role.permissions, permission) for role in self._directory.roles()}
        roles = [Holder(name, rule, name) for name, rule in rules.items() if rule]
        users = [
            Holder(user.username, rule, user.role, user.user_id)
            for user in self._directory.users()
            if user.status in LIVING and user.linked and (rule := rules.get(user.role))
        ]
        return roles, users

    def everybody(self) -> Sequence[Reviewed]:
        """Every user with what they may do, by name: what an access review certifies."""
        rights = {role.name: tuple(sorted(reach(role.permissions))) for role in self._directory.roles()}
        teams = self._directory.teams()
        return [
            Reviewed(
                user,
                rights.get(user.role, ()) if user.status in LIVING and user.linked else (),
                tuple(team.team_id for team in teams if user.user_id in team.members),
            )
            for user in self._directory.users()
        ]

    def _patterns(self, role: str) -> tuple[str, ...]:
        found = self._directory.find_role(role)
        return found.permissions if found else ()


def _unknown(permission: str) -> Decision:
    return Decision(permission, False, None, None, "There is no such permission; what is not declared is denied")


def _decided(permission: str, role: str, patterns: Sequence[str]) -> Decision:
    rule = granted_by(patterns, permission)
    if rule is None:
        return Decision(permission, False, role, None, f"Nothing in the role '{role}' includes it")
    return Decision(permission, True, role, rule, f"'{rule}' in the role '{role}' includes it")


@cache
def access_review() -> AccessReview:
    """The review of this process."""
    return AccessReview(directory_repository())
