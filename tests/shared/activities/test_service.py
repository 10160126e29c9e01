"""The pipeline: what goes in is stored once, scored, and found again."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.activities.model import Activity
from shared.activities.repository import activity_repository
from shared.activities.service import ActivityService, activity_service
from shared.core.errors import Conflict, NotFound
from shared.incidents.repository import case_repository
from shared.storage.schema import INSIDERS, OUTBOX
from shared.storage.store import store
from shared.subjects.repository import subject_repository
from tests.builders.activities import an_activity, an_exfiltration
from tests.builders.people import a_person

THREADS = 24


@pytest.fixture
def pipeline(tables: Any) -> ActivityService:
    for number in (901, 902):
        subject_repository().add(a_person(f"U{number}"))
    return activity_service()


def stored(subject_id: str = "U901") -> list[Activity]:
    return activity_repository().list_since(subject_id, datetime(2020, 1, 1, tzinfo=UTC))


def state(subject_id: str = "U901") -> dict[str, Any]:
    row = store().get(INSIDERS, {"pk": f"SUBJECT#{subject_id}", "sk": "STATE"})
    assert row is not None
    return {name: row[name] for name in ("doc", "track", "last_at")}


def test_an_activity_is_found_as_it_was_sent(pipeline: ActivityService) -> None:
    sent = an_activity(details={"file_path": "/docs/ä.txt", "size_mb": 0.5, "tags": ["x", 1, None]})

    answer = pipeline.ingest([sent])

    assert stored() == [sent]
    assert answer.stored == 1
    assert 0 <= answer.its < 40
    assert activity_repository().figures().activities == 1


def test_a_person_nobody_monitors_is_refused_and_nothing_stored(pipeline: ActivityService) -> None:
    with pytest.raises(NotFound, match="User not found"):
        pipeline.ingest([an_activity("U999")])

    assert stored("U999") == []
    assert activity_repository().figures().activities == 0


def test_sending_an_event_again_gives_its_first_answer(pipeline: ActivityService) -> None:
    events = an_exfiltration()
    first = [pipeline.ingest([event]) for event in events]

    again = [pipeline.ingest([event]) for event in events]

    assert [(one.its, one.alert) for one in again] == [(one.its, one.alert) for one in first]
    assert all(one.stored == 0 for one in again)
    assert len(stored()) == len(events)
    assert activity_repository().figures().activities == len(events)


def test_an_event_id_of_another_activity_is_refused(pipeline: ActivityService) -> None:
    known = an_activity()
    pipeline.ingest([known])

    with pytest.raises(Conflict):
        pipeline.ingest([an_activity("U902", event_id=known.event_id)])

    assert stored("U902") == []


def test_a_batch_that_is_partly_known_stores_the_rest(pipeline: ActivityService) -> None:
    events = [an_activity() for _ in range(5)]
    pipeline.ingest(events[:2])

    answer = pipeline.ingest(events)

    assert answer.stored == 3
    assert {event.event_id for event in stored()} == {event.event_id for event in events}


def test_late_and_shuffled_events_leave_the_same_state_as_ordered_ones(pipeline: ActivityService) -> None:
    base = datetime.now(UTC).replace(microsecond=0) - timedelta(days=4)
    plain = [an_activity("U901", at=base + timedelta(hours=7 * n), event_id=f"e{n}") for n in range(12)]
    for event in plain:
        pipeline.ingest([event])
    ordered, scores = state(), subject_repository().get("U901").day_scores

    shuffled = [an_activity("U902", at=event.at, event_id=f"f{n}") for n, event in enumerate(plain)]
    random.Random(4).shuffle(shuffled)
    for event in (*shuffled, *shuffled[:5]):
        pipeline.ingest([event])

    assert state("U902") == ordered
    assert subject_repository().get("U902").day_scores == scores


def test_an_exfiltration_raises_one_alert_that_repeats_count_into(pipeline: ActivityService) -> None:
    answers = [pipeline.ingest([event]) for event in an_exfiltration()]

    (case,) = case_repository().list_newest(10)
    alerted = [answer.alert for answer in answers if answer.alert]
    assert case.its >= 60
    assert case.risk_level in ("high", "critical")
    assert case.count == len(alerted)
    assert {alert.number for alert in alerted} == {case.number}
    assert case.its == max(alert.its for alert in alerted)
    assert case.status == "open"


def test_an_alert_freezes_evidence_that_adds_up(pipeline: ActivityService) -> None:
    events = an_exfiltration()
    pipeline.ingest(events)

    (case,) = case_repository().list_newest(10)
    (evidence,) = case_repository().evidence(case.number)
    explanation = evidence["explanation"]

    total = explanation["base"] + sum(part["points"] for part in explanation["contributions"])
    assert total == pytest.approx(explanation["its"], abs=0.051)
    assert set(evidence["event_ids"]) == {event.event_id for event in events}
    assert case.explanation == explanation["text"]


def test_a_new_alert_is_announced_once_on_each_topic(pipeline: ActivityService) -> None:
    pipeline.ingest(an_exfiltration())

    (case,) = case_repository().list_newest(10)
    rows = [store().get(OUTBOX, {"pk": f"case-{case.number}-1-{topic}"}) for topic in ("alerts", "incidents")]
    assert [row and row["kind"] for row in rows] == ["alert.raised", "incident.raised"]


def test_a_drill_leaves_the_persons_normal_behaviour_alone(pipeline: ActivityService) -> None:
    """After drills of yesterday, today's real day scores as if they had never been."""
    yesterday = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=1)
    drilled = [
        Activity(f"d{n}", "U902", event.activity_type, event.at, event.details, event.ip_address, event.device_id, True)
        for n, event in enumerate(an_exfiltration("U902", yesterday))
    ]
    pipeline.ingest(drilled)
    now = datetime.now(UTC).replace(microsecond=0)

    for subject_id in ("U901", "U902"):
        pipeline.ingest([an_activity(subject_id, at=now)])

    plain, after = (subject_repository().get(subject_id).day_scores[now.date()] for subject_id in ("U901", "U902"))
    assert plain == after


def test_24_senders_of_one_persons_events_lose_none_and_double_no_alert(pipeline: ActivityService) -> None:
    events = an_exfiltration() + [an_activity() for _ in range(THREADS - 8)]
    twice = [event for event in events for _ in range(2)]

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(lambda event: pipeline.ingest([event]), twice))

    assert sum(answer.stored for answer in answers) == len(events)
    assert {event.event_id for event in stored()} == {event.event_id for event in events}
    assert activity_repository().figures().activities == len(events)
    assert len(case_repository().list_newest(10)) == 1
    assert len({answer.alert.number for answer in answers if answer.alert}) == 1
