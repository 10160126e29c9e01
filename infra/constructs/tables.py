"""DynamoDB tables from shared/storage/schema.py."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from shared.storage.schema import Index, Table


def make_table(scope: Construct, row: Table, *, prefix: str, keep: bool) -> dynamodb.Table:
    """One table. The classic resource and not the global one: emulators of CloudFormation know only the first."""
    table = dynamodb.Table(
        scope,
        f"Table-{row.name}",
        table_name=prefix + row.name,
        partition_key=_text("pk"),
        sort_key=_text(row.sk) if row.sk else None,
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.AWS_MANAGED,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        time_to_live_attribute=row.ttl,
        stream=dynamodb.StreamViewType.NEW_IMAGE if row.stream else None,
        deletion_protection=keep,
        removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
    )
    for index in row.indexes:
        _add_index(table, index)
    return table


def _add_index(table: dynamodb.Table, index: Index) -> None:
    named = index.projection if isinstance(index.projection, tuple) else None
    table.add_global_secondary_index(
        index_name=index.name,
        partition_key=_text(index.pk),
        sort_key=_number(index.sk) if index.counts else _text(index.sk),
        projection_type=dynamodb.ProjectionType.INCLUDE if named else dynamodb.ProjectionType[str(index.projection)],
        non_key_attributes=list(named) if named else None,
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _number(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.NUMBER)
