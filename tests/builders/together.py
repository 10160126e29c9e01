"""Many requests at the same moment, each as an invocation of its own: a thread with an event loop."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def together(count: int, deed: Callable[[int], Any]) -> list[Any]:
    """What `deed(0)` to `deed(count - 1)` gave, begun together."""
    gate = threading.Barrier(count)

    def one(number: int) -> Any:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            gate.wait(30)
            return deed(number)
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))
