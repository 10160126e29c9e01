"""An SQS queue into a function: polled in batches; what fails becomes visible again and ends in the failure queue."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.sqs import models as sqs
from moto.sqs.models import Message, sqs_backends

from infra.local.console import complain
from infra.local.events.failures import failed_items
from infra.local.runtime.invocation import ACCOUNT, REGION, Outcome

POLL_SECONDS = 0.1
MOST_RECEIVED = 10

Invoke = Callable[[str, bytes], Outcome]


@dataclass(frozen=True, slots=True)
class QueueSource:
    queue: str
    function: str
    batch_size: int = 10


class QueueConsumer:
    def __init__(self, source: QueueSource, invoke: Invoke, poll_seconds: float = POLL_SECONDS) -> None:
        self.source = source
        self._invoke = invoke
        self._poll_seconds = poll_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"queue {source.queue}", daemon=True)

    def start(self) -> None:
        _silence_moto()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                handled = self.poll()
            except Exception as error:
                complain(f"the queue {self.source.queue} met {error!r}")
                handled = 0
            if not handled:
                self._stopped.wait(self._poll_seconds)

    def poll(self) -> int:
        """Handle one batch; the number of messages in it. Receiving counts, and sends to the failure queue."""
        backend = sqs_backends[ACCOUNT][REGION]
        queue = backend.get_queue(self.source.queue)
        if not any(message.visible for message in list(queue._messages)):
            return 0
        size = min(MOST_RECEIVED, self.source.batch_size)
        messages = backend.receive_message(self.source.queue, size, 0, int(queue.visibility_timeout))
        if not messages:
            return 0
        payload = json.dumps({"Records": [_record(message, queue.queue_arn) for message in messages]}).encode()
        failed = failed_items(self._invoke(self.source.function, payload))
        for message in messages:
            if failed is not None and message.id not in failed:
                backend.delete_message(self.source.queue, message.receipt_handle)
        return len(messages)


def _record(message: Message, queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": "local",
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {name: _attribute(value) for name, value in (message.message_attributes or {}).items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    text = value.get("string_value", value.get("StringValue"))
    return {"stringValue": text, "dataType": value.get("data_type", value.get("DataType"))}


def _silence_moto() -> None:
    """moto calls the function from inside SendMessage, one message at a time and without retries."""
    if getattr(sqs.Queue.add_message, "is_repaired", False):
        return
    stock = sqs.Queue.add_message

    def add_message(queue: Any, message: Message, *args: Any, **kwargs: Any) -> Any:
        sources, queue.lambda_event_source_mappings = queue.lambda_event_source_mappings, {}
        try:
            return stock(queue, message, *args, **kwargs)
        finally:
            queue.lambda_event_source_mappings = sources

    add_message.is_repaired = True  # type: ignore[attr-defined]
    sqs.Queue.add_message = add_message
