"""One Lambda of the catalogue: its role, its log, and the published version that API Gateway calls."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Annotations, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledgements import CONNECTIONS, EXECUTIONS, OBJECTS, RUNTIME, XRAY, acknowledge, acknowledge_resource
from infra.constructs.assets import ARCHITECTURE
from infra.constructs.assets import RUNTIME as PYTHON
from infra.constructs.logs import make_log_group
from infra.constructs.rights import Surroundings, rights
from shared.catalogue import FUNCTIONS, Function, Logs, Schedule

ALIAS = "live"
STALE = Duration.minutes(5)
ASYNC_RETRIES = 1
SNAPSHOT_OF_VERSION = "@aws-cdk/aws-lambda:snapStartRequirePublish"


@dataclass(frozen=True, slots=True)
class Package:
    """What all functions have in common."""

    code: lambda_.Code
    images: Mapping[str, lambda_.Code]
    layers: Mapping[str, lambda_.ILayerVersion]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deployed:
    """A function in the template. `entry` is what callers call: the alias of an API function, else the function."""

    row: Function
    function: lambda_.Function
    entry: lambda_.IFunction
    failures: sqs.Queue | None


def make_function(
    scope: Construct, row: Function, package: Package, around: Surroundings, failures: sqs.Queue | None
) -> Deployed:
    """The function with a role of its own. CDK may not add to the role: what it may do stands in `rights` alone."""
    log_group = make_log_group(scope, f"Log-{row.name}", f"/aws/lambda/{around.prefix}{row.name}")
    role = _make_role(scope, row, around, log_group, failures)
    function = lambda_.Function(
        scope,
        f"Function-{row.name}",
        function_name=around.prefix + row.name,
        runtime=lambda_.Runtime.FROM_IMAGE if row.image else PYTHON,
        architecture=ARCHITECTURE,
        handler=lambda_.Handler.FROM_IMAGE if row.image else row.handler,
        code=package.images[row.name] if row.image else package.code,
        layers=[package.layers[name] for name in row.layers] or None,
        environment=dict(package.environment),
        memory_size=row.memory,
        timeout=Duration.seconds(row.timeout),
        role=role.without_policy_updates(),
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        tracing=lambda_.Tracing.ACTIVE,
        snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if row.kind == "api" else None,
        recursive_loop=lambda_.RecursiveLoop.ALLOW if row.name in row.invokes else None,
    )
    if not row.image:
        acknowledge(function, "L1", RUNTIME)
    if failures and is_started_async(row):
        function.configure_async_invoke(
            max_event_age=STALE, retry_attempts=ASYNC_RETRIES, on_failure=destinations.SqsDestination(failures)
        )
    entry = _publish(function) if row.kind == "api" else function
    return Deployed(row, function, entry, failures)


def is_started_async(row: Function) -> bool:
    """Functions that a schedule, CloudWatch Logs or another function starts without waiting for the answer."""
    told = any(isinstance(source, Schedule | Logs) for source in row.sources)
    return told or any(row.name in other.invokes for other in FUNCTIONS.values())


def _publish(function: lambda_.Function) -> lambda_.IFunction:
    """A version with a snapshot; the version before it is deleted, because a kept snapshot is paid for by the hour."""
    Annotations.of(function).acknowledge_warning(SNAPSHOT_OF_VERSION, "a version is published in the next line")
    version = function.current_version
    version.apply_removal_policy(RemovalPolicy.DESTROY)
    return lambda_.Alias(function, "Live", alias_name=ALIAS, version=version)


def _make_role(
    scope: Construct, row: Function, around: Surroundings, log_group: logs.ILogGroup, failures: sqs.Queue | None
) -> iam.Role:
    failures_arn = failures.queue_arn if failures else None
    role = iam.Role(
        scope,
        f"Role-{row.name}",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={
            "rights": rights(row, around, log_group_arn=log_group.log_group_arn, failures_arn=failures_arn)
        },
    )
    acknowledge(role, "IAM5[Resource::*]", XRAY)
    for bucket in (*row.gets, *row.puts):
        acknowledge_resource(role, around.objects(bucket), OBJECTS)
    for workflow in row.stops:
        acknowledge_resource(role, around.executions(workflow), EXECUTIONS)
    if row.posts_to_sockets:
        acknowledge_resource(role, around.connections_arn, CONNECTIONS)
    return role
