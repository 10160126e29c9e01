"""The logs of the API functions as the source of a worker: one subscription per log group, one permission for all."""

from collections.abc import Mapping

from aws_cdk import Aws
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.function import Deployed
from shared.catalogue import Logs


def add_log_sources(scope: Construct, functions: Mapping[str, Deployed], *, prefix: str) -> None:
    """For every function with logs as a source. Workers' logs are never followed: one would feed itself for ever."""
    for deployed in functions.values():
        for source in deployed.row.sources:
            if isinstance(source, Logs):
                _follow(scope, deployed, source, functions, prefix=prefix)


def _follow(
    scope: Construct, follower: Deployed, source: Logs, functions: Mapping[str, Deployed], *, prefix: str
) -> None:
    permission = _permission(scope, follower, prefix=prefix)
    for name, deployed in functions.items():
        if deployed.row.kind == "api":
            subscription = logs.CfnSubscriptionFilter(
                scope,
                f"Follow-{follower.row.name}-{name}",
                destination_arn=follower.function.function_arn,
                filter_name=prefix + follower.row.name,
                filter_pattern=source.pattern,
                log_group_name=deployed.function.log_group.log_group_name,
            )
            # CloudWatch Logs makes no subscription to a function that it may not invoke.
            subscription.add_dependency(permission)


def _permission(scope: Construct, follower: Deployed, *, prefix: str) -> lambda_.CfnPermission:
    """The log groups of this deployment in this account, under one statement: a function's policy holds 20 KB."""
    groups = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:/aws/lambda/{prefix}*:*"
    return lambda_.CfnPermission(
        scope,
        f"LogsMayInvoke-{follower.row.name}",
        action="lambda:InvokeFunction",
        function_name=follower.function.function_arn,
        principal="logs.amazonaws.com",
        source_account=Aws.ACCOUNT_ID,
        source_arn=groups,
    )
