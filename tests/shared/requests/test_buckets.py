"""Call rates: exact in one process, close in several, and no call of the store while a credit lasts."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from infra.bench.read_budget import read_budget
from shared.core.settings import settings
from shared.requests.buckets import MOST_BUCKETS, Admission, Buckets
from shared.requests.rates import PER_MINUTE, Rate, RateClass, rates
from shared.storage.store import Store, store
from tests.builders.together import together
from tests.faults.plan import FaultPlan, no_waiting

THREADS = 24
START = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(tables: Any) -> Clock:
    return Clock()


def limiter(clock: Clock, quota: int = 100) -> Buckets:
    given: Mapping[RateClass, Rate] = {name: Rate(name, quota) for name in PER_MINUTE}
    return Buckets(store(), given, clock)


def admitted(limits: Buckets, count: int, caller: str = "ana") -> int:
    return sum(limits.take(caller, "read").allowed for _ in range(count))


@pytest.mark.parametrize("quota", [1, 2, 19, 20, 100, 1200])
def test_a_full_bucket_admits_its_quota_at_once_and_no_more(clock: Clock, quota: int) -> None:
    assert admitted(limiter(clock, quota), 2 * quota + 5) == quota


class SlowStore(Store):
    """Lets other threads run in the middle of every call."""

    def get(self, *given: Any) -> Any:
        row = super().get(*given)
        time.sleep(0.01)
        return row


def test_many_threads_of_one_process_get_exactly_the_quota_for_as_many_calls(clock: Clock, tables: Any) -> None:
    limits = Buckets(SlowStore(tables, settings().table_prefix), {"read": Rate("read", 240)}, clock)

    with read_budget(tables) as spent:
        assert sum(together(THREADS, lambda _: admitted(limits, 15))) == 240

    assert spent.writes == 240 // Rate("read", 240).credit - 1


def test_a_caller_at_the_limit_settles_once_a_credit_too(clock: Clock, tables: Any) -> None:
    limits = limiter(clock, 120)
    admitted(limits, 120)

    with read_budget(tables) as spent:
        for _ in range(120):
            clock.now += 0.5
            assert admitted(limits, 3) == 1

    assert spent.writes == 120 // Rate("read", 120).credit


@pytest.mark.parametrize("processes", [2, 4])
def test_several_processes_get_at_most_a_credit_each_too_much(clock: Clock, processes: int) -> None:
    rate = Rate("read", 240)
    several = [limiter(clock, rate.quota) for _ in range(processes)]

    with no_waiting():
        got = sum(together(THREADS, lambda number: admitted(several[number % processes], 40)))

    assert rate.quota <= got <= rate.quota + processes * rate.credit


def test_a_bucket_refills_evenly(clock: Clock) -> None:
    limits = limiter(clock, 120)
    assert admitted(limits, 200) == 120

    counts = []
    for seconds in (0.4, 0.1, 1, 10, 30, 600):
        clock.now += seconds
        counts.append(admitted(limits, 300))

    # Two a second; half a second's worth came together over the first two waits.
    assert counts == [0, 1, 2, 20, 60, 120]


def test_a_minute_of_steady_calls_at_the_rate_is_never_refused(clock: Clock) -> None:
    several = [limiter(clock, 120) for _ in range(3)]

    for number in range(1200):
        clock.now += 0.5
        assert several[number % 3].take("ana", "read").allowed


def test_over_a_long_time_no_more_passes_than_the_rate(clock: Clock) -> None:
    several, got = [limiter(clock, 60) for _ in range(4)], 0
    for number in range(800):
        clock.now += 0.25
        got += several[number % 4].take("ana", "read").allowed

    # 200 seconds at one a second, a full bucket to begin with, and a credit for each process.
    assert 250 <= got <= 200 + 60 + 4 * Rate("read", 60).credit


@pytest.mark.parametrize("quota", [1, 7, 120, 6000])
def test_retry_after_is_when_a_call_passes_again_and_not_earlier(clock: Clock, quota: int) -> None:
    limits = limiter(clock, quota)
    admitted(limits, quota)
    refused = limits.take("ana", "read")

    clock.now += refused.retry_after
    assert limits.take("ana", "read").allowed
    assert refused.retry_after == max(1, -(-60 // quota))


def test_a_refused_caller_does_not_reach_the_store(clock: Clock, tables: Any) -> None:
    limits = limiter(clock)
    admitted(limits, 100)
    limits.take("ana", "read")

    with read_budget(tables) as spent:
        assert admitted(limits, 1000) == 0

    assert spent.calls == 0


def test_who_calls_now_and_then_costs_nothing(clock: Clock, tables: Any) -> None:
    with read_budget(tables) as spent:
        limits = limiter(clock, 6000)
        assert admitted(limits, Rate("read", 6000).credit) == 300

    assert spent.calls == 0


def test_a_thousand_calls_cost_the_store_six_calls(clock: Clock, tables: Any) -> None:
    limits = limiter(clock, 6000)

    with read_budget(tables) as spent:
        assert admitted(limits, 1000) == 1000

    assert dict(spent.operations) == {"GetItem": 3, "TransactWriteItems": 3}


def test_a_slow_caller_settles_once_a_credit_and_not_by_the_clock(clock: Clock, tables: Any) -> None:
    limits = limiter(clock)

    with read_budget(tables) as spent:
        for _ in range(51):
            clock.now += 500
            assert limits.take("ana", "read").allowed

    assert spent.writes == 10


def test_what_flows_back_flows_back_once_and_not_for_each_process(clock: Clock) -> None:
    """Each of ten processes alone would stay far below the rate."""
    several, got = [limiter(clock, 240) for _ in range(10)], 0
    for number in range(1200):
        clock.now += 0.05
        got += several[number % 10].take("ana", "read").allowed

    # 60 seconds at four a second.
    assert 470 <= got <= 240 + 240 + 10 * Rate("read", 240).credit


def test_another_process_sees_what_was_used(clock: Clock) -> None:
    first, second = limiter(clock), limiter(clock)
    assert admitted(first, 96) == 96  # 95 of them settled

    assert admitted(second, 100) == Rate("read", 100).credit
    assert second.take("ana", "read").retry_after == 1


def test_callers_and_classes_do_not_share_a_bucket(clock: Clock) -> None:
    limits = limiter(clock)
    assert admitted(limits, 200, "ana") == 100

    assert admitted(limits, 200, "bo") == 100
    assert limits.take("ana", "write").allowed
    assert limits.take("ana", "costly").allowed


def test_what_is_told_is_what_is_left(clock: Clock) -> None:
    limits = limiter(clock, 120)
    told: list[Admission] = [limits.take("ana", "read") for _ in range(121)]

    assert [one.remaining for one in told] == [*range(119, -1, -1), 0]
    assert (told[0].full_in, told[59].full_in, told[119].full_in, told[120].full_in) == (1, 30, 60, 60)


@pytest.mark.parametrize("kind", ["throttle", "lose_request", "lose_answer", "internal"])
def test_a_store_that_does_not_answer_makes_nobody_wait_or_fail(clock: Clock, kind: str) -> None:
    limits = limiter(clock)

    with no_waiting(), FaultPlan().add(kind) as plan:
        assert admitted(limits, 300) == 100
        clock.now += 60
        assert admitted(limits, 300) == 100

    assert len(plan.calls) <= 4 * 45  # a credit is five calls, and botocore tries four times


def test_a_settlement_whose_answer_is_lost_is_not_paid_twice(clock: Clock, tables: Any) -> None:
    limits = limiter(clock)

    with no_waiting(), FaultPlan().add("lose_answer", "TransactWriteItems", first=1):
        assert admitted(limits, 300) == 100


def test_a_process_forgets_callers_and_not_the_store(clock: Clock) -> None:
    limits = limiter(clock)
    assert admitted(limits, 96) == 96
    for number in range(MOST_BUCKETS):
        limits.take(f"caller {number}", "read")

    assert admitted(limits, 100) <= 2 * Rate("read", 100).credit


@pytest.mark.parametrize(
    ("factor", "quotas"),
    [(1.0, [6000, 1200, 120]), (0.5, [3000, 600, 60]), (1e-9, [1, 1, 1]), (10, [60000, 12000, 1200])],
)
def test_a_factor_scales_all_rates(factor: float, quotas: list[int]) -> None:
    assert [rate.quota for rate in rates(factor).values()] == quotas
    assert all(abs(rate.burst - 60_000_000) <= rate.quota for rate in rates(factor).values())


def test_a_row_of_a_bucket_expires_after_it_is_full_again(clock: Clock, tables: Any) -> None:
    limits = limiter(clock)
    admitted(limits, 100)

    (row,) = tables.scan(TableName="vedette-local-requests")["Items"]

    assert START < int(row["expires_at"]["N"]) <= START + 120
    assert "ana" not in str(row)
