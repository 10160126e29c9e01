"""Streams, queues and schedules: batches, retries, poison, and when the clock strikes."""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.events.cron import next_time
from infra.local.events.expiry import sweep
from infra.local.events.queues import QueueConsumer, QueueSource
from infra.local.events.schedules import ScheduledRule, Schedules
from infra.local.events.streams import StreamConsumer, StreamSource
from infra.local.runtime.invocation import Outcome

POISON = "poison"
FAILED = Outcome(b'{"errorType": "ValueError", "errorMessage": "poison"}', "Unhandled")
DONE = Outcome(b"null")


def record(number: int, name: str = "fine") -> dict[str, Any]:
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": str(number),
            "Keys": {"pk": {"S": name}},
            "ApproximateCreationDateTime": 1_795_300_000.0,
        },
    }


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def consume(records: list[dict[str, Any]], invoke: Any, retries: int = 2) -> tuple[list[str], list[list[str]]]:
    """What was confirmed, and the batches that the function got."""
    batches: list[list[str]] = []
    confirmed: list[str] = []

    def called(name: str, payload: bytes) -> Outcome:
        batch = json.loads(payload)["Records"]
        batches.append([one["dynamodb"]["SequenceNumber"] for one in batch])
        answer: Outcome = invoke(batch)
        return answer

    source = StreamSource("t", "f", "f-failures", batch_size=10, retries=retries, first_backoff=0.001)
    consumer = StreamConsumer(source, called, confirmed.append)
    consumer.accept(records)
    consumer.start()
    eventually(lambda: confirmed[-1:] == [records[-1]["dynamodb"]["SequenceNumber"]])
    consumer.stop()
    return confirmed, batches


@pytest.fixture
def failures(aws: Any) -> Callable[[], list[dict[str, Any]]]:
    """Reads the failure queue of the function `f`."""
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="f-failures")["QueueUrl"]

    def read() -> list[dict[str, Any]]:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        return [json.loads(message["Body"]) for message in received.get("Messages", [])]

    return read


def test_a_poison_record_is_isolated_and_set_aside(failures: Callable[[], list[dict[str, Any]]]) -> None:
    handled: list[str] = []

    def invoke(batch: list[dict[str, Any]]) -> Outcome:
        if any(one["dynamodb"]["Keys"]["pk"]["S"] == POISON for one in batch):
            return FAILED
        handled.extend(one["dynamodb"]["SequenceNumber"] for one in batch)
        return DONE

    records = [record(at, POISON if at == 6 else "fine") for at in range(1, 9)]
    consume(records, invoke)

    assert handled == [str(at) for at in (1, 2, 3, 4, 5, 7, 8)]
    (aside,) = failures()
    assert aside["DDBStreamBatchInfo"]["startSequenceNumber"] == "6"


def test_a_partial_batch_is_taken_again_from_its_first_failure(
    failures: Callable[[], list[dict[str, Any]]],
) -> None:
    answers = [Outcome(b'{"batchItemFailures": [{"itemIdentifier": "2"}]}'), DONE]

    _, batches = consume([record(1), record(2), record(3)], lambda batch: answers.pop(0))

    assert batches == [["1", "2", "3"], ["2", "3"]]
    assert failures() == []


def test_deleted_rows_are_confirmed_but_not_delivered(failures: Callable[[], list[dict[str, Any]]]) -> None:
    removed = {**record(1), "eventName": "REMOVE"}

    confirmed, batches = consume([removed], lambda batch: DONE)

    assert (confirmed, batches) == (["1"], [])


def test_a_poison_message_ends_in_the_dead_letter_queue_and_others_are_handled_once(aws: Any) -> None:
    sqs = aws("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 3}
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
    url = sqs.create_queue(QueueName="work", Attributes=attributes)["QueueUrl"]
    entries = [{"Id": str(at), "MessageBody": POISON if at == 3 else f"m{at}"} for at in range(6)]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)
    handled: list[str] = []

    def invoke(name: str, payload: bytes) -> Outcome:
        records = json.loads(payload)["Records"]
        handled.extend(one["body"] for one in records if one["body"] != POISON)
        bad = [{"itemIdentifier": one["messageId"]} for one in records if one["body"] == POISON]
        return Outcome(json.dumps({"batchItemFailures": bad}).encode())

    consumer = QueueConsumer(QueueSource("work", "f"), invoke)
    for _ in range(5):
        consumer.poll()

    assert sorted(handled) == ["m0", "m1", "m2", "m4", "m5"]
    (message,) = sqs.receive_message(QueueUrl=dead)["Messages"]
    assert message["Body"] == POISON


def test_a_rate_fires_again_and_again() -> None:
    fired: list[dict[str, Any]] = []
    started: list[str] = []
    twice = threading.Event()

    def invoke(name: str, payload: bytes) -> Outcome:
        fired.append(json.loads(payload))
        if len(fired) > 1:
            twice.set()
        return DONE

    rules = [
        ScheduledRule("tick", "rate(1 minute)", "ticker"),
        ScheduledRule("start", "rate(1 minute)", "arn:aws:states:us-east-1:123456789012:stateMachine:m"),
    ]
    schedules = Schedules(rules, invoke, lambda arn, name: started.append(name), speed=600)
    schedules.start()
    assert twice.wait(5)
    schedules.stop()

    assert fired[0]["detail-type"] == "Scheduled Event"
    assert len(started) == len(set(started)) > 0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(5 minutes)", "2026-11-22T12:05:30"),
        ("rate(1 day)", "2026-11-23T12:00:30"),
        ("cron(5 0 * * ? *)", "2026-11-23T00:05:00"),
        ("cron(0/15 * * * ? *)", "2026-11-22T12:15:00"),
        ("cron(0 8 ? * MON-FRI *)", "2026-11-23T08:00:00"),
        ("cron(0 0 1 1 ? *)", "2027-01-01T00:00:00"),
    ],
)
def test_next_time(expression: str, expected: str) -> None:
    now = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)

    assert next_time(expression, now) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_rows_past_their_time_to_live_are_deleted(table: Any) -> None:
    specification = {"Enabled": True, "AttributeName": "expires_at"}
    table.update_time_to_live(TableName="t", TimeToLiveSpecification=specification)
    for name, expires_at in {"past": "100", "future": "300"}.items():
        table.put_item(TableName="t", Item={"pk": {"S": name}, "sk": {"S": "-"}, "expires_at": {"N": expires_at}})
    table.put_item(TableName="t", Item={"pk": {"S": "never"}, "sk": {"S": "-"}})

    assert sweep("t", now=200) == 1

    assert {item["pk"]["S"] for item in table.scan(TableName="t")["Items"]} == {"future", "never"}
