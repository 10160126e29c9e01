"""What is replayed: events in the ingest format, the people behind them, and labels of known incidents."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from shared.activities.model import Activity
from shared.core.clock import from_iso, iso_seconds
from shared.subjects.model import Subject

FIELDS = ("event_id", "user_id", "activity_type", "timestamp", "details", "ip_address", "device_id")


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it is sent. `at` is its own time."""

    event_id: str
    user_id: str
    at: datetime
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """The event times that count, both ends included; None leaves an end open."""

    begin: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a time lies inside."""
        return (self.begin is None or at >= self.begin) and (self.end is None or at <= self.end)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no event."""

    line: int
    problem: str


def read_events(path: Path, window: Window) -> Iterator[Row | Unreadable]:
    """The events of a JSON-lines file, plain or gzip, in the file's order, one at a time."""
    with _open(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            found = _row(number, line)
            if isinstance(found, Unreadable) or window.holds(found.at):
                yield found


def _row(number: int, line: str) -> Row | Unreadable:
    try:
        plain = json.loads(line)
        body = {name: plain[name] for name in FIELDS if name in plain}
        return Row(str(body["event_id"]), str(body["user_id"]), from_iso(body["timestamp"]), body)
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        return Unreadable(number, f"{type(problem).__name__}: {problem}"[:200])


def rows_of(activities: Iterable[Activity]) -> list[Row]:
    """Activities of the demonstration in the ingest format."""
    rows = []
    for a in activities:
        values = (
            a.event_id,
            a.subject_id,
            a.activity_type,
            iso_seconds(a.at),
            dict(a.details),
            a.ip_address,
            a.device_id,
        )
        rows.append(Row(a.event_id, a.subject_id, a.at, dict(zip(FIELDS, values, strict=True))))
    return rows


def beside(events: Path, kind: str) -> Path | None:
    """`users_A.csv` beside `events_A.jsonl.gz`; None if there is no such file."""
    stem = events.name.partition(".")[0]
    path = events.with_name(f"{stem.replace('events', kind, 1)}.csv")
    return path if kind in path.name and path.exists() else None


def read_people(path: Path | None) -> dict[str, Subject]:
    """The directory by id, {} without a file."""
    return {row["user_id"]: _person(row) for row in _table(path)} if path else {}


def _person(row: dict[str, str]) -> Subject:
    stranger = a_stranger(row["user_id"])
    return Subject(
        row["user_id"],
        row.get("name") or stranger.name,
        row.get("email") or stranger.email,
        row.get("role") or stranger.role,
        row.get("department") or stranger.department,
        row.get("manager_id") or None,
    )


def a_stranger(user_id: str) -> Subject:
    """Somebody of whom only the id is known."""
    return Subject(user_id, user_id, f"{user_id.lower()}@example.com", "Employee", "Unknown")


def read_labels(path: Path | None) -> dict[str, str]:
    """Malicious event id -> incident id, {} without a file."""
    return {row["event_id"]: row["incident_id"] for row in _table(path)} if path else {}


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _open(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
