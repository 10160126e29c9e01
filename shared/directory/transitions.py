"""Every change of a user as one transaction: the row, the e-mail reservation, who holds which role, the last admin.

A user comes (before is None), changes, or goes (after is None: only while nobody has been linked to it).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.access.roles import ROLES
from shared.core.errors import Conflict, DomainError, Invalid
from shared.directory.keys import ADMINS_KEY, email_key, role_key, user_key
from shared.directory.model import User
from shared.directory.repository import user_attributes
from shared.storage.schema import DIRECTORY
from shared.storage.store import ConditionFailed, Store
from shared.storage.writes import ABSENT, PRESENT, Condition, Delete, Put, Update, Write, unchanged


@dataclass(frozen=True, slots=True)
class Step:
    """A write, and what to tell the caller when its condition does not hold; None: somebody was faster, look again."""

    write: Write
    refusal: DomainError | None = None


def carry_out(rows: Store, steps: Iterable[Step]) -> None:
    """All steps or none. The refusal of the first that does not hold; ConditionFailed if that one has none."""
    given = list(steps)
    try:
        rows.transact([step.write for step in given])
    except ConditionFailed as failed:
        refusal = given[failed.position].refusal
        if refusal is None:
            raise
        raise refusal from failed


def transition(before: User | None, after: User | None, *, role_version: int = 0) -> list[Step]:
    """The steps from one state of a user to the next. `after` carries the version that it will have.

    `role_version` is the version in which the caller looked at a role of the organisation's own that the user gets.
    """
    return [
        _row(before, after),
        *_emails(before, after),
        *_holders(before, after, role_version),
        *_administrators(before, after),
    ]


def _row(before: User | None, after: User | None) -> Step:
    if after is None:
        assert before is not None
        return Step(Delete(DIRECTORY, user_key(before.user_id), unchanged(before.version)))
    key, attributes = user_key(after.user_id), user_attributes(after)
    if before is None:
        return Step(Put(DIRECTORY, {**key, **attributes}, ABSENT))
    return Step(Update(DIRECTORY, key, set=attributes, condition=unchanged(before.version)))


def _emails(before: User | None, after: User | None) -> list[Step]:
    old, new = (email_key(user.email) if user else None for user in (before, after))
    steps = []
    if new and after and new != old:
        taken = Conflict("Another user has this e-mail address")
        steps.append(Step(Put(DIRECTORY, {**new, "user_id": after.user_id}, ABSENT), taken))
    if old and before and old != new:
        mine = Condition("#user_id = :mine", {"mine": before.user_id})
        steps.append(Step(Delete(DIRECTORY, old, mine)))
    return steps


def _holders(before: User | None, after: User | None, role_version: int) -> list[Step]:
    """Roles of the organisation's own count who has them, so that none is deleted under somebody."""
    old, new = (user.role if user and user.role not in ROLES else None for user in (before, after))
    if old == new:
        return []
    steps = []
    if new:
        gone = Invalid(f"The role '{new}' has just been changed or deleted; look again")
        steps.append(Step(_count_holders(new, 1, unchanged(role_version)), gone))
    if old:
        steps.append(Step(_count_holders(old, -1, PRESENT)))
    return steps


def _count_holders(role: str, by: int, condition: Condition) -> Update:
    return Update(DIRECTORY, role_key(role), add={"holders": by}, condition=condition)


def _administrators(before: User | None, after: User | None) -> list[Step]:
    change = int(bool(after and after.administers)) - int(bool(before and before.administers))
    if change == 0:
        return []
    if change > 0:
        return [Step(Update(DIRECTORY, ADMINS_KEY, add={"admins": 1}))]
    last = Conflict("This is the last administrator; make another one first")
    another = Condition("#admins > :one", {"one": 1})
    return [Step(Update(DIRECTORY, ADMINS_KEY, add={"admins": -1}, condition=another), last)]
