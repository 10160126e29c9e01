"""The figures of seed 004's dashboard, by the definitions of conflict C17."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.dashboard.app import handler
from shared.activities.service import activity_service
from shared.drills.service import drill_service
from shared.incidents.service import Report, incident_service
from shared.storage.store import store
from shared.subjects.repository import scores_update, subject_repository
from tests.builders.activities import an_exfiltration
from tests.builders.calls import call
from tests.builders.people import a_person

TODAY = datetime.now(UTC).date()


def stats() -> dict[str, Any]:
    answer = call(handler, "GET", "/api/dashboard/stats")
    assert answer.status == 200, answer
    return dict(answer.body)


def with_scores(*scores: float) -> None:
    for number, its in enumerate(scores, 901):
        subject_repository().add(a_person(f"U{number}"))
        if its:
            store().transact([scores_update(f"U{number}", {datetime.now(UTC).date(): its})])


def test_an_empty_desk_shows_nothing(tables: Any) -> None:
    assert stats() == {
        "total_users": 0,
        "active_threats": 0,
        "alerts_today": 0,
        "average_its": 0.0,
        "high_risk_users": 0,
        "recent_alerts": [],
    }


def test_risky_are_those_from_60_on_and_the_mean_is_over_everybody(tables: Any) -> None:
    with_scores(59.9, 60.0, 79.9, 80.0, 40.0)

    shown = stats()

    assert (shown["total_users"], shown["high_risk_users"], shown["active_threats"]) == (5, 3, 3)
    assert shown["average_its"] == pytest.approx((59.9 + 60.0 + 79.9 + 80.0 + 40.0) / 5, abs=0.05)


def test_somebody_who_did_nothing_counts_with_the_quiet_score(tables: Any) -> None:
    with_scores(0, 0)

    assert (stats()["total_users"], stats()["average_its"]) == (2, 5.0)


def test_alerts_of_today_count_the_read_ones_too_and_those_of_yesterdays_events(tables: Any) -> None:
    with_scores(0, 0)
    activity_service().ingest(an_exfiltration("U901", datetime.now(UTC) - timedelta(days=1)))
    incident_service().create(Report("U902", "high", "reported", None), by="ana")

    incident_service().mark_viewed(None)

    assert stats()["alerts_today"] == 2


def test_a_drill_moves_todays_alerts_by_one(tables: Any) -> None:
    with_scores(0)

    for expected in (1, 2):
        assert drill_service().trigger("U901", "data_exfiltration")[0].alert is not None
        assert stats()["alerts_today"] == expected


def test_the_five_newest_alerts_are_shown_in_the_seeds_fields(tables: Any) -> None:
    with_scores(78.5)
    for number in range(7):
        incident_service().create(Report("U901", "high", f"report {number}", None), by="ana")

    recent = stats()["recent_alerts"]

    assert [one["alert_id"] for one in recent] == [f"ALT{number:05d}" for number in (7, 6, 5, 4, 3)]
    assert set(recent[0]) == {
        "alert_id", "user_id", "timestamp", "its_score", "risk_level", "anomalies", "explanation",
    }  # fmt: skip
    assert (recent[0]["its_score"], recent[0]["risk_level"], recent[0]["explanation"]) == (78.5, "high", "report 6")


def test_the_cost_of_the_figures_does_not_grow_with_what_happened(tables: Any) -> None:
    from tests.faults.plan import FaultPlan

    with_scores(0)
    with FaultPlan() as before:
        stats()
    for number in range(30):
        incident_service().create(Report("U901", "high", f"report {number}", None), by="ana")

    with FaultPlan() as after:
        stats()

    assert len(after.calls) == len(before.calls)
