"""Every way to call a function in moto ends in LambdaFunction.invoke; here it ends in our runtime instead of Docker."""

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.awslambda.models import LambdaFunction

from infra.local.console import complain
from infra.local.runtime.invocation import Outcome

Invoke = Callable[[str, bytes], Outcome]
# Lambda tries an asynchronous event three times, minutes apart; here seconds apart.
ASYNC_BACKOFF = (1.0, 2.0)
ASYNC_THREADS = 16


class Invocations:
    """`install` puts it in place of moto's method; `close` waits for nothing and retries nothing any more."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._closed = threading.Event()
        self._threads = ThreadPoolExecutor(ASYNC_THREADS, thread_name_prefix="async-invocation")

    def install(self) -> None:
        def method(
            function: LambdaFunction, body: str | bytes, headers: Any, response_headers: MutableMapping[str, str]
        ) -> bytes:
            return self._answer(function.function_name, body, headers or {}, response_headers)

        LambdaFunction.invoke = method

    def close(self) -> None:
        self._closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(
        self,
        name: str,
        body: str | bytes | dict[str, Any],
        headers: Mapping[str, str],
        response_headers: MutableMapping[str, str],
    ) -> bytes:
        payload = _payload(body)
        kinds = [value for key, value in headers.items() if key.lower() == "x-amz-invocation-type"]
        match kinds[0] if kinds else "RequestResponse":
            case "DryRun":
                return b""
            case "Event":
                self._threads.submit(self._in_background, name, payload)
                return b""
        outcome = self._invoke(name, payload)
        response_headers["x-amz-executed-version"] = "$LATEST"
        response_headers["x-amz-log-result"] = base64.b64encode(b"see the log folder of the local platform").decode()
        if outcome.error:
            response_headers["x-amz-function-error"] = outcome.error
        return outcome.payload

    def _in_background(self, name: str, payload: bytes) -> None:
        for pause in (*ASYNC_BACKOFF, None):
            outcome = self._invoke(name, payload)
            if not outcome.error:
                return
            if pause is None or self._closed.wait(pause):
                break
        now = time.strftime("%H:%M:%S")
        complain(f"{now} an asynchronous event of {name} was given up: {outcome.reason()}")


def _payload(body: str | bytes | dict[str, Any] | None) -> bytes:
    if isinstance(body, dict):
        return json.dumps(body).encode()
    return (body.encode() if isinstance(body, str) else body) or b"{}"
