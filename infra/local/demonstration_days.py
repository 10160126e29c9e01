"""One working day of one invented person: ordinary office life.

It depends on the person, the day and SEED alone. So loading the history again tomorrow repeats the same events under
the same ids, and the platform drops them. Times are UTC; ordinary hours are 7:00 to 19:00 (seed 004).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from infra.local.demonstration_oddities import evening, is_travelling, oddity
from infra.local.demonstration_people import DOMAIN, HABITS, people
from shared.activities.model import Activity, ActivityType
from shared.subjects.model import Subject

SEED = 20241114  # the date of seed 004
DAYS = 14
FEWEST, MOST = 8, 12  # activities a day, logon and logoff included
HOME_SHARE = 0.3  # of the people may work from home
LATEST_START_MINUTE = 150  # after 7:00 UTC
OWN_FILES = 14
ACTIONS = ("read",) * 7 + ("write",) * 3 + ("download",)

Event = tuple[datetime, ActivityType, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What stays the same about a person."""

    subject: Subject
    files: tuple[tuple[str, float, bool], ...]  # path, MB, sensitive
    start_minute: int  # after 7:00
    home_days: tuple[int, ...]  # 0 is Monday
    number: int


def working_days(today: date) -> list[date]:
    """The DAYS working days before a date, oldest first, and the date itself if it is one."""
    days = [today] if today.weekday() < 5 else []
    day = today
    while len(days) < DAYS + (today.weekday() < 5):
        day -= timedelta(days=1)
        if day.weekday() < 5:
            days.append(day)
    return days[::-1]


def desk_of(subject: Subject) -> Desk:
    """A person's files, hours and days at home."""
    random = Random(f"{SEED}:{subject.subject_id}")
    habits = HABITS[subject.role]
    files = []
    for _ in range(OWN_FILES):
        stem, _, ending = random.choice(habits.files).partition(".")
        path = f"{random.choice(habits.folders)}/{stem}_{random.randint(1, 60)}.{ending}"
        size = round(min(40.0, random.lognormvariate(math.log(habits.median_mb), 0.8)), 3)
        files.append((path, size, random.random() < habits.sensitive))
    home_days = tuple(random.sample(range(5), 2)) if random.random() < HOME_SHARE else ()
    start = random.randint(30, LATEST_START_MINUTE)
    return Desk(subject, tuple(files), start, home_days, int(subject.subject_id[1:]))


def day_of(desk: Desk, day: date) -> list[Activity]:
    """One person's day, in time order, with ids that never change."""
    random = Random(f"{SEED}:{desk.subject.subject_id}:{day.isoformat()}")
    events = sorted(_events(desk, day, random), key=lambda event: event[0])
    at_home = day.weekday() in desk.home_days or is_travelling(desk.number, day)
    address = f"192.168.178.{20 + desk.number}" if at_home else f"192.168.1.{100 + desk.number - 1}"
    name = f"demo-{desk.subject.subject_id}-{day:%Y%m%d}"
    laptop = f"laptop-{desk.number:03d}"
    return [
        Activity(f"{name}-{place:02d}", desk.subject.subject_id, kind, at, details, address, laptop)
        for place, (at, kind, details) in enumerate(events, 1)
    ]


def _events(desk: Desk, day: date, random: Random) -> Iterator[Event]:
    """FEWEST to MOST events between logon and logoff."""
    begin = datetime.combine(day, time(7), UTC) + timedelta(minutes=desk.start_minute + random.randint(-20, 20))
    end = begin + timedelta(minutes=random.randint(480, 540)) + evening(desk.number, day)
    yield begin, "logon", _whereabouts(desk, day)
    yield end, "logoff", {}
    special = oddity(desk.subject, day)
    if special:
        yield begin + (end - begin) * 0.6, *special
    for _ in range(random.randint(FEWEST, MOST) - 2 - bool(special)):
        at = begin + timedelta(seconds=random.randint(120, int((end - begin).total_seconds()) - 120))
        mail = random.random() < HABITS[desk.subject.role].mail
        yield (at, "email", _mail(desk.subject, random)) if mail else (at, "file_access", _file(desk, random))


def _whereabouts(desk: Desk, day: date) -> dict[str, Any]:
    place = is_travelling(desk.number, day)
    home = day.weekday() in desk.home_days
    return {"location": place or ("Home" if home else "Office"), "remote": bool(place) or home}


def _file(desk: Desk, random: Random) -> dict[str, Any]:
    """Files of one's own mostly, the first ones more often; the size varies as a file grows."""
    path, size, sensitive = desk.files[min(int(random.expovariate(0.25)), OWN_FILES - 1)]
    size_mb = round(size * random.uniform(0.95, 1.05), 3)
    return {"file_path": path, "action": random.choice(ACTIONS), "size_mb": size_mb, "sensitive": sensitive}


def _mail(subject: Subject, random: Random) -> dict[str, Any]:
    """To colleagues of the department and the manager; some to the role's partners outside."""
    habits = HABITS[subject.role]
    external = random.random() < habits.external
    near = [p.email for p in people() if p.department == subject.department and p is not subject]
    to = (
        [f"contact{random.randint(1, 3)}@{random.choice(habits.outside)}"]
        if external
        else random.sample(near, min(len(near), random.choice((1, 1, 1, 2, 3))))
    )
    assert external or all(address.endswith(DOMAIN) for address in to)
    attachments = int(random.random() < 0.25)
    size = round(min(8.0, random.lognormvariate(math.log(0.4), 0.7)), 3) if attachments else 0
    counts = {"recipients": len(to), "attachments": attachments, "attachment_size_mb": size}
    return {"to": to, "external": external, **counts}
