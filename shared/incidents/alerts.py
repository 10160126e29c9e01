"""When an alert is raised, and when a repeat goes into the one there is. Plans writes; the pipeline commits them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from shared.core.clock import iso_seconds
from shared.incidents.model import Case
from shared.incidents.repository import (
    CaseRepository,
    case_repository,
    change,
    creation,
    frozen_evidence,
    history_entry,
)
from shared.outbox.model import Announcement
from shared.storage.writes import Write
from shared.subjects.model import Subject
from shared.threats.levels import risk_level

# An alert is raised where the seed's "high" begins: the operating point that the model card reports.
ALERT_AT = 60.0
REPEAT_WINDOW = timedelta(hours=24)
# After an analyst has resolved a case, the same day's evidence alone does not reopen the matter; clearly more does.
WORSE_BY = 10.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the detector saw: the score after some activities, and what it rests on."""

    subject: Subject
    its: float
    anomalies: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    drill: bool


class Explain(Protocol):
    """Called only when an alert needs words: (text, evidence)."""

    def __call__(self) -> tuple[str, Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """The case as it will be, and the writes that make it so."""

    case: Case
    writes: tuple[Write, ...]


class AlertService:
    """Alerts of the detector."""

    def __init__(self, cases: CaseRepository) -> None:
        self._cases = cases

    def plan(self, seen: Sighting, explain: Explain, now: datetime, *, always_new: bool = False) -> Plan | None:
        """What a sighting changes; None below the threshold. `always_new`: a drill raises its own alert."""
        if seen.its < ALERT_AT:
            return None
        current = None if always_new else self._cases.repeating(seen.subject.subject_id, seen.drill)
        if current is not None and _repeats(current, seen):
            return _repeat(current, seen, explain, now)
        return _raise(self._cases.next_number(), seen, explain, now)


def _repeats(case: Case, seen: Sighting) -> bool:
    """Within a day of the case's last activity, earlier or later; a resolved case takes what is not clearly worse."""
    near = case.first_seen - REPEAT_WINDOW <= seen.last_at and seen.first_at <= case.last_seen + REPEAT_WINDOW
    return near and (case.status != "resolved" or seen.its < case.its + WORSE_BY)


def _raise(number: int, seen: Sighting, explain: Explain, now: datetime) -> Plan:
    text, evidence = explain()
    case = Case(
        number=number,
        subject_id=seen.subject.subject_id,
        subject_name=seen.subject.name,
        its=seen.its,
        severity=risk_level(seen.its),
        anomalies=seen.anomalies,
        explanation=text,
        description=text,
        raised_at=now,
        first_seen=seen.first_at,
        last_seen=seen.last_at,
        origin="drill" if seen.drill else "detector",
    )
    return Plan(case, (*creation(case), frozen_evidence(case, evidence), *_announce(case, "raised", now)))


def _repeat(case: Case, seen: Sighting, explain: Explain, now: datetime) -> Plan:
    """Counted always; new evidence is frozen and announced only when the case has become worse."""
    after = case.repeated(seen.its, seen.anomalies, seen.last_at)
    if after.risk_level == case.risk_level and set(after.anomalies) == set(case.anomalies):
        return Plan(after, (change(after),))
    text, evidence = explain()
    after = replace(after, explanation=text, description=text)
    entry = history_entry(after, "worsened", now, by="detector", its=after.its, anomalies=list(after.anomalies))
    return Plan(after, (change(after), frozen_evidence(after, evidence), entry, *_announce(after, "worsened", now)))


def _announce(case: Case, kind: str, now: datetime) -> list[Write]:
    """One message for those who follow alerts, and with a new case one for those who follow incidents."""
    topics = ("alerts", "incidents") if kind == "raised" else ("alerts",)
    return [
        Announcement(
            f"case-{case.number}-{case.version}-{topic}",
            topic,
            f"{topic.removesuffix('s')}.{kind}",
            alert_payload(case),
            now,
            case.origin == "drill",
        ).put()
        for topic in topics
    ]


def alert_payload(case: Case) -> dict[str, Any]:
    """An alert as the live socket shows it: the keys of GET /api/alerts and the incident's id."""
    return {
        "alert_id": case.alert_id,
        "alert_db_id": case.number,
        "incident_id": case.incident_id,
        "user_id": case.subject_id,
        "user": case.subject_name,
        "timestamp": iso_seconds(case.raised_at),
        "its_score": case.its,
        "risk_level": case.risk_level,
        "anomalies": list(case.anomalies),
        "explanation": case.explanation,
        "status": case.status,
        "first_seen": iso_seconds(case.first_seen),
        "last_seen": iso_seconds(case.last_seen),
        "count": case.count,
    }


@cache
def alert_service() -> AlertService:
    """The service of this process."""
    return AlertService(case_repository())
