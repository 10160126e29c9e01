"""Keyed requests whose function dies, whose store is busy, or whose answer nobody hears: one thing, and one answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from shared.api import once
from shared.core.clock import utc_now
from shared.drills import service as drills
from shared.requests.once import AnsweredRequests
from shared.storage.store import store
from tests.builders.calls import Answer, call
from tests.builders.together import together
from tests.faults.invariants import Stored
from tests.faults.plan import FaultPlan
from tests.faults.sweep import Operation, sweep
from tests.faults.world import API, World

KEY = {"idempotency-key": "report-1"}
INCIDENT = {"user_id": "U901", "severity": "high", "description": "Suspicious activity"}
PERSON = {"user_id": "P1", "name": "Bo", "email": "bo@example.com", "role": "HR", "department": "HR"}
TRIGGER = {"user_id": "U902", "anomaly_type": "data_exfiltration"}
SIMULATION = {"user_id": "U903", "activity_count": 50}

Request = Callable[[], Answer]


@dataclass
class Wait:
    """A client that waits for the deadline of whoever died. The other clocks go on as they do."""

    waited: timedelta = timedelta()

    def past_the_deadline(self) -> None:
        self.waited += timedelta(seconds=31)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a simulation is several transactions."""
    monkeypatch.setattr(drills, "MOST_AT_ONCE", 20)


@pytest.fixture
def wait(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wait]:
    made = Wait()
    records = AnsweredRequests(store(), lambda: utc_now() + made.waited)
    monkeypatch.setattr(once, "answered_requests", lambda: records)
    return made


def report(key: str = "report-1", **sent: Any) -> Answer:
    headers = {"idempotency-key": key}
    return call(API["incidents"], "POST", "/api/incidents", json={**INCIDENT, **sent}, headers=headers)


def add_person() -> Answer:
    return call(API["insiders"], "POST", "/api/users", json=PERSON, headers=KEY)


def trigger() -> Answer:
    return call(API["insiders"], "POST", "/api/trigger/anomaly", query=TRIGGER, headers=KEY)


def simulate() -> Answer:
    return call(API["insiders"], "POST", "/api/simulate/activity", query=SIMULATION, headers=KEY)


def move() -> Answer:
    body = {"status": "in_progress", "version": 1}
    return call(API["incidents"], "PATCH", "/api/incidents/1/status", json=body, headers=KEY)


def resolve() -> Answer:
    body = {"resolution_notes": "done", "verdict": "false_positive"}
    return call(API["incidents"], "POST", "/api/incidents/1/resolve", json=body, headers=KEY)


def view() -> Answer:
    return call(API["incidents"], "POST", "/api/alerts/mark-viewed", json={"alert_ids": [1]}, headers=KEY)


def one_case(stored: Stored) -> bool:
    return len(stored.cases) == 1


# What each request leaves when it was carried out once, and in how many calls it can die.
SWEPT: dict[Request, tuple[Callable[[Stored], bool], int]] = {
    report: (one_case, 8),
    add_person: (lambda stored: "P1" in stored.people, 8),
    trigger: (lambda stored: len(stored.activities) == 8 and one_case(stored), 10),
    simulate: (lambda stored: len(stored.activities) == 50, 14),
    move: (lambda stored: stored.cases[1].version == 2, 8),
    resolve: (lambda stored: stored.cases[1].version == 2, 8),
    view: (lambda stored: stored.cases[1].viewed, 6),
}


@pytest.mark.parametrize("request_", SWEPT, ids=lambda request: request.__name__)
def test_dying_at_any_call_leaves_one_thing_for_the_clients_repeat(
    world: World, wait: Wait, request_: Request, crash_points: dict[str, int]
) -> None:
    is_there_once, fewest = SWEPT[request_]
    answers: list[Answer] = []

    def prepare() -> None:
        world.reset()
        if request_ in (move, resolve, view):
            assert world.open_incident().status == 200

    def repeat() -> None:
        wait.past_the_deadline()
        answers.append(request_())
        assert answers[-1].status in (200, 201), answers[-1]

    def problems() -> list[str]:
        once_more = request_()
        is_replay = once_more.headers.get("idempotency-replayed") == "true"
        wrong = [] if is_replay and (not answers or once_more.body == answers[-1].body) else [f"no replay {once_more}"]
        answers.clear()
        return world.problems() + wrong + ([] if is_there_once(world.stored()) else ["not there once"])

    swept = sweep(Operation(prepare, request_, repeat, problems))

    crash_points[f"keyed {request_.__name__}"] = swept.cases
    assert swept.failures == []
    assert swept.cases >= fewest, swept.calls


