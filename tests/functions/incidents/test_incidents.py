"""Alerts and incidents through the front door: the shapes of seed 004, what is filtered, and what is refused."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.incidents.app import handler
from shared.activities.service import activity_service
from shared.storage.store import store
from shared.subjects.repository import scores_update, subject_repository
from tests.builders.activities import an_exfiltration
from tests.builders.calls import Answer, call
from tests.builders.people import a_person

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ALERT = {
    "alert_id", "alert_db_id", "user_id", "timestamp", "its_score", "risk_level", "anomalies", "explanation",
    "status", "is_viewed",
}  # fmt: skip
INCIDENT = {
    "id", "alert_id", "user", "user_id", "severity", "status", "created", "description", "its_score",
    "resolution_notes",
}  # fmt: skip


@pytest.fixture(autouse=True)
def people(tables: Any) -> None:
    for number in (901, 902):
        subject_repository().add(a_person(f"U{number}"))


def ask(method: str, path: str, **sent: Any) -> Answer:
    return call(handler, method, f"/api{path}", **sent)


def an_incident(**facts: Any) -> dict[str, Any]:
    body = {"user_id": "U901", "severity": "high", "description": "Suspicious activity", **facts}
    answer = ask("POST", "/incidents", json=body)
    assert answer.status == 200, answer
    return dict(answer.body)


def an_alert(subject_id: str = "U901") -> int:
    ingested = activity_service().ingest(an_exfiltration(subject_id, datetime.now(UTC) - timedelta(days=1)))
    assert ingested.alert is not None
    return ingested.alert.number


def test_an_alert_has_the_seeds_fields() -> None:
    number = an_alert()

    (alert,) = ask("GET", "/alerts").body

    assert set(alert) >= ALERT
    assert (alert["alert_id"], alert["alert_db_id"]) == (f"ALT{number:05d}", number)
    assert (alert["user_id"], alert["status"], alert["is_viewed"]) == ("U901", "open", False)
    assert MOMENT.fullmatch(alert["timestamp"])
    assert alert["its_score"] >= 60
    assert alert["risk_level"] == ("critical" if alert["its_score"] >= 80 else "high")
    assert isinstance(alert["anomalies"], list)
    assert alert["explanation"]


def test_a_reported_incident_has_the_seeds_fields_and_the_persons_score() -> None:
    store().transact([scores_update("U901", {datetime.now(UTC).date(): 78.5})])

    made = an_incident(description="Files left", explanation="Large downloads")

    assert set(made) >= INCIDENT
    assert (made["id"], made["alert_id"]) == ("INC-001", 1)
    assert MOMENT.fullmatch(made["created"])
    expected = {"user": "Ada Any", "user_id": "U901", "severity": "high", "status": "open", "its_score": 78.5}
    assert {name: made[name] for name in expected} == expected
    assert (made["description"], made["resolution_notes"]) == ("Files left", None)
    assert ask("GET", "/incidents").body == [made]
    assert ask("GET", "/alerts").body[0]["explanation"] == "Large downloads"


def test_an_alert_tells_its_evidence_and_its_history() -> None:
    number = an_alert()
    ask("PATCH", f"/incidents/{number}/status", json={"status": "in_progress"})

    alert = ask("GET", f"/alerts/{number}").body

    assert [entry["what"] for entry in alert["history"]] == ["raised", "in_progress"]
    (evidence,) = alert["evidence"]
    assert evidence["subject_id"] == "U901"
    assert len(evidence["event_ids"]) == 8
    assert re.fullmatch(r"[0-9a-f]{64}", evidence["sha256"])


def test_newest_come_first_and_a_limit_cuts_the_oldest() -> None:
    for _ in range(4):
        an_incident()

    assert [one["alert_id"] for one in ask("GET", "/incidents").body] == [4, 3, 2, 1]
    assert [one["alert_id"] for one in ask("GET", "/incidents", query={"limit": 2}).body] == [4, 3]
    assert [one["alert_db_id"] for one in ask("GET", "/alerts", query={"limit": 3}).body] == [4, 3, 2]


@pytest.mark.parametrize(("path", "most"), [("/alerts", 50), ("/incidents", 100)])
def test_without_a_limit_the_seeds_default_holds(path: str, most: int) -> None:
    for _ in range(most + 1):
        an_incident()

    assert len(ask("GET", path).body) == most


@pytest.mark.parametrize("path", ["/alerts", "/incidents"])
@pytest.mark.parametrize("limit", ["0", "-1", "10001", "x", ""])
def test_a_senseless_limit_is_refused(path: str, limit: str) -> None:
    refused(ask("GET", path, query={"limit": limit}), 422)


def test_incidents_are_filtered_by_status() -> None:
    for _ in range(3):
        an_incident()
    ask("PATCH", "/incidents/1/status", json={"status": "in_progress"})
    ask("POST", "/incidents/2/resolve", json={"resolution_notes": "done"})

    found = {
        status: [one["alert_id"] for one in ask("GET", "/incidents", query={"status": status}).body]
        for status in ("open", "in_progress", "resolved")
    }

    assert found == {"open": [3], "in_progress": [1], "resolved": [2]}
    refused(ask("GET", "/incidents", query={"status": "closed"}), 422)


def test_marking_counts_what_was_unread() -> None:
    for _ in range(3):
        an_incident()

    assert ask("POST", "/alerts/mark-viewed", json={"alert_ids": [1, 1, 99]}).body == {
        "status": "success",
        "marked_count": 1,
    }
    assert [one["alert_db_id"] for one in ask("GET", "/alerts", query={"unread_only": True}).body] == [3, 2]
    assert [one["is_viewed"] for one in ask("GET", "/alerts").body] == [False, False, True]
    assert ask("POST", "/alerts/mark-viewed", json={"alert_ids": None}).body["marked_count"] == 2
    assert ask("POST", "/alerts/mark-viewed", json={}).body["marked_count"] == 0


@pytest.mark.parametrize("spelling", ["42", "ALT00042", "INC-042", "inc-42", "alt42"])
def test_an_incident_answers_to_each_of_its_names(spelling: str) -> None:
    from shared.storage.schema import INCIDENTS
    from shared.storage.writes import Update

    store().transact([Update(INCIDENTS, {"pk": "COUNTER", "sk": "CASE"}, add={"last": 41})])
    an_incident()

    assert ask("GET", f"/alerts/{spelling}").body["alert_id"] == "ALT00042"
    moved = ask("PATCH", f"/incidents/{spelling}/status", json={"status": "in_progress"})
    resolved = ask("POST", f"/incidents/{spelling}/resolve", json={"resolution_notes": "done"})

    seed = ("status", "incident_id", "new_status")
    assert [moved.body[name] for name in seed] == ["updated", 42, "in_progress"]
    assert (resolved.body["status"], resolved.body["incident_id"]) == ("resolved", 42)
    assert MOMENT.fullmatch(resolved.body["resolved_at"])


CHANGES = [
    ("GET", "/alerts/{}", None),
    ("PATCH", "/incidents/{}/status", {"status": "open"}),
    ("POST", "/incidents/{}/resolve", {"resolution_notes": "done"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize(
    ("number", "status"), [("99", 404), ("ALT00099", 404), ("x", 422), ("1e3", 422), ("9" * 40, 422)]
)
def test_an_incident_that_is_not_there_is_said_so(method: str, path: str, body: Any, number: str, status: int) -> None:
    refused(ask(method, path.format(number), json=body), status)


def test_an_incident_about_nobody_is_not_found() -> None:
    answer = ask("POST", "/incidents", json={"user_id": "U999", "severity": "high", "description": "x"})

    assert (answer.status, answer.body) == (404, {"detail": "User not found"})


BAD = {
    "no person": {"user_id": None},
    "unknown severity": {"severity": "huge"},
    "severity in capitals": {"severity": "HIGH"},
    "no description": {"description": None},
    "blank description": {"description": "   "},
    "long description": {"description": "x" * 10_001},
    "control characters": {"description": "a\x00b"},
    "lone surrogate": {"description": "\ud800"},
    "explanation as list": {"explanation": ["x"]},
}


@pytest.mark.parametrize("name", BAD)
def test_a_senseless_report_is_refused_and_nothing_opened(name: str) -> None:
    body = {"user_id": "U901", "severity": "high", "description": "x", **BAD[name]}

    refused(ask("POST", "/incidents", json=body), 422)

    assert ask("GET", "/incidents").body == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/incidents/1/status", {"status": "closed"}),
        ("PATCH", "/incidents/1/status", {}),
        ("PATCH", "/incidents/1/status", {"status": "resolved", "version": "new"}),
        ("POST", "/incidents/1/resolve", {}),
        ("POST", "/incidents/1/resolve", {"resolution_notes": ""}),
        ("POST", "/incidents/1/resolve", {"resolution_notes": "x", "verdict": "maybe"}),
        ("POST", "/alerts/mark-viewed", {"alert_ids": ["ALT00001"]}),
        ("POST", "/alerts/mark-viewed", {"alert_ids": list(range(1001))}),
        ("POST", "/alerts/mark-viewed", []),
    ],
)
def test_a_senseless_change_is_refused_and_nothing_changed(method: str, path: str, body: Any) -> None:
    made = an_incident()

    refused(ask(method, path, json=body), 422)

    assert ask("GET", "/incidents").body == [made]


def test_a_step_that_there_is_not_is_a_conflict() -> None:
    an_incident()
    ask("POST", "/incidents/1/resolve", json={"resolution_notes": "done"})

    refused(ask("PATCH", "/incidents/1/status", json={"status": "in_progress"}), 409)
    refused(ask("POST", "/incidents/1/resolve", json={"resolution_notes": "other"}), 409)
    assert ask("GET", "/incidents").body[0]["resolution_notes"] == "done"


def test_a_change_of_an_older_version_is_a_conflict() -> None:
    made = an_incident()
    moved = ask("PATCH", "/incidents/1/status", json={"status": "in_progress", "version": made["version"]})

    refused(ask("POST", "/incidents/1/resolve", json={"resolution_notes": "x", "version": made["version"]}), 409)
    refused(ask("PATCH", "/incidents/1/status", json={"status": "open", "version": made["version"]}), 409)

    assert moved.body["version"] == made["version"] + 1
    assert ask("GET", "/incidents").body[0]["status"] == "in_progress"


def test_what_is_done_to_the_incident_is_seen_in_the_alert() -> None:
    number = an_alert()

    ask("POST", f"/incidents/{number}/resolve", json={"resolution_notes": "allowed", "verdict": "false_positive"})

    assert ask("GET", f"/alerts/{number}").body["status"] == "resolved"
    (incident,) = ask("GET", "/incidents", query={"status": "resolved"}).body
    assert (incident["resolution_notes"], incident["verdict"]) == ("allowed", "false_positive")


def refused(answer: Answer, status: int) -> None:
    """In the form of seeds 003 and 004."""
    assert answer.status == status, answer
    assert set(answer.body) == {"detail"}
    assert isinstance(answer.body["detail"], str)
