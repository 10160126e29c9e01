"""Quotas under faults: dying at any call, throttling, conflicts and lost answers change no number."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

import shared.accounts.ledger as ledger
from shared.access.caller import Caller
from shared.accounts.quotas import QuotaService
from shared.accounts.repository import account_repository
from shared.accounts.service import AccountService
from shared.core.errors import LimitReached, Unavailable
from shared.storage.schema import ACCOUNTS
from shared.storage.store import store
from tests.conftest import definition
from tests.faults.plan import Crash, FaultPlan, no_waiting
from tests.faults.sweep import Operation, sweep
from tests.shared.accounts.conftest import JOHN, NOON, HandClock, an_account
from tests.shared.accounts.invariants import problems

DOWN = (Unavailable, BotoCoreError, ClientError)
SOON = NOON + timedelta(minutes=1)
ANA = Caller("ana", permissions=("*",), subject="sub-ana", signed_in_at=int(NOON.timestamp()))


@dataclass
class Desk:
    """A free account, and what its callers were told."""

    dynamodb: Any
    clock: HandClock = field(default_factory=HandClock)
    told: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.accounts = AccountService(account_repository(), store(), self.clock)
        self.quotas = QuotaService(account_repository(), store(), self.clock)
        self.accounts.add(an_account())

    def reset(self) -> None:
        name = definition(ACCOUNTS)["TableName"]
        self.dynamodb.delete_table(TableName=name)
        self.dynamodb.create_table(**definition(ACCOUNTS))
        self.told.clear()
        self.clock.at = NOON
        self.accounts.add(an_account())

    def increment(self, operation: str = "op") -> None:
        self.told[operation] = self.quotas.increment(JOHN, "network", operation).used

    def reserve(self, operation: str = "op") -> None:
        self.quotas.reserve(JOHN, "network", operation, SOON)

    def commit(self, operation: str = "op") -> None:
        self.told[operation] = self.quotas.commit(operation).used

    def release(self, operation: str = "op") -> None:
        self.quotas.release(operation)

    def work(self) -> None:
        with self.quotas.charged(JOHN, "network", "op") as allowance:
            used = allowance.used
        self.told["op"] = used

    def late(self) -> None:
        """A reservation whose deadline has passed and which somebody has noticed."""
        self.reserve()
        self.clock.advance(minutes=5)
        self.quotas.check(JOHN, "network")

    def used(self) -> int:
        return self.quotas.check(JOHN, "network").used

    def problems(self) -> list[str]:
        return problems(self.dynamodb, self.told)


@pytest.fixture
def desk(tables: Any) -> Iterator[Desk]:
    with no_waiting():
        yield Desk(tables)


@dataclass(frozen=True)
class Case:
    """What is done, after what, how often it is used then, and how many crash points it had at least."""

    act: Callable[[Desk], Any]
    fewest: int
    used: int = 1
    prepare: Callable[[Desk], Any] = lambda desk: None


CASES = {
    "increment": Case(Desk.increment, 4),
    "reserve": Case(Desk.reserve, 4),
    "commit": Case(Desk.commit, 4, prepare=Desk.reserve),
    "release": Case(Desk.release, 4, 0, prepare=Desk.reserve),
    "commit of a reservation that ended": Case(Desk.commit, 6, prepare=Desk.late),
    "giving back what is overdue": Case(
        lambda desk: desk.quotas.check(JOHN, "network"),
        10,
        0,
        prepare=lambda desk: (desk.reserve(), desk.clock.advance(minutes=5)),
    ),
    "work that is paid for": Case(Desk.work, 8),
    "first sight of a person": Case(lambda desk: desk.accounts.of(ANA), 4, 0),
    "another plan": Case(lambda desk: desk.accounts.set_tier(JOHN, "premium"), 4, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_dying_at_any_call_is_mended_by_the_next_try(desk: Desk, name: str, crash_points: dict[str, int]) -> None:
    case = CASES[name]

    def prepare() -> None:
        desk.reset()
        case.prepare(desk)

    def wrong() -> list[str]:
        return desk.problems() + ([] if desk.used() == case.used else [f"{desk.used()} units are used"])

    swept = sweep(Operation(prepare, lambda: case.act(desk), lambda: case.act(desk), wrong))

    crash_points[f"quota: {name}"] = swept.cases
    assert swept.failures == []
    assert swept.cases == 2 * len(swept.calls) >= case.fewest, swept.calls


@pytest.mark.parametrize("name", CASES)
def test_a_process_that_dies_for_good_leaves_no_contradiction(desk: Desk, name: str) -> None:
    """Nobody tries again: the numbers agree with each other all the same, and the deadline gives back the rest."""
    case = CASES[name]
    case.prepare(desk)
    with FaultPlan() as plan:
        case.act(desk)
    for position in range(1, len(plan.calls) + 1):
        for after in (False, True):
            desk.reset()
            case.prepare(desk)
            with FaultPlan().crash_at(position, after=after):
                try:
                    case.act(desk)
                except Crash:
                    pass
            assert desk.problems() == []
            desk.clock.advance(minutes=10)
            desk.quotas.check(JOHN, "network")
            account = account_repository().find(JOHN)
            assert account is not None
            assert account.holds == 0
            assert desk.problems() == []


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("kind", "first"),
    [("conflict", 2), ("throttle", 3), ("throttle_inside", 2), ("lose_request", 2), ("lose_answer", 1)],
)
def test_what_passes_is_absorbed(desk: Desk, name: str, kind: str, first: int) -> None:
    case = CASES[name]
    case.prepare(desk)

    with FaultPlan().add(kind, "TransactWriteItems", first=first):
        case.act(desk)

    assert desk.used() == case.used
    assert desk.problems() == []


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("giving")])
def test_a_condition_that_fails_though_nothing_was_wrong_is_looked_at_again(desk: Desk, name: str) -> None:
    case = CASES[name]
    case.prepare(desk)

    with FaultPlan().add("conditional", "TransactWriteItems", first=2):
        case.act(desk)

    assert desk.used() == case.used
    assert desk.problems() == []


@pytest.mark.parametrize("kind", ["throttle", "internal", "conflict", "lose_request"])
def test_an_aws_that_is_down_charges_nobody(desk: Desk, kind: str) -> None:
    with FaultPlan().add(kind, "TransactWriteItems"), pytest.raises(DOWN):
        desk.increment()

    assert desk.used() == 0
    assert desk.problems() == []


def test_an_answer_that_is_lost_for_good_is_found_by_the_next_try(desk: Desk) -> None:
    with FaultPlan().add("lose_answer", "TransactWriteItems"), pytest.raises(DOWN):
        desk.increment()
    desk.increment()

    assert desk.told == {"op": 1}
    assert desk.used() == 1
    assert desk.problems() == []


@pytest.mark.parametrize("seed", range(3))
def test_throttling_of_a_third_of_all_calls_loses_nothing(desk: Desk, seed: int) -> None:
    with FaultPlan(seed).add("throttle", rate=0.33) as plan:
        for number in range(8):
            try:
                desk.increment(f"op-{number}")
            except LimitReached:
                pass

    assert len(plan.log) > 2
    assert desk.used() == len(desk.told) == 5
    assert desk.problems() == []


def test_work_that_fails_while_nothing_can_be_given_back_is_given_back_by_its_deadline(desk: Desk) -> None:
    def work() -> None:
        with desk.quotas.charged(JOHN, "network", "op"):
            raise ConnectionError("the work failed")

    with FaultPlan().add("throttle", "TransactWriteItems", match='"released'), pytest.raises(ConnectionError):
        work()
    assert desk.used() == 1

    desk.clock.advance(minutes=2)
    assert desk.used() == 0
    assert desk.problems() == []


def test_numbers_that_never_stand_still_are_a_503(desk: Desk) -> None:
    with FaultPlan().add("conditional", "TransactWriteItems"), pytest.raises(Unavailable):
        desk.increment()

    assert desk.problems() == []


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_whose_transactions_conflict_is_let_in_to_the_limit(desk: Desk, seed: int) -> None:
    """AWS refuses transactions that meet on a row; moto lets them wait for each other."""

    def attempt(number: int) -> str:
        try:
            desk.increment(f"op-{number}")
        except LimitReached:
            return "refused"
        return "admitted"

    with FaultPlan(seed).add("conflict", "TransactWriteItems", rate=0.6), ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(attempt, range(48)))

    assert answers.count("admitted") == len(desk.told) == 5
    assert desk.problems() == []


def test_two_operations_at_once_at_the_limit_are_one(desk: Desk) -> None:
    two_at_once_at_the_limit(desk)


def two_at_once_at_the_limit(desk: Desk) -> None:
    for number in range(4):
        desk.increment(f"op-{number}")
    with FaultPlan().meanwhile("TransactWriteItems", lambda: desk.increment("fast")):
        try:
            desk.increment("slow")
        except LimitReached:
            pass
    assert desk.problems() == []
    assert desk.used() == 5


def a_plan_that_shrinks_meanwhile(desk: Desk) -> None:
    desk.accounts.set_tier(JOHN, "premium")
    for number in range(5):
        desk.increment(f"op-{number}")
    with FaultPlan().meanwhile("TransactWriteItems", lambda: desk.accounts.set_tier(JOHN, "free")):
        try:
            desk.increment("slow")
        except LimitReached:
            pass
    assert desk.used() == 5


def a_commit_beside_a_release(desk: Desk) -> None:
    desk.reserve()
    with FaultPlan().meanwhile("TransactWriteItems", desk.release):
        desk.commit()
    assert desk.problems() == []
    assert desk.used() == 1


def two_late_commits(desk: Desk) -> None:
    desk.late()
    with FaultPlan().meanwhile("TransactWriteItems", desk.commit):
        desk.commit()
    assert desk.problems() == []
    assert desk.used() == 1


def without_condition(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """The writes of one part of a step, without their conditions."""

    def mutate(patch: pytest.MonkeyPatch) -> None:
        make = getattr(ledger, name)

        def bare(*given: Any) -> Any:
            made = make(*given)
            return [replace(write, condition=None) for write in made] if isinstance(made, list) else _bare(made)

        patch.setattr(ledger, name, bare)

    return mutate


def _bare(write: Any) -> Any:
    return replace(write, condition=None)


def without_refund(patch: pytest.MonkeyPatch) -> None:
    make = ledger._usage
    patch.setattr(ledger, "_usage", lambda *given: [one for one in make(*given) if min(one.add.values()) > 0])


def a_release(desk: Desk) -> None:
    desk.reserve()
    desk.release()
    assert desk.problems() == []


def without_both(patch: pytest.MonkeyPatch) -> None:
    without_condition("_entry_put")(patch)
    without_condition("_hold")(patch)


MUTANTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], Callable[[Desk], None]]] = {
    "usage without its limit": (without_condition("_usage"), two_at_once_at_the_limit),
    "charge without its plan": (without_condition("_account"), a_plan_that_shrinks_meanwhile),
    "ledger and hold without a version": (without_both, a_commit_beside_a_release),
    "release without a refund": (without_refund, a_release),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_killed(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    mutate, check = MUTANTS[name]
    check(desk)

    desk.reset()
    mutate(monkeypatch)

    with pytest.raises(AssertionError):
        check(desk)


def test_two_late_commits_at_once_charge_once(desk: Desk) -> None:
    two_late_commits(desk)


def test_a_leap_second_before_midnight_and_a_retry_after_it_are_one_unit(desk: Desk) -> None:
    desk.clock.at = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    with FaultPlan().add("lose_answer", "TransactWriteItems"), pytest.raises(DOWN):
        desk.increment()
    desk.clock.advance(seconds=1)
    desk.increment()

    assert desk.used() == 0
    assert desk.problems() == []
