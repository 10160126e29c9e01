"""The story that `make demo` tells without a file: two people's last working day, then a night in which one steals.

The working day repeats events of the history under their own ids (the platform drops what it knows). The night is
yesterday's, 20:40 to 23:50 UTC, so that it lies in one UTC day and never in the future.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from infra.local.demonstration_days import Event, day_of, desk_of, working_days
from infra.local.demonstration_people import people
from shared.activities.model import Activity

THIEF, COLLEAGUE = "U002", "U034"  # a developer whom finance is no business of; somebody of finance
READ, COPIED, MAILED, ERASED = 44, 34, 8, 6  # events
STEP = timedelta(minutes=2)
DROP = "a.g.private@mail.example.org"
LAPTOP, HOME_ADDRESS = "laptop-002", "192.168.178.22"


def sample_story(now: datetime) -> list[Activity]:
    """About 120 activities in time order, the last ones an exfiltration by THIEF. Ids depend on the date alone."""
    today = now.astimezone(UTC).date()
    last_day = [day for day in working_days(today) if day < today][-1]
    by_id = {person.subject_id: person for person in people()}
    days = chain.from_iterable(day_of(desk_of(by_id[who]), last_day) for who in (THIEF, COLLEAGUE))
    return sorted([*days, *night(today - timedelta(days=1))], key=lambda activity: activity.at)


def night(day: date) -> list[Activity]:
    """What THIEF does on one evening: reads what is confidential, takes it on a stick and by mail, wipes traces."""
    begin = datetime.combine(day, time(20, 40), UTC)
    name = f"demo-story-{day:%Y%m%d}"
    return [
        Activity(f"{name}-{place:03d}", THIEF, kind, at, details, HOME_ADDRESS, LAPTOP)
        for place, (at, kind, details) in enumerate(_theft(begin), 1)
    ]


def _theft(begin: datetime) -> Iterator[Event]:
    steps = iter(range(1, 200))

    def then() -> datetime:
        return begin + STEP * next(steps)

    yield begin, "logon", {"location": "Home", "remote": True}
    for number in range(READ):
        yield then(), "file_access", _file(number, "download" if number % 3 == 2 else "read")
    yield then(), "file_access", _file(0, "mount", file_path="/media/usb0", size_mb=0, sensitive=False)
    for number in range(COPIED):
        yield then(), "file_access", _file(number, "copy", destination="removable")
    for number in range(MAILED):
        yield then(), "email", _mail(number)
    for number in range(ERASED):
        path = f"/home/u002/staging/part_{number + 1}.zip"
        yield then(), "file_access", _file(number, "delete", file_path=path, sensitive=False)
    yield then(), "logoff", {}


def _file(number: int, action: str, **other: Any) -> dict[str, Any]:
    """One of the confidential files; 20 to 140 MB."""
    path = f"/finance/confidential/{('board', 'payroll', 'merger', 'customers')[number % 4]}_{number + 1}.xlsx"
    return {"file_path": path, "action": action, "size_mb": 20.0 + 37 * number % 121, "sensitive": True, **other}


def _mail(number: int) -> dict[str, Any]:
    """To an address outside that nobody has ever written to."""
    counts = {"recipients": 1, "attachments": 2, "attachment_size_mb": 18.0 + number}
    return {"to": [DROP], "external": True, **counts}
