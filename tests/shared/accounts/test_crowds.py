"""Many at once: a limit admits exactly its number, a midnight splits the charges, equal operations are one."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared.accounts.figures import figure_repository
from shared.accounts.keys import usage_key
from shared.accounts.model import LIMITS, PLURAL, Allowance, Plan, Resource
from shared.accounts.quotas import QuotaService
from shared.accounts.repository import account_repository
from shared.accounts.service import AccountService
from shared.core.errors import LimitReached
from shared.storage.schema import ACCOUNTS
from shared.storage.store import store
from shared.storage.writes import Update
from tests.shared.accounts.conftest import NOON, HandClock, an_account

THREADS, ROUNDS = 24, 3
EVERY_LIMIT = [(plan, resource) for plan in ("free", "premium") for resource in LIMITS[plan]]


def at_once(deeds: Sequence[Callable[[], Allowance]]) -> list[Allowance]:
    """What those got who were let in, of threads that start together."""
    start = threading.Barrier(THREADS)

    def take(share: Sequence[Callable[[], Allowance]]) -> list[Allowance]:
        start.wait()
        got = []
        for deed in share:
            try:
                got.append(deed())
            except LimitReached:
                pass
        return got

    with ThreadPoolExecutor(THREADS) as threads:
        shares = [deeds[thread::THREADS] for thread in range(THREADS)]
        return [allowance for got in threads.map(take, shares) for allowance in got]


@pytest.mark.parametrize(("plan", "resource"), EVERY_LIMIT)
def test_a_limit_admits_exactly_its_number(
    accounts: AccountService, quotas: QuotaService, plan: Plan, resource: Resource
) -> None:
    """The day is nearly over for the big limits: what is contended for are the last 36 units."""
    limit, name = LIMITS[plan][resource], PLURAL[resource]
    spent = max(0, limit - 36)
    for round_ in range(ROUNDS):
        who = f"round{round_}"
        accounts.add(an_account(who, plan=plan))
        store().transact([Update(ACCOUNTS, usage_key(who, NOON.date()), add={name: spent})])

        got = at_once(
            [lambda n=n, who=who: quotas.increment(who, resource, f"{who}-{n}") for n in range(3 * THREADS)]  # type: ignore[misc]
        )

        assert sorted(one.used for one in got) == list(range(spent + 1, limit + 1))
        assert {one.used + one.remaining for one in got} == {limit}
        assert quotas.check(who, resource).remaining == 0
    figures = figure_repository().read(NOON)
    assert figures[f"today_{name}"] == figures[name] == ROUNDS * (limit - spent)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_reservations_that_come_and_go_never_break_the_limit(quotas: QuotaService, john: str, round_: int) -> None:
    """Two of three work units fail and give back; every fourth is a plain increment."""
    done = []

    def work(number: int) -> Allowance:
        operation = f"op-{number}"
        if number % 4 == 0:
            allowance = quotas.increment(john, "network", operation)
        else:
            try:
                with quotas.charged(john, "network", operation) as allowance:
                    assert allowance.used <= 5
                    if number % 3:
                        raise ConnectionError
            except ConnectionError:
                return allowance
        done.append(operation)
        return allowance

    at_once([lambda n=n: work(n) for n in range(3 * THREADS)])  # type: ignore[misc]

    account = account_repository().find(john)
    assert account is not None
    assert (account.networks, account.holds) == (len(done), 0)
    assert quotas.check(john, "network").used == len(done) <= 5


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_across_midnight_every_unit_counts_for_one_day(accounts: AccountService, round_: int) -> None:
    accounts.add(an_account("night"))
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    ticks = iter(midnight + timedelta(milliseconds=n) for n in range(-40, 10**6))
    lock = threading.Lock()

    def clock() -> datetime:
        with lock:
            return next(ticks)

    racing = QuotaService(account_repository(), store(), clock)
    got = at_once([lambda n=n: racing.increment("night", "network", f"op-{n}") for n in range(3 * THREADS)])  # type: ignore[misc]

    days = [midnight.date() - timedelta(days=1), midnight.date()]
    used = {day: account_repository().standing("night", day).used["networks"] for day in days}
    assert sum(used.values()) == len(got)
    assert used == {day: sum(one.day == day for one in got) for day in days}
    # How many are decided before midnight is the threads' luck; after it, more than five still want to.
    evening, morning = used.values()
    assert (1 <= evening <= 5, morning) == (True, 5)


def test_sixteen_equal_operations_are_one(quotas: QuotaService, john: str) -> None:
    with ThreadPoolExecutor(16) as threads:
        got = list(threads.map(lambda _: quotas.increment(john, "network", "op"), range(16)))

    assert {one.used for one in got} == {1}
    assert quotas.check(john, "network").used == 1


def test_sixteen_equal_reservations_commits_and_releases_are_one_each(
    quotas: QuotaService, john: str, clock: HandClock
) -> None:
    soon = NOON + timedelta(minutes=1)
    with ThreadPoolExecutor(16) as threads:
        for operation, close, used in (("a", quotas.commit, 1), ("b", quotas.release, 1), ("c", quotas.commit, 2)):
            list(threads.map(lambda _, op=operation: quotas.reserve(john, "network", op, soon), range(16)))
            list(threads.map(lambda _, op=operation, close=close: close(op), range(16)))
            assert quotas.check(john, "network").used == used
    account = account_repository().find(john)
    assert account is not None
    assert (account.networks, account.holds) == (2, 0)


def test_a_plan_that_changes_meanwhile_is_the_one_that_counts(
    accounts: AccountService, quotas: QuotaService, john: str
) -> None:
    from tests.faults.plan import FaultPlan

    accounts.set_tier(john, "premium")
    for number in range(5):
        quotas.increment(john, "network", f"op-{number}")

    with (
        FaultPlan().meanwhile("TransactWriteItems", lambda: accounts.set_tier(john, "free")),
        pytest.raises(LimitReached),
    ):
        quotas.increment(john, "network", "one-more")

    assert quotas.check(john, "network").used == 5