def test_sixteen_equal_reports_at_once_are_one_incident(world: World) -> None:
    answers = together(16, lambda _: report())

    made = [one for one in answers if one.status == 200]
    assert {one.status for one in answers} <= {200, 409}
    assert len(made) >= 1
    assert {one.body["alert_id"] for one in made} == {1}
    assert sum("idempotency-replayed" not in one.headers for one in made) == 1
    assert list(world.stored().cases) == [1]
    assert world.problems() == []


def test_sixteen_different_keys_are_sixteen_incidents(world: World) -> None:
    assert {answer.status for answer in together(16, lambda number: report(f"k{number}"))} == {200}
    assert len(world.stored().cases) == 16


@pytest.mark.parametrize("request_", [report, add_person, trigger, simulate], ids=lambda request: request.__name__)
def test_a_work_whose_answer_is_lost_for_good_is_found_by_the_repeat(world: World, request_: Request) -> None:
    """The claim is made; then the store carries out the transaction and answers to no attempt."""
    with FaultPlan().add("lose_answer", "TransactWriteItems", match="insiders|incidents"):
        assert request_().status == 503

    answer = request_()

    assert answer.status in (200, 201)
    assert SWEPT[request_][0](world.stored())
    assert world.problems() == []


def test_a_claim_whose_answer_is_lost_is_kept_by_its_owner(world: World) -> None:
    with FaultPlan().add("lose_answer", "TransactWriteItems", first=1):
        assert report().status == 200

    assert report().headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("seed", range(4))
def test_a_busy_store_never_makes_two_of_one(world: World, wait: Wait, seed: int) -> None:
    keys = [f"report-{number}" for number in range(6)]

    with FaultPlan(seed).add("throttle", rate=0.2).add("lose_answer", rate=0.2):
        made = {key: patiently(key, wait) for key in keys}

    assert {key: report(key).body for key in keys} == made
    assert sorted(world.stored().cases) == sorted(body["alert_id"] for body in made.values())
    assert world.problems() == []


def patiently(key: str, wait: Wait) -> Any:
    """The body that a client is answered who tries until it works."""
    for _ in range(50):
        answer = report(key)
        if answer.status == 200:
            return answer.body
        assert answer.status in (409, 503), answer
        wait.past_the_deadline()
    raise AssertionError(f"never answered: {answer}")


def test_a_record_that_cannot_be_written_does_not_take_the_answer_back(world: World, wait: Wait) -> None:
    with FaultPlan().add("throttle", "TransactWriteItems", match="done"):
        first = report()
    running = report()
    wait.past_the_deadline()
    again = report()

    assert first.status == 200
    assert (running.status, running.headers["retry-after"]) == (409, "2")
    assert again.body == first.body
    assert one_case(world.stored())


def test_a_function_that_was_thought_dead_does_not_overwrite_its_successor(world: World, wait: Wait) -> None:
    """It stops before its work; another takes over and an analyst goes on; then it wakes up."""

    def successor() -> None:
        wait.past_the_deadline()
        assert report().status == 200
        assert world.move(1, "in_progress").status == 200

    with FaultPlan().meanwhile("UpdateItem", successor):
        zombie = report()

    kept = report()
    assert zombie.status == 200
    assert (zombie.body["alert_id"], zombie.body["status"]) == (1, "in_progress")
    assert (kept.headers["idempotency-replayed"], kept.body["status"]) == ("true", "open")
    assert one_case(world.stored())
    assert world.problems() == []


def test_a_drill_that_was_thought_dead_gives_its_successors_answer(world: World, wait: Wait) -> None:
    answers: list[Answer] = []

    def successor() -> None:
        wait.past_the_deadline()
        answers.append(trigger())

    with FaultPlan().meanwhile("TransactGetItems", successor):
        zombie = trigger()

    assert zombie.status == answers[0].status == 200
    assert zombie.body == answers[0].body
    assert SWEPT[trigger][0](world.stored())
    assert world.problems() == []


def test_the_same_key_for_another_report_is_refused(world: World) -> None:
    assert report().status == 200
    assert report(severity="low").status == 422
    assert one_case(world.stored())


def test_an_ingested_event_and_its_key_are_one(world: World) -> None:
    """The header is the event's id where the body has none (0005); the record knows the answer besides."""
    body = {"user_id": "U901", "activity_type": "logon", "details": {}, "timestamp": "2026-01-05T09:00:00Z"}

    def send(**more: Any) -> Answer:
        return call(API["insiders"], "POST", "/api/activities/ingest", json={**body, **more}, headers=KEY)

    first, again, other = send(), send(), send(activity_type="logoff")

    assert first.status == again.status == 200
    assert again.body == first.body
    assert again.headers["idempotency-replayed"] == "true"
    assert other.status == 422
    assert [activity.event_id for activity in world.stored().activities] == ["report-1"]
