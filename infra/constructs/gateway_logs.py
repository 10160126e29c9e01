"""Access logs of API Gateway: one JSON line per request, without query strings, headers or bodies."""

import json
from typing import Literal

import jsii
from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigateway as rest
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.acknowledgements import GATEWAY_LOGS, acknowledge
from infra.constructs.logs import make_log_group

COMMON = {
    "request_id": "$context.requestId",
    "at": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "agent": "$context.identity.userAgent",
    "status": "$context.status",
    "route": "$context.routeKey",
    "error": "$context.error.message",
    "integration_error": "$context.integrationErrorMessage",
    "integration_ms": "$context.integrationLatency",
}
OF_KIND = {
    "http": {"method": "$context.httpMethod", "path": "$context.path", "ms": "$context.responseLatency"},
    "socket": {"event": "$context.eventType", "connection": "$context.connectionId"},
}
WRITE_LOGS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
)


@jsii.implements(gateway.IAccessLogSettings)
class AccessLogs:
    """The settings as CDK wants to be handed them."""

    def __init__(self, destination: gateway.IAccessLogDestination, form: rest.AccessLogFormat) -> None:
        self._destination = destination
        self._form = form

    @property
    def destination(self) -> gateway.IAccessLogDestination:
        return self._destination

    @property
    def format(self) -> rest.AccessLogFormat:
        return self._form


def access_logs(
    scope: Construct, construct_id: str, name: str, *, gateway_kind: Literal["http", "socket"]
) -> gateway.IAccessLogSettings:
    """Where a stage writes its access log, and what."""
    form = rest.AccessLogFormat.custom(json.dumps(COMMON | OF_KIND[gateway_kind]))
    group = make_log_group(scope, construct_id, name)
    return AccessLogs(gateway.LogGroupLogDestination(group), form)


def set_account_log_role(scope: Construct) -> rest.CfnAccount:
    """WebSocket APIs log through one role per account and region. Kept when the stack goes: other APIs may use it."""
    allow = iam.PolicyStatement(actions=list(WRITE_LOGS), resources=["*"])
    role = iam.Role(
        scope,
        "GatewayLogRole",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        inline_policies={"rights": iam.PolicyDocument(statements=[allow])},
    )
    role.apply_removal_policy(RemovalPolicy.RETAIN)
    acknowledge(role, "IAM5[Resource::*]", GATEWAY_LOGS)
    account = rest.CfnAccount(scope, "GatewayAccount", cloud_watch_role_arn=role.role_arn)
    account.apply_removal_policy(RemovalPolicy.RETAIN)
    return account
