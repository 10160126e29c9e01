"""Throttled, conflicting and unanswered calls: absorbed when they pass, told as 503 in the path's dialect when not."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders.calls import Answer
from tests.faults.plan import FaultPlan, no_waiting
from tests.faults.requests import HEALTH, REQUESTS, a_busy_desk, promised
from tests.faults.world import World, a_read, a_theft, baselines

WRITES = [name for name in REQUESTS if not name.startswith("GET")]
TRANSACTIONS = [name for name in WRITES if name != "POST /api/alerts/mark-viewed"]
# What botocore waits at the most between the attempts of one call must leave room in a function's 29 seconds.
MOST_WAITED = 10.0
CANCELLED_BUSY = ("throttle_inside", "in_progress")


def patiently(request: Callable[[], Answer]) -> Answer:
    """A client that does as Retry-After says."""
    for _ in range(20):
        answer = request()
        if answer.status != 503:
            return answer
    raise AssertionError("503 for ever")


def is_unavailable(path: str, answer: Answer) -> bool:
    """A 503 that says when to come back, in the words of the seed that the path belongs to."""
    named = {"detail"} if path.startswith("/api/") else {"error", "status_code", "message", "path", "timestamp"}
    return answer.status == 503 and answer.headers.get("retry-after") == "2" and set(answer.body) == named


def test_every_route_with_a_table_is_tried() -> None:
    assert set(REQUESTS) == promised()


@pytest.mark.parametrize("seed", range(3))
def test_throttling_of_a_third_of_all_calls_loses_nothing(world: World, seed: int) -> None:
    theft = a_theft()

    with FaultPlan(seed).add("throttle", rate=0.3) as plan:
        sent = [patiently(lambda event=event: world.send(event)) for event in theft]
        done = {name: patiently(lambda ask=ask: ask(world)) for name, ask in REQUESTS.items()}

    assert {answer.status for answer in sent} == {200}
    assert {name: answer.status for name, answer in done.items() if answer.status not in (200, 201)} == {}
    assert len(plan.log) > 10
    assert world.problems() == []


@pytest.mark.parametrize("kind", ["throttle", "internal", "lose_request"])
def test_an_aws_that_is_down_is_a_503_on_every_route(world: World, kind: str) -> None:
    a_busy_desk(world)
    before = world.stored().answers

    with FaultPlan().add(kind):
        answers = {name: request(world) for name, request in REQUESTS.items()}

    wrong = {name: one for name, one in answers.items() if not is_unavailable(name.split()[1], one)}
    assert wrong == {}
    assert world.stored().answers == before
    assert world.problems() == []


@pytest.mark.parametrize("path", HEALTH)
def test_the_health_pages_answer_whatever_is_down(world: World, path: str) -> None:
    with FaultPlan() as plan:
        HEALTH[path](world)
    with FaultPlan().add("throttle") if plan.calls else FaultPlan():
        answer = HEALTH[path](world)

    assert answer.status in (200, 503)
    assert answer.status == 200 or answer.headers.get("retry-after")


@pytest.mark.parametrize("kind", ["conflict", *CANCELLED_BUSY])
@pytest.mark.parametrize("name", TRANSACTIONS)
def test_a_transaction_that_never_gets_through_is_a_503(world: World, kind: str, name: str) -> None:
    a_busy_desk(world)

    with FaultPlan().add(kind, "TransactWriteItems"):
        answer = REQUESTS[name](world)

    assert is_unavailable(name.split()[1], answer), answer
    assert world.problems() == []


@pytest.mark.parametrize("kind", ["conflict", "throttle_inside"])
@pytest.mark.parametrize("name", TRANSACTIONS)
def test_a_transaction_that_is_refused_twice_is_tried_again(world: World, kind: str, name: str) -> None:
    a_busy_desk(world)

    with FaultPlan().add(kind, "TransactWriteItems", first=2) as plan:
        answer = REQUESTS[name](world)

    assert answer.status in (200, 201), answer
    assert plan.count("TransactWriteItems") >= 3
    assert world.problems() == []


def test_a_call_is_not_waited_for_longer_than_a_function_lives(world: World) -> None:
    totals = []
    for _ in range(20):
        with no_waiting() as waits, FaultPlan().add("throttle"):
            assert world.ask("incidents", "/api/incidents").status == 503
        totals.append(sum(waits))

    assert max(totals) < MOST_WAITED


LOST: dict[str, Callable[[World], Answer]] = {
    "ingest": lambda world: world.send(a_read()),
    "resolve": lambda world: world.resolve(1, verdict="false_positive"),
    "move": lambda world: world.move(1, "in_progress"),
    "create": lambda world: world.open_incident(),
    "trigger": lambda world: world.trigger("U902"),
    "view": lambda world: world.view(1),
}


@pytest.mark.parametrize("name", LOST)
def test_a_lost_answer_is_no_second_write(world: World, name: str) -> None:
    a_busy_desk(world)
    before = sizes(world)

    with FaultPlan().add("lose_answer", "TransactWriteItems", first=1):
        answer = LOST[name](world)

    grown = [after - earlier for earlier, after in zip(before, sizes(world), strict=True)]
    assert answer.status == 200
    assert grown == {"ingest": [1, 0], "trigger": [8, 1], "create": [0, 1]}.get(name, [0, 0])
    assert world.problems() == []
    if name == "view":
        assert answer.body["marked_count"] == 1


def sizes(world: World) -> tuple[int, int]:
    stored = world.stored()
    return len(stored.activities), len(stored.cases)


def test_a_number_whose_answer_was_lost_is_a_gap_and_never_a_double(world: World) -> None:
    with FaultPlan().add("lose_answer", "UpdateItem", first=1):
        first = world.open_incident()
    second = world.open_incident()

    assert (first.body["alert_id"], second.body["alert_id"]) == (2, 3)
    assert world.problems() == []


@pytest.mark.parametrize("event", range(8))
def test_every_event_of_a_theft_whose_answer_is_lost_for_good_is_stored_once(world: World, event: int) -> None:
    """The client hears nothing of the write, not even in six attempts, and sends the event again."""
    theft = a_theft()
    world.send_all(theft[:event])

    with FaultPlan().add("lose_answer", "TransactWriteItems"):
        assert world.send(theft[event]).status == 503
    again = world.send_all(theft[event:])

    assert again[0].body["duplicate"]
    assert not any(answer.body["duplicate"] for answer in again[1:])
    assert len(world.stored().activities) == len(theft)
    assert len(world.stored().cases) == 1
    assert world.problems() == []


def test_a_resolution_whose_answer_is_lost_for_good_is_found_by_the_next_try(world: World) -> None:
    a_busy_desk(world)

    with FaultPlan().add("lose_answer", "TransactWriteItems"):
        assert world.resolve(1).status == 503
    answer = world.resolve(1)

    whats = [entry["what"] for entry in world.ask("incidents", "/api/alerts/1").body["history"]]
    assert answer.status == 200
    assert whats.count("resolved") == 1
    assert world.problems() == []


def test_reads_in_two_halves_are_put_together(world: World) -> None:
    for subject_id in ("U901", "U902", "U903"):
        world.send(a_read(subject_id, days_ago=2))

    with FaultPlan().add("partial_batch", "BatchGetItem", first=2) as plan:
        answer: dict[str, Any] = baselines({}, None)

    assert answer["people"] == 3
    assert plan.count("BatchGetItem") == 3
    assert world.problems() == []
