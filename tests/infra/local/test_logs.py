"""Logs into a function: what is delivered, in whole lines and once, whatever happens to the files."""

import base64
import gzip
import json
import os
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from infra.local.events.log_tail import MOST_READ, LogTail
from infra.local.events.logs import LogPump, LogSource, logs_event, matcher
from infra.local.runtime.invocation import Outcome
from infra.local.sources import log_sources
from shared.catalogue import FUNCTIONS, REQUEST_LINES
from shared.traffic.delivery import delivery_of
from tests.builders.logs import a_line
from tests.infra.local.conftest import RunningPlatform

DONE, FAILED = Outcome(b"null"), Outcome(b'{"errorType": "E", "errorMessage": "no"}', "Unhandled")


class Function:
    """Remembers the messages it got; answers what it is told to, then that all is well."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.messages: list[dict[str, Any]] = []
        self.payloads: list[bytes] = []
        self._outcomes = list(outcomes)

    def __call__(self, name: str, payload: bytes) -> Outcome:
        self.payloads.append(payload)
        packed = json.loads(payload)["awslogs"]["data"]
        self.messages.append(json.loads(gzip.decompress(base64.b64decode(packed))))
        return self._outcomes.pop(0) if self._outcomes else DONE

    @property
    def lines(self) -> list[str]:
        return [entry["message"] for message in self.messages for entry in message["logEvents"]]


def pump(function: Function, *files: Path, seconds: float = 0.01) -> LogPump:
    return LogPump(LogSource("f", "f-failures", REQUEST_LINES, {path.stem: path for path in files}), function, seconds)


def write(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.writelines(line + "\n" for line in lines)


def test_request_lines_are_delivered_and_nothing_else(tmp_path: Path) -> None:
    path, function, line = tmp_path / "health.log", Function(), a_line()
    write(path, a_line(ms=99))  # before the start: of another run
    pumping = pump(function, path)
    write(path, "Traceback", line, "[", '{"message": "started"}', '{"said": "request"}', '["request"]', a_line(500))

    pumping.poll()
    pumping.poll()

    assert function.lines == [line, a_line(500)]
    (message,) = function.messages
    assert (message["messageType"], message["logGroup"]) == ("DATA_MESSAGE", "health")
    delivery = delivery_of(json.loads(function.payloads[0]))
    assert [line.counts.errors for line in delivery.lines] == [0, 1]
    assert abs(delivery.lines[0].at.timestamp() - time.time()) < 5


def test_every_line_has_an_id_of_its_own(tmp_path: Path) -> None:
    one, two, function = tmp_path / "one.log", tmp_path / "two.log", Function()
    pumping = pump(function, one, two)
    for _ in range(3):
        write(one, a_line(), a_line())
        write(two, a_line())
        pumping.poll()

    ids = [entry["id"] for message in function.messages for entry in message["logEvents"]]
    assert len(set(ids)) == len(ids) == 9
    assert {len(one) for one in ids} == {56}
    assert len({delivery_of(json.loads(payload)).batch_id for payload in function.payloads}) == 6


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    tail = LogTail(path)
    path.write_bytes(b"one\ntw")
    assert tail.read() == [b"one"]
    assert tail.read() == []
    with path.open("ab") as file:
        file.write(b"o\n")
    assert tail.read() == [b"two"]


def test_missing_replaced_and_truncated_files_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    tail = LogTail(path)
    assert tail.read() == []
    write(path, "one", "two")
    assert tail.read() == [b"one", b"two"]
    path.unlink()
    assert tail.read() == []
    write(path, "three, of a new file")
    assert tail.read() == [b"three, of a new file"]
    os.truncate(path, 0)
    write(path, "four")
    assert tail.read() == [b"four"]
    replaced = tmp_path / "b.log"
    write(replaced, "five, of a file that was renamed to this one")
    replaced.rename(path)
    assert tail.read() == [b"five, of a file that was renamed to this one"]
    path.unlink()
    path.mkdir()
    assert tail.read() == []


def test_a_line_without_an_end_holds_nothing_up(tmp_path: Path) -> None:
    path, function = tmp_path / "a.log", Function()
    pumping = pump(function, path)
    with path.open("ab") as file:
        file.write(b"x" * (2 * MOST_READ + 10))
    write(path, "", a_line())

    for _ in range(3):
        pumping.poll()

    assert function.lines == [a_line()]


def test_bytes_that_are_no_text_cost_nobody_else(tmp_path: Path) -> None:
    path, function = tmp_path / "a.log", Function()
    pumping = pump(function, path)
    path.write_bytes(b'\xff\xfe"request"\n\x00\r\n{"message":"request","x":"\xff"}\n' + a_line().encode() + b"\n")

    pumping.poll()

    assert function.lines == [a_line()]


def test_a_backlog_is_delivered_whole_in_batches_that_lambda_takes(tmp_path: Path) -> None:
    path, function = tmp_path / "a.log", Function()
    pumping = pump(function, path)
    lines = [a_line(ms=number) for number in range(30_000)]
    write(path, *lines)
    assert path.stat().st_size > 2 * MOST_READ

    pumping.poll()

    assert function.lines == lines
    assert len(function.messages) > 2
    assert max(map(len, function.payloads)) < 256 * 1024


def test_a_failed_delivery_comes_again_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.events.logs.RETRY_SECONDS", 0.01)
    path, function = tmp_path / "a.log", Function(FAILED)
    pumping = pump(function, path)
    write(path, a_line())

    pumping.poll()

    assert len(function.payloads) == 2
    assert len(set(function.payloads)) == 1


def test_what_fails_twice_is_set_aside_and_the_next_is_delivered(
    tmp_path: Path, aws: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.events.logs.RETRY_SECONDS", 0.01)
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="f-failures")["QueueUrl"]
    path, function = tmp_path / "a.log", Function(FAILED, FAILED)
    pumping = pump(function, path)
    write(path, a_line())
    pumping.poll()
    write(path, a_line(404))
    pumping.poll()

    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    kept = json.loads(message["Body"])
    assert delivery_of(kept["requestPayload"]).lines
    assert function.messages[-1]["logEvents"][0]["message"] == a_line(404)


def test_the_thread_delivers_survives_a_failure_and_stops_at_once(tmp_path: Path) -> None:
    path, function, arrived = tmp_path / "a.log", Function(), threading.Event()
    calls: list[str] = []

    def invoke(name: str, payload: bytes) -> Outcome:
        calls.append(name)
        if len(calls) == 1:
            raise RuntimeError("the loop is gone")
        arrived.set()
        return function(name, payload)

    pumping = LogPump(LogSource("f", "f-failures", REQUEST_LINES, {"a": path}), invoke, 0.01)
    pumping.start()
    write(path, a_line())
    while not calls:
        time.sleep(0.005)
    write(path, a_line(404))
    assert arrived.wait(5)
    began = time.monotonic()
    pumping.stop()

    assert time.monotonic() - began < 1
    assert function.lines == [a_line(404)]


def test_stopping_does_not_wait_for_a_function_that_hangs(tmp_path: Path) -> None:
    path, hanging, release = tmp_path / "a.log", threading.Event(), threading.Event()

    def invoke(name: str, payload: bytes) -> Outcome:
        hanging.set()
        release.wait(30)
        return FAILED

    pumping = LogPump(LogSource("f", "f-failures", REQUEST_LINES, {"a": path}), invoke, 0.01)
    pumping.start()
    write(path, a_line())
    assert hanging.wait(5)
    began = time.monotonic()
    pumping.stop()

    assert time.monotonic() - began < 2
    release.set()


@pytest.mark.parametrize("pattern", ["", "request", '{ $.message = "a" || $.b = "c" }', "{ $.status = 500 }"])
def test_a_pattern_that_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="does not know"):
        matcher(pattern)


def test_logs_of_api_functions_are_followed_and_no_others(tmp_path: Path) -> None:
    """The follower's own log must not be among them: it would feed itself."""
    (source,) = log_sources("vedette-local-", tmp_path)

    apis = {name for name, row in FUNCTIONS.items() if row.kind == "api"}
    assert source.files == {f"/aws/lambda/vedette-local-{name}": tmp_path / f"{name}.log" for name in apis}
    assert source.function == "vedette-local-traffic"


