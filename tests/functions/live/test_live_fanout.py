"""From outbox records to sockets: once each, in order, whatever else is in the batch."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.live.app import handler as http
from functions.live_fanout.handler import handler
from shared.core.clock import utc_now
from shared.live.events import EventLog
from shared.live.provide import connections, events
from shared.storage.store import store
from tests.builders.http import get
from tests.builders.outbox import a_record, an_announcement
from tests.builders.sockets import Gateway, opened

Say = Callable[[str, Any], dict[str, Any]]


@pytest.fixture
def subscribe(gateway: Gateway, say: Say) -> Callable[..., None]:
    def open_and_subscribe(connection_id: str, *topics: str) -> None:
        assert opened(connection_id) == 200
        for topic in topics:
            say(connection_id, {"type": "subscribe", "data": {"type": topic}})
        gateway.posted[connection_id].clear()

    return open_and_subscribe


def feed(*records: dict[str, Any]) -> list[str]:
    answer = handler({"Records": list(records)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def received(gateway: Gateway, connection_id: str) -> list[str]:
    return [message["id"] for message in gateway.posted[connection_id]]


def test_an_announcement_reaches_whoever_subscribed(gateway: Gateway, subscribe: Callable[..., None]) -> None:
    subscribe("alerts", "alerts")
    subscribe("everything", "all")
    subscribe("training", "training")
    subscribe("mlops")

    assert feed(a_record(an_announcement(payload={"alert_id": "ALT00001", "user_id": "U001"}, synthetic=True))) == []

    assert gateway.posted["alerts"] == gateway.posted["everything"] == [
        {
            "type": "alert",
            "data": {"alert_id": "ALT00001", "user_id": "U001", "kind": "alert.raised", "synthetic": True},
            "timestamp": "2026-01-02T03:04:05.000000",
            "success": True,
            "id": "a1",
            "topic": "alerts",
            "sequence": 1,
        }
    ]  # fmt: skip
    assert gateway.posted["training"] == gateway.posted["mlops"] == []


@pytest.mark.parametrize("seed", range(5))
def test_repeated_records_are_sent_once_and_in_order(
    gateway: Gateway, subscribe: Callable[..., None], seed: int
) -> None:
    subscribe("c1", "all")
    chance = random.Random(seed)
    records = [a_record(an_announcement(f"a{number}")) for number in range(8)]
    repeated = [record for record in records for _ in range(chance.randint(1, 4))]
    cut = chance.randrange(len(repeated))

    for batch in (repeated[:cut], repeated[:cut], repeated[cut:], repeated):
        assert feed(*batch) == []

    assert received(gateway, "c1") == [f"a{number}" for number in range(8)]


def test_late_records_are_sent_once_though_out_of_order(gateway: Gateway, subscribe: Callable[..., None]) -> None:
    subscribe("c1", "all")
    records = [a_record(an_announcement(f"a{number}")) for number in (3, 1, 2, 3, 1)]

    feed(*records)

    assert received(gateway, "c1") == ["a3", "a1", "a2"]


def test_poison_is_reported_alone_and_holds_up_nobody(gateway: Gateway, subscribe: Callable[..., None]) -> None:
    subscribe("c1", "all")
    broken = a_record(an_announcement("a2"))
    broken["dynamodb"]["NewImage"]["doc"] = {"S": "no json"}
    listed = a_record(an_announcement("a4"))
    listed["dynamodb"]["NewImage"]["doc"] = {"S": "[1]"}
    expired = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "7", "Keys": {"pk": {"S": "a0"}}}}
    good = [a_record(an_announcement(name)) for name in ("a1", "a3", "a5")]

    assert feed(expired, good[0], broken, good[1], listed, good[2]) == ["102", "104"]
    assert received(gateway, "c1") == ["a1", "a3", "a5"]


@pytest.mark.parametrize("record", [{}, {"dynamodb": None}, {"dynamodb": {"NewImage": {}}}, None, 7])
def test_a_record_without_a_shape_never_fails_the_batch(gateway: Gateway, record: Any) -> None:
    assert feed(record) == [""]


def test_when_the_table_does_not_answer_the_batch_stops_there(
    gateway: Gateway, subscribe: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe("c1", "all")
    records = [a_record(an_announcement(f"a{number}")) for number in range(4)]
    real = EventLog.record

    def fail_on_third(log: EventLog, announcement: Any) -> Any:
        from shared.core.errors import Unavailable

        if announcement.announcement_id == "a2":
            raise Unavailable("busy")
        return real(log, announcement)

    with monkeypatch.context() as patch:
        patch.setattr(EventLog, "record", fail_on_third)
        assert feed(*records) == ["102"]
    assert received(gateway, "c1") == ["a0", "a1"]

    assert feed(*records[2:]) == []
    assert received(gateway, "c1") == ["a0", "a1", "a2", "a3"]


def test_a_crash_between_numbering_and_sending_loses_nothing(gateway: Gateway, subscribe: Callable[..., None]) -> None:
    subscribe("c1", "all")
    announcement = an_announcement()
    events().record(announcement)

    assert feed(a_record(announcement)) == []
    assert received(gateway, "c1") == ["a1"]


def test_gone_busy_and_slow_sockets_do_not_stop_the_others(gateway: Gateway, subscribe: Callable[..., None]) -> None:
    for number in range(5):
        subscribe(f"c{number}", "all")
    gateway.gone.add("c1")
    gateway.busy["c2"] = 2
    gateway.slow["c3"] = 0.2

    feed(*(a_record(an_announcement(f"a{number}")) for number in range(3)))

    assert [received(gateway, f"c{number}") for number in (0, 2, 3, 4)] == [["a0", "a1", "a2"]] * 4
    assert gateway.attempts["c1"] == 2  # the answer to its subscribing, and one refusal
    assert [one.connection_id for one in connections().everyone()] == ["c0", "c2", "c3", "c4"]
    assert connections().count() == 4


def test_a_long_payload_is_cut_to_its_short_fields(gateway: Gateway, subscribe: Callable[..., None]) -> None:
    subscribe("c1", "all")
    payload = {"alert_id": "ALT00001", "text": "x" * 200_000, "list": [1, 2], "word": "\u00e9"}

    feed(a_record(an_announcement(payload=payload)))

    expected = {"alert_id": "ALT00001", "word": "é", "kind": "alert.raised", "synthetic": False, "truncated": True}
    assert gateway.last("c1")["data"] == expected


def poll(**query: Any) -> dict[str, Any]:
    answer = get(http, "/api/events", query)
    assert answer["statusCode"] == 200, answer
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def test_polling_returns_the_same_objects_as_the_socket(gateway: Gateway, subscribe: Callable[..., None]) -> None:
    subscribe("c1", "all")
    feed(
        *(a_record(an_announcement(f"a{n}", topic=topic)) for n, topic in enumerate(("alerts", "incidents", "alerts")))
    )

    everything = poll()
    assert everything["events"] == gateway.posted["c1"]
    assert (everything["last_sequence"], everything["gap"]) == (3, False)
    alerts = poll(topic="alerts", since=1)
    assert [event["sequence"] for event in alerts["events"]] == [3]
    assert (alerts["last_sequence"], alerts["gap"]) == (3, False)
    assert poll(topic="training") == {"topic": "training", "since": 0, "last_sequence": 0, "gap": False, "events": []}


def test_polling_says_when_older_events_are_gone(tables: Any) -> None:
    early = EventLog(store(), lambda: utc_now() - timedelta(minutes=11))
    for number in range(3):
        early.record(an_announcement(f"old{number}"))
    assert (poll()["gap"], poll(since=3)["gap"]) == (True, False)

    for number in range(2):
        events().record(an_announcement(f"new{number}", topic="incidents"))

    assert poll(since=0)["gap"]
    assert not poll(since=3)["gap"]
    assert not poll(topic="incidents", since=0)["gap"]
    assert poll(topic="alerts", since=2)["gap"]


@pytest.mark.parametrize("query", [{"topic": "none"}, {"since": -1}, {"since": "x"}, {"since": 10**13}])
def test_polling_for_nonsense_is_refused_in_the_dialect_of_the_path(tables: Any, query: dict[str, Any]) -> None:
    answer = get(http, "/api/events", query)

    assert answer["statusCode"] == 422
    assert set(json.loads(answer["body"])) == {"detail"}


def test_socket_status_lists_everybody_under_hashed_ids(gateway: Gateway) -> None:
    opened("secret-1")
    opened("secret-2")

    body = json.loads(get(http, "/ws/status")["body"])

    assert body["active_connections"] == len(body["connections"]) == 2
    assert len({entry["id"] for entry in body["connections"]}) == 2
    assert "secret" not in json.dumps(body)
    assert set(body["connections"][0]) == {"id", "connected_at", "last_activity"}
