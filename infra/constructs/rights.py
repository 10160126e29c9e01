"""What a function may do: the statements of its role, derived from its row in the catalogue and from nothing else.

No wildcard actions and no AWS managed policies. Resources are named, indexes one by one; ARNs are built from names, so
that a function can be told about another, or about itself, without a cycle in the template.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam

from infra.constructs.buckets import bucket_name
from shared.catalogue import Function, Queue, Stream
from shared.storage.schema import TABLES

READ = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
WRITE = (
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
FOLLOW = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
RECEIVE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
# Without s3:ListBucket a missing object is "forbidden" instead of "not found".
GET = ("s3:GetObject",)
PUT = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
LIST = ("s3:ListBucket",)
TRACE = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the statements have to know of the deployment."""

    stack: Stack
    prefix: str
    stream_arns: dict[str, str]
    connections_arn: str
    pool_arn: str

    def table(self, name: str) -> str:
        return self._arn("dynamodb", "table", self.prefix + name)

    def indexes(self, name: str) -> list[str]:
        return [f"{self.table(name)}/index/{index.name}" for index in TABLES[name].indexes]

    def function(self, name: str) -> str:
        return self._arn("lambda", "function", self.prefix + name, colon=True)

    def workflow(self, name: str) -> str:
        return self._arn("states", "stateMachine", self.prefix + name, colon=True)

    def executions(self, name: str) -> str:
        return self._arn("states", "execution", f"{self.prefix}{name}:*", colon=True)

    def bucket(self, name: str) -> str:
        bucket = bucket_name(self.prefix, name)
        return self.stack.format_arn(service="s3", resource=bucket, region="", account="")

    def objects(self, name: str) -> str:
        return f"{self.bucket(name)}/*"

    def queue(self, name: str) -> str:
        return self.stack.format_arn(service="sqs", resource=self.prefix + name)

    def _arn(self, service: str, resource: str, name: str, *, colon: bool = False) -> str:
        form = ArnFormat.COLON_RESOURCE_NAME if colon else ArnFormat.SLASH_RESOURCE_NAME
        return self.stack.format_arn(service=service, resource=resource, resource_name=name, arn_format=form)


def rights(row: Function, around: Surroundings, *, log_group_arn: str, failures_arn: str | None) -> iam.PolicyDocument:
    """The whole policy of a function's role."""
    reads = tuple(name for name in row.reads if name not in row.writes)
    streams = [around.stream_arns[source.table] for source in row.sources if isinstance(source, Stream)]
    queues = [around.queue(source.name) for source in row.sources if isinstance(source, Queue)]
    granted = (
        (READ, [around.table(name) for name in reads]),
        ((*READ, *WRITE), [around.table(name) for name in row.writes]),
        (("dynamodb:Query",), [arn for name in (*reads, *row.writes) for arn in around.indexes(name)]),
        (FOLLOW, streams),
        (RECEIVE, queues),
        (GET, [around.objects(name) for name in row.gets]),
        (PUT, [around.objects(name) for name in row.puts]),
        (LIST, [around.bucket(name) for name in (*row.gets, *row.puts)]),
        (("lambda:InvokeFunction",), [around.function(name) for name in row.invokes]),
        (("states:StartExecution",), [around.workflow(name) for name in row.starts]),
        (("states:StopExecution",), [around.executions(name) for name in row.stops]),
        (tuple(f"cognito-idp:{action}" for action in row.identities), [around.pool_arn] if row.identities else []),
        (("execute-api:ManageConnections",), [around.connections_arn] if row.posts_to_sockets else []),
        (("sqs:SendMessage",), [failures_arn] if failures_arn else []),
        (("logs:CreateLogStream", "logs:PutLogEvents"), [log_group_arn]),
        (TRACE, ["*"]),
    )
    return iam.PolicyDocument(statements=[_allow(actions, resources) for actions, resources in granted if resources])


def _allow(actions: Iterable[str], resources: Iterable[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))
