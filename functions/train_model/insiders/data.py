"""The training organisations on disk, as the product's own types. Streams: the files are never held whole."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.activities.model import Activity
from shared.subjects.model import Subject

WARM_UP_DAYS = 21


@dataclass(frozen=True, slots=True)
class Labels:
    """Malicious events: id -> incident; the scenario of each incident."""

    incident_of: dict[str, str] = field(default_factory=dict)
    scenario_of: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Company:
    """One training organisation."""

    name: str
    folder: Path
    subjects: dict[str, Subject]
    labels: Labels

    def events(self) -> Iterator[Activity]:
        """In time order."""
        with gzip.open(self.folder / f"events_{self.name}.jsonl.gz", "rt") as lines:
            for line in lines:
                yield _activity(json.loads(line))


def load_company(folder: Path, name: str) -> Company:
    subjects = {row["user_id"]: _subject(row) for row in _table(folder / f"users_{name}.csv")}
    labels = Labels()
    for row in _table(folder / f"labels_{name}.csv"):
        labels.incident_of[row["event_id"]] = f"{name}:{row['incident_id']}"
        labels.scenario_of[f"{name}:{row['incident_id']}"] = row["scenario"]
    return Company(name, folder, subjects, labels)


def data_hash(folder: Path) -> str:
    """sha256 over the training files, in the order of their names."""
    digest = sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _subject(row: dict[str, str]) -> Subject:
    return Subject(row["user_id"], row["name"], row["email"], row["role"], row["department"], row["manager_id"] or None)


def _activity(row: dict[str, Any]) -> Activity:
    return Activity(
        row["event_id"],
        row["user_id"],
        row["activity_type"],
        datetime.fromisoformat(row["timestamp"]),
        row["details"],
        row["ip_address"],
        row["device_id"],
    )
