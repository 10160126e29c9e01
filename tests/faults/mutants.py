"""Lines that keep a promise, each taken away; and what this folder has to notice it with."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

import functions.projections.handler as projections_handler
import shared.activities.service as pipeline
import shared.incidents.alerts as alerts
import shared.incidents.repository as cases
import shared.incidents.service as incidents
import shared.live.delivery as delivery
import shared.live.repository as sockets
from shared.core.aws import client
from shared.incidents.repository import CaseRepository
from shared.live.events import EventLog
from shared.storage.attributes import from_item, to_item
from shared.storage.schema import INCIDENTS
from shared.storage.store import ConditionFailed, Store
from tests.builders.outbox import a_record, an_announcement
from tests.faults import operations
from tests.faults.plan import FaultPlan
from tests.faults.sweep import sweep
from tests.faults.world import World, a_read, a_theft, baselines, live_fanout

Patch = pytest.MonkeyPatch
Check = Callable[[World], None]


def unconditional(make: Callable[..., Any]) -> Callable[..., Any]:
    """The same write without its condition."""
    return lambda *given, **more: replace(make(*given, **more), condition=None)


# What notices.


def an_event_sent_twice(world: World) -> None:
    event = a_read()
    assert [world.send(event).body["duplicate"] for _ in range(2)] == [False, True]
    assert world.problems() == []


def two_events_at_once(world: World) -> None:
    first, second = a_read(), a_read()
    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.send(second)):
        world.send(first)
    assert world.problems() == []


def a_repeat_beside_a_move(world: World) -> None:
    world.send_all(a_theft())
    with FaultPlan().meanwhile("TransactWriteItems", lambda: world.move(1, "in_progress")):
        assert world.send(a_read()).body["alert"]
    assert world.problems() == []


def two_reports_at_once(world: World) -> None:
    with FaultPlan().meanwhile("TransactWriteItems", world.open_incident):
        assert world.open_incident().status == 200
    assert sorted(world.stored().cases) == [1, 2]
    assert world.problems() == []


def a_crash_in_a_move(world: World) -> None:
    assert sweep(operations.move(world)).failures == []


def a_crash_in_an_alarm(world: World) -> None:
    assert sweep(operations.raising_ingest(world)).failures == []


def a_record_twice(world: World) -> None:
    world.subscribe("c1")
    operations.forget_posts()
    for _ in range(2):
        assert live_fanout({"Records": [a_record(an_announcement("a1"))]}, None) == {"batchItemFailures": []}
    assert len(operations.received("c1")) == 1


def a_socket_that_is_gone(world: World) -> None:
    world.subscribe("c1")
    with FaultPlan().add("gone", "PostToConnection"):
        live_fanout({"Records": [a_record(an_announcement("a1"))]}, None)
    assert world.stored().partition("CONNECTION") == []
    assert world.problems() == []


def a_socket_that_comes_and_goes_twice(world: World) -> None:
    for step in (world.connect, world.connect, world.disconnect, world.disconnect):
        assert step("c1") == 200
        assert world.problems() == []


def a_day_opened_twice(world: World) -> None:
    assert sweep(operations.project(world)).failures == []


def a_conflict(world: World) -> None:
    with FaultPlan().add("conflict", "TransactWriteItems", first=2):
        assert world.open_incident().status == 200


def half_a_batch(world: World) -> None:
    for subject_id in ("U901", "U902"):
        world.send(a_read(subject_id, days_ago=2))
    with FaultPlan().add("partial_batch", "BatchGetItem", first=1):
        assert baselines({}, None)["people"] == 2


def a_view_twice(world: World) -> None:
    world.open_incident()
    assert [world.view(1).body["marked_count"] for _ in range(2)] == [1, 0]


def a_stale_version(world: World) -> None:
    world.open_incident()
    world.move(1, "in_progress")
    assert world.resolve(1, version=1).status == 409


def a_lost_answer(world: World) -> None:
    world.open_incident()
    with FaultPlan().add("lose_answer", "TransactWriteItems", first=1):
        assert world.open_incident().status == 200
    assert world.problems() == []


# What is taken away.


def swallow(real: Callable[..., None]) -> Callable[..., None]:
    def transact(store: Store, writes: Any) -> None:
        try:
            real(store, writes)
        except ConditionFailed:
            return

    return transact


def split(real: Callable[..., None]) -> Callable[..., None]:
    def transact(store: Store, writes: Any) -> None:
        *most, last = writes
        if most:
            real(store, most)
        real(store, [last])

    return transact


def without_token(patch: Patch) -> None:
    """Every attempt of a call under a token of its own, as if the SDK did not keep one."""

    def forget(params: dict[str, Any], **_: Any) -> None:
        params.pop("ClientRequestToken", None)
        params["headers"].pop("ClientRequestToken", None)
        body = params["body"].replace(b"ClientRequestToken", b"Forgotten")
        params["body"] = body

    client("dynamodb").meta.events.register("before-call.dynamodb.TransactWriteItems", forget)


def guess_number(repository: CaseRepository) -> int:
    rows = client("dynamodb").query(
        TableName="vedette-local-incidents",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "CASES"}},
    )["Items"]
    number = 1 + max((int(from_item(row)["sk"]) for row in rows), default=0)
    counter = to_item({"pk": "COUNTER", "sk": "CASE", "last": number})
    client("dynamodb").put_item(TableName="vedette-local-" + INCIDENTS.name, Item=counter)
    return number


def first_answer_only(real: Callable[..., Any]) -> Callable[..., Any]:
    def get_many(store: Store, table: Any, keys: Any) -> Any:
        name = "vedette-local-" + table.name
        answer = store._dynamodb.batch_get_item(RequestItems={name: {"Keys": [to_item(key) for key in keys]}})
        return map(from_item, answer["Responses"][name])

    return get_many


def start_anew(day: str) -> None:
    client("stepfunctions").start_execution(stateMachineArn=operations.MACHINE, name=uuid4().hex, input="{}")


def any_view(repository: CaseRepository, number: int) -> bool:
    key = to_item(cases.case_key(number))
    client("dynamodb").update_item(TableName="vedette-local-incidents", Key=key, UpdateExpression="REMOVE unread_pk")
    return True


def any_version(service: Any, number: int, step: Any, by: str, version: int | None) -> Any:
    return REAL_CHANGE(service, number, step, by, None)


def no_retry(store: Store, call: Callable[[], Any]) -> Any:
    return call()


REAL_CHANGE = incidents.IncidentService._change
REAL_TRANSACT = Store.transact
REAL_REFUSAL = delivery._refusal

MUTANTS: dict[str, tuple[Callable[[Patch], None], Check]] = {
    "an event overwrites": (
        lambda patch: patch.setattr(pipeline, "event_put", unconditional(pipeline.event_put)),
        an_event_sent_twice,
    ),
    "a state overwrites": (
        lambda patch: patch.setattr(pipeline, "state_put", unconditional(pipeline.state_put)),
        two_events_at_once,
    ),
    "a repeat overwrites": (
        lambda patch: patch.setattr(alerts, "change", unconditional(alerts.change)),
        a_repeat_beside_a_move,
    ),
    "a number is guessed": (
        lambda patch: patch.setattr(CaseRepository, "next_number", guess_number),
        two_reports_at_once,
    ),
    "a failed condition is ignored": (
        lambda patch: patch.setattr(Store, "transact", swallow(REAL_TRANSACT)),
        two_events_at_once,
    ),
    "an announcement follows its move": (
        lambda patch: patch.setattr(Store, "transact", split(REAL_TRANSACT)),
        a_crash_in_a_move,
    ),
    "an announcement follows its alert": (
        lambda patch: patch.setattr(Store, "transact", split(REAL_TRANSACT)),
        a_crash_in_an_alarm,
    ),
    "nothing is counted": (
        lambda patch: patch.setattr(pipeline, "_counted", lambda *_: pipeline.figures_update("U901", 0, 0, 0.0)),
        an_event_sent_twice,
    ),
    "delivery is not remembered": (
        lambda patch: patch.setattr(EventLog, "mark_delivered", lambda *_: None),
        a_record_twice,
    ),
    "numbering is not looked up": (
        lambda patch: patch.setattr(EventLog, "_find", lambda *_: None),
        a_record_twice,
    ),
    "Gone is any refusal": (
        lambda patch: patch.setattr(
            delivery, "_refusal", lambda error, code, status: status != 410 and REAL_REFUSAL(error, code, status)
        ),
        a_socket_that_is_gone,
    ),
    "a slot is taken twice": (
        lambda patch: patch.setattr(sockets, "ABSENT", None),
        a_socket_that_comes_and_goes_twice,
    ),
    "a slot is given back twice": (
        lambda patch: patch.setattr(sockets, "PRESENT", None),
        a_socket_that_comes_and_goes_twice,
    ),
    "a build has no name": (
        lambda patch: patch.setattr(projections_handler, "start_build", start_anew),
        a_day_opened_twice,
    ),
    "a conflict is the end": (lambda patch: patch.setattr(Store, "_retry_conflicts", no_retry), a_conflict),
    "the rest of a batch is dropped": (
        lambda patch: patch.setattr(Store, "get_many", first_answer_only(Store.get_many)),
        half_a_batch,
    ),
    "every view is the first": (lambda patch: patch.setattr(CaseRepository, "mark_viewed", any_view), a_view_twice),
    "versions are not compared": (
        lambda patch: patch.setattr(incidents.IncidentService, "_change", any_version),
        a_stale_version,
    ),
    "an attempt has no token": (without_token, a_lost_answer),
}
