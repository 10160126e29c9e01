"""An empty AWS in this process with our repairs, and a running platform for the tests that need one."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from infra.local import moto_repairs
from infra.local.data_folder import DataFolder, Running

ROOT = Path(__file__).parents[3]
START_SECONDS = 60


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes clients: `aws("dynamodb")`."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    }.items():
        monkeypatch.setenv(name, value)
    moto_repairs.install()
    with mock_aws():
        session = botocore.session.get_session()
        yield lambda service: session.create_client(service, config=_many_connections())


def _many_connections() -> Any:
    from botocore.config import Config

    return Config(max_pool_connections=64)


@pytest.fixture
def table(aws: Any) -> Any:
    """A DynamoDB client and, in it, the table `t` with a sort key, an index and a stream."""
    client = aws("dynamodb")
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "owner")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_owner",
                "KeySchema": [
                    {"AttributeName": "owner", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return client


@dataclass
class RunningPlatform:
    process: "subprocess.Popen[str]"
    data: Path
    port: int
    output: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def note(self) -> Running:
        return DataFolder(self.data).running()

    def client(self, service: str, endpoint: str | None = None) -> Any:
        return botocore.session.get_session().create_client(
            service,
            region_name="us-east-1",
            endpoint_url=endpoint or self.note.endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def kill(self) -> None:
        self.process.kill()
        self._wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self._wait()

    def _wait(self) -> int:
        code = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def start_platform(data: Path, port: int | None = None) -> RunningPlatform:
    """A platform of its own, without demonstration data."""
    port = port or free_port()
    command = [sys.executable, "-m", "infra.local", "--port", str(port), "--data", str(data), "--no-demonstration"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    platform = RunningPlatform(process, data, port, [])
    deadline = time.monotonic() + START_SECONDS
    assert process.stdout is not None
    for line in process.stdout:
        platform.output.append(line)
        if line.startswith("  make demo"):
            return platform
        assert time.monotonic() < deadline, platform.output
    raise AssertionError(f"the platform ended: {platform.output}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """One platform for all tests that do not kill it."""
    running = start_platform(tmp_path_factory.mktemp("platform"))
    yield running
    if running.process.poll() is None:
        running.stop()
