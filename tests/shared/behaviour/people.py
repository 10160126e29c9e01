"""Builders: a person, their ordinary fortnight, and the drills of seed 004."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.activities.model import Activity, ActivityType
from shared.behaviour.state import BehaviourState
from shared.subjects.model import Subject

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
TODAY = MONDAY + timedelta(days=18)  # a Friday, after fourteen working days


def a_subject(number: int = 1, role: str = "Developer") -> Subject:
    return Subject(f"U{number:03d}", f"Person {number}", f"person{number}@example.com", role, "Engineering")


def an_event(
    kind: ActivityType = "logon",
    at: datetime = TODAY,
    details: dict[str, Any] | None = None,
    subject: str = "U001",
    synthetic: bool = False,
    address: str = "192.168.1.10",
    device: str | None = None,
) -> Activity:
    name = f"{subject}-{kind}-{at.isoformat()}-{sorted((details or {}).items(), key=str)}"
    return Activity(name, subject, kind, at, details or {}, address, device or f"laptop-{subject}", synthetic)


def a_fortnight(subject: Subject, seed: int = 0) -> list[Activity]:
    """8 to 25 activities on each of fourteen working days, as the demo population has them."""
    rng = random.Random(f"{subject.subject_id}-{seed}")
    days = [MONDAY + timedelta(days=n) for n in range(18) if (MONDAY + timedelta(days=n)).weekday() < 5]
    return [event for day in days for event in an_ordinary_day(subject, day, rng)]


def an_ordinary_day(subject: Subject, day: datetime, rng: random.Random) -> list[Activity]:
    who = subject.subject_id
    events = [an_event("logon", day + timedelta(hours=8, minutes=rng.randrange(90)), subject=who)]
    for _ in range(rng.randint(7, 24)):
        at = day + timedelta(hours=9, seconds=rng.randrange(8 * 3600))
        events.append(_file(who, at, rng) if rng.random() < 0.6 else _mail(who, at, rng))
    return events


def _file(who: str, at: datetime, rng: random.Random) -> Activity:
    folder = rng.choice(("projects", "docs", "reports", "shared"))
    action = rng.choices(("read", "write", "delete"), (70, 27, 3))[0]
    details = {"file_path": f"/{folder}/file_{rng.randrange(60)}.docx", "action": action}
    return an_event(
        "file_access", at, details | {"size_mb": rng.uniform(0.05, 8), "sensitive": rng.random() < 0.05}, who
    )


def _mail(who: str, at: datetime, rng: random.Random) -> Activity:
    external = rng.random() < 0.15
    to = f"client{rng.randrange(4)}@partner.example" if external else f"person{rng.randrange(20)}@example.com"
    details = {"to": to, "external": external, "attachment_size_mb": rng.choice((0, 0, 0, 1.5))}
    return an_event("email", at, details, who)


def exfiltration(at: datetime, who: str = "U001") -> list[Activity]:
    reads = [
        {"file_path": f"/finance/confidential_{n}.xlsx", "action": "read", "size_mb": 150 + 12 * n, "sensitive": True}
        for n in range(5)
    ]
    mail = {"to": "contact@rival.example", "external": True, "attachment_size_mb": 120.0}
    events = [an_event("file_access", at + timedelta(seconds=n), read, who, True) for n, read in enumerate(reads)]
    return events + [an_event("email", at + timedelta(seconds=60 + n), mail, who, True) for n in range(3)]


def night_logons(night: datetime, who: str = "U001") -> list[Activity]:
    moments = [night + timedelta(hours=3, minutes=10 * n) for n in range(8)]
    details = {"geo_anomaly": True}
    return [an_event("logon", at, details, who, True, address=f"203.0.113.{n}") for n, at in enumerate(moments)]


def deletions(at: datetime, who: str = "U001") -> list[Activity]:
    details = [{"file_path": f"/projects/critical_file_{n}.py", "action": "delete", "size_mb": 0.4} for n in range(10)]
    return [an_event("file_access", at + timedelta(seconds=n), what, who, True) for n, what in enumerate(details)]


def a_state(subject: Subject, events: list[Activity]) -> BehaviourState:
    state = BehaviourState.for_subject(subject)
    for event in events:
        state.apply(event)
    return state
