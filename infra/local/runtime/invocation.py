"""One call of a function, and its outcome in Lambda's words."""

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
REGION = "us-east-1"
MAX_PAYLOAD = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Invocation:
    payload: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error` is what Lambda sends as X-Amz-Function-Error: None, or Unhandled with the reason in the payload."""

    payload: bytes
    error: str | None = None

    def value(self) -> Any:
        return json.loads(self.payload or b"null")

    def reason(self) -> str:
        """Type and message of a failure, in one line."""
        value = self.value()
        if not isinstance(value, dict):
            return str(value)
        return f"{value.get('errorType')}: {value.get('errorMessage')}"


def failure(kind: str, message: str, **more: Any) -> Outcome:
    return Outcome(json.dumps({"errorType": kind, "errorMessage": message, **more}).encode(), "Unhandled")


def timed_out(request_id: str, seconds: float) -> Outcome:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return failure("Sandbox.Timedout", f"{now} {request_id} Task timed out after {seconds:.2f} seconds")


def crashed(request_id: str) -> Outcome:
    return failure("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited without providing a reason")


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def function_name(arn: str) -> str:
    """The name in an ARN (with or without a version) or in itself."""
    return arn.split(":function:")[-1].split(":")[0]
