"""State machines run by moto's interpreter with our repairs."""

import json
import time
from typing import Any

from infra.local.moto_repairs import workflows
from infra.local.moto_repairs.lambda_invocations import Invocations
from infra.local.provisioning import ROLE, make_functions, make_role
from infra.local.runtime.invocation import Outcome, failure, function_arn

BUSY = {"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}


def run(aws: Any, definition: dict[str, Any], abort: bool = False) -> dict[str, Any]:
    """The execution when it has ended."""
    client = aws("stepfunctions")
    machine = client.create_state_machine(name="m", roleArn=ROLE, definition=json.dumps(definition))
    execution = client.start_execution(stateMachineArn=machine["stateMachineArn"], name="one", input="[1, 2]")
    arn = execution["executionArn"]
    if abort:
        time.sleep(0.2)
        client.stop_execution(executionArn=arn)
    deadline = time.monotonic() + 10
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    ended: dict[str, Any] = found
    return ended


def install(aws: Any, invoke: Any) -> Invocations:
    workflows.install()
    make_role()
    make_functions(aws("lambda"), "test-")
    invocations = Invocations(invoke)
    invocations.install()
    return invocations


def test_a_task_is_retried_by_the_name_of_its_error_and_then_caught(aws: Any) -> None:
    calls: list[bytes] = []

    def busy(name: str, payload: bytes) -> Outcome:
        calls.append(payload)
        return failure("Busy", "not now")

    invocations = install(aws, busy)
    task = {
        "Type": "Task",
        "Resource": function_arn("test-baselines"),
        "Retry": [BUSY],
        "Catch": [{"ErrorEquals": ["Busy"], "Next": "Sorry"}],
        "End": True,
    }
    sorry = {"Type": "Pass", "Result": {"gave": "up"}, "End": True}

    ended = run(aws, {"StartAt": "Work", "States": {"Work": task, "Sorry": sorry}})

    invocations.close()
    assert (ended["status"], json.loads(ended["output"]), len(calls)) == ("SUCCEEDED", {"gave": "up"}, 3)


def test_an_abort_inside_a_map_ends_aborted(aws: Any) -> None:
    invocations = install(aws, lambda name, payload: Outcome(b"null"))
    inner = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 5, "End": True}}}
    each = {"Type": "Map", "ItemProcessor": inner, "End": True}

    ended = run(aws, {"StartAt": "Each", "States": {"Each": each}}, abort=True)

    invocations.close()
    assert ended["status"] == "ABORTED"


def test_an_event_invocation_is_tried_three_times(aws: Any, monkeypatch: Any) -> None:
    from infra.local.moto_repairs import lambda_invocations

    monkeypatch.setattr(lambda_invocations, "ASYNC_BACKOFF", (0.0, 0.0))
    calls: list[bytes] = []

    def broken(name: str, payload: bytes) -> Outcome:
        calls.append(payload)
        return failure("Broken", "again")

    invocations = install(aws, broken)
    client = aws("lambda")

    answered = client.invoke(FunctionName="test-baselines", InvocationType="Event", Payload=b"{}")
    direct = client.invoke(FunctionName="test-baselines", Payload=b'{"a": 1}')

    deadline = time.monotonic() + 5
    while len(calls) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    invocations.close()
    assert (answered["StatusCode"], len(calls)) == (202, 4)
    assert direct["FunctionError"] == "Unhandled"
    assert json.loads(direct["Payload"].read()) == {"errorType": "Broken", "errorMessage": "again"}
