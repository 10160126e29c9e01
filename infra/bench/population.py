"""The bench's own organisation: fifty people, ordinary days, the same few files however long the history gets.

Pure: the same arguments give the same people, events and ids. Half of them are steady: their history stays as short as
at the beginning, so that what gets slower for them is the store and not their own past.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.activities.model import Activity, ActivityType
from shared.subjects.model import Subject

PEOPLE, STEADY = 50, 25
DAYS = 60
FILES_EACH = 30
CORRESPONDENTS = 12
ROLES = ("Developer", "Finance", "HR", "Sales", "Manager")
DAY_BEGINS, DAY_MINUTES = time(7, 30), 570
EVERY = 7  # one logon and two mails in so many activities, the rest reads and writes files


def people(count: int = PEOPLE) -> list[Subject]:
    """B001, B002, ... in five roles."""
    return [_person(number) for number in range(1, count + 1)]


def _person(number: int) -> Subject:
    role, subject_id = ROLES[number % len(ROLES)], f"B{number:03d}"
    return Subject(subject_id, f"Bench Person {number}", f"person{number}@example.com", role, f"{role} department")


def history(subject: Subject, count: int, today: date, tag: str = "past") -> list[Activity]:
    """`count` activities on the DAYS days before `today`, in time order and as even as can be."""
    return [_activity(subject, n, count, today, tag) for n in range(count)]


def today_activities(subject: Subject, tag: str, begin: datetime) -> Iterator[Activity]:
    """Without end: what the person does from a moment on, a second apart."""
    number = 0
    while True:
        kind, details = _what(subject, number)
        yield _made(subject, f"{tag}-{number}", kind, begin + timedelta(seconds=number), details)
        number += 1


def every_file(subject: Subject, today: date) -> list[Activity]:
    """One access to each of the person's files, over the DAYS days before `today`: nothing that alarms."""
    begin, step = datetime.combine(today - timedelta(days=DAYS), DAY_BEGINS, UTC), timedelta(days=DAYS) / FILES_EACH
    return [
        _made(subject, f"file-{n}", "file_access", begin + n * step, _access(subject, n, n)) for n in range(FILES_EACH)
    ]


def _activity(subject: Subject, n: int, count: int, today: date, tag: str) -> Activity:
    place = n * DAYS / count
    day = today - timedelta(days=DAYS - int(place))
    at = datetime.combine(day, DAY_BEGINS, UTC) + timedelta(minutes=DAY_MINUTES * (place % 1))
    kind, details = _what(subject, n)
    return _made(subject, f"{tag}-{n}", kind, at, details)


def _made(subject: Subject, name: str, kind: ActivityType, at: datetime, details: dict[str, Any]) -> Activity:
    number = int(subject.subject_id[1:])
    event_id, address, device = f"{subject.subject_id}-{name}", f"192.168.1.{number}", f"laptop-{number:03d}"
    return Activity(event_id, subject.subject_id, kind, at, details, address, device)


def _what(subject: Subject, n: int) -> tuple[ActivityType, dict[str, Any]]:
    place = n % EVERY
    if place == 0:
        return "logon", {"location": "Office", "remote": False}
    if place in (3, 6):
        return "email", {"to": [f"person{_mixed(n, CORRESPONDENTS)}@example.com"], "external": False, "recipients": 1}
    return "file_access", _access(subject, n, _mixed(n, FILES_EACH))


def _access(subject: Subject, n: int, file: int) -> dict[str, Any]:
    path = f"/{subject.department}/folder_{file % 5}/{subject.subject_id}_{file}.docx"
    return {"file_path": path, "action": "write" if n % 3 else "read", "size_mb": 0.2 + n % 5 / 10}


def _mixed(n: int, count: int) -> int:
    """0 to count - 1 without a pattern; low numbers more often, as people have favourites."""
    share = n * 0.6180339887 % 1
    return int(count * share * share)
