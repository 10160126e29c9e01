"""Harmless things that look odd: overtime, travel, a stick for a fair, a newsletter, a clean-up, mail to oneself.

Whoever watches the demonstration should see that these alone raise no alarm. By calendar week, so that a person's odd
days come back like a habit would.
"""

from datetime import date, timedelta
from typing import Any

from infra.local.demonstration_people import people
from shared.activities.model import ActivityType
from shared.subjects.model import Subject

OVERTIME = {18: (1, 3), 33: (2,), 42: (3,)}  # number: weekdays (0 is Monday) with a long evening
LONG_EVENING = timedelta(hours=2, minutes=30)
JOURNEYS = {44: ("Berlin, Germany", (1, 2)), 10: ("London, UK", (2, 3)), 47: ("Paris, France", (3,))}
FAIR, NEWSLETTER, CLEAN_UP, OWN_MAIL, BACKUP = 45, 6, 20, 41, 36


def evening(number: int, day: date) -> timedelta:
    """How much longer a person stays."""
    return LONG_EVENING if day.weekday() in OVERTIME.get(number, ()) else timedelta()


def is_travelling(number: int, day: date) -> str | None:
    """The town a person works from on that day, None at home or in the office. Every second week."""
    town, weekdays = JOURNEYS.get(number, ("", ()))
    return town if day.weekday() in weekdays and day.isocalendar().week % 2 == 0 else None


def oddity(subject: Subject, day: date) -> tuple[ActivityType, dict[str, Any]] | None:
    """The one odd event of a person's day."""
    return _ODDITIES.get((int(subject.subject_id[1:]), day.weekday()))


def _copy(path: str, size_mb: float) -> tuple[ActivityType, dict[str, Any]]:
    details = {"file_path": path, "action": "copy", "size_mb": size_mb, "sensitive": False, "destination": "removable"}
    return "file_access", details


def _mail(to: list[str], external: bool, size_mb: float) -> tuple[ActivityType, dict[str, Any]]:
    counts = {"recipients": len(to), "attachments": int(size_mb > 0), "attachment_size_mb": size_mb}
    return "email", {"to": to, "external": external, **counts}


_ODDITIES: dict[tuple[int, int], tuple[ActivityType, dict[str, Any]]] = {
    (FAIR, 3): _copy("/sales/material/deck_12.pptx", 14.2),
    (NEWSLETTER, 0): _mail([person.email for person in people()][:40], False, 0.6),
    (CLEAN_UP, 4): (
        "file_access",
        {"file_path": "/build/reports/release_7.zip", "action": "delete", "size_mb": 18.0, "sensitive": False},
    ),
    (OWN_MAIL, 2): _mail(["private.address@mail.example.org"], True, 0.2),
    (BACKUP, 4): (
        "file_access",
        {"file_path": "/finance/reports/summary_3.pptx", "action": "download", "size_mb": 35.0, "sensitive": False},
    ),
}
