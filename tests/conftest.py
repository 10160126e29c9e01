"""What every test shares: tables under moto, made from the same schema as everywhere, and caches that start empty."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from infra.local import moto_repairs
from infra.local.provisioning import table_definition
from shared.core.aws import client
from shared.core.settings import settings
from shared.storage.schema import TABLES, Table

pytest_plugins = ["tests.faults.crash_points"]

DUMMY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "VEDETTE_AUTH_MODE": "open",
    "VEDETTE_MODELS_PATH": str(Path(__file__).parents[1] / "layers" / "models"),
}


# Mangum runs a request on its thread's current loop, as in Lambda; `asyncio.run` leaves a thread without one.
LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)


@pytest.fixture(autouse=True)
def loop_of_this_thread() -> None:
    """Every test begins with the same open loop, whatever the one before it did."""
    asyncio.set_event_loop(LOOP)


def pytest_unconfigure() -> None:
    LOOP.close()


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
    """A table as `create_table` wants it, under this test's prefix."""
    return table_definition(table, settings().table_prefix)
