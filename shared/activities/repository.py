"""Activities and what is remembered of each person's behaviour, in the `insiders` table.

| question                           | index    | pk               | sk                            |
| one activity                       | table    | EVENT#<event_id> | EVENT                         |
| a person's activities, newest first| timeline | SUBJECT#<id>     | <time to the microsecond>#<id>|
| a person's behaviour and track     | table    | SUBJECT#<id>     | STATE                         |
| figures since the beginning        | table    | COUNTS           | <shard 0..7>                  |

The event's row keeps the answer that its ingest got: a repeated event gets the same answer and changes nothing.
The figures lie in eight shards by person, so that two people's events never wait for one another's counter.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from shared.activities.model import Activity
from shared.core.clock import from_iso
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import INSIDERS
from shared.storage.store import Range, Store, store
from shared.storage.writes import ABSENT, Put, Update, unchanged
from shared.subjects.repository import Watched, directory_key, watched_of

(TIMELINE,) = INSIDERS.indexes
COUNTS, SHARDS = "COUNTS", 8
MOST_ACTIVITIES = 10_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of a person before new activities: the person, the behaviour document, the logon track."""

    watched: Watched
    version: int
    behaviour: bytes | None
    track: str | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over all ingested activities. `scored_ms` over `scored` is the measured time to a score."""

    activities: int = 0
    scored: int = 0
    scored_ms: float = 0.0


class ActivityRepository:
    """Every question about activities."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def remembered(self, subject_id: str) -> Remembered | None:
        """The person and their state as they were at one moment; None for nobody we monitor."""
        person, state = self._rows.get_together(
            (INSIDERS, directory_key(subject_id)), (INSIDERS, state_key(subject_id))
        )
        if person is None:
            return None
        if state is None:
            return Remembered(watched_of(person), 0, None, None, None)
        last_at = from_iso(state["last_at"])
        return Remembered(watched_of(person), int(state["version"]), state["doc"], state.get("track"), last_at)

    def stored(self, event_ids: Sequence[str]) -> dict[str, Item]:
        """Those of some events that are stored already, by id."""
        rows = self._rows.get_together(*((INSIDERS, event_key(event_id)) for event_id in event_ids))
        return {event_id: row for event_id, row in zip(event_ids, rows, strict=True) if row is not None}

    def list_since(self, subject_id: str, since: datetime, limit: int = MOST_ACTIVITIES) -> list[Activity]:
        """A person's activities from a moment on, newest first."""
        rows = self._rows.query_all(
            INSIDERS,
            f"SUBJECT#{subject_id}",
            most=limit,
            index=TIMELINE,
            range_=Range(low=_sortable(since)),
            newest_first=True,
        )
        return [activity_of(row) for row in rows]

    def list_between(self, subject_id: str, low: datetime, high: datetime, limit: int) -> list[Activity]:
        """A person's activities in a span of time, newest first."""
        range_ = Range(low=_sortable(low), high=_sortable(high) + "~")
        rows = self._rows.query_all(
            INSIDERS, f"SUBJECT#{subject_id}", most=limit, index=TIMELINE, range_=range_, newest_first=True
        )
        return [activity_of(row) for row in rows]

    def figures(self) -> Figures:
        """The sums over all shards: eight rows, whatever was ingested."""
        rows = self._rows.query_all(INSIDERS, COUNTS, most=SHARDS)
        return Figures(
            sum(int(row.get("activities", 0)) for row in rows),
            sum(int(row.get("scored", 0)) for row in rows),
            sum(float(row.get("scored_ms", 0)) for row in rows),
        )


def state_key(subject_id: str) -> dict[str, str]:
    """SUBJECT#U001 / STATE"""
    return {"pk": f"SUBJECT#{subject_id}", "sk": "STATE"}


def event_key(event_id: str) -> dict[str, str]:
    """EVENT#evt_1 / EVENT"""
    return {"pk": f"EVENT#{event_id}", "sk": "EVENT"}


def event_put(activity: Activity, answer: Mapping[str, Any]) -> Put:
    """The write of a new activity, with the answer that its sender gets."""
    doc = {name: getattr(activity, name) for name in Activity.__dataclass_fields__} | {"at": _sortable(activity.at)}
    row = {
        **event_key(activity.event_id),
        "timeline_pk": f"SUBJECT#{activity.subject_id}",
        "timeline_sk": f"{_sortable(activity.at)}#{activity.event_id}",
        "doc": to_doc(doc),
        "answer": to_doc(answer),
    }
    return Put(INSIDERS, row, ABSENT)


def state_put(before: Remembered, behaviour: bytes, track: str, last_at: datetime) -> Put:
    """The write of a person's new state, if nobody else changed it meanwhile."""
    row = {
        **state_key(before.watched.subject.subject_id),
        "version": before.version + 1,
        "doc": behaviour,
        "track": track,
        "last_at": _sortable(last_at),
    }
    return Put(INSIDERS, row, unchanged(before.version))


def figures_update(subject_id: str, activities: int, scored: int, scored_ms: float) -> Update:
    """The write that counts."""
    key = {"pk": COUNTS, "sk": str(zlib.crc32(subject_id.encode()) % SHARDS)}
    return Update(INSIDERS, key, add={"activities": activities, "scored": scored, "scored_ms": round(scored_ms, 3)})


def activity_of(row: Item) -> Activity:
    """The activity in a row."""
    doc = from_doc(row["doc"])
    return Activity(**{**doc, "at": from_iso(doc["at"])})


def _sortable(moment: datetime) -> str:
    """Fixed width, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@cache
def activity_repository() -> ActivityRepository:
    """The repository of this process."""
    return ActivityRepository(store())
