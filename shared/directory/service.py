"""What happens to a platform user after they were made: changes, suspension and return, signing in.

The row is written first: tokens and API keys die with it (shared/access/principals.py). Then the pool is told; where
that fails, `synced` is False in the answer, and the same request again tells it again.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from shared.access.caller import Caller
from shared.access.principals import principals
from shared.core.backoff import pause
from shared.core.clock import Clock, iso_seconds, utc_now
from shared.core.errors import Conflict, IllegalMove, Invalid, Unauthenticated, Unavailable
from shared.directory.changes import Changed, Changes, reached, tell_pool
from shared.directory.guards import may_assign, may_command, may_give, not_oneself
from shared.directory.identities import Identities, identities
from shared.directory.keys import user_id_of, user_key
from shared.directory.model import LIVING, MOVES, Role, Status, User
from shared.directory.names import checked_email
from shared.directory.repository import DirectoryRepository, directory_repository
from shared.directory.teams import memberships
from shared.directory.transitions import Step, carry_out, transition
from shared.storage.schema import DIRECTORY
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import Condition, Update

ATTEMPTS = 30


class DirectoryService:
    """The life of a platform user."""

    def __init__(
        self,
        directory: DirectoryRepository,
        rows: Store,
        pool: Callable[[], Identities],
        now: Clock,
        forget: Callable[[], None],
    ) -> None:
        """`forget` makes this process ask anew who its callers are."""
        self._directory, self._rows, self._pool, self._now, self._forget = directory, rows, pool, now, forget

    def update(self, caller: Caller, user_id: str, changes: Changes) -> Changed:
        """Changes a user; the answer of a repeated request is the same."""
        for attempt in range(ATTEMPTS):
            before = self._directory.user(user_id)
            after, role = self._after(caller, before, changes)
            steps = self._steps(caller, before, after, role, changes)
            try:
                if steps:
                    carry_out(self._rows, steps)
            except ConditionFailed:
                pause(attempt)
                continue
            self._forget()
            return Changed(after, tell_pool(self._pool, after, changes))
        raise Unavailable("The user is changing too fast; try again")

    def invite(self, caller: Caller, user_id: str) -> Changed:
        """A deactivated user may come back, an invited one hears of it again."""
        changed = self.update(caller, user_id, Changes(status="invited"))
        reminded = not changed.user.linked or reached(lambda: self._pool().remind(changed.user.username))
        return replace(changed, synced=changed.synced and reminded)

    def signed_in(self, username: str, subject: str) -> User | None:
        """Notes that somebody has signed in; the first time makes an invited user active. None: not in the directory.

        Unauthenticated if they may not sign in any more. Safe to repeat.
        """
        user = self._directory.find_user(user_id_of(username))
        if user is None or user.subject != subject:
            return None
        if user.status not in LIVING:
            raise Unauthenticated("This user is not active")
        now = self._now()
        self._note_login(user, iso_seconds(now))
        if user.status == "invited":
            user = self._activate(user)
        return replace(user, last_login=now)

    def _note_login(self, user: User, moment: str) -> None:
        same = Condition("#subject = :subject", {"subject": user.subject})
        write = Update(DIRECTORY, user_key(user.user_id), set={"last_login": moment}, condition=same)
        self._rows.transact([write])

    def _activate(self, user: User) -> User:
        active = replace(user, status="active", version=user.version + 1)
        try:
            carry_out(self._rows, transition(user, active))
        except ConditionFailed:
            # Somebody changes the user at this moment; if the user is still invited, the next sign-in will do.
            return self._directory.user(user.user_id)
        return active

    def _after(self, caller: Caller, before: User, changes: Changes) -> tuple[User, Role | None]:
        """The user as wanted, and the role if it is another one."""
        may_command(caller, self._patterns(before.role))
        if changes.username is not None and user_id_of(changes.username) != before.user_id:
            raise Conflict("A user name never changes")
        email = checked_email(changes.email) if changes.email else before.email
        full_name = before.full_name if changes.full_name is None else changes.full_name
        after = replace(before, email=email, full_name=full_name)
        after = self._moved(caller, after, changes.status)
        after, role = self._promoted(caller, after, changes.role)
        return (after if after == before else replace(after, version=before.version + 1)), role

    def _moved(self, caller: Caller, user: User, status: Status | None) -> User:
        if status is None or status == user.status:
            return user
        not_oneself(caller, user.user_id)
        if status not in MOVES[user.status]:
            raise IllegalMove(f"A user cannot go from {user.status} to {status}")
        if status in LIVING:
            return replace(user, status=status)
        return replace(user, status=status, signed_out_at=int(self._now().timestamp()))

    def _promoted(self, caller: Caller, user: User, name: str | None) -> tuple[User, Role | None]:
        if name is None or name == user.role:
            return user, None
        not_oneself(caller, user.user_id)
        role = self._directory.find_role(name)
        if role is None:
            raise Invalid(f"There is no role '{name[:80]}'")
        may_give(caller, role.permissions)
        return replace(user, role=name), role

    def _patterns(self, role: str) -> tuple[str, ...]:
        found = self._directory.find_role(role)
        return found.permissions if found else ()

    def _steps(self, caller: Caller, before: User, after: User, role: Role | None, changes: Changes) -> list[Step]:
        steps = [] if after == before else transition(before, after, role_version=role.version if role else 0)
        if changes.teams is None:
            return steps
        moves = memberships(self._directory.teams(), before.user_id, changes.teams)
        if moves:
            may_assign(caller)
        if moves and not before.linked:
            raise Conflict("The user pool does not know this user yet; create the user again first")
        return steps + moves


@cache
def directory_service() -> DirectoryService:
    """The service of this process."""
    return DirectoryService(directory_repository(), store(), identities, utc_now, lambda: principals().forget())
