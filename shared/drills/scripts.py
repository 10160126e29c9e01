"""What a drill makes a person do: the three anomalies of seed 004 and an ordinary day."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from shared.activities.model import ActivityType

AnomalyType = Literal["data_exfiltration", "off_hours", "sabotage"]
ANOMALY_TYPES: tuple[str, ...] = get_args(AnomalyType)
NIGHT_ENDS = 6
OFFICE, ABROAD = "192.168.1.66", "203.0.113.{}"


@dataclass(frozen=True, slots=True)
class Draft:
    """An activity before it has a person and an id."""

    activity_type: ActivityType
    at: datetime
    details: Mapping[str, Any]
    ip_address: str = OFFICE


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


def ordinary(now: datetime, count: int, rng: random.Random) -> list[Draft]:
    """The last minutes of a plain working day: reads of small files and mails to colleagues."""
    return [_ordinary(now - timedelta(minutes=3 * (count - n)), rng) for n in range(count)]


def _ordinary(at: datetime, rng: random.Random) -> Draft:
    if rng.random() < 0.4:
        return Draft("email", at, {"to": "team@example.com", "external": False, "attachment_size_mb": 0.0})
    path, size = f"/projects/notes_{rng.randrange(40)}.md", round(rng.uniform(0.05, 2), 2)
    return Draft("file_access", at, {"file_path": path, "action": "read", "size_mb": size, "sensitive": False})
