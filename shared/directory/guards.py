"""What nobody may do, whatever their permissions: rise above themselves, judge themselves, command a superior."""

from collections.abc import Iterable

from shared.access.caller import Caller
from shared.access.roles import reach
from shared.core.errors import Forbidden
from shared.directory.keys import user_id_of


def may_give(caller: Caller, patterns: Iterable[str]) -> None:
    """Forbidden unless the caller has every permission that the patterns come to."""
    beyond = reach(patterns) - reach(caller.permissions)
    if beyond:
        raise Forbidden(f"You do not have '{min(beyond)}' yourself, so you cannot give it")


def may_command(caller: Caller, patterns: Iterable[str]) -> None:
    """Forbidden if the user or role has a permission that the caller lacks: a new address would be a takeover."""
    if reach(patterns) - reach(caller.permissions):
        raise Forbidden("You cannot change somebody who may do more than you")


def may_assign(caller: Caller) -> None:
    """Forbidden unless the caller decides who is in which team."""
    if not caller.may("teams:write"):
        raise Forbidden("Permission 'teams:write' required to change teams")


def not_oneself(caller: Caller, user_id: str) -> None:
    """Forbidden if a user would change their own role or status."""
    if is_oneself(caller, user_id):
        raise Forbidden("Nobody changes their own role or status")


def is_oneself(caller: Caller, user_id: str) -> bool:
    name = caller.owner or caller.caller_id
    return caller.kind in ("user", "key") and user_id_of(name) == user_id
