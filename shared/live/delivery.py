"""Posting to sockets: the only module that calls `PostToConnection` and knows what its refusals mean."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from shared.core.logging import logger
from shared.live.repository import ConnectionRepository

MOST_BYTES = 128 * 1024
# As many as the AWS client keeps connections (shared/core/aws.py).
THREADS = 32
LIMIT_WAITS = (0.05, 0.1, 0.2)

Sleep = Callable[[float], None]


class Delivery:
    """Sends messages. A socket that is gone loses its row and slot; one that is slow holds up nobody else."""

    def __init__(self, posts: Any, connections: ConnectionRepository, sleep: Sleep = time.sleep) -> None:
        self._posts = posts
        self._connections = connections
        self._sleep = sleep
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="delivery")
        self._busy: dict[str, Future[bool]] = {}
        self.last_post_ms = 0.0

    def post(self, connection_id: str, message: bytes) -> bool:
        """Whether the message was accepted. A busy gateway (429) is asked again shortly, a gone socket never."""
        from botocore.exceptions import ClientError

        for pause in (*LIMIT_WAITS, None):
            began = time.perf_counter()
            try:
                self._posts.post_to_connection(ConnectionId=connection_id, Data=message)
            except ClientError as error:
                if _refusal(error, "GoneException", 410):
                    self._connections.remove(connection_id)
                    return False
                if not _refusal(error, "LimitExceededException", 429):
                    raise
            else:
                self.last_post_ms = 1000 * (time.perf_counter() - began)
                return True
            if pause is not None:
                self._sleep(pause)
        return False

    def broadcast(self, messages: Mapping[str, Sequence[bytes]], seconds: float) -> int:
        """Send every connection its messages in order, all connections at once. Waits `seconds` at the most.

        A connection whose last broadcast is still on its way is left out. Returns how many got everything in time.
        """
        self._busy = {connection: future for connection, future in self._busy.items() if not future.done()}
        sent = {
            connection: self._pool.submit(self._post_all, connection, queue)
            for connection, queue in messages.items()
            if connection not in self._busy
        }
        done, _ = wait(sent.values(), timeout=seconds)
        self._busy |= {connection: future for connection, future in sent.items() if future not in done}
        return sum(future.result() for future in done)

    def _post_all(self, connection_id: str, queue: Sequence[bytes]) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return all(self.post(connection_id, message) for message in queue)
        except (BotoCoreError, ClientError) as error:
            logger().warning("a socket could not be reached", extra={"reason": type(error).__name__})
            return False


def _refusal(error: Any, code: str, status: int) -> bool:
    answer: Mapping[str, Any] = error.response
    return bool(
        answer["Error"].get("Code") == code or answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == status
    )
