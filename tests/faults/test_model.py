"""Random lives of a small organisation with faults in between, held against a model of a few dictionaries.

VEDETTE_MODEL_EXAMPLES=2000 runs more of them than the usual 40.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from shared.activities.model import Activity
from shared.incidents.service import MOVES
from tests.builders.activities import an_activity
from tests.builders.calls import Answer
from tests.faults.plan import FaultPlan
from tests.faults.world import PEOPLE, World, a_theft, noon

EXAMPLES = int(os.environ.get("VEDETTE_MODEL_EXAMPLES", "40"))
STEPS = 15
people = st.sampled_from(PEOPLE)
statuses = st.sampled_from(["open", "in_progress", "resolved"])
notes = st.sampled_from(["was allowed", "was a thief"])
verdicts = st.sampled_from([None, "false_positive", "true_positive"])
choices = st.integers(0, 99)


@dataclass
class Expected:
    """A case as the model knows it. `repeats` counts the answers that named it."""

    status: str = "open"
    version: int = 1
    resolution: tuple[str, str | None] | None = None
    viewed: bool = False
    repeats: int = 0


@dataclass
class Model:
    events: dict[str, tuple[Activity, Any]] = field(default_factory=dict)
    cases: dict[int, Expected] = field(default_factory=dict)
    drilled: int = 0


class Organisation(RuleBasedStateMachine):
    """`world` is set by the test; it is emptied for every example."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.reset()
        self.model = Model()
        self.fault: tuple[str, str, dict[str, Any]] | None = None

    @rule(kind=st.sampled_from(["throttle", "internal"]), first=st.integers(1, 3))
    def stumble_next(self, kind: str, first: int) -> None:
        self.fault = (kind, "*", {"first": first})

    @rule()
    def conflict_next(self) -> None:
        self.fault = ("conflict", "TransactWriteItems", {"first": 2})

    @rule()
    def lose_next_answer(self) -> None:
        self.fault = ("lose_answer", "TransactWriteItems", {"first": 1})

    @rule(subject_id=people, days_ago=st.sampled_from([1, 1, 2, 5]))
    def ingest(self, subject_id: str, days_ago: int) -> None:
        self._send(an_activity(subject_id, at=self._next_moment(days_ago)))

    @rule(subject_id=people, days_ago=st.sampled_from([1, 4]), count=st.integers(1, 8))
    def steal(self, subject_id: str, days_ago: int, count: int) -> None:
        for event in a_theft(subject_id, days_ago)[-count:]:
            self._send(event)

    @precondition(lambda self: self.model.events)
    @rule(choice=choices)
    def send_again(self, choice: int) -> None:
        activity, first = list(self.model.events.values())[choice % len(self.model.events)]
        answer = self._try(lambda: self.world.send(activity))
        assert answer.body == first.body | {"duplicate": True}

    @rule(subject_id=people)
    def drill(self, subject_id: str) -> None:
        answer = self._try(lambda: self.world.trigger(subject_id))
        self.model.drilled += answer.body["activities_created"]
        if answer.body["alert_id"]:
            number = int(answer.body["alert_id"][3:])
            assert number not in self.model.cases
            self.model.cases[number] = Expected(repeats=1)

    @rule(subject_id=people)
    def report(self, subject_id: str) -> None:
        number = self._try(lambda: self.world.open_incident(subject_id)).body["alert_id"]
        assert number not in self.model.cases
        self.model.cases[number] = Expected(repeats=1)

    @precondition(lambda self: self.model.cases)
    @rule(choice=choices, status=statuses)
    def move(self, choice: int, status: Any) -> None:
        number, case = self._chosen(choice)
        answer = self._try(lambda: self.world.move(number, status))
        legal = status == case.status or status in MOVES[case.status]  # type: ignore[index]
        assert answer.status == (200 if legal else 409)
        case.status = status if legal else case.status

    @precondition(lambda self: self.model.cases)
    @rule(choice=choices, text=notes, verdict=verdicts)
    def resolve(self, choice: int, text: str, verdict: str | None) -> None:
        number, case = self._chosen(choice)
        answer = self._try(lambda: self.world.resolve(number, text, verdict=verdict))
        refused = case.status == "resolved" and case.resolution not in (None, (text, verdict))
        assert answer.status == (409 if refused else 200)
        if not refused:
            case.status, case.resolution = "resolved", (text, verdict)

    @precondition(lambda self: self.model.cases)
    @rule(choice=choices, everything=st.booleans())
    def view(self, choice: int, everything: bool) -> None:
        number, case = self._chosen(choice)
        seen = list(self.model.cases.values()) if everything else [case]
        answer = self._try(lambda: self.world.view(*([] if everything else [number])))
        assert answer.body["marked_count"] == sum(not one.viewed for one in seen)
        for one in seen:
            one.viewed = True

    def teardown(self) -> None:
        stored, model = self.world.stored(), self.model
        kept = {number: (case.status, case.viewed, case.count) for number, case in stored.cases.items()}
        assert kept == {number: (one.status, one.viewed, one.repeats) for number, one in model.cases.items()}
        assert len(stored.activities) == len(model.events) + model.drilled
        assert self.world.problems() == []

    def _send(self, activity: Activity) -> None:
        answer = self._try(lambda: self.world.send(activity))
        assert (answer.status, answer.body["duplicate"]) == (200, False)
        self.model.events[activity.event_id] = (activity, answer)
        if answer.body["alert"]:
            number = int(answer.body["alert"]["alert_id"][3:])
            self.model.cases.setdefault(number, Expected()).repeats += 1

    def _try(self, request: Any) -> Answer:
        """With the fault that waits, if one does; all of them pass within the attempts of one call."""
        fault, self.fault = self.fault, None
        if fault is None:
            answer: Answer = request()
        else:
            kind, operation, when = fault
            with FaultPlan(certain=False).add(kind, operation, **when):
                answer = request()
        assert answer.status < 500
        return answer

    def _chosen(self, choice: int) -> tuple[int, Expected]:
        number = sorted(self.model.cases)[choice % len(self.model.cases)]
        return number, self.model.cases[number]

    def _next_moment(self, days_ago: int) -> Any:
        return noon(days_ago) + timedelta(minutes=len(self.model.events))


@pytest.mark.timeout(120 + 3 * EXAMPLES)
def test_no_life_of_an_organisation_contradicts_the_model(world: World) -> None:
    Organisation.world = world
    run_state_machine_as_test(
        Organisation,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=EXAMPLES == 40,
            suppress_health_check=list(HealthCheck),
            # Shrinking takes minutes of real requests: only where somebody looks for more examples anyway.
            phases=[Phase.generate, *([Phase.shrink] if EXAMPLES != 40 else [])],
        ),
    )
