"""Tables, buckets and accounts of the template against shared/storage/schema.py."""

import json
from typing import Any

from shared.access.roles import ROLES
from shared.storage.schema import BUCKETS, TABLES, Table
from tests.infra.stacks.templates import Assembly, text


def of_template(table: dict[str, Any]) -> dict[str, Any]:
    """What the schema can say of a table."""
    return {
        "keys": keys(table["KeySchema"]),
        "indexes": {
            index["IndexName"]: (keys(index["KeySchema"]), projection(index["Projection"]))
            for index in table.get("GlobalSecondaryIndexes", [])
        },
        "attributes": {found["AttributeName"]: found["AttributeType"] for found in table["AttributeDefinitions"]},
        "ttl": table.get("TimeToLiveSpecification"),
        "stream": table.get("StreamSpecification"),
    }


def of_schema(row: Table) -> dict[str, Any]:
    """The same, from the schema."""
    names = {"pk", row.sk, *(name for index in row.indexes for name in (index.pk, index.sk))} - {None}
    return {
        "keys": ("pk", row.sk) if row.sk else ("pk",),
        "indexes": {index.name: ((index.pk, index.sk), index.projection) for index in row.indexes},
        "attributes": dict.fromkeys(names, "S") | {index.sk: "N" for index in row.indexes if index.counts},
        "ttl": {"AttributeName": row.ttl, "Enabled": True} if row.ttl else None,
        "stream": {"StreamViewType": "NEW_IMAGE"} if row.stream else None,
    }


def keys(schema: list[dict[str, str]]) -> tuple[str, ...]:
    assert [key["KeyType"] for key in schema] == ["HASH", "RANGE"][: len(schema)]
    return tuple(key["AttributeName"] for key in schema)


def projection(found: dict[str, Any]) -> str | tuple[str, ...]:
    return tuple(found["NonKeyAttributes"]) if found["ProjectionType"] == "INCLUDE" else str(found["ProjectionType"])


def test_template_has_the_tables_of_the_schema_and_no_other(assembly: Assembly) -> None:
    found = assembly.state.of_type("AWS::DynamoDB::Table").values()

    assert {table["TableName"]: of_template(table) for table in found} == {
        f"vedette-dev-{name}": of_schema(row) for name, row in TABLES.items()
    }


def test_every_table_is_on_demand_encrypted_and_can_be_restored(assembly: Assembly) -> None:
    for table in assembly.state.of_type("AWS::DynamoDB::Table").values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_buckets_are_private_encrypted_and_versioned(assembly: Assembly) -> None:
    buckets = assembly.state.of_type("AWS::S3::Bucket")
    named = {text(bucket["BucketName"]) for bucket in buckets.values() if "BucketName" in bucket}

    assert named == {f"vedette-dev-{name}-<AWS::AccountId>-<AWS::Region>" for name in BUCKETS}
    assert len(buckets) == len(BUCKETS) + 1, "and the bucket of the access logs"
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["BucketEncryption"]
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_presigned_uploads_go_after_a_day(assembly: Assembly) -> None:
    (data,) = [bucket for bucket in assembly.state.of_type("AWS::S3::Bucket").values() if "BucketName" in bucket]

    rules = {rule.get("Prefix"): rule for rule in data["LifecycleConfiguration"]["Rules"]}

    assert (rules["uploads/"]["ExpirationInDays"], rules["uploads/"]["Status"]) == (1, "Enabled")


def test_buckets_refuse_connections_without_tls(assembly: Assembly) -> None:
    policies = assembly.state.of_type("AWS::S3::BucketPolicy").values()

    denied = [
        text(policy["Bucket"])
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ]

    assert sorted(denied) == sorted(f"<{name}>" for name in assembly.state.of_type("AWS::S3::Bucket"))


def test_groups_are_the_roles(assembly: Assembly) -> None:
    groups = assembly.state.of_type("AWS::Cognito::UserPoolGroup").values()

    assert sorted(group["GroupName"] for group in groups) == sorted(ROLES)


def test_users_neither_sign_up_nor_write_what_roles_come_from(assembly: Assembly) -> None:
    (pool,) = assembly.state.of_type("AWS::Cognito::UserPool").values()
    (client,) = assembly.state.of_type("AWS::Cognito::UserPoolClient").values()

    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert client["WriteAttributes"] == ["email", "name"]
    assert pool["AutoVerifiedAttributes"] == ["email"]
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
    assert sorted(client["ExplicitAuthFlows"]) == flows
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert not client["GenerateSecret"]


def test_production_keeps_its_data(production_state: Assembly) -> None:
    state = production_state.state
    (pool,) = state.of_type("AWS::Cognito::UserPool").values()

    assert {table["DeletionProtectionEnabled"] for table in state.of_type("AWS::DynamoDB::Table").values()} == {True}
    assert pool["DeletionProtection"] == "ACTIVE"
    for kept in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool"):
        assert set(map(frozenset, state.policies_of(kept).values())) == {frozenset({"Retain"})}
    manifest = json.loads((production_state.folder / "manifest.json").read_text())["artifacts"]
    assert manifest["vedette-prod-state"]["properties"]["terminationProtection"] is True


def test_people_may_sign_up_only_where_it_was_asked_for() -> None:
    found = [sign_up_closed(chosen) for chosen in ({}, {"sign_up": "closed"}, {"sign_up": "open"})]

    assert found == [True, True, False]


def sign_up_closed(chosen: dict[str, str]) -> bool:
    from aws_cdk import App, Stack
    from aws_cdk.assertions import Template

    from infra.constructs.identity import make_pool
    from infra.stacks.options import options_from

    stack = Stack(App(), "s")
    make_pool(stack, prefix="t-", keep=False, sign_up=options_from(chosen).sign_up == "open")
    (pool,) = Template.from_stack(stack).find_resources("AWS::Cognito::UserPool").values()
    return bool(pool["Properties"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"])


def test_production_demands_a_second_factor(production_state: Assembly) -> None:
    (pool,) = production_state.state.of_type("AWS::Cognito::UserPool").values()

    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
