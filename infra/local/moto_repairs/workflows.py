"""Repairs to moto's Step Functions interpreter: aborted maps, failed items, key casing, and the price of a task."""

import datetime
import sys
import types
import uuid
from functools import cache
from typing import Any

SERVICES = "moto.stepfunctions.parser.asl.component.state.exec.state_task.service"


def install() -> None:
    """Loads the interpreter, which takes half a second: only where machines are run. Call it inside `mock_aws`."""
    from moto.core.config import default_user_config

    # mock_aws forgets the configuration when it ends.
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    _repair()


@cache
def _repair() -> None:
    _leave_out_batch()
    _repair_casing()
    _repair_abort()
    _repair_distributed_map()
    _keep_clients()


def _leave_out_batch() -> None:
    """The interpreter's AWS Batch task imports all of moto's EC2, which is longer than everything else together."""
    name = f"{SERVICES}.state_task_service_batch"
    if name not in sys.modules:
        stub = types.ModuleType(name)
        stub.StateTaskServiceBatch = object  # type: ignore[attr-defined]
        sys.modules[name] = stub


def _repair_casing() -> None:
    """StateMachineArn -> stateMachineArn and back: other services than Lambda name their members differently."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service

    shapes = _Shapes(state_task_service.camel_to_snake_case)

    def parameters(task: Any, given: Any, boto_service_name: Any = None, service_action_name: Any = None) -> None:
        service = task._get_boto_service_name()
        action = service_action_name or task._get_boto_service_action()
        shape = shapes.of(boto_service_name or service, action)[0]
        if shape is not None and service != "lambda":
            task._to_boto_request(given, shape)
        if action == "start_execution":
            given.setdefault("name", str(uuid.uuid4()))

    def response(task: Any, given: Any, boto_service_name: Any = None, service_action_name: Any = None) -> None:
        service = task._get_boto_service_name()
        action = service_action_name or task._get_boto_service_action()
        shape = shapes.of(boto_service_name or service, action)[1]
        if shape is not None and service != "lambda":
            task._from_boto_response(given, shape)
        _dates_as_text(given)

    state_task_service.StateTaskService._normalise_parameters = parameters
    state_task_service.StateTaskService._normalise_response = response


class _Shapes:
    """Input and output of an operation by its name in any casing."""

    def __init__(self, snake_case: Any) -> None:
        import botocore.session

        self._session = botocore.session.get_session()
        self._snake_case = snake_case
        self._known: dict[tuple[str, str], tuple[Any, Any]] = {}

    def of(self, service: str, action: str) -> tuple[Any, Any]:
        if (service, action) not in self._known:
            self._known[service, action] = self._find(service, self._snake_case(action))
        return self._known[service, action]

    def _find(self, service: str, wanted: str) -> tuple[Any, Any]:
        model = self._session.get_service_model(service)
        for name in model.operation_names:
            if self._snake_case(name) == wanted:
                operation = model.operation_model(name)
                return operation.input_shape, operation.output_shape
        return None, None


def _dates_as_text(response: Any) -> None:
    if not isinstance(response, dict):
        return
    for name, value in response.items():
        if isinstance(value, datetime.datetime):
            text = value.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
            response[name] = text.replace("+00:00", "Z")


def _repair_abort() -> None:
    """StopExecution inside a Map ends ABORTED, not FAILED: an abort has no error and cause to take out."""
    from moto.stepfunctions.parser.api import ExecutionFailedEventDetails
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEventException
    from moto.stepfunctions.parser.asl.eval.environment import Environment
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped

    stock_pair = FailureEventException.extract_error_cause_pair
    stock_details = FailureEventException.get_execution_failed_event_details
    stock_set_error = Environment.set_error

    def is_abort(error: Any) -> bool:
        details = error.failure_event.event_details
        return bool(details) and not isinstance(next(iter(details.values())), dict)

    def pair(error: Any) -> Any:
        return None if is_abort(error) else stock_pair(error)

    def details(error: Any) -> Any:
        return ExecutionFailedEventDetails() if is_abort(error) else stock_details(error)

    def set_error(environment: Any, error: Any) -> None:
        if not isinstance(environment._program_state, ProgramStopped):
            stock_set_error(environment, error)

    FailureEventException.extract_error_cause_pair = pair
    FailureEventException.get_execution_failed_event_details = details
    Environment.set_error = set_error


def _repair_distributed_map() -> None:
    """A DISTRIBUTED Map fails when more of its items have failed than it tolerates."""
    from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import distributed_iteration_component

    component = distributed_iteration_component.DistributedIterationComponent
    stock = component._map_run

    def map_run(iteration: Any, env: Any, eval_input: Any) -> None:
        stock(iteration, env, eval_input)
        record = eval_input.map_run_record
        failed, total = record.item_counter.failed.get(), max(1, record.item_counter.total.get())
        share = 100 * failed / total
        tolerated = failed <= (record.tolerated_failure_count or 0) or share <= (
            record.tolerated_failure_percentage or 0
        )
        if failed and not tolerated:
            raise _threshold_exceeded(env)

    component._map_run = map_run


def _threshold_exceeded(env: Any) -> Exception:
    from moto.stepfunctions.parser.api import ExecutionFailedEventDetails, HistoryEventType
    from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

    error = "States.ExceedToleratedFailureThreshold"
    cause = "The specified tolerated failure threshold was exceeded"
    details = EventDetails(executionFailedEventDetails=ExecutionFailedEventDetails(error=error, cause=cause))
    event = FailureEvent(
        env=env, error_name=ErrorName(error), event_type=HistoryEventType.MapRunFailed, event_details=details
    )
    raised: Exception = FailureEventException(event)
    return raised


def _keep_clients() -> None:
    """The interpreter makes a boto3 client for every task: 50 ms each. They differ by few things, so keep them."""
    from moto.core.models import botocore_stubber
    from moto.settings import moto_server_port
    from moto.stepfunctions.parser.asl.utils import boto_client

    stock = boto_client.boto_client_for
    kept: dict[tuple[Any, ...], Any] = {}

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        key = (region, service, botocore_stubber.enabled, moto_server_port())
        if key not in kept:
            kept[key] = stock(region, service, state_credentials)
        return kept[key]

    for module in list(sys.modules.values()):
        named = getattr(module, "__name__", "")
        if named.startswith("moto.stepfunctions") and getattr(module, "boto_client_for", None) is stock:
            module.boto_client_for = client_for  # type: ignore[attr-defined]
