"""The inside of an execution environment: import the handler once, then answer one event after the other.

Runs in a process of its own: forked by fork_server.py, or started as `python -m infra.local.runtime.worker FD`.
"""

import asyncio
import importlib
import os
import socket
import sys
from typing import Any

from infra.local.runtime import frames
from infra.local.runtime.handler_call import Context, Handler, call, error_document
from infra.local.runtime.invocation import Outcome


def load(path: str) -> Handler:
    """The handler behind a dotted path."""
    module, _, name = path.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


def serve(connection: socket.socket) -> None:
    """Until the platform closes the connection."""
    # Mangum asks for the current event loop; Lambda's main thread has one.
    asyncio.set_event_loop(asyncio.new_event_loop())
    source = connection.makefile("rb")
    handler, broken = _import_handler()
    connection.sendall(frames.encode({"ready": True}, b""))
    while (frame := frames.read(source)) is not None:
        head, payload = frame
        outcome = broken if handler is None else call(handler, payload, _context(head))
        sys.stdout.flush()
        connection.sendall(frames.encode({"error": outcome.error}, outcome.payload))


def _import_handler() -> tuple[Handler | None, Outcome]:
    try:
        return load(os.environ["_HANDLER"]), Outcome(b"")
    except Exception as error:
        import traceback

        traceback.print_exc()
        return None, error_document(error, "")


def _context(head: dict[str, Any]) -> Context:
    return Context(
        os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        head["arn"],
        int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
        head["request_id"],
        head["seconds"],
    )


def main() -> None:
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
