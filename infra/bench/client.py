"""One keep-alive connection to a server on this machine; knows nothing but JSON, so that it costs next to nothing."""

import http.client
import json
import time
from types import TracebackType
from typing import Any

JSON = {"content-type": "application/json"}
PATIENCE = 35.0  # seconds; the gateway gives a function 29


class Client:
    """Use as a context manager. Any status of 400 and above is a RuntimeError: a bench measures what works."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def reconnect(self) -> None:
        """A fresh connection: servers close one that has been idle for seconds."""
        self._connection.close()
        self._connection.connect()

    def get(self, path: str) -> tuple[float, Any]:
        """The milliseconds until the whole answer was there, and the answer."""
        return self._timed("GET", path, None)

    def post(self, path: str, body: Any) -> tuple[float, Any]:
        """The milliseconds until the whole answer was there, and the answer."""
        return self._timed("POST", path, json.dumps(body))

    def _timed(self, method: str, path: str, text: str | None) -> tuple[float, Any]:
        begin = time.perf_counter()
        content = self._answered(method, path, text)
        milliseconds = 1000 * (time.perf_counter() - begin)
        return milliseconds, json.loads(content)

    def _answered(self, method: str, path: str, text: str | None) -> bytes:
        self._connection.request(method, path, text, JSON if text else {})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
        return content
