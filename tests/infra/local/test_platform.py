"""The platform as `make run` starts it: a process of its own."""

import json
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwk, jwt
from websockets.sync.client import connect

from tests.infra.local.conftest import ROOT, RunningPlatform, start_platform

TABLE = "vedette-local-requests"


def get(url: str) -> tuple[int, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, json.loads(answer.read())


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "infra.local", *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def row(at: int) -> dict[str, Any]:
    return {"pk": {"S": "row"}, "sk": {"S": f"{at:06}"}}


def test_a_real_handler_answers(platform: RunningPlatform) -> None:
    status, body = get(f"{platform.url}/health")

    assert (status, body["status"]) == (200, "healthy")


def test_a_second_platform_on_the_same_folder_is_refused(platform: RunningPlatform) -> None:
    done = command("--port", "0", "--data", str(platform.data), "--no-demonstration")

    assert done.returncode == 1
    assert f"another platform is running on {platform.data}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told_in_one_line(platform: RunningPlatform, tmp_path: Path) -> None:
    done = command("--port", str(platform.port), "--data", str(tmp_path))

    assert (done.returncode, done.stderr) == (1, f"port {platform.port} is in use on 127.0.0.1\n")


def test_reset_is_refused_while_it_runs_and_empties_the_folder_otherwise(
    platform: RunningPlatform, tmp_path: Path
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "state.sqlite").write_text("x")

    assert command("reset", "--data", str(platform.data)).returncode == 1
    assert command("reset", "--data", str(tmp_path)).returncode == 0
    assert {entry.name for entry in tmp_path.iterdir()} == {"lock"}


def test_commands_need_a_running_platform(tmp_path: Path) -> None:
    done = command("token", "--data", str(tmp_path))

    assert done.returncode == 1
    assert "no platform is running" in done.stderr


def test_tokens_are_signed_by_the_pool(platform: RunningPlatform) -> None:
    shown = command("token", "--role", "auditor", "--data", str(platform.data))

    claims = verified(platform, shown.stdout.strip())
    assert shown.stdout.count("\n") == 1
    assert (claims["cognito:groups"], claims["username"]) == (["auditor"], "auditor")


def verified(platform: RunningPlatform, token: str) -> dict[str, Any]:
    note = platform.note
    _, keys = get(f"{note.endpoint}/{note.user_pool_id}/.well-known/jwks.json")
    return jwt.decode(token, jwk.KeySet.import_key_set(keys), algorithms=["RS256"]).claims


def test_invoke_prints_the_answer_of_a_function(platform: RunningPlatform, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    context = {"http": {"method": "GET", "path": "/health", "sourceIp": "127.0.0.1"}, "stage": "$default"}
    facts = {"version": "2.0", "routeKey": "GET /health", "rawPath": "/health", "rawQueryString": "", "headers": {}}
    event.write_text(json.dumps({**facts, "requestContext": context, "isBase64Encoded": False}))

    done = command("invoke", "health", str(event), "--data", str(platform.data))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["statusCode"] == 200


def test_a_socket_connects_to_the_real_function(platform: RunningPlatform) -> None:
    with connect(f"ws://127.0.0.1:{platform.port}/ws", close_timeout=2) as browser:
        browser.send('{"type": "ping"}')
        assert json.loads(browser.recv(10))["type"] == "pong"


def test_a_connection_that_is_gone_is_told_as_boto3_expects(platform: RunningPlatform) -> None:
    management = platform.client("apigatewaymanagementapi", f"{platform.url}/ws")

    with pytest.raises(management.exceptions.GoneException):
        management.post_to_connection(ConnectionId="nobody=", Data=b"x")


@pytest.mark.parametrize("path", ["/%zz", "/%00", "/%ff%fe", "/" + "a" * 9_000, "/..%2f..", "/x?%zz=%00&a"])
def test_absurd_addresses_do_no_harm(platform: RunningPlatform, path: str) -> None:
    with socket.create_connection(("127.0.0.1", platform.port), timeout=10) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        status = int(raw.makefile("rb").readline().split()[1])

    assert 400 <= status < 500
    assert get(f"{platform.url}/health")[0] == 200


@pytest.mark.slow
def test_kill_loses_no_acknowledged_write_and_users_stay(tmp_path: Path) -> None:
    first = start_platform(tmp_path / "data")
    acknowledged: list[int] = []
    shown = command("token", "--role", "admin", "--data", str(first.data))
    first.client("s3").put_object(Bucket="vedette-local-data", Key="a/b", Body=b"body", Metadata={"k": "v"})
    writer = threading.Thread(target=write_until_it_ends, args=(first.client("dynamodb"), acknowledged))
    writer.start()
    while len(acknowledged) < 200:
        pass
    first.kill()
    writer.join()

    second = start_platform(first.data)
    dynamodb = second.client("dynamodb")
    missing = [at for at in acknowledged if "Item" not in dynamodb.get_item(TableName=TABLE, Key=row(at))]
    assert len(acknowledged) >= 200
    assert missing == []
    assert verified(second, shown.stdout.strip())["username"] == "admin"
    again = command("token", "--role", "admin", "--data", str(second.data))
    assert verified(second, again.stdout.strip())["sub"] == verified(second, shown.stdout.strip())["sub"]
    stored = second.client("s3").get_object(Bucket="vedette-local-data", Key="a/b")
    assert (stored["Body"].read(), stored["Metadata"]) == (b"body", {"k": "v"})
    assert second.stop() == 0


def write_until_it_ends(dynamodb: Any, acknowledged: list[int]) -> None:
    for at in range(100_000):
        try:
            dynamodb.put_item(TableName=TABLE, Item=row(at))
        except Exception:
            return
        acknowledged.append(at)
