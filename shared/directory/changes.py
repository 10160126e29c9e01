"""What a request wants changed of a platform user, and how the pool hears of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.core.errors import DomainError
from shared.directory.identities import Identities
from shared.directory.model import LIVING, Status, User


@dataclass(frozen=True, slots=True)
class Changes:
    """What a request names; None leaves it as it is. `username` is there to be refused: it never changes."""

    username: str | None = None
    email: str | None = None
    full_name: str | None = None
    role: str | None = None
    status: Status | None = None
    teams: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A user after a change, and whether the pool has heard of it."""

    user: User
    synced: bool


def tell_pool(pool: Callable[[], Identities], user: User, changes: Changes) -> bool:
    """Tells the pool what the request named, even if it was no change: so the same request mends a failure.

    Whether all of it arrived. A pool that does not answer undoes nothing: the row decides who may come in.
    """
    if not user.linked:
        return True
    name, told = user.username, True
    if changes.status in LIVING:
        told = reached(lambda: pool().enable(name))
    elif changes.status:
        told = reached(lambda: pool().disable(name)) and reached(lambda: pool().sign_out(name))
    if changes.email:
        told = reached(lambda: pool().change_email(name, user.email)) and told
    return told


def reached(call: Callable[[], None]) -> bool:
    """Whether the pool did what it was asked."""
    try:
        call()
    except DomainError:
        return False
    return True
