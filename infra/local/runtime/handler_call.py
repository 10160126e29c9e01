"""Calls a Lambda handler as Lambda does: the context object, and errors turned into Lambda's error document."""

import json
import time
import traceback
from collections.abc import Callable
from typing import Any

from infra.local.runtime.invocation import MAX_PAYLOAD, Outcome, failure

Handler = Callable[[Any, Any], Any]


class Context:
    """What Lambda hands to a handler beside the event."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, function_name: str, arn: str, memory: int, request_id: str, seconds: float) -> None:
        self.function_name = function_name
        self.invoked_function_arn = arn
        self.memory_limit_in_mb = str(memory)
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.log_stream_name = "local"
        self._deadline = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def call(handler: Handler, payload: bytes, context: Context) -> Outcome:
    try:
        result = handler(json.loads(payload or b"null"), context)
    except Exception as error:
        traceback.print_exc()
        return error_document(error, context.aws_request_id)
    return _encoded(result, context.aws_request_id)


def error_document(error: BaseException, request_id: str) -> Outcome:
    trace = traceback.format_tb(error.__traceback__)
    return failure(type(error).__name__, str(error), requestId=request_id, stackTrace=trace)


def _encoded(result: Any, request_id: str) -> Outcome:
    try:
        payload = json.dumps(result).encode()
    except (TypeError, ValueError) as error:
        return failure("Runtime.MarshalError", f"Unable to marshal response: {error}", requestId=request_id)
    if len(payload) > MAX_PAYLOAD:
        message = f"Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD} bytes)."
        return failure("Function.ResponseSizeTooLarge", message)
    return Outcome(payload)
