"""Settings and the log of what happened, through the front door."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.settings.app import handler
from shared.activity_log.model import Entry, Kind
from shared.activity_log.repository import logged
from shared.storage.store import store
from tests.builders.calls import Answer, call

DEFAULTS = {
    "general": {"appName": "Vedette", "theme": "light", "timezone": "UTC"},
    "training": {"defaultTimeout": 300, "defaultModelType": "auto", "autoSaveModels": True},
    "notifications": {"emailEnabled": False, "slackEnabled": False},
    "data": {"autoCleanup": True, "retentionDays": 30},
}
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def change(**sections: Any) -> Answer:
    return call(handler, "PUT", "/api/settings", json=sections)


def current() -> dict[str, Any]:
    return dict(call(handler, "GET", "/api/settings").body)


def test_before_anybody_changed_them_they_are_the_defaults(tables: Any) -> None:
    assert current() == DEFAULTS


def test_a_change_names_what_was_sent_and_leaves_the_rest(tables: Any) -> None:
    answer = change(
        training={"defaultTimeout": 600}, notifications={"emailEnabled": True, "emailAddress": "a@b.example"}
    )

    assert answer.status == 200
    assert answer.body == {
        "message": "Settings updated successfully",
        "updated_fields": ["training.defaultTimeout", "notifications.emailEnabled", "notifications.emailAddress"],
    }
    now = current()
    assert now["training"] == {**DEFAULTS["training"], "defaultTimeout": 600}
    assert now["notifications"] == {"emailEnabled": True, "slackEnabled": False, "emailAddress": "a@b.example"}
    assert (now["general"], now["data"]) == (DEFAULTS["general"], DEFAULTS["data"])


def test_an_address_can_be_taken_away_again(tables: Any) -> None:
    change(notifications={"emailAddress": "a@b.example"})

    assert change(notifications={"emailAddress": None}).status == 200
    assert current() == DEFAULTS


def test_nothing_sent_changes_nothing(tables: Any) -> None:
    assert change().body["updated_fields"] == []
    assert current() == DEFAULTS


@pytest.mark.parametrize(
    "sections",
    [
        {"training": {"defaultTimeout": "soon"}}, {"training": {"defaultTimeout": 0}},
        {"training": {"defaultTimeout": True}}, {"training": {"defaultModelType": "astrology"}},
        {"training": {"autoSaveModels": 1}}, {"training": None}, {"training": []}, {"training": {"unknown": 1}},
        {"unknown": {}}, {"general": {"timezone": "Mars/Base"}}, {"general": {"theme": "pink"}},
        {"general": {"appName": ""}}, {"general": {"appName": "a\u0000"}},
        {"notifications": {"emailAddress": "nobody"}},
        {"data": {"retentionDays": 0}}, {"data": {"retentionDays": 10**6}},
        {"data": {"retentionDays": None}},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_field_changes_nothing_at_all(tables: Any, sections: Any) -> None:
    answer = change(**{"general": {"theme": "dark"}, **sections})

    assert (answer.status, answer.body["code"]) == (422, "INVALID_PARAMETERS"), answer
    assert current() == DEFAULTS


def test_callers_at_once_change_their_own_fields_all(tables: Any) -> None:
    fields = [{"training": {"defaultTimeout": 700}}, {"general": {"theme": "dark"}}, {"data": {"retentionDays": 7}},
              {"notifications": {"slackEnabled": True}}]  # fmt: skip

    def send(sections: dict[str, Any]) -> int:
        asyncio.set_event_loop(asyncio.new_event_loop())
        status = change(**sections).status
        asyncio.get_event_loop().close()
        return status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, fields)) == {200}

    now = current()
    assert all(now[section][name] == value for one in fields for section, s in one.items() for name, value in s.items())


def happened(number: int, kind: Kind, at: datetime) -> None:
    store().transact(logged(Entry(f"act_{number}", kind, f"Thing {number}", at, "ana", {"n": number})))


@pytest.fixture
def history(tables: Any) -> None:
    for number, kind in enumerate(("upload", "training", "deployment", "upload")):
        happened(number, kind, NOW + timedelta(minutes=number))  # type: ignore[arg-type]


def listed(**query: Any) -> Answer:
    return call(handler, "GET", "/api/activity", query=query)


def numbers(**query: Any) -> list[int]:
    return [entry["details"]["n"] for entry in listed(**query).body["activities"]]


def test_the_log_has_the_seeds_fields_newest_first(history: None) -> None:
    body = listed().body

    assert (body["total"], body["limit"]) == (4, 50)
    assert body["activities"][0] == {
        "id": "act_3", "type": "upload", "message": "Thing 3", "timestamp": "2026-03-04T05:09:07Z", "user": "ana",
        "details": {"n": 3},
    }  # fmt: skip
    assert numbers() == [3, 2, 1, 0]


def test_the_log_is_filtered_by_type_time_and_limit(history: None) -> None:
    assert numbers(type="upload") == [3, 0]
    assert numbers(since="2026-03-04T05:08:07Z") == [3, 2]
    assert numbers(since="2026-03-04T06:08:07+01:00", type="upload") == [3]
    assert numbers(limit=1) == [3]
    assert listed(limit=1).body["total"] == 4
    assert listed(type="upload", limit=1).body["total"] == 2
    assert listed(since="2026-03-05T00:00:00Z").body == {"activities": [], "total": 0, "limit": 50}


@pytest.mark.parametrize("query", [{"type": "x"}, {"since": "soon"}, {"limit": 0}, {"limit": 1001}])
def test_a_wrong_question_is_refused(tables: Any, query: dict[str, Any]) -> None:
    assert listed(**query).status == 422


def test_the_same_event_twice_is_logged_once(tables: Any) -> None:
    from shared.storage.store import ConditionFailed

    happened(1, "upload", NOW)
    with pytest.raises(ConditionFailed):
        happened(1, "upload", NOW)

    assert numbers() == [1]
    assert listed().body["total"] == 1
