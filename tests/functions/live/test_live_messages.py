"""Both protocols: the golden messages of the seeds, and frames that no seed foresees."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.live.sockets import handler
from shared.core.clock import from_iso, utc_now
from shared.live.model import MOST_SUBSCRIPTIONS
from shared.live.provide import connections
from tests.builders.sockets import Gateway, opened, socket_event

Say = Callable[[str, Any], dict[str, Any]]

NOW = "2025-01-09T10:30:00.000000"


def enterprise(type_: str, data: Any) -> dict[str, Any]:
    return {"type": type_, "data": data, "timestamp": NOW}


@pytest.fixture(autouse=True)
def connected(gateway: Gateway) -> None:
    opened("c1")


def without_times(message: dict[str, Any]) -> dict[str, Any]:
    """The message, once its times are seen to be now."""
    data = dict(message["data"])
    for stamp in (message.pop("timestamp"), data.pop("timestamp", None)):
        assert stamp is None or abs((utc_now() - from_iso(stamp)).total_seconds()) < 10
    return {**message, "data": data}


def test_enterprise_ping(say: Say) -> None:
    answer = say("c1", enterprise("ping", {}))

    assert set(answer["data"]) == {"timestamp"}
    assert without_times(answer) == {"type": "pong", "data": {}, "success": True}


def test_enterprise_subscribe_repeats_the_topic(say: Say) -> None:
    expected = {"type": "subscribed", "data": {"subscription": "training"}, "success": True}

    assert without_times(say("c1", enterprise("subscribe", {"type": "training"}))) == expected
    assert connections().get("c1").topics == ("training",)
    assert say("c1", enterprise("subscribe", {}))["data"] == {"subscription": "all"}


def test_enterprise_get_status_counts_the_open_sockets(say: Say) -> None:
    opened("c2")

    answer = say("c1", enterprise("get_status", {}))

    assert without_times(answer) == {"type": "status", "data": {"active_connections": 2}, "success": True}


def test_enterprise_unknown_type_is_echoed(say: Say) -> None:
    answer = say("c1", enterprise("no_such_type", {"a": [1]}))

    assert without_times(answer) == {"type": "echo", "data": {"original_message": {"a": [1]}}, "success": True}


def test_broken_json(say: Say) -> None:
    answer = say("c1", "{not json")

    assert without_times(answer) == {"type": "error", "data": {"message": "Invalid JSON format"}, "success": False}
    assert not connections().get("c1").enterprise


@pytest.mark.parametrize("number", [1640000000000, 0, -1, 1.5, 10**30])
def test_mlops_ping_returns_the_number_as_it_was(say: Say, number: float) -> None:
    assert say("c1", {"type": "ping", "timestamp": number}) == {"type": "pong", "timestamp": number}
    assert not connections().get("c1").enterprise


def test_mlops_request_metrics(say: Say) -> None:
    answer = say("c1", {"type": "request_metrics"})

    percentages = [answer[name] for name in ("cpu_percent", "memory_percent", "disk_percent")]
    assert all(0 <= figure <= 100 for figure in percentages)
    counted = [answer[name] for name in ("type", "active_connections", "total_models", "active_training_jobs")]
    assert counted == ["system_metrics", 1, 0, 0]
    assert answer["api_response_time_ms"] > 0
    assert answer["system_health"] in ("healthy", "warning", "critical")


def test_one_enterprise_message_marks_the_connection_for_good(say: Say) -> None:
    say("c1", enterprise("ping", {}))
    say("c1", {"type": "ping", "timestamp": 1})

    assert connections().get("c1").enterprise


def test_subscriptions_are_capped_and_repeats_are_free(say: Say) -> None:
    for number in range(MOST_SUBSCRIPTIONS):
        say("c1", enterprise("subscribe", {"type": f"topic{number}"}))

    assert say("c1", enterprise("subscribe", {"type": "one more"}))["success"] is False
    assert say("c1", enterprise("subscribe", {"type": "topic3"}))["type"] == "subscribed"
    assert len(connections().get("c1").topics) == MOST_SUBSCRIPTIONS


FRAMES = [
    "", "1", "null", "[]", '"text"', "{}", "NaN", '{"type":NaN}', '{"type":"ping","timestamp":1e999}', "[" * 100_000,
    '{"data":' * 5_000, '{"type":"ping","data":{}', "9" * 5_000, '{"type":1,"data":{}}', '{"type":null}',
    '{"type":"ping","data":1}', '{"type":"ping","data":[]}', '{"type":"ping","timestamp":{}}', '{"type":"nothing"}',
    '{"type":"subscribe","data":{"type":5}}', '{"type":"subscribe","data":{"type":{}}}', '{"type":["ping"]}',
    "x" * 128 * 1024, "\x00", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES, ids=range(len(FRAMES)))
def test_garbage_is_answered_with_an_error(say: Say, frame: str) -> None:
    answer = say("c1", frame)

    assert (answer["type"], answer["success"]) == ("error", False)
    assert isinstance(answer["data"]["message"], str)


@pytest.mark.parametrize("data", [{"text": "x" * 100_000}, {"list": [1] * 20_000}, {"\ud800": "\udfff"}])
def test_an_echo_is_never_long(say: Say, data: Any) -> None:
    answer = say("c1", enterprise("anything", data))

    assert answer["type"] == "echo"
    assert len(json.dumps(answer)) < 4096


def test_a_long_topic_is_cut(say: Say) -> None:
    answer = say("c1", enterprise("subscribe", {"type": "\ud800" + "t" * 9_000}))

    assert answer["data"]["subscription"] == "?" + "t" * 63


def test_a_frame_without_body_and_a_binary_frame_are_answered(gateway: Gateway) -> None:
    for event in (
        socket_event("$default", "c1"),
        socket_event("$default", "c1", "//79", isBase64Encoded=True),
        socket_event("$default", "c1", "not base64!", isBase64Encoded=True),
    ):
        assert handler({"isBase64Encoded": False} | event, None) == {"statusCode": 200}
    assert [message["type"] for message in gateway.posted["c1"]] == ["error"] * 3


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TYPES = JSON | st.sampled_from(["ping", "subscribe", "get_status", "request_metrics"])
MESSAGES = st.fixed_dictionaries({}, optional={"type": TYPES, "data": JSON, "timestamp": JSON}).map(json.dumps)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=MESSAGES | st.text(st.characters(exclude_categories=()), max_size=200))
def test_no_frame_fails_the_handler(gateway: Gateway, frame: str) -> None:
    before = len(gateway.posted["c1"])

    assert handler(socket_event("$default", "c1", frame), None) == {"statusCode": 200}

    (answer,) = gateway.posted["c1"][before:]
    assert isinstance(answer["type"], str)
    assert len(json.dumps(answer)) <= 4096
