"""What every test shares: tables under moto, made from the same schema as everywhere, and caches that start empty."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from infra.local import moto_repairs
from shared.core.aws import client
from shared.core.settings import settings
from shared.storage.schema import TABLES, Table

DUMMY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "VEDETTE_AUTH_MODE": "open",
    "VEDETTE_MODELS_PATH": str(Path(__file__).parents[1] / "layers" / "models"),
}


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Empty tables in an AWS of this test's own; yields the DynamoDB client."""
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    moto_repairs.install()
    with mock_aws():
        forget_caches()
        for table in TABLES.values():
            client("dynamodb").create_table(**definition(table))
        yield client("dynamodb")
    forget_caches()


def forget_caches() -> None:
    """Clients, settings and services are kept while a process lives; a test is a new process in that respect."""
    for name, module in list(sys.modules.items()):
        if name.startswith("shared."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def definition(table: Table) -> dict[str, Any]:
    """A table as `create_table` wants it."""
    keys = [("pk", "HASH"), *([(table.sk, "RANGE")] if table.sk else [])]
    indexed = {name for index in table.indexes for name in (index.pk, index.sk)}
    request: dict[str, Any] = {
        "TableName": settings().table_prefix + table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in sorted({name for name, _ in keys} | indexed)
        ],
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": [
                    {"AttributeName": index.pk, "KeyType": "HASH"},
                    {"AttributeName": index.sk, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": index.projection}
                if isinstance(index.projection, str)
                else {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.projection)},
            }
            for index in table.indexes
        ]
    if table.stream:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    return request
