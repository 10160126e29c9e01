"""Making a platform user: a row, an identity in the pool, and the link between them.

    1  one transaction: the row, not linked, with its e-mail reservation. Nobody can sign in with it.
    2  the pool makes the identity and sends the invitation
    3  the row gets the identity's subject, and the user their teams

Whoever dies in between leaves a row that is not linked; the same request again takes it over. An identity that was
there before is ours only if an administrator made it for the same address and nobody ever used it: see identities.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from shared.access.caller import Caller
from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, Invalid, Unavailable
from shared.directory.guards import may_assign, may_give
from shared.directory.identities import Identities, IdentityTaken, identities
from shared.directory.keys import user_id_of
from shared.directory.model import Role, Status, User
from shared.directory.names import checked_email, checked_username
from shared.directory.repository import DirectoryRepository, directory_repository
from shared.directory.teams import memberships
from shared.directory.transitions import carry_out, transition
from shared.storage.store import ConditionFailed, Store, store

ATTEMPTS = 30
# Whoever began longer ago is dead: a function lives 29 seconds.
ABANDONED = timedelta(seconds=30)
TAKEN = "A user with this name exists"


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user that somebody wants."""

    username: str
    email: str
    full_name: str = ""
    role: str = "viewer"
    status: Status = "invited"
    teams: Sequence[str] = ()


class UserCreation:
    """Creates users, once each, whoever dies or comes twice."""

    def __init__(self, directory: DirectoryRepository, rows: Store, pool: Identities, now: Clock) -> None:
        self._directory, self._rows, self._pool, self._now = directory, rows, pool, now

    def create(self, caller: Caller, new: NewUser, operation: str) -> str:
        """The id of the new user. Conflict if the name or the address is somebody's, in the directory or the pool."""
        wanted = self._wanted(new, operation)
        role = self._directory.find_role(new.role)
        if role is None:
            raise Invalid(f"There is no role '{new.role[:80]}'")
        may_give(caller, role.permissions)
        if new.teams:
            may_assign(caller)
            memberships(self._directory.teams(), wanted.user_id, new.teams)
        begun = self._begin(wanted, role)
        if begun.linked:
            return begun.user_id
        try:
            subject = self._pool.create(begun.username, begun.email, begun.full_name)
        except (IdentityTaken, Invalid):
            if not self._withdraw(begun):
                return begun.user_id
            raise
        self._link(begun, subject, new.teams)
        return begun.user_id

    def _wanted(self, new: NewUser, operation: str) -> User:
        if new.status not in ("invited", "active"):
            raise Invalid("A new user is invited or active")
        username = checked_username(new.username)
        return User(
            user_id=user_id_of(username),
            username=username,
            email=checked_email(new.email),
            full_name=new.full_name,
            role=new.role,
            status=new.status,
            created_at=self._now(),
            operation=operation,
        )

    def _begin(self, wanted: User, role: Role) -> User:
        """The row, as it is now: new, taken over from who died, or the one that this request has made before."""
        for attempt in range(ATTEMPTS):
            before = self._directory.find_user(wanted.user_id)
            if before and before.operation == wanted.operation and (before.linked or _same(before, wanted)):
                return before
            if before:
                self._check_abandoned(before, wanted)
            after = replace(wanted, version=before.version + 1 if before else 1)
            try:
                carry_out(self._rows, transition(before, after, role_version=role.version))
            except ConditionFailed:
                pause(attempt)
                continue
            return after
        raise Unavailable("The user is changing too fast; try again")

    def _check_abandoned(self, before: User, wanted: User) -> None:
        """Conflict unless nobody can be at work on the row any more, or the same user is wanted."""
        fresh = self._now() - before.created_at < ABANDONED
        if before.linked or (fresh and before.email.casefold() != wanted.email.casefold()):
            raise Conflict(TAKEN)

    def _link(self, begun: User, subject: str, teams: Sequence[str]) -> None:
        for attempt in range(ATTEMPTS):
            before = self._directory.find_user(begun.user_id)
            if before is None or before.operation != begun.operation:
                raise Conflict(TAKEN)  # a later request has taken the row over, and will link it
            if before.linked:
                return
            known = self._directory.teams() if teams else []
            there = [team.team_id for team in known if team.team_id in teams]
            after = replace(before, subject=subject, version=before.version + 1)
            try:
                carry_out(self._rows, [*transition(before, after), *memberships(known, after.user_id, there)])
            except ConditionFailed:
                pause(attempt)
                continue
            return
        raise Unavailable("The user is changing too fast; try again")

    def _withdraw(self, begun: User) -> bool:
        """Takes the row back, so that name and address are free again. False: the same request has linked it."""
        for attempt in range(ATTEMPTS):
            before = self._directory.find_user(begun.user_id)
            if before is None or before.operation != begun.operation:
                return True
            if before.linked:
                return False
            try:
                carry_out(self._rows, transition(before, None))
            except ConditionFailed:
                pause(attempt)
                continue
            return True
        raise Unavailable("The user is changing too fast; try again")


def _same(one: User, other: User) -> bool:
    return (one.role, one.email, one.status) == (other.role, other.email, other.status)


@cache
def user_creation() -> UserCreation:
    """The service of this process."""
    return UserCreation(directory_repository(), store(), identities(), utc_now)