def counted(platform: RunningPlatform) -> dict[str, int]:
    """Requests and errors of today and of tomorrow, should it be midnight."""
    rows = platform.client("dynamodb").query(
        TableName=platform.note.prefix + "traffic",
        KeyConditionExpression="pk = :day",
        ExpressionAttributeValues={":day": {"S": "DAY"}},
        ConsistentRead=True,
    )["Items"]
    return {name: sum(int(row[name]["N"]) for row in rows) for name in ("requests", "errors", "cache_misses")}


def settled(platform: RunningPlatform) -> dict[str, int]:
    """What is counted when no more comes: the session's platform has served other tests just before."""
    before, same_since = counted(platform), time.monotonic()
    while time.monotonic() - same_since < 2.5:
        time.sleep(0.1)
        now = counted(platform)
        if now != before:
            before, same_since = now, time.monotonic()
    return before


def get(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_requests_of_a_running_platform_are_counted_within_seconds(platform: RunningPlatform) -> None:
    before = settled(platform)

    for _ in range(20):
        assert get(f"{platform.url}/api/health") == 200
    for number in range(10):
        assert get(f"{platform.url}/api/alerts", authorization=f"Bearer unknown{number}") == 200
    assert get(f"{platform.url}/no/such/path") == 404
    deadline = time.monotonic() + 10
    while counted(platform)["requests"] < before["requests"] + 31 and time.monotonic() < deadline:
        time.sleep(0.1)

    after = settled(platform)
    assert {name: after[name] - before[name] for name in after} == {"requests": 31, "errors": 0, "cache_misses": 10}


def test_a_delivery_sent_twice_to_a_running_platform_counts_once(platform: RunningPlatform) -> None:
    before = settled(platform)
    entry = {"id": f"{time.time_ns():056}", "timestamp": int(1000 * time.time()), "message": a_line(503)}
    message = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "logEvents": [entry]}
    awslambda = platform.client("lambda")

    for _ in range(2):
        answer = awslambda.invoke(
            FunctionName=platform.note.prefix + "traffic", Payload=json.dumps(logs_event(message)).encode()
        )
        assert "FunctionError" not in answer

    assert counted(platform)["errors"] == before["errors"] + 1
