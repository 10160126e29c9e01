"""Accounts of people: provisioned when first seen, kept in step with their role, and the plan an administrator sets."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from shared.access.caller import Caller
from shared.accounts.model import Account, Tier
from shared.accounts.repository import AccountRepository, account_repository
from shared.accounts.sightings import Sighting, account_id_of, after_call, after_sight, opened, sight_writes
from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, NotFound, Unavailable
from shared.storage.store import ConditionFailed, Store, store

ADMINISTER = "accounts:administer"
ACCOUNT_ID = re.compile(r"[A-Za-z0-9]{1,64}")
ATTEMPTS = 50
CALLER = "account:"
NOBODY = "User not found"
Next = Callable[[Account | None, datetime], Account]


class AccountService:
    """Finds, opens and changes accounts."""

    def __init__(self, accounts: AccountRepository, rows: Store, now: Clock) -> None:
        self._accounts, self._rows, self._now = accounts, rows, now

    def of(self, caller: Caller) -> Account:
        """The account of whoever calls; somebody who signed in and has none gets one. NotFound for the others."""
        if caller.kind == "user" and caller.subject:
            return self._see(_sighting(caller))
        if caller.kind == "account":
            return self._seed_account(caller.caller_id.removeprefix(CALLER))
        raise NotFound(NOBODY)

    def known(self, caller: Caller) -> Account | None:
        """The account of a person, or of the person whose key it is, if there is one: it pays for what they do."""
        if caller.kind not in ("user", "key") or not caller.subject:
            return None
        account = self._accounts.find(account_id_of(caller.subject))
        if account is None or caller.kind == "key":
            return account
        return self._see(_sighting(caller), account)

    def registered(self, subject: str, username: str, email: str) -> Account:
        """After a confirmed sign-up. Repeatable; also fills in the address of an account that had none."""
        return self._see(Sighting(subject, username, email=email))

    def signed_in(self, subject: str, username: str, email: str, at: datetime) -> Account:
        """After a login. Repeatable: one login is one entry of the log, whoever reports it first."""
        return self._see(Sighting(subject, username, None, at.replace(microsecond=0), email))

    def add(self, account: Account) -> None:
        """An account that nobody of the pool has: the demonstration's. Conflict if the id is taken."""
        try:
            self._rows.transact(sight_writes(None, account, account.created_at))
        except ConditionFailed:
            raise Conflict("There is such an account already") from None

    def set_tier(self, account_id: str, tier: Tier) -> Account:
        """Another plan. NotFound for an unknown account, Conflict for an administrator's."""

        def step(account: Account | None, now: datetime) -> Account:
            if account is None:
                raise NotFound(NOBODY)
            if account.plan == "admin":
                raise Conflict("The plan of an administrator follows the role and cannot be set")
            if account.tier == tier:
                return account
            return replace(account, tier=tier, plan=tier, version=account.version + 1)

        return self._change(_valid(account_id), step)

    def seed_caller(self, account_id: str) -> Caller:
        """Who calls with `user:{id}`. Somebody unknown comes back without rights, and is not found later.

        The account of a person of the pool is never opened this way: anybody can make up such a token (C15).
        """
        account = self._accounts.find(account_id) if ACCOUNT_ID.fullmatch(account_id) else None
        if account is None or account.subject:
            return Caller(f"{CALLER}unknown", kind="account")
        permissions = (ADMINISTER,) if account.plan == "admin" else ()
        return Caller(CALLER + account_id, permissions=permissions, kind="account")

    def _seed_account(self, account_id: str) -> Account:
        def step(account: Account | None, now: datetime) -> Account:
            if account is None or account.subject:
                raise NotFound(NOBODY)
            return after_call(account, now)

        return self._change(_valid(account_id), step)

    def _see(self, seen: Sighting, account: Account | None = None) -> Account:
        def step(account: Account | None, now: datetime) -> Account:
            return after_sight(account, seen, now) if account else opened(seen, now)

        return self._change(seen.account_id, step, account)

    def _change(self, account_id: str, step: Next, known: Account | None = None) -> Account:
        """Read, step, write if nobody was faster. What steps to itself costs no write."""
        for attempt in range(ATTEMPTS):
            now = self._now()
            account = known or self._accounts.find(account_id)
            after = step(account, now)
            if after == account:
                return after
            try:
                self._rows.transact(sight_writes(account, after, now))
            except ConditionFailed:
                known = None
                pause(attempt)
                continue
            return after
        raise Unavailable("The account is changing too fast; try again")


def _valid(account_id: str) -> str:
    """NotFound for what cannot be an id."""
    if not ACCOUNT_ID.fullmatch(account_id):
        raise NotFound(NOBODY)
    return account_id


def _sighting(caller: Caller) -> Sighting:
    signed_in_at = datetime.fromtimestamp(caller.signed_in_at, UTC) if caller.signed_in_at else None
    return Sighting(caller.subject or "", caller.caller_id, caller.may(ADMINISTER), signed_in_at)


@cache
def account_service() -> AccountService:
    """The service of this process."""
    return AccountService(account_repository(), store(), utc_now)
