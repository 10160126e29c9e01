"""Queues: work queues with a way out for messages that cannot be handled, and the queues where those end."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledgements import FAILURE_QUEUE, acknowledge
from shared.catalogue import Function, Queue

KEPT = Duration.days(14)
VISIBILITY_FACTOR = 6  # AWS: at least six times the timeout of the function that consumes


def make_failure_queue(scope: Construct, name: str, *, prefix: str) -> sqs.Queue:
    """Where the events of `name` end that failed for good: kept for two weeks, watched by an alarm."""
    queue = sqs.Queue(
        scope,
        f"Failures-{name}",
        queue_name=f"{prefix}{name}-failures",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=KEPT,
    )
    acknowledge(queue, "SQS3", FAILURE_QUEUE)
    return queue


def make_work_queue(
    scope: Construct, row: Queue, consumer: Function, *, prefix: str, failures: sqs.IQueue
) -> sqs.Queue:
    """A queue of the catalogue; after `receives` deliveries a message goes to the consumer's failure queue."""
    return sqs.Queue(
        scope,
        f"Queue-{row.name}",
        queue_name=prefix + row.name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=KEPT,
        visibility_timeout=Duration.seconds(VISIBILITY_FACTOR * consumer.timeout),
        dead_letter_queue=sqs.DeadLetterQueue(queue=failures, max_receive_count=row.receives),
    )
