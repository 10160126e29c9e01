"""Quotas by the UTC day: what is left, a unit for work that is done, a reservation for work that may fail.

The day is part of the usage's key, so that nothing has to be reset at midnight; a charge counts for the day on which
it was decided. An operation has an id: asked for again (a retry, a lost answer) it is answered again and counts once.

A reservation whose deadline passes is given back when its account is looked at next. If the work turns out to be done
after that, `commit` charges it anew, to the day of the commit; if that day is used up, it stays `uncharged`: it counts
as work done, a warning is logged, and the usage never exceeds the limit (docs/accounts.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from shared.accounts.ledger import CHARGED, DONE, Entry, State, step
from shared.accounts.model import PLURAL, Account, Allowance, Plan, Resource, limit_of, moment
from shared.accounts.repository import AccountRepository, Standing, account_repository
from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import LimitReached, NotFound, OtherRequest, Unavailable
from shared.core.logging import logger
from shared.storage.store import ConditionFailed, Store, store

ATTEMPTS = 60
HELD_FOR = timedelta(minutes=1)  # twice what a request can last
Decide = Callable[[Entry, datetime], tuple[Entry, Plan | None]]


@dataclass(frozen=True, slots=True)
class Wish:
    """One unit of a resource for one operation, as a reservation or for good."""

    account_id: str
    resource: Resource
    operation_id: str
    state: State
    deadline: datetime | None = None


class QuotaService:
    """Charges accounts."""

    def __init__(self, accounts: AccountRepository, rows: Store, now: Clock) -> None:
        self._accounts, self._rows, self._now = accounts, rows, now

    def check(self, account_id: str, resource: Resource) -> Allowance:
        """What is left now. Advice only: the charge decides."""
        now = self._now()
        return _allowance(self._look(account_id, now), resource, now)

    def used(self, account_id: str) -> dict[str, int]:
        """Today's usage by plural name, open reservations included."""
        return self._look(account_id, self._now()).used

    def increment(self, account_id: str, resource: Resource, operation_id: str) -> Allowance:
        """One unit for work that is done. LimitReached if the day is used up."""
        return self._answer(self._charge(Wish(account_id, resource, operation_id, "committed")))

    def reserve(self, account_id: str, resource: Resource, operation_id: str, deadline: datetime) -> Entry:
        """One unit for work that begins. LimitReached if the day is used up."""
        return self._charge(Wish(account_id, resource, operation_id, "held", deadline))

    def commit(self, operation_id: str) -> Entry:
        """The reserved work is done. Repeatable."""
        return self._move(operation_id, self._done)

    def release(self, operation_id: str) -> Entry:
        """The reserved work failed: the unit goes back to the day it was taken from. Repeatable; nothing else moves."""
        return self._move(operation_id, _closed_as("released"))

    @contextmanager
    def charged(self, account_id: str, resource: Resource, operation_id: str) -> Iterator[Allowance]:
        """Reserve before the block, commit after it, give back if it fails."""
        held = self.reserve(account_id, resource, operation_id, self._now() + HELD_FOR)
        try:
            yield self._answer(held)
        except BaseException:
            self._give_back(operation_id)
            raise
        self.commit(operation_id)

    def _give_back(self, operation_id: str) -> None:
        """The block's own error matters more than one of giving back, which the deadline does too."""
        try:
            self.release(operation_id)
        except Exception:
            logger().warning("a reservation was left to its deadline", extra={"operation_id": operation_id})

    def _answer(self, entry: Entry) -> Allowance:
        return Allowance(entry.resource, entry.day, entry.used, entry.limit, self._now())

    def _charge(self, wish: Wish) -> Entry:
        """Look, decide, write if nothing moved meanwhile. An operation that is charged already is not charged again."""
        for attempt in range(ATTEMPTS):
            now = self._now()
            seen = self._look(wish.account_id, now, wish.operation_id)
            if seen.entry and _answers(seen.entry, wish):
                return seen.entry
            allowance = _allowance(seen, wish.resource, now)
            if not allowance.remaining:
                raise _used_up(allowance)
            entry = _wished(wish, allowance, seen.entry)
            try:
                self._rows.transact(step(seen.entry, entry, now, _account(seen).plan))
            except ConditionFailed:
                pause(attempt)
                continue
            return entry
        raise Unavailable("The quota is changing too fast; try again")

    def _look(self, account_id: str, now: datetime, operation_id: str | None = None) -> Standing:
        """The account with today's usage, after overdue reservations were given back."""
        today = now.astimezone(UTC).date()
        seen = self._accounts.standing(account_id, today, operation_id)
        if not _account(seen).holds:
            return seen
        overdue = list(self._accounts.list_overdue(account_id, now))
        for held in overdue:
            self._move(held, _overdue)
        return self._accounts.standing(account_id, today, operation_id) if overdue else seen

    def _move(self, operation_id: str, decide: Decide) -> Entry:
        """Another state for an operation; deciding on the one it has changes nothing."""
        for attempt in range(ATTEMPTS):
            now, entry = self._now(), self._accounts.entry(operation_id)
            if entry is None:
                raise NotFound("No such operation")
            after, plan = decide(entry, now)
            if after is entry:
                return entry
            try:
                self._rows.transact(step(entry, after, now, plan))
            except ConditionFailed:
                pause(attempt)
                continue
            return after
        raise Unavailable("The quota is changing too fast; try again")

    def _done(self, entry: Entry, now: datetime) -> tuple[Entry, Plan | None]:
        """Committed; charged anew if the reservation is gone, and uncharged if there is nothing to charge it to."""
        if entry.state in DONE:
            return entry, None
        closed = replace(entry, state="committed", deadline=None, version=entry.version + 1)
        if entry.state == "held":
            return closed, None
        seen = self._look(entry.account_id, now)
        allowance = _allowance(seen, entry.resource, now)
        if allowance.remaining:
            used = allowance.used + 1
            return replace(closed, day=allowance.day, used=used, limit=allowance.limit), _account(seen).plan
        logger().warning("work was done that no quota paid for", extra={"operation_id": entry.operation_id})
        return replace(closed, state="uncharged", day=allowance.day), None


