"""The operations that are swept: how each is set up, what dies, and what its caller or event source does next."""

import json
from collections.abc import Callable
from typing import Any

from moto.apigatewaymanagementapi.models import apigatewaymanagementapi_backends
from moto.core import DEFAULT_ACCOUNT_ID

from shared.core.aws import client
from shared.live.provide import delivery
from shared.outbox.model import Announcement
from tests.builders.outbox import a_record, an_announcement
from tests.faults.invariants import undelivered
from tests.faults.plan import FaultPlan
from tests.faults.sweep import Operation, Problems
from tests.faults.world import World, a_read, a_theft, baselines, live_fanout, noon, projections

DAY = noon().date().isoformat()
REGION = "eu-central-1"
MACHINE = f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT_ID}:stateMachine:vedette-local-baselines"


def client_operation(world: World, prepare: Callable[[], None], request: Callable[[], Any]) -> Operation:
    """A request that its client repeats until it is answered."""

    def fresh() -> None:
        world.reset()
        prepare()

    def again() -> None:
        answer = request()
        assert answer.status == 200, answer

    return Operation(fresh, request, again, world.problems)


def quiet_ingest(world: World) -> Operation:
    event = a_read()
    return client_operation(world, lambda: None, lambda: world.send(event))


def first_alarm(world: World) -> int:
    """Which event of a theft raises the alert."""
    world.reset()
    return next(n for n, event in enumerate(a_theft()) if world.send(event).body["alert"])


def raising_ingest(world: World) -> Operation:
    theft, position = a_theft(), first_alarm(world)
    before, event = theft[:position], theft[position]
    return client_operation(world, lambda: _send(world, before), lambda: world.send(event))


def repeating_ingest(world: World) -> Operation:
    theft, position = a_theft(), first_alarm(world) + 1
    before, event = theft[:position], theft[position]
    return client_operation(world, lambda: _send(world, before), lambda: world.send(event))


def late_event(world: World) -> Operation:
    theft, late = a_theft(), a_read(days_ago=3)
    return client_operation(world, lambda: _send(world, theft), lambda: world.send(late))


def days_first_event(world: World) -> Operation:
    event = a_read(days_ago=0)
    return client_operation(world, lambda: None, lambda: world.send(event))


def _send(world: World, events: list[Any]) -> None:
    assert {answer.status for answer in world.send_all(events)} <= {200}


def trigger(world: World) -> Operation:
    return client_operation(world, lambda: None, lambda: world.trigger("U902"))


def create(world: World) -> Operation:
    return client_operation(world, lambda: None, world.open_incident)


def move(world: World) -> Operation:
    return client_operation(world, lambda: _open(world, 1), lambda: world.move(1, "in_progress"))


def resolve(world: World) -> Operation:
    return client_operation(
        world, lambda: _send(world, a_theft()), lambda: world.resolve(1, "authorised", verdict="false_positive")
    )


def view(world: World) -> Operation:
    return client_operation(world, lambda: _open(world, 2), world.view)


def _open(world: World, count: int) -> None:
    assert [world.open_incident().status for _ in range(count)] == [200] * count


def connect(world: World) -> Operation:
    """A browser whose handshake failed comes back under another id; the first one answers 410 to the next push."""

    def come_back() -> None:
        assert world.connect("c2") == 200
        with FaultPlan().add("gone", "PostToConnection"):
            delivery().post("c1", b"{}")

    def one_is_open() -> Problems:
        return world.problems() + ([] if len(_open_sockets(world)) == 1 else [f"I9 open are {_open_sockets(world)}"])

    return Operation(world.reset, lambda: world.connect("c1"), come_back, one_is_open)


def disconnect(world: World) -> Operation:
    def leave() -> int:
        return world.disconnect("c1")

    def other_stays() -> Problems:
        return world.problems() + ([] if _open_sockets(world) == ["c2"] else [f"I9 open are {_open_sockets(world)}"])

    def both_come() -> None:
        world.reset()
        assert [world.connect(one) for one in ("c1", "c2")] == [200, 200]

    return Operation(both_come, leave, leave, other_stays)


def _open_sockets(world: World) -> list[str]:
    return sorted(row["sk"] for row in world.stored().partition("CONNECTION"))


def project(world: World) -> Operation:
    opened = Announcement(f"day-{DAY}", "platform", "day_opened", {"day": DAY}, noon())
    batch = {"Records": [a_record(an_announcement("a1")), a_record(opened, 200)]}

    def deliver() -> None:
        assert projections(batch, None) == {"batchItemFailures": []}

    def started() -> Problems:
        names = [one["name"] for one in client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]]
        return [] if names == [f"baseline-{DAY}"] else [f"I2 executions {names}"]

    return Operation(make_state_machine, deliver, deliver, started)


def make_state_machine() -> None:
    """A new one, which has been started never."""
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    workflows = client("stepfunctions")
    workflows.delete_state_machine(stateMachineArn=MACHINE)
    workflows.create_state_machine(
        name="vedette-local-baselines", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/any"
    )


def build(world: World) -> Operation:
    events = [a_read(subject_id, days_ago) for subject_id in ("U901", "U902") for days_ago in (1, 2, 3)]
    first: list[bytes] = []

    def behave() -> None:
        world.reset()
        _send(world, events)

    def run() -> None:
        assert baselines({"day": DAY}, None) == {"day": DAY, "people": 2}

    def same() -> Problems:
        (row,) = world.stored().partition("BASELINE")
        first.append(row["doc"])
        return world.problems() + ([] if row["doc"] == first[0] else ["I2 another baseline"])

    return Operation(behave, run, run, same)


def fan_out(world: World) -> Operation:
    names = ["a1", "a2"]
    batch = {"Records": [a_record(an_announcement(name)) for name in names]}

    def prepare() -> None:
        world.reset()
        world.subscribe("c1")
        forget_posts()

    def deliver() -> None:
        assert live_fanout(batch, None) == {"batchItemFailures": []}

    def all_there() -> Problems:
        return [*world.problems(), *undelivered(received("c1"), names)]

    return Operation(prepare, deliver, deliver, all_there)


def received(connection_id: str) -> list[dict[str, Any]]:
    """Every message that API Gateway accepted for a socket."""
    text = apigatewaymanagementapi_backends[DEFAULT_ACCOUNT_ID][REGION].get_connection(connection_id).data.decode()
    found, position = [], 0
    while position < len(text):
        message, position = json.JSONDecoder().raw_decode(text, position)
        found.append(message)
    return found


def forget_posts() -> None:
    apigatewaymanagementapi_backends[DEFAULT_ACCOUNT_ID][REGION].connections.clear()
