"""Forks workers from a process that has already imported what every function imports, so that cold starts are short.

Single-threaded, so that forking is safe. `python -m infra.local.runtime.fork_server FD`: over the socket FD come
messages with a connection and a log file attached; the answer is the process id of the new worker.
"""

import contextlib
import ctypes
import importlib
import json
import os
import signal
import socket
import sys
from typing import Any

PRELOADED = ("fastapi", "mangum", "boto3", "pydantic", "botocore.session", "email.parser", "infra.local.runtime.worker")
MAX_MESSAGE = 65_536
PR_SET_PDEATHSIG = 1


def preload() -> None:
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(Exception):
        _warm_up_clients()


def _warm_up_clients() -> None:
    """The description of a service is a large file; the session that all our clients share keeps it across the fork."""
    from shared.core.aws import session

    made = {"region_name": "us-east-1", "aws_access_key_id": "local", "aws_secret_access_key": "local"}
    session().create_client("dynamodb", **made)


def run(control: socket.socket) -> None:
    """Until the platform is gone."""
    # Nobody waits for workers here; the platform sees their connections close.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, 2)
        if not message:
            return
        child = os.fork()
        if child == 0:
            control.close()
            _become_worker(json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(json.dumps({"pid": child}).encode())


def _become_worker(message: dict[str, Any], connection: int, log: int) -> None:
    """Never returns."""
    status = 1
    try:
        _die_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for standard in (1, 2):
            os.dup2(log, standard)
        os.close(log)
        os.environ.clear()
        os.environ.update(message["environment"])
        from infra.local.runtime import worker

        worker.serve(socket.socket(fileno=connection))
        status = 0
    except (ConnectionError, KeyboardInterrupt):
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        os._exit(status)


def _die_with_parent() -> None:
    """On Linux the kernel ends a worker with its parent, even one that is busy when the platform is killed."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    preload()
    _die_with_parent()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        control.sendall(b'{"ready": true}')
        with contextlib.suppress(ConnectionError):
            run(control)


if __name__ == "__main__":
    main()