def _account(seen: Standing) -> Account:
    if seen.account is None:
        raise NotFound("User not found")
    return seen.account


def _allowance(seen: Standing, resource: Resource, now: datetime) -> Allowance:
    today: date = now.astimezone(UTC).date()
    return Allowance(resource, today, seen.used[PLURAL[resource]], limit_of(_account(seen).plan, resource), now)


def _answers(entry: Entry, wish: Wish) -> bool:
    """Whether the operation was charged before; OtherRequest if it was charged for something else."""
    if (entry.account_id, entry.resource) != (wish.account_id, wish.resource):
        raise OtherRequest("This operation was charged for another account or resource")
    return entry.state in (*CHARGED, *DONE)


def _wished(wish: Wish, allowance: Allowance, before: Entry | None) -> Entry:
    return Entry(
        wish.operation_id,
        wish.account_id,
        wish.resource,
        allowance.day,
        wish.state,
        allowance.used + 1,
        allowance.limit,
        wish.deadline,
        before.version + 1 if before else 1,
    )


def _closed_as(state: State) -> Decide:
    """Held becomes this; every other state stays."""

    def decide(entry: Entry, now: datetime) -> tuple[Entry, Plan | None]:
        if entry.state != "held":
            return entry, None
        return replace(entry, state=state, deadline=None, version=entry.version + 1), None

    return decide


def _overdue(entry: Entry, now: datetime) -> tuple[Entry, Plan | None]:
    """Expired, if it is still overdue: it may have been closed and reserved again since it was listed."""
    if entry.deadline is None or entry.deadline > now:
        return entry, None
    return _closed_as("expired")(entry, now)


def _used_up(allowance: Allowance) -> LimitReached:
    """The seed's 429, with what a client needs to wait well."""
    message = f"You have reached your {allowance.resource} limit for today"
    wait = max(1, allowance.seconds_left)
    detail = {
        "error": message,
        "remaining": 0,
        "resetTime": moment(allowance.resets_at),
        "limit": allowance.limit,
        "used": allowance.used,
        "retryAfterSeconds": wait,
    }
    return LimitReached(message, detail=detail, retry_after=wait, allowance=allowance)


@cache
def quota_service() -> QuotaService:
    """The service of this process."""
    return QuotaService(account_repository(), store(), utc_now)
