"""What a stream does to its consumers: records twice, late, shuffled, poisoned; sockets that have gone."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from shared.core.aws import client
from shared.outbox.model import Announcement
from shared.storage.attributes import to_item
from tests.builders.outbox import a_record, an_announcement
from tests.faults.operations import MACHINE, forget_posts, make_state_machine, received
from tests.faults.plan import FaultPlan
from tests.faults.world import World, a_theft, live_fanout, noon, projections

Record = dict[str, Any]


def feed(consumer: Any, records: list[Record]) -> list[str]:
    return [one["itemIdentifier"] for one in consumer({"Records": records}, None)["batchItemFailures"]]


def real_records(world: World) -> list[Record]:
    """What the outbox's stream carries after a theft, a drill and two analysts."""
    world.send_all(a_theft())
    world.trigger("U902")
    world.move(1, "in_progress")
    world.resolve(1, verdict="false_positive")
    rows = sorted(world.stored().outbox.values(), key=lambda row: row["at"])
    return [
        {
            "eventID": f"event-{n}",
            "eventName": "INSERT",
            "dynamodb": {"SequenceNumber": str(n), "NewImage": to_item(row), "Keys": {"pk": {"S": row["pk"]}}},
        }
        for n, row in enumerate(rows, 100)
    ]


def disorder(records: list[Record], seed: int) -> Iterator[list[Record]]:
    """Batches with every record one to four times, shuffled; some batches come twice."""
    chance = random.Random(seed)
    many = [record for record in records for _ in range(chance.randint(1, 4))]
    chance.shuffle(many)
    while many:
        batch = [many.pop() for _ in range(min(len(many), chance.randint(1, 6)))]
        yield batch
        if chance.random() < 0.5:
            yield batch


def executions() -> list[str]:
    found = client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]
    return sorted(one["name"] for one in found)


def test_repeated_and_shuffled_records_reach_a_socket_once_each(world: World) -> None:
    records = real_records(world)
    names = {record["dynamodb"]["NewImage"]["pk"]["S"] for record in records}
    world.subscribe("c1")

    for seed in range(6):
        forget_posts()
        drop_live_log(world)
        batches = list(disorder(records, seed))
        for batch in batches:
            assert feed(live_fanout, batch) == []

        got = received("c1")
        arrived = dict.fromkeys(one["dynamodb"]["NewImage"]["pk"]["S"] for batch in batches for one in batch)
        assert [message["id"] for message in got] == list(arrived), seed
        assert set(arrived) == names
        assert [message["sequence"] for message in got] == list(range(1, len(names) + 1))
        assert world.problems() == []


def drop_live_log(world: World) -> None:
    """Forget which announcements were numbered; who is connected stays."""
    for row in world.stored().live:
        if row["pk"].startswith(("ANNOUNCED#", "EVENTS#", "SEQUENCE")):
            key = to_item({"pk": row["pk"], "sk": row["sk"]})
            world.dynamodb.delete_item(TableName="vedette-local-live", Key=key)


@pytest.mark.parametrize("seed", range(5))
def test_repeated_and_shuffled_days_start_one_build_each(world: World, seed: int) -> None:
    make_state_machine()
    days = [noon(ago).date().isoformat() for ago in (1, 2, 3)]
    opened = [Announcement(f"day-{day}", "platform", "day_opened", {"day": day}, noon()) for day in days]
    records = [a_record(one, 200 + n) for n, one in enumerate([*opened, an_announcement("a1")])]

    for batch in disorder(records, seed):
        assert feed(projections, batch) == []

    assert executions() == sorted(f"baseline-{day}" for day in days)


def test_a_throttled_build_comes_again_alone(world: World) -> None:
    make_state_machine()
    days = ["2026-01-01", "2026-01-02"]
    opened = [Announcement(f"day-{day}", "platform", "day_opened", {"day": day}, noon()) for day in days]
    records = [a_record(one, 200 + n) for n, one in enumerate(opened)]

    with FaultPlan().add("throttle", "StartExecution", match="2026-01-01"):
        assert feed(projections, records) == ["200"]
    assert feed(projections, records[:1]) == []

    assert executions() == [f"baseline-{day}" for day in days]


def test_poison_between_days_is_named_and_stops_none_of_them(world: World) -> None:
    make_state_machine()
    day = noon().date().isoformat()
    good = a_record(Announcement(f"day-{day}", "platform", "day_opened", {"day": day}, noon()), 201)
    poison = [a_record(an_announcement("b1"), 199), a_record(an_announcement("b2"), 202)]
    poison[0]["dynamodb"]["NewImage"]["doc"] = {"S": "no json"}
    del poison[1]["dynamodb"]["NewImage"]["kind"]

    assert feed(projections, [poison[0], good, poison[1]]) == ["199", "202"]
    assert executions() == [f"baseline-{day}"]


def test_one_socket_of_five_that_is_gone_costs_the_others_nothing(world: World) -> None:
    for number in range(5):
        world.subscribe(f"c{number}")
    forget_posts()

    with FaultPlan().add("gone", "PostToConnection", nth=2) as plan:
        assert feed(live_fanout, [a_record(an_announcement("a1"))]) == []

    assert sorted(len(received(f"c{number}")) for number in range(5)) == [0, 1, 1, 1, 1]
    assert plan.count("PostToConnection") == 5
    assert len(world.stored().partition("CONNECTION")) == 4
    assert world.problems() == []


def test_a_busy_gateway_is_asked_again(world: World) -> None:
    world.subscribe("c1")
    forget_posts()

    with FaultPlan().add("throttle", "PostToConnection", first=3):
        assert feed(live_fanout, [a_record(an_announcement("a1")), a_record(an_announcement("a2"))]) == []

    assert [message["id"] for message in received("c1")] == ["a1", "a2"]


@pytest.mark.parametrize("kind", ["throttle", "conflict", "lose_answer"])
def test_a_table_that_stumbles_makes_no_second_number(world: World, kind: str) -> None:
    world.subscribe("c1")
    forget_posts()
    records = [a_record(an_announcement(f"a{n}")) for n in range(4)]

    with FaultPlan(3).add(kind, "TransactWriteItems", first=3):
        assert feed(live_fanout, records) == []

    assert [message["id"] for message in received("c1")] == ["a0", "a1", "a2", "a3"]
    assert world.problems() == []


def test_a_table_that_is_down_keeps_the_order_for_later(world: World) -> None:
    world.subscribe("c1")
    forget_posts()
    names = ["z0", "z1", "z2"]  # no hexadecimal name: the request's token would match it now and then
    records = [a_record(an_announcement(name)) for name in names]

    with FaultPlan().add("throttle", "TransactWriteItems", match="z1"):
        assert feed(live_fanout, records)[0] == "101"
    assert feed(live_fanout, records[1:]) == []

    assert [message["id"] for message in received("c1")] == names
    assert world.problems() == []
