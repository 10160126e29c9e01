"""Who is calling, after the token or key was found to be good."""

from dataclasses import dataclass
from typing import Literal

from shared.access.roles import granted_by

# Names that histories use for who is no user of the pool.
RESERVED = frozenset(("anonymous", "detector", "system"))
Kind = Literal["anonymous", "user", "key", "account"]


@dataclass(frozen=True, slots=True)
class Caller:
    """`caller_id` is what histories and the audit show: a user name, `key:<prefix>`, `account:<id>`, `anonymous`.

    `permissions` are patterns (shared/access/roles.py). `subject` is the pool's id of the person who signed in, or
    whose key it is; `signed_in_at` when they signed in, in epoch seconds. `owner` is the user name of whose key it is.
    """

    caller_id: str
    roles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    kind: Kind = "user"
    subject: str | None = None
    signed_in_at: int | None = None
    owner: str | None = None

    def may(self, permission: str) -> bool:
        """Whether one of the caller's permissions grants this one."""
        return granted_by(self.permissions, permission) is not None


ANONYMOUS = Caller("anonymous", kind="anonymous")
