"""Random lives of an account with faults in between, held against a model of one dictionary.

VEDETTE_MODEL_EXAMPLES=2000 runs more of them than the usual 40.
"""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shared.accounts.model import LIMITS, Plan
from shared.accounts.quotas import QuotaService
from shared.accounts.repository import account_repository
from shared.accounts.service import AccountService
from shared.core.errors import LimitReached, NotFound
from shared.storage.schema import ACCOUNTS
from shared.storage.store import store
from tests.conftest import definition
from tests.faults.plan import Crash, FaultPlan, no_waiting
from tests.shared.accounts.conftest import JOHN, HandClock, an_account
from tests.shared.accounts.invariants import problems

EXAMPLES = int(os.environ.get("VEDETTE_MODEL_EXAMPLES", "40"))
operations = st.sampled_from([f"op{number}" for number in range(9)])
faults = st.sampled_from(
    [None, None, ("conflict", 1), ("lose_answer", 1), ("throttle", 2), ("conditional", 1), ("crash_before", 0),
     ("crash_after", 0)]
)  # fmt: skip


@dataclass
class Known:
    """An operation as the model knows it."""

    state: str
    day: date
    deadline: datetime | None = None


class Life(RuleBasedStateMachine):
    """One account whose networks are used up quickly."""

    dynamodb: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.dynamodb.delete_table(TableName=definition(ACCOUNTS)["TableName"])
        self.dynamodb.create_table(**definition(ACCOUNTS))
        self.clock, self.known, self.plan = HandClock(), dict[str, Known](), "free"
        self.quotas = QuotaService(account_repository(), store(), self.clock)
        self.accounts = AccountService(account_repository(), store(), self.clock)
        self.accounts.add(an_account())

    @rule(operation=operations, fault=faults)
    def increment(self, operation: str, fault: Any) -> None:
        self._charge(operation, "committed", None, fault)

    @rule(operation=operations, seconds=st.sampled_from([1, 600]), fault=faults)
    def reserve(self, operation: str, seconds: int, fault: Any) -> None:
        self._charge(operation, "held", self.clock.at + timedelta(seconds=seconds), fault)

    @rule(operation=operations, fault=faults)
    def commit(self, operation: str, fault: Any) -> None:
        known = self.known.get(operation)
        state = self._do(lambda: self.quotas.commit(operation).state, fault)
        if known is None:
            assert state == "not found"
        elif known.state == "held":
            known.state = "committed"
        elif known.state in ("released", "expired"):
            self._expire()
            known.state = "committed" if self._used() < self._limit() else "uncharged"
            known.day = self.clock.at.date()
        assert known is None or state == known.state

    @rule(operation=operations, fault=faults)
    def release(self, operation: str, fault: Any) -> None:
        known = self.known.get(operation)
        state = self._do(lambda: self.quotas.release(operation).state, fault)
        if known and known.state == "held":
            known.state = "released"
        assert state == (known.state if known else "not found")

    @rule(delta=st.sampled_from([{"seconds": 2}, {"minutes": 20}, {"hours": 13}]))
    def wait(self, delta: dict[str, float]) -> None:
        self.clock.advance(**delta)

    @rule(plan=st.sampled_from(["free", "premium"]), fault=faults)
    def change_plan(self, plan: Plan, fault: Any) -> None:
        if self._used() <= LIMITS[plan]["network"]:  # what was used under a bigger plan stays used
            self._do(lambda: self.accounts.set_tier(JOHN, plan).plan, fault)
            self.plan = plan

    @invariant()
    def nothing_contradicts(self) -> None:
        assert [one for one in problems(self.dynamodb) if " networks of " not in one] == []

    @rule()
    def check(self) -> None:
        used = self.quotas.check(JOHN, "network").used
        self._expire()
        assert used == self._used()

    def _charge(self, operation: str, state: str, deadline: datetime | None, fault: Any) -> None:
        def charge() -> str:
            if deadline:
                return self.quotas.reserve(JOHN, "network", operation, deadline).state
            self.quotas.increment(JOHN, "network", operation)
            return "charged"

        got = self._do(charge, fault)
        self._expire()
        known = self.known.get(operation)
        if known and known.state in ("held", "committed", "uncharged"):
            assert got in (known.state, "charged")
        elif self._used() >= self._limit():
            assert got == "limit"
        else:
            assert got in (state, "charged")
            self.known[operation] = Known(state, self.clock.at.date(), deadline)

    def _do(self, deed: Any, fault: Any) -> str:
        """The answer, in the end: who died or heard nothing asks again."""
        if fault:
            kind, first = fault
            with FaultPlan(certain=False).add(kind, "TransactWriteItems", **({"first": first} if first else {})):
                try:
                    return self._answer(deed)
                except Crash:
                    pass
        return self._answer(deed)

    def _answer(self, deed: Any) -> str:
        try:
            return str(deed())
        except LimitReached:
            return "limit"
        except NotFound:
            return "not found"

    def _expire(self) -> None:
        for known in self.known.values():
            if known.state == "held" and known.deadline and known.deadline <= self.clock.at:
                known.state = "expired"

    def _used(self) -> int:
        today = self.clock.at.date()
        return sum(one.day == today and one.state in ("held", "committed") for one in self.known.values())

    def _limit(self) -> int:
        return LIMITS[self.plan]["network"]  # type: ignore[index]


@pytest.mark.timeout(120 + 3 * EXAMPLES)
def test_no_life_of_an_account_contradicts_the_model(tables: Any) -> None:
    Life.dynamodb = tables
    with no_waiting():
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=25,
                deadline=None,
                derandomize=EXAMPLES == 40,
                suppress_health_check=list(HealthCheck),
                # Shrinking takes minutes: only where somebody looks for more examples anyway.
                phases=[Phase.generate, *([Phase.shrink] if EXAMPLES != 40 else [])],
            ),
        )
