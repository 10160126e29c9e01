"""Who else wants to know that somebody signed up or in: the directory (platform users) and the accounts (quotas)."""

from datetime import UTC, datetime
from functools import cache
from typing import Protocol

from shared.access.caller import Caller
from shared.accounts.service import AccountService, account_service
from shared.directory.service import DirectoryService, directory_service


class People(Protocol):
    """Told after the pool has let somebody in. Every call may be repeated."""

    def registered(self, subject: str, username: str, email: str) -> None:
        """Somebody has proven that the address is theirs."""

    def signed_in(self, caller: Caller, email: str) -> None:
        """Somebody has been given tokens."""


class DirectoryAndAccounts:
    """The people of this platform. A user of the directory who was invited becomes active by signing in."""

    def __init__(self, accounts: AccountService, directory: DirectoryService) -> None:
        self._accounts, self._directory = accounts, directory

    def registered(self, subject: str, username: str, email: str) -> None:
        self._accounts.registered(subject, username, email)

    def signed_in(self, caller: Caller, email: str) -> None:
        subject = caller.subject or ""
        self._directory.signed_in(caller.caller_id, subject)
        at = datetime.fromtimestamp(caller.signed_in_at or 0, UTC)
        self._accounts.signed_in(subject, caller.caller_id, email, at)


@cache
def people() -> People:
    """The people of this process."""
    return DirectoryAndAccounts(account_service(), directory_service())
