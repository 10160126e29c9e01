"""The life of an incident."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from shared.core.errors import IllegalMove, NotFound, StaleVersion
from shared.incidents.model import Case
from shared.incidents.repository import case_repository
from shared.incidents.service import IncidentService, Report, Resolution, incident_service
from shared.storage.schema import OUTBOX
from shared.storage.store import store
from shared.subjects.repository import scores_update, subject_repository
from tests.builders.people import a_person

THREADS = 24


@pytest.fixture
def incidents(tables: Any) -> IncidentService:
    subject_repository().add(a_person("U901"))
    return incident_service()


def a_report(subject_id: str = "U901") -> Report:
    return Report(subject_id, "high", "Suspicious activity", None)


def an_incident(incidents: IncidentService) -> Case:
    return incidents.create(a_report(), by="ana")


def test_a_reported_incident_is_an_open_alert_with_the_same_number(incidents: IncidentService) -> None:
    case = an_incident(incidents)

    assert (case.alert_id, case.incident_id, case.status) == ("ALT00001", "INC-001", "open")
    assert [listed.number for listed in case_repository().list_unread(10)] == [1]
    assert case_repository().alerts_on(datetime.now(UTC).date()) == 1


def test_an_incident_about_nobody_we_monitor_is_refused(incidents: IncidentService) -> None:
    with pytest.raises(NotFound, match="User not found"):
        incidents.create(a_report("U999"), by="ana")

    assert case_repository().list_newest(10) == []


@pytest.mark.parametrize(
    ("path", "legal"),
    [
        (["in_progress", "resolved", "open"], True),
        (["in_progress", "open", "resolved"], True),
        (["resolved", "in_progress"], False),
        (["in_progress", "resolved", "in_progress"], False),
    ],
)
def test_only_the_pictured_steps_are_possible(incidents: IncidentService, path: list[Any], legal: bool) -> None:
    case = an_incident(incidents)
    for status in path[:-1]:
        incidents.move(case.number, status, "ana")

    if legal:
        assert incidents.move(case.number, path[-1], "ana").status == path[-1]
    else:
        with pytest.raises(IllegalMove):
            incidents.move(case.number, path[-1], "ana")


def test_a_status_that_it_has_already_changes_nothing(incidents: IncidentService) -> None:
    case = an_incident(incidents)

    assert incidents.move(case.number, "open", "ana").version == case.version


def test_resolving_twice_keeps_the_first_time(incidents: IncidentService) -> None:
    case = an_incident(incidents)
    first = incidents.resolve(case.number, Resolution("was allowed"), "ana")

    again = incidents.resolve(case.number, Resolution("was allowed"), "bo")

    assert again.resolved_at is not None
    assert first.resolved_at is not None
    assert again.resolved_at.replace(microsecond=0) == first.resolved_at.replace(microsecond=0)
    assert again.version == first.version


def test_resolving_again_with_other_notes_is_refused(incidents: IncidentService) -> None:
    case = an_incident(incidents)
    incidents.resolve(case.number, Resolution("was allowed"), "ana")

    with pytest.raises(IllegalMove):
        incidents.resolve(case.number, Resolution("was not allowed"), "bo")

    assert case_repository().get(case.number).resolution_notes == "was allowed"


def test_a_caller_with_an_old_version_is_told(incidents: IncidentService) -> None:
    case = an_incident(incidents)
    incidents.move(case.number, "in_progress", "ana")

    with pytest.raises(StaleVersion):
        incidents.resolve(case.number, Resolution("x"), "bo", version=case.version)


def test_a_false_positive_stops_weighing_on_the_person(incidents: IncidentService) -> None:
    today = datetime.now(UTC).date()
    store().transact([scores_update("U901", {today: 85.0})])
    case = an_incident(incidents)
    assert case.its == 85.0

    incidents.resolve(case.number, Resolution("authorised", "false_positive"), "ana")

    assert subject_repository().get("U901").its(datetime.now(UTC)) < 20


def test_every_change_is_in_the_history_and_announced(incidents: IncidentService) -> None:
    case = an_incident(incidents)
    incidents.move(case.number, "in_progress", "ana")
    incidents.resolve(case.number, Resolution("done"), "bo")

    history = case_repository().history(case.number)
    announced = [store().get(OUTBOX, {"pk": f"case-{case.number}-{version}-incidents"}) for version in (1, 2, 3)]

    assert [(entry["what"], entry["by"]) for entry in history] == [
        ("raised", "ana"),
        ("in_progress", "ana"),
        ("resolved", "bo"),
    ]
    assert [row and row["kind"] for row in announced] == [
        "incident.raised",
        "incident.in_progress",
        "incident.resolved",
    ]


def test_24_analysts_lose_no_change(incidents: IncidentService) -> None:
    """Each moves or resolves another's case at the same moment; the history has no gap and nobody's change is lost."""
    case = an_incident(incidents)
    statuses: list[Any] = ["in_progress", "open"] * (THREADS // 2)

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(lambda status: incidents.move(case.number, status, "x"), statuses))

    last = case_repository().get(case.number)
    history = case_repository().history(case.number)
    assert len(done) == THREADS
    assert [entry["version"] for entry in history] == list(range(1, last.version + 1))
    assert all(one["status"] != other["status"] for one, other in pairwise(history))


def test_one_of_24_resolutions_wins(incidents: IncidentService) -> None:
    case = an_incident(incidents)

    def resolve(n: int) -> bool:
        try:
            incidents.resolve(case.number, Resolution(f"notes {n}"), "x")
        except IllegalMove:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        won = list(threads.map(resolve, range(THREADS)))

    assert sum(won) == 1
    assert case_repository().get(case.number).resolution_notes == f"notes {won.index(True)}"


def test_24_reports_get_24_numbers(incidents: IncidentService) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        numbers = list(threads.map(lambda _: incidents.create(a_report(), "x").number, range(THREADS)))

    assert sorted(numbers) == list(range(1, THREADS + 1))
    assert case_repository().alerts_on(datetime.now(UTC).date()) == THREADS


def test_an_unread_alert_is_counted_by_one_of_24_readers(incidents: IncidentService) -> None:
    case = an_incident(incidents)

    with ThreadPoolExecutor(THREADS) as threads:
        counts = list(threads.map(lambda _: incidents.mark_viewed([case.number]), range(THREADS)))

    assert sum(counts) == 1
    assert incidents.mark_viewed(None) == 0


def test_a_reopened_false_positive_weighs_again(incidents: IncidentService) -> None:
    today = datetime.now(UTC).date()
    store().transact([scores_update("U901", {today: 85.0})])
    case = an_incident(incidents)
    incidents.resolve(case.number, Resolution("no", "false_positive"), "ana")

    incidents.move(case.number, "open", "bo")

    reopened = case_repository().get(case.number)
    assert (reopened.resolution_notes, reopened.verdict, reopened.resolved_at) == (None, None, None)
    assert subject_repository().get("U901").its(datetime.now(UTC)) == 85.0
    assert incidents.resolve(case.number, Resolution("yes", "true_positive"), "bo").verdict == "true_positive"
    assert subject_repository().get("U901").its(datetime.now(UTC)) == 85.0


def test_150_unread_alerts_are_marked_in_a_few_calls(incidents: IncidentService) -> None:
    numbers = [an_incident(incidents).number for _ in range(150)]
    incidents.mark_viewed(numbers[3:5])

    assert incidents.mark_viewed([*numbers, 99_999]) == 148
    assert case_repository().list_unread(10) == []
