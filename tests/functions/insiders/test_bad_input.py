"""Whatever is sent to ingest: a 4xx in the seed's form with a reason, and nothing half stored. Never a 5xx."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.insiders.app import handler
from shared.storage.schema import TABLES
from shared.subjects.repository import subject_repository
from tests.builders.calls import Answer, call
from tests.builders.people import a_person

NOW = datetime.now(UTC)
GOOD = {
    "user_id": "U901",
    "activity_type": "file_access",
    "timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "details": {"file_path": "/docs/a.txt"},
    "ip_address": "192.168.1.1",
    "device_id": "laptop-1",
}


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"a": value}
    return value


BAD: dict[str, Any] = {
    "no user": {"user_id": None},
    "number as user": {"user_id": 7},
    "empty user": {"user_id": ""},
    "user with a slash": {"user_id": "../U001"},
    "user with a NUL": {"user_id": "U901\x00"},
    "user of 100 KB": {"user_id": "U" * 100_000},
    "list as user": {"user_id": ["U901"]},
    "unknown type": {"activity_type": "teleport"},
    "type in capitals": {"activity_type": "LOGON"},
    "no type": {"activity_type": None},
    "future": {"timestamp": (NOW + timedelta(days=1)).isoformat()},
    "far future": {"timestamp": "9999-12-31T23:59:59Z"},
    "beyond the calendar": {"timestamp": "9999-12-31T23:59:59-14:00"},
    "ancient": {"timestamp": "1970-01-01T00:00:00Z"},
    "year one": {"timestamp": "0001-01-01T00:00:00+14:00"},
    "time as number": {"timestamp": 1732000000},
    "time as text": {"timestamp": "yesterday"},
    "impossible date": {"timestamp": "2026-02-30T00:00:00Z"},
    "time of 1 MB": {"timestamp": "2" * 1_000_000},
    "null time": {"timestamp": None},
    "details as list": {"details": []},
    "details as text": {"details": "x"},
    "details 9 deep": {"details": nested(9)},
    "details 900 deep": {"details": nested(900)},
    "details of 3,000 values": {"details": {str(n): n for n in range(3000)}},
    "details with long text": {"details": {"subject": "x" * 9000}},
    "details with a long key": {"details": {"k" * 200: 1}},
    "details with a NUL": {"details": {"file_path": "a\x00b"}},
    "details with an escape": {"details": {"file_path": "\x1b[2J"}},
    "details with a lone surrogate": {"details": {"file_path": "\ud800"}},
    "details with a surrogate key": {"details": {"\udfff": 1}},
    "huge number": {"details": {"size_mb": 1e300}},
    "huge integer": {"details": {"size_mb": 10**400}},
    "address of five parts": {"ip_address": "1.2.3.4.5"},
    "address as number": {"ip_address": 12},
    "address with text": {"ip_address": "192.168.1.1; drop table"},
    "device of 10 KB": {"device_id": "d" * 10_000},
    "device as object": {"device_id": {"a": 1}},
    "device with a newline in it": {"device_id": "a\x07b"},
    "event id with a hash": {"event_id": "a#b"},
    "event id of 3 KB": {"event_id": "e" * 3000},
    "empty event id": {"event_id": ""},
    "event id as number": {"event_id": 5},
}

BAD_TEXTS = {
    "empty": "",
    "no JSON": "{",
    "a number": "7",
    "a list": "[]",
    "null": "null",
    "text": '"x"',
    "NaN": json.dumps({**GOOD, "details": {"size_mb": "@"}}).replace('"@"', "NaN"),
    "Infinity": json.dumps({**GOOD, "details": {"size_mb": "@"}}).replace('"@"', "-Infinity"),
    "90,000 brackets": "[" * 90_000,
    "a deep object": '{"details":' * 5000 + "1" + "}" * 5000,
    "digits without end": '{"user_id": ' + "9" * 10_000 + "}",
}


@pytest.fixture
def rows(tables: Any) -> Any:
    """Everything that is stored, as text: what must not change."""
    subject_repository().add(a_person("U901"))

    def everything() -> str:
        return json.dumps(
            [tables.scan(TableName=f"vedette-local-{name}")["Items"] for name in TABLES], default=str, sort_keys=True
        )

    return everything


def assert_refused(answer: Answer) -> None:
    assert 400 <= answer.status < 500, answer
    assert isinstance(answer.body["detail"], str)
    assert answer.body["detail"]


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
def test_a_bad_field_is_refused_with_a_reason(rows: Any, change: dict[str, Any]) -> None:
    before = rows()

    answer = call(handler, "POST", "/api/activities/ingest", json={**GOOD, **change})

    assert_refused(answer)
    assert next(iter(change)) in answer.body["detail"]
    assert rows() == before


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_a_bad_body_is_refused(rows: Any, text: str) -> None:
    before = rows()

    assert_refused(call(handler, "POST", "/api/activities/ingest", text=text))

    assert rows() == before


@pytest.mark.parametrize("missing", ["user_id", "activity_type"])
def test_a_missing_field_is_named(rows: Any, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}

    answer = call(handler, "POST", "/api/activities/ingest", json=body)

    assert answer.status == 422
    assert missing in answer.body["detail"]


def test_a_person_nobody_monitors_is_a_404_in_the_seeds_words(rows: Any) -> None:
    answer = call(handler, "POST", "/api/activities/ingest", json={**GOOD, "user_id": "U999"})

    assert (answer.status, answer.body) == (404, {"detail": "User not found"})


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/users/U901/activities", {"days": "soon"}),
        ("/api/users/U901/activities", {"days": 0}),
        ("/api/users/U901/activities", {"days": 10**30}),
        ("/api/users/U901/activities", {"limit": -1}),
        ("/api/geospatial/anomalies", {"limit": 10**9}),
        ("/api/graph/intelligence", {"center": "a#b"}),
    ],
)
def test_a_bad_query_is_refused(rows: Any, path: str, query: dict[str, Any]) -> None:
    assert_refused(call(handler, "GET", path, query=query))


@pytest.mark.parametrize("user_id", ["U999", "x" * 5000, "U901#STATE", "%00", "\ud83d"])
def test_a_strange_person_is_not_found(rows: Any, user_id: str) -> None:
    for path in (f"/api/users/{user_id}", f"/api/users/{user_id}/activities", f"/api/intelligence/{user_id}"):
        assert call(handler, "GET", path).status in (404, 422)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from([*GOOD, "event_id", "x"]), JSON, max_size=8))
def test_no_body_is_a_5xx(rows: Any, body: dict[str, Any]) -> None:
    answer = call(handler, "POST", "/api/activities/ingest", text=json.dumps(body))

    assert answer.status < 500


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(details=st.dictionaries(st.sampled_from(["file_path", "action", "size_mb", "sensitive", "to", "x"]), JSON))
def test_no_details_are_a_5xx(rows: Any, details: dict[str, Any]) -> None:
    for kind in ("file_access", "email", "logon"):
        answer = call(
            handler,
            "POST",
            "/api/activities/ingest",
            text=json.dumps({**GOOD, "activity_type": kind, "details": details}),
        )

        assert answer.status < 500
