"""Made-up incidents in harmless people's days: threats that the four organisations do not contain.

Deletion bursts, logons from abroad, snooping, bulk mail, staging, a taken-over account. They teach the detector that
these are threats too, with sizes and pace drawn widely; held-out organisations are always scored as recorded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Any

import numpy as np

from functions.train_model.insiders.data import WARM_UP_DAYS, Company, Labels
from shared.activities.model import Activity, ActivityType

SHARE = 0.45  # of the harmless people, each in one incident
POOL = 300
NEW_FIELDS = frozenset(("geo_anomaly", "suspicious_keywords"))  # of the seed, recorded by none of the four
Draft = tuple[ActivityType, float, dict[str, Any]]  # type, minutes after the beginning, details


@dataclass(slots=True)
class Habit:
    """What a person's events are like: paths, device, address, active days with their first event."""

    paths: list[str] = field(default_factory=list)
    device: str | None = None
    address: str | None = None
    mornings: dict[int, datetime] = field(default_factory=dict)


def injected(company: Company, seed: int = 5) -> Company:
    """The company with incidents added, labelled `<company>:made-<kind>-<n>`."""
    rng = np.random.default_rng([seed, ord(company.name)])
    habits, fields = _habits(company)
    guilty = {event.subject_id for event in company.events() if event.event_id in company.labels.incident_of}
    innocent = sorted(user for user in set(habits) - guilty if len(habits[user].mornings) > WARM_UP_DAYS)
    chosen = rng.permutation(innocent)[: int(SHARE * len(innocent))]
    labels = Labels(dict(company.labels.incident_of), dict(company.labels.scenario_of))
    made: list[Activity] = []
    for place, user in enumerate(chosen.tolist()):
        kind = list(KINDS)[place % len(KINDS)]
        incident = f"{company.name}:made-{kind}-{place}"
        labels.scenario_of[incident] = f"made_{kind}"
        for event in _incident(kind, user, habits, rng, incident):
            labels.incident_of[event.event_id] = incident
            # What the company does not record is not recorded of the made-up events either.
            kept = {name: value for name, value in event.details.items() if name in fields | NEW_FIELDS}
            made.append(replace(event, details=kept))
    return _Injected(company.name, company.folder, company.subjects, labels, company, sorted(made, key=_moment))


@dataclass(frozen=True, slots=True)
class _Injected(Company):
    original: Company
    made: list[Activity]

    def events(self) -> Iterator[Activity]:
        return merge(self.original.events(), self.made, key=_moment)


def _moment(event: Activity) -> datetime:
    return event.at


def _habits(company: Company) -> tuple[dict[str, Habit], set[str]]:
    """Everybody's habits, and the detail fields that the company records."""
    habits: dict[str, Habit] = {}
    fields: set[str] = set()
    for event in company.events():
        habit = habits.setdefault(event.subject_id, Habit())
        habit.mornings.setdefault(event.at.toordinal(), event.at)
        habit.device, habit.address = habit.device or event.device_id, habit.address or event.ip_address
        fields.update(event.details)
        path = event.details.get("file_path")
        if path and event.details.get("destination") is None and len(habit.paths) < POOL:
            habit.paths.append(path)
    return habits, fields


def _incident(
    kind: str, user: str, habits: dict[str, Habit], rng: np.random.Generator, incident: str
) -> Iterator[Activity]:
    """One to six days of one kind of misuse."""
    habit, others = habits[user], [habits[name] for name in sorted(habits) if name != user and habits[name].paths]
    mornings = [habit.mornings[day] for day in sorted(habit.mornings)][WARM_UP_DAYS:]
    first = int(rng.integers(0, max(1, len(mornings) - 8)))
    for n, morning in enumerate(mornings[first : first + int(rng.integers(*DURATION.get(kind, (1, 3))))]):
        night = kind in NIGHTLY or rng.random() < 0.25
        begin = morning + timedelta(hours=float(rng.uniform(12, 17) if night else rng.uniform(1, 7)))
        other = others[int(rng.integers(len(others)))]
        stranger = f"{rng.integers(11, 200)}.{rng.integers(0, 250)}.{rng.integers(0, 250)}"
        abroad, elsewhere = kind in ("foreign_logons", "takeover"), kind == "takeover" and rng.random() < 0.6
        for m, (what, minutes, details) in enumerate(KINDS[kind](habit, other, rng)):
            at = min(begin + timedelta(minutes=minutes), begin.replace(hour=23, minute=59, second=0))
            address = f"{stranger}.{rng.integers(1, 250)}" if abroad else habit.address
            device = "unknown-host" if elsewhere else habit.device
            yield Activity(f"{incident}-{n}-{m}", user, what, at, details, address, device)


