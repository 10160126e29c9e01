"""Somebody else's change arrives exactly between a reader's read and its write: both changes hold."""

from datetime import timedelta
from typing import Any

import pytest

from shared.core.clock import utc_now
from shared.storage.store import store
from shared.subjects.repository import scores_update
from tests.faults.plan import FaultPlan
from tests.faults.world import World, a_read, a_theft


def test_two_events_of_one_person(world: World) -> None:
    first, second = a_read(), a_read()

    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.send(second)):
        assert world.send(first).status == 200

    assert len(world.stored().activities) == 2
    assert world.problems() == []


def test_a_repeat_and_an_analyst(world: World) -> None:
    *before, last = a_theft()
    world.send_all(before)

    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.resolve(1)):
        assert world.send(last).status == 200

    assert world.stored().cases[1].status == "resolved"
    assert world.problems() == []


def test_two_thefts_in_halves_make_one_alert(world: World) -> None:
    events = a_theft()
    world.send_all(events[:4])

    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.send_all(events[4:7])):
        assert world.send(events[7]).status == 200

    assert len(world.stored().cases) == 1
    assert world.problems() == []


@pytest.mark.parametrize("other", ["in_progress", "resolved"])
def test_two_moves(world: World, other: Any) -> None:
    world.open_incident()

    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.move(1, other)):
        answer = world.move(1, "in_progress")

    assert answer.status == (200 if other == "in_progress" else 409)
    assert world.stored().cases[1].version == 2
    assert world.problems() == []


def test_two_reports(world: World) -> None:
    with FaultPlan().meanwhile("TransactWriteItems", world.open_incident):
        assert world.open_incident().status == 200

    assert sorted(world.stored().cases) == [1, 2]
    assert world.problems() == []


def test_two_verdicts_about_one_person(world: World) -> None:
    for _ in range(2):
        assert world.open_incident().status == 200
    both = {"verdict": "false_positive"}

    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.resolve(2, **both)):
        assert world.resolve(1, **both).status == 200

    assert set(world.stored().people["U901"].dismissals) == {1, 2}
    assert world.problems() == []


def test_a_verdict_and_an_event(world: World) -> None:
    world.send_all(a_theft())

    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.resolve(1, verdict="false_positive")):
        assert world.send(a_read(days_ago=2)).status == 200

    assert world.problems() == []


def test_a_score_of_yesterday_is_not_lost_to_a_verdict(world: World) -> None:
    world.send_all(a_theft())
    scores = {utc_now().date() - timedelta(days=9): 50.0, **world.stored().people["U901"].day_scores}

    with FaultPlan().meanwhile("TransactWriteItems", lambda: store().transact([scores_update("U901", scores)])):
        assert world.resolve(1, verdict="false_positive").status == 200

    assert world.stored().people["U901"].day_scores == scores
    assert world.problems() == []
