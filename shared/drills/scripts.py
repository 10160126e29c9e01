"""What a drill makes a person do: the three anomalies of seed 004 and an ordinary day."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from shared.activities.model import Activity, ActivityType

AnomalyType = Literal["data_exfiltration", "off_hours", "sabotage"]
ANOMALY_TYPES: tuple[str, ...] = get_args(AnomalyType)
NIGHT_ENDS = 6
SATURDAY = 5
OFFICE, ABROAD = "192.168.1.66", "203.0.113.{}"


@dataclass(frozen=True, slots=True)
class Draft:
    """An activity before it has a person and an id."""

    activity_type: ActivityType
    at: datetime
    details: Mapping[str, Any]
    ip_address: str | None = OFFICE
    device_id: str | None = None


def moments_until(last: datetime, count: int, step: timedelta) -> list[datetime]:
    """`count` moments up to `last`, `step` apart, closer where they would begin before `last`'s own UTC day.

    A drill is one day's story: cut in two by midnight it would be two harmless halves.
    """
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    apart = min(step, (last - midnight) / count)
    return [last - apart * n for n in reversed(range(count))]


def data_exfiltration(now: datetime) -> list[Draft]:
    """Five big reads of confidential files, then three large mails to the outside: eight activities."""
    mail = {
        "to": "contact@rival.example",
        "subject": "documents",
        "external": True,
        "attachment_size_mb": 120.0,
        "suspicious_keywords": 1,
    }
    moments = moments_until(now, 8, timedelta(minutes=1))
    reads = [Draft("file_access", at, _confidential(n)) for n, at in enumerate(moments[:5])]
    return reads + [Draft("email", at, mail) for at in moments[5:]]


def _confidential(n: int) -> dict[str, Any]:
    path = f"/finance/confidential_{n}.xlsx"
    return {"file_path": path, "action": "read", "size_mb": 150.0 + 12.5 * n, "sensitive": True}


def off_hours(now: datetime) -> list[Draft]:
    """Eight logons of the latest night, from addresses abroad that the source itself marks as odd."""
    last = now if now.hour < NIGHT_ENDS else now.replace(hour=NIGHT_ENDS - 1, minute=50)
    details = {"location": "unknown", "remote": True, "geo_anomaly": True}
    moments = moments_until(last, 8, timedelta(minutes=15))
    return [Draft("logon", at, details, ABROAD.format(10 + n)) for n, at in enumerate(moments)]


def sabotage(now: datetime) -> list[Draft]:
    """Ten deletions of project files within minutes."""
    deletions = [
        {"file_path": f"/projects/critical_file_{n}.py", "action": "delete", "size_mb": 0.4} for n in range(10)
    ]
    moments = moments_until(now, 10, timedelta(seconds=20))
    return [Draft("file_access", at, deletion) for at, deletion in zip(moments, deletions, strict=True)]


SCRIPTS: Mapping[str, Callable[[datetime], list[Draft]]] = {
    "data_exfiltration": data_exfiltration,
    "off_hours": off_hours,
    "sabotage": sabotage,
}


def ordinary(now: datetime, count: int, rng: random.Random, habits: Sequence[Activity]) -> list[Draft]:
    """What the person does anyway, again: their own activities over the office hours of the latest working day."""
    begin, end = office_hours(now)
    step = (end - begin) / (count + 1)
    return [_ordinary(begin + step * (n + 1), rng, habits) for n in range(count)]


def office_hours(now: datetime) -> tuple[datetime, datetime]:
    """From nine to five (UTC) of the latest working day that has begun, and never in the future."""
    day = now.replace(hour=9, minute=0, second=0, microsecond=0)
    while day >= now or day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day, min(now, day + timedelta(hours=8))


def _ordinary(at: datetime, rng: random.Random, habits: Sequence[Activity]) -> Draft:
    if not habits:
        details = {"file_path": "/docs/notes.md", "action": "read", "size_mb": 0.2, "sensitive": False}
        return Draft("file_access", at, details)
    habit = rng.choice(habits)
    return Draft(habit.activity_type, at, habit.details, habit.ip_address, habit.device_id)