def _pick(pool: list[str], rng: np.random.Generator) -> str:
    return pool[int(rng.integers(len(pool)))] if pool else f"/data/file_{rng.integers(200)}.docx"


def _size(rng: np.random.Generator, middle: float) -> float:
    return round(float(middle * rng.lognormal(0, 1)), 3)


def _file(path: str, action: str, rng: np.random.Generator, middle: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"file_path": path, "action": action, "size_mb": _size(rng, middle)} | more


def _sabotage(habit: Habit, other: Habit, rng: np.random.Generator) -> Iterator[Draft]:
    pool = habit.paths if rng.random() < 0.6 else other.paths
    for n in range(int(rng.integers(8, 60))):
        yield "file_access", n * float(rng.uniform(0.1, 1.5)), _file(_pick(pool, rng), "delete", rng)


def _foreign_logons(habit: Habit, other: Habit, rng: np.random.Generator) -> Iterator[Draft]:
    flagged = rng.random() < 0.7
    for n in range(int(rng.integers(3, 10))):
        yield "logon", n * 12.0, {"remote": True} | ({"geo_anomaly": True} if flagged else {})
    for n in range(int(rng.integers(0, 8))):
        yield "file_access", 5 + n * 9.0, _file(_pick(other.paths, rng), "download", rng, 5)


def _snooping(habit: Habit, other: Habit, rng: np.random.Generator) -> Iterator[Draft]:
    for n in range(int(rng.integers(15, 80))):
        yield "file_access", n * 1.2, _file(_pick(other.paths, rng), "read", rng, sensitive=bool(rng.random() < 0.4))


def _bulk_mail(habit: Habit, other: Habit, rng: np.random.Generator) -> Iterator[Draft]:
    for n in range(int(rng.integers(4, 15))):
        yield "file_access", n * 2.0, _file(_pick(habit.paths + other.paths, rng), "read", rng, 60, sensitive=True)
    to = [f"contact@{('rival', 'newco', 'fresh-mail')[int(rng.integers(3))]}{rng.integers(99)}.com"]
    for n in range(int(rng.integers(2, 6))):
        details = {"to": to, "external": True, "attachments": 1, "attachment_size_mb": _size(rng, 30)}
        words = {"suspicious_keywords": int(rng.integers(1, 4))} if rng.random() < 0.3 else {}
        yield "email", 30 + n * 3.0, details | words


def _staging(habit: Habit, other: Habit, rng: np.random.Generator) -> Iterator[Draft]:
    for n in range(int(rng.integers(15, 50))):
        yield "file_access", n * 1.5, _file(_pick(habit.paths, rng), "download", rng, 8)
    for n in range(int(rng.integers(1, 5))):
        yield "file_access", 80 + n * 3.0, _file(f"/temp/collect_{n}.zip", "write", rng, 120)


def _takeover(habit: Habit, other: Habit, rng: np.random.Generator) -> Iterator[Draft]:
    yield "logon", 0.0, {"remote": True}
    for n in range(int(rng.integers(5, 30))):
        yield "file_access", 2 + n * 1.5, _file(_pick(habit.paths + other.paths, rng), "read", rng)
    for n in range(int(rng.integers(0, 4))):
        details = {"to": [f"drop{rng.integers(999)}@gmail.com"], "external": True, "attachments": 2}
        yield "email", 40 + n * 4.0, details | {"attachment_size_mb": _size(rng, 4)}


def _slow_copy(habit: Habit, other: Habit, rng: np.random.Generator) -> Iterator[Draft]:
    target = "removable" if rng.random() < 0.5 else "sync-box.net"
    for n in range(int(rng.integers(3, 8))):
        action = "copy" if target == "removable" else "upload"
        yield "file_access", n * 4.0, _file(_pick(habit.paths, rng), action, rng, 2, destination=target)


KINDS: dict[str, Callable[[Habit, Habit, np.random.Generator], Iterator[Draft]]] = {
    "sabotage": _sabotage,
    "foreign_logons": _foreign_logons,
    "snooping": _snooping,
    "bulk_mail": _bulk_mail,
    "staging": _staging,
    "takeover": _takeover,
    "slow_copy": _slow_copy,
}
NIGHTLY = frozenset(("foreign_logons", "takeover"))
DURATION = {"slow_copy": (3, 7), "snooping": (1, 4)}
