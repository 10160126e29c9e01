"""Makes what the catalogue and the schema describe, under the names that CDK gives, in any AWS that clients reach.

Used by the server (through its own endpoint) and by tests (under mock_aws).
"""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moto.iam.models import iam_backends

from infra.local.runtime.invocation import ACCOUNT, REGION, function_arn
from shared.catalogue import FUNCTIONS, WORKFLOWS, Function, Queue, Schedule, Stream, Workflow
from shared.storage.schema import BUCKETS, TABLES, Index, Table

WORKFLOW_FILES = Path(__file__).parents[1] / "workflows"
# moto enforces no rights, but wants a role that Lambda may assume.
ROLE_NAME = "vedette-local"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{ROLE_NAME}"
ASSUMED_BY_LAMBDA = json.dumps(
    {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}
)
# AWS wants a queue to hide a message for six times the timeout of its function; locally a retry should be seen.
VISIBILITY_SECONDS = 30

Clients = Callable[[str], Any]


def provision(clients: Clients, prefix: str) -> None:
    """Everything; `clients("dynamodb")` is a boto3 client."""
    make_role()
    make_tables(clients("dynamodb"), prefix)
    make_buckets(clients("s3"), prefix)
    make_functions(clients("lambda"), prefix)
    make_sources(clients, prefix)
    make_workflows(clients, prefix)


def make_role() -> None:
    """Behind moto's back: boto3 takes longer to read the description of IAM than moto to make everything here."""
    iam_backends[ACCOUNT]["aws"].create_role(ROLE_NAME, ASSUMED_BY_LAMBDA, "/", None, "", [], "3600")


def make_tables(dynamodb: Any, prefix: str) -> None:
    for table in TABLES.values():
        dynamodb.create_table(**table_definition(table, prefix))
        if table.ttl:
            specification = {"Enabled": True, "AttributeName": table.ttl}
            dynamodb.update_time_to_live(TableName=prefix + table.name, TimeToLiveSpecification=specification)


def table_definition(table: Table, prefix: str) -> dict[str, Any]:
    """The arguments of CreateTable."""
    keys = _key_schema("pk", table.sk)
    types = {key["AttributeName"]: "S" for key in keys}
    for index in table.indexes:
        types |= {index.pk: "S", index.sk: "N" if index.counts else "S"}
    definition: dict[str, Any] = {
        "TableName": prefix + table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": keys,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(types.items())
        ],
    }
    if table.indexes:
        definition["GlobalSecondaryIndexes"] = [_index_definition(index) for index in table.indexes]
    if table.stream:
        definition["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    return definition


def _key_schema(pk: str, sk: str | None) -> list[dict[str, str]]:
    hash_key = {"AttributeName": pk, "KeyType": "HASH"}
    return [hash_key, {"AttributeName": sk, "KeyType": "RANGE"}] if sk else [hash_key]


def _index_definition(index: Index) -> dict[str, Any]:
    if isinstance(index.projection, str):
        projection: dict[str, Any] = {"ProjectionType": index.projection}
    else:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.projection)}
    return {"IndexName": index.name, "KeySchema": _key_schema(index.pk, index.sk), "Projection": projection}


def make_buckets(s3: Any, prefix: str) -> None:
    for bucket in BUCKETS:
        s3.create_bucket(Bucket=prefix + bucket)


def make_functions(awslambda: Any, prefix: str) -> None:
    """Only names: the code is this working tree, and the runtime knows the rest."""
    for function in FUNCTIONS.values():
        awslambda.create_function(
            FunctionName=prefix + function.name,
            Runtime="python3.13",
            Role=ROLE,
            Handler=function.handler,
            Code={"ZipFile": _placeholder()},
            Timeout=function.timeout,
            MemorySize=function.memory,
        )


def _placeholder() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("placeholder.py", "")
    return buffer.getvalue()


def failure_queue(function: str, prefix: str) -> str:
    return f"{prefix}{function}-failures"


def make_sources(clients: Clients, prefix: str) -> None:
    for function in FUNCTIONS.values():
        if function.sources:
            clients("sqs").create_queue(QueueName=failure_queue(function.name, prefix))
        for source in function.sources:
            match source:
                case Stream():
                    _make_stream_source(clients, function, source, prefix)
                case Queue():
                    _make_queue_source(clients, function, source, prefix)
                case Schedule():
                    _make_schedule(clients, function.name, source, function_arn(prefix + function.name), prefix)


def _make_stream_source(clients: Clients, function: Function, stream: Stream, prefix: str) -> None:
    table = clients("dynamodb").describe_table(TableName=prefix + stream.table)["Table"]
    clients("lambda").create_event_source_mapping(
        EventSourceArn=table["LatestStreamArn"],
        FunctionName=prefix + function.name,
        StartingPosition="TRIM_HORIZON",
        BatchSize=stream.batch_size,
        MaximumRetryAttempts=stream.retries,
        BisectBatchOnFunctionError=True,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": queue_arn(failure_queue(function.name, prefix))}},
    )


def _make_queue_source(clients: Clients, function: Function, queue: Queue, prefix: str) -> None:
    redrive = {
        "deadLetterTargetArn": queue_arn(failure_queue(function.name, prefix)),
        "maxReceiveCount": queue.receives,
    }
    attributes = {"VisibilityTimeout": str(VISIBILITY_SECONDS), "RedrivePolicy": json.dumps(redrive)}
    clients("sqs").create_queue(QueueName=prefix + queue.name, Attributes=attributes)
    clients("lambda").create_event_source_mapping(
        EventSourceArn=queue_arn(prefix + queue.name),
        FunctionName=prefix + function.name,
        BatchSize=queue.batch_size,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def machine_arn(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def _make_schedule(clients: Clients, name: str, schedule: Schedule, target: str, prefix: str) -> None:
    events = clients("events")
    events.put_rule(Name=prefix + name, ScheduleExpression=schedule.expression, State="ENABLED")
    chosen = {"Id": "Target0", "Arn": target}
    if ":states:" in target:
        chosen |= {"RoleArn": ROLE, "Input": "{}"}
    events.put_targets(Rule=prefix + name, Targets=[chosen])


def make_workflows(clients: Clients, prefix: str) -> None:
    for workflow in WORKFLOWS.values():
        name = prefix + workflow.name
        clients("stepfunctions").create_state_machine(name=name, roleArn=ROLE, definition=definition(workflow, prefix))
        if workflow.schedule:
            clients("sqs").create_queue(QueueName=failure_queue(f"{workflow.name}-workflow", prefix))
            _make_schedule(clients, f"{workflow.name}-workflow", workflow.schedule, machine_arn(name), prefix)


def definition(workflow: Workflow, prefix: str) -> str:
    """The Amazon States Language of a workflow, with the ARNs of its functions."""
    text = (WORKFLOW_FILES / workflow.definition).read_text()
    for function in workflow.functions:
        text = text.replace(f"${{{function}}}", function_arn(prefix + function))
    return text
