"""DynamoDB inside this process for the length of a block: empty tables on repaired moto, nothing remembered before."""

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from moto import mock_aws

from infra.local import moto_repairs
from infra.local.deployment import ROOT
from infra.local.provisioning import make_tables
from shared.core.aws import client
from shared.core.settings import settings

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
    "VEDETTE_AUTH_MODE": "open",
    "VEDETTE_MODELS_PATH": str(ROOT / "layers" / "models"),
}


@contextmanager
def emulated() -> Iterator[Any]:
    """The DynamoDB client that the product uses, with its tables."""
    moto_repairs.install()
    with TemporaryDirectory(prefix="vedette-bench-") as folder, patch.dict(os.environ, _environment(Path(folder))):
        forget()
        try:
            with mock_aws():
                make_tables(client("dynamodb"), settings().table_prefix)
                yield client("dynamodb")
        finally:
            forget()


def handler_of(function: str) -> Any:
    """The Lambda handler of an API function."""
    return importlib.import_module(f"functions.{function}.app").handler


def forget() -> None:
    """Clients, settings and services live as long as a process; here a block stands for one."""
    for name, module in list(sys.modules.items()):
        if name.startswith("shared."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _environment(folder: Path) -> dict[str, str]:
    document = folder / "openapi.json"
    document.write_text("{}")
    return ENVIRONMENT | {"VEDETTE_OPENAPI_PATH": str(document)}
