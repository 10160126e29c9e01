"""What starts a worker: streams, queues, schedules. Each has retries, an end to them, and a place for what failed."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.function import STALE, Deployed, is_started_async
from infra.constructs.queues import make_work_queue
from shared.catalogue import Function, Queue, Schedule, Stream

# A row that expired, or was deleted, is a REMOVE record without an image: half of what the outbox would send.
WRITTEN = lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.or_("INSERT", "MODIFY")})
TARGET_RETRIES = 2


def needs_failure_queue(row: Function) -> bool:
    """Functions whose caller does not hear of a failure."""
    return bool(row.sources) or is_started_async(row)


def add_sources(scope: Construct, deployed: Deployed, tables: dict[str, dynamodb.Table], *, prefix: str) -> None:
    """Every source of a function's row but logs, which are there when all functions are (log_source.py)."""
    for source in deployed.row.sources:
        assert deployed.failures is not None
        match source:
            case Stream():
                deployed.function.add_event_source(_stream(source, tables[source.table], deployed.failures))
            case Queue():
                _add_queue(scope, source, deployed, deployed.failures, prefix=prefix)
            case Schedule():
                _add_schedule(scope, source, deployed, deployed.failures, prefix=prefix)


def _stream(row: Stream, table: dynamodb.Table, failures: sqs.IQueue) -> lambda_.IEventSource:
    """In order per key; a poison record is retried, isolated by bisecting, and set aside: it never stops its shard."""
    return event_sources.DynamoEventSource(
        table,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        batch_size=row.batch_size,
        retry_attempts=row.retries,
        bisect_batch_on_error=True,
        report_batch_item_failures=True,
        parallelization_factor=1,
        on_failure=event_sources.SqsDlq(failures),
        filters=[WRITTEN],
    )


def _add_queue(scope: Construct, row: Queue, deployed: Deployed, failures: sqs.IQueue, *, prefix: str) -> None:
    queue = make_work_queue(scope, row, deployed.row, prefix=prefix, failures=failures)
    source = event_sources.SqsEventSource(queue, batch_size=row.batch_size, report_batch_item_failures=True)
    deployed.function.add_event_source(source)


def _add_schedule(scope: Construct, row: Schedule, deployed: Deployed, failures: sqs.IQueue, *, prefix: str) -> None:
    target = targets.LambdaFunction(
        deployed.function, dead_letter_queue=failures, retry_attempts=TARGET_RETRIES, max_event_age=STALE
    )
    make_rule(scope, deployed.row.name, row, target, prefix=prefix)


def make_rule(scope: Construct, name: str, row: Schedule, target: events.IRuleTarget, *, prefix: str) -> events.Rule:
    """An EventBridge rule that calls one target on schedule."""
    return events.Rule(
        scope,
        f"Schedule-{name}",
        rule_name=prefix + name,
        schedule=events.Schedule.expression(row.expression),
        targets=[target],
    )
