"""Travel anomalies in the `insiders` table; the tracks they come from lie in each person's state row.

| question                      | pk  | sk                                        |
| travel anomalies newest first | GEO | <time of the later logon>#<its event id>  |

The key is the later event's: when a late logon gives it a nearer predecessor, its anomaly is replaced, never doubled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from shared.activities.model import Activity
from shared.core.clock import from_iso, iso_seconds
from shared.geography.model import TravelAnomaly
from shared.geography.places import sighting_of
from shared.geography.track import Track
from shared.storage.attributes import from_doc, to_doc
from shared.storage.schema import INSIDERS
from shared.storage.store import Store, store
from shared.storage.writes import Put
from shared.subjects.model import Subject

GEO = "GEO"


@dataclass(frozen=True, slots=True)
class ListedTravel:
    """A travel anomaly as it is listed."""

    subject_id: str
    name: str
    location: str
    at: datetime
    risk: str
    evidence: dict[str, Any]


class TravelRepository:
    """Travel anomalies."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def list_newest(self, limit: int) -> list[ListedTravel]:
        """The newest anomalies by the time of the later logon."""
        rows = self._rows.query_all(INSIDERS, GEO, most=limit, newest_first=True)
        docs = [from_doc(row["doc"]) for row in rows]
        return [ListedTravel(**{**doc, "at": from_iso(doc["at"])}) for doc in docs]


def track_after(doc: str | None, activities: Iterable[Activity]) -> tuple[str, list[TravelAnomaly]]:
    """A person's stored track with more logons in it, and the anomalies they show. Drills leave no track."""
    track = Track.from_doc(from_doc(doc)) if doc else Track()
    found: list[TravelAnomaly] = []
    for activity in activities:
        sighting = None if activity.synthetic else sighting_of(activity)
        if sighting is not None:
            track, anomalies = track.insert(sighting)
            found += anomalies
    return to_doc(track.to_doc()), found


def travel_puts(subject: Subject, anomalies: Sequence[TravelAnomaly]) -> list[Put]:
    """The writes of some anomalies; of two for one event the last one holds."""
    return list({anomaly.anomaly_id: _travel_put(subject, anomaly) for anomaly in anomalies}.values())


def _travel_put(subject: Subject, anomaly: TravelAnomaly) -> Put:
    doc = {
        "subject_id": subject.subject_id,
        "name": subject.name,
        "location": anomaly.location,
        "at": iso_seconds(anomaly.at),
        "risk": anomaly.risk,
        "evidence": anomaly.evidence(),
    }
    return Put(INSIDERS, {"pk": GEO, "sk": f"{iso_seconds(anomaly.at)}#{anomaly.anomaly_id}", "doc": to_doc(doc)})


@cache
def travel_repository() -> TravelRepository:
    """The repository of this process."""
    return TravelRepository(store())
