"""The replay against a tiny platform on loopback: order, retries, alerts, summary."""

import asyncio
import contextlib
import gzip
import io
import json
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from infra.demo import main
from infra.replay.events import Row, beside, read_people
from infra.replay.listener import socket_address
from infra.replay.platform import Platform, Taken, Unreachable
from infra.replay.screen import Screen, clean
from infra.replay.tally import Tally

NOON = datetime(2024, 11, 14, 12, tzinfo=UTC)
ALERT = {"alert_id": "ALT00001", "user_id": "X1", "user": "Xenia", "its_score": 83.0, "risk_level": "critical"}
TOLD = {"anomalies": ["data_exfiltration"], "explanation": "Copied\x1b[31m much", "kind": "alert.raised"}
EVIDENCE = {
    "day": "2024-11-14",
    "event_ids": ["e5"],
    "explanation": {
        "contributions": [{"label": "Removable media", "points": 40.1, "today": 9, "own_typical": 0, "peer_typical": 0}]
    },
}


@dataclass
class FakePlatform:
    """An ASGI application. `busy` events answer 503 so often first; `refuse` ids get 422; `alarm` ids raise ALERT."""

    known: set[str] = field(default_factory=set)
    busy: Counter[str] = field(default_factory=Counter)
    refuse: frozenset[str] = frozenset()
    alarm: frozenset[str] = frozenset()
    broken: bool = False
    interrupt_at: str = ""
    people: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    down: bool = False
    _sockets: list[asyncio.Queue[dict[str, Any]]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self._follow(receive, send)
        elif scope["type"] == "http":
            body = (await receive()).get("body") or b"null"
            status, answer = self._answer(scope["method"], scope["path"], json.loads(body))
            await asyncio.sleep(0.001 * (len(self.attempts) % 3))  # answers of different people overtake each other
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if self.down:
            return 503, {"detail": "down"}
        if path == "/api/users" and method == "GET":
            return 200, [{"user_id": name} for name in self.known]
        if path == "/api/users":
            self.people.append(body)
            return (409 if body["user_id"] == "X2" else 201), {}
        if path == "/api/alerts/ALT00001":
            return 200, {**ALERT, **TOLD, "evidence": [EVIDENCE]}
        return self._ingest(body)

    def _ingest(self, body: Any) -> tuple[int, Any]:
        event_id = body["event_id"]
        self.attempts.append(event_id)
        if self.busy[event_id] > 0:
            self.busy[event_id] -= 1
            return 503, {"detail": "busy"}
        if event_id == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)  # Ctrl-C; the answer is on its way all the same
        if self.broken:
            return 500, {}
        if event_id in self.refuse:
            return 422, {"detail": "timestamp must not be in the future"}
        self.taken.append(body)
        if event_id not in self.alarm:
            return 200, {"status": "ok", "its_score": 5.0, "alert": None, "duplicate": False}
        for queue in self._sockets:
            queue.put_nowait({"type": "alert", "data": {**ALERT, **TOLD}})
        brief = {name: ALERT[name] for name in ("alert_id", "its_score", "risk_level")}
        return 200, {"status": "ok", "its_score": 83.0, "alert": brief, "duplicate": False}

    async def _follow(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        asked = json.loads((await receive())["text"])
        assert (asked["type"], asked["data"]) == ("subscribe", {"type": "alerts"})
        queue = asyncio.Queue[dict[str, Any]]()
        self._sockets.append(queue)
        await send({"type": "websocket.send", "text": json.dumps({"type": "subscribed", "data": {}})})
        closed = asyncio.create_task(receive())
        while not closed.done():
            waiting = asyncio.create_task(queue.get())
            await asyncio.wait((waiting, closed), return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                await send({"type": "websocket.send", "text": json.dumps(waiting.result())})
            waiting.cancel()


@contextlib.contextmanager
def serving(fake: FakePlatform) -> Iterator[str]:
    """The fake on a free port of loopback; its address."""
    config = uvicorn.Config(
        fake, log_level="error", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def event(number: int, user_id: str = "X1", **other: Any) -> dict[str, Any]:
    """An event so many minutes after noon."""
    at = (NOON + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    plain = {"event_id": f"e{number}", "user_id": user_id, "activity_type": "logon", "timestamp": at, "details": {}}
    return {**plain, **other}


def written(folder: Path, *events: Any, name: str = "events_T.jsonl") -> Path:
    """A file of events; text stays as it is."""
    path = folder / name
    text = "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in events)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def replay(fake: FakePlatform, path: Path | None, *arguments: str) -> tuple[int, str]:
    """Exit status and output of one demonstration."""
    out = io.StringIO()
    files = ("--file", str(path)) if path else ()
    with serving(fake) as base:
        status = main([*files, "--base", base, *arguments], Screen(out))
    return status, out.getvalue()


def test_every_event_arrives_once_and_in_order_per_person_whatever_is_retried(tmp_path: Path) -> None:
    events = [event(number, f"X{number % 7}") for number in range(200)]
    fake = FakePlatform(busy=Counter({"e3": 2, "e10": 1, "e50": 1}))

    status, out = replay(fake, written(tmp_path, *events, name="events_T.jsonl.gz"))

    assert status == 0
    assert sorted(body["event_id"] for body in fake.taken) == sorted(one["event_id"] for one in events)
    for name in {one["user_id"] for one in events}:
        own = [body for body in fake.taken if body["user_id"] == name]
        assert own == [one for one in events if one["user_id"] == name]
    assert fake.attempts.count("e3") == 3
    assert "200 of 200 sent" in out
    assert "4 retries" in out


def test_unknown_people_are_registered_from_the_directory_beside_the_file(tmp_path: Path) -> None:
    fake = FakePlatform(known={"X0"})
    (tmp_path / "users_T.csv").write_text(
        "user_id,name,email,role,department,manager_id\nX1,Xenia,x@example.com,HR,HR,X9\n"
    )
    path = written(tmp_path, event(0, "X0"), event(1, "X1"), event(2, "X2"))

    status, _ = replay(fake, path)

    assert status == 0
    assert fake.people == [
        {
            "user_id": "X1",
            "name": "Xenia",
            "email": "x@example.com",
            "role": "HR",
            "department": "HR",
            "manager_id": "X9",
        },
        {"user_id": "X2", "name": "X2", "email": "x2@example.com", "role": "Employee", "department": "Unknown"},
    ]


def test_alerts_are_printed_as_they_come_and_again_with_evidence(tmp_path: Path) -> None:
    fake = FakePlatform(alarm=frozenset({"e5", "e6"}))
    path = written(tmp_path, *(event(number) for number in range(9)))
    labels = tmp_path / "labels_T.csv"
    labels.write_text("event_id,incident_id,scenario\ne2,INC-1,s1\ne3,INC-1,s1\n")

    status, out = replay(fake, path, "--labels", str(labels))

    assert status == 0
    assert out.count("ALERT") >= 1
    assert "Copied [31m much" in out
    assert "\x1b" not in out
    assert "40.1 points  Removable media: 9 (own 0, peers 0)" in out
    assert "alerts   1 on 1 people, 1 pushed" in out
    assert "incident INC-1  X1  2 events  noticed after 0.1 h" in out
    assert "outside  0 alerts" in out


def test_refusals_and_bad_lines_are_counted_by_reason(tmp_path: Path) -> None:
    fake = FakePlatform(refuse=frozenset({"e1", "e2"}))
    path = written(tmp_path, event(0), event(1), "{broken", event(2), '{"event_id": 1}', event(3))

    status, out = replay(fake, path)

    assert status == 1
    assert [body["event_id"] for body in fake.taken] == ["e0", "e3"]
    assert "failed   2  422 timestamp must not be in the future" in out
    assert "failed   2  unreadable line" in out


def test_only_the_window_is_sent(tmp_path: Path) -> None:
    fake = FakePlatform()
    path = written(tmp_path, *(event(number) for number in range(10)))

    replay(fake, path, "--from", "2024-11-14T12:03:00Z", "--to", "2024-11-14T12:05:00Z")

    assert [body["event_id"] for body in fake.taken] == ["e3", "e4", "e5"]


def test_without_a_file_the_story_of_the_demonstration_is_told() -> None:
    fake = FakePlatform()

    status, _ = replay(fake, None)

    assert status == 0
    assert {body["user_id"] for body in fake.people} == {"U002", "U034"}
    assert len(fake.taken) > 100


def test_event_time_runs_so_many_times_faster(tmp_path: Path) -> None:
    fake = FakePlatform()
    path = written(tmp_path, *(event(number) for number in range(4)))

    _, out = replay(fake, path, "--speed", "600")  # three minutes in 0.3 s

    seconds = float(out.partition("sent in ")[2].partition(" s")[0])
    assert 0.3 <= seconds < 5


def test_a_platform_that_is_gone_ends_it_with_the_summary(tmp_path: Path) -> None:
    fake = FakePlatform(down=True)

    status, out = replay(fake, written(tmp_path, event(0)), "--patience", "0.2")

    assert status == 3
    assert "0 of 1 sent" in out
    assert "no usable answer" in out


def test_what_cannot_be_sent_stops_its_person_instead_of_leaving_a_gap(tmp_path: Path) -> None:
    fake = FakePlatform(busy=Counter({"e2": 10_000}))

    status, out = replay(fake, written(tmp_path, *(event(number) for number in range(6))), "--patience", "0.3")

    assert status == 3
    assert [body["event_id"] for body in fake.taken] == ["e0", "e1"]
    assert "2 of 6 sent" in out


def test_ctrl_c_ends_with_the_summary_so_far(tmp_path: Path) -> None:
    fake = FakePlatform(interrupt_at="e3")
    path = written(tmp_path, *(event(number) for number in range(50)))

    status, out = replay(fake, path, "--speed", "300")

    assert status == 0
    assert [body["event_id"] for body in fake.taken][:4] == ["e0", "e1", "e2", "e3"]
    assert len(fake.taken) < 10
    assert f"{len(fake.taken)} of 50 sent" in out
    assert "by Ctrl-C" in out


def test_a_broken_platform_is_not_tried_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.replay.platform.FIRST_PAUSE", 0.001)

    status, out = replay(FakePlatform(broken=True), written(tmp_path, *(event(number) for number in range(50))))

    assert status == 3
    assert "20 of 50 sent" in out
    assert "failed   20  500" in out


def test_an_address_without_a_platform_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    async def ask() -> None:
        platform = Platform(f"http://127.0.0.1:{port}", 1, patience=0.2)
        try:
            await platform.known_people()
        finally:
            await platform.close()

    with pytest.raises(Unreachable, match="no usable answer"):
        asyncio.run(ask())


def test_delays_count_from_the_first_malicious_event() -> None:
    tally = Tally({"b": "INC-1", "c": "INC-1"})
    alarm = {"alert": {"alert_id": "ALT1", "its_score": 70.0, "risk_level": "high"}}

    for name, hours, answer in (("a", 0, alarm), ("b", 24, {}), ("c", 30, alarm)):
        row = Row(name, "X1", NOON + timedelta(hours=hours), {})
        tally.answered(row, Taken(answer, "", 0.01, 0), now=0.0)

    assert tally.delay_of(tally.incidents["INC-1"]) == timedelta(hours=6)
    assert tally.outside() == []


def test_names_beside_a_file_and_addresses(tmp_path: Path) -> None:
    path = written(tmp_path, event(0))
    assert beside(path, "users") is None
    assert read_people(None) == {}
    assert socket_address("http://127.0.0.1:8000/") == "ws://127.0.0.1:8000/ws"
    assert clean("a\nb\x00c") == "a b c"


def test_a_terminal_gets_a_bar_and_colours() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    screen = Screen(out)
    screen.progress(5, 10, NOON, 1, force=True)
    screen.line(screen.risk("critical"))

    assert "[############............] 5/10 events" in out.getvalue()
    assert "\033[35;1mcritical\033[0m" in out.getvalue()
