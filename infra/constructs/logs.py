"""Log groups: named, kept for a while, gone with the stack."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

RETENTION = logs.RetentionDays.THREE_MONTHS


def make_log_group(scope: Construct, construct_id: str, name: str) -> logs.LogGroup:
    """A log group of three months."""
    return logs.LogGroup(
        scope, construct_id, log_group_name=name, retention=RETENTION, removal_policy=RemovalPolicy.DESTROY
    )
