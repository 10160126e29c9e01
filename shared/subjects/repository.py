"""Monitored people in the `insiders` table.

| question                       | pk              | sk             | attributes                                   |
| one person, all people         | DIRECTORY       | <subject_id>   | doc: the person; risk: ITS by day; dismissed |

`risk` is a JSON map of UTC day to the day's score, `dismissed` a JSON map of false positives: case number to its days.
Both are written by the pipeline's transaction (shared/activities) and by the verdict on an incident.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cache

from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, NotFound
from shared.requests.operations import made_by, operation_puts
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import INSIDERS
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, PRESENT, Condition, Put, Update
from shared.subjects.model import Subject
from shared.threats.risk import current_risk

DIRECTORY = "DIRECTORY"
MOST_PEOPLE = 20_000

# Case number -> the days of a case that was closed as a false positive.
Dismissals = Mapping[int, frozenset[date]]


@dataclass(frozen=True, slots=True)
class Watched:
    """A person together with what the pipeline knows of their risk."""

    subject: Subject
    day_scores: Mapping[date, float]
    dismissals: Dismissals = field(default_factory=dict)

    @property
    def dismissed(self) -> frozenset[date]:
        """The days that weigh nothing, because a case of theirs was a false positive."""
        return frozenset(day for days in self.dismissals.values() for day in days)

    def its(self, now: datetime) -> float:
        """The person's score at a moment: accumulated over the days, decayed since."""
        return current_risk(self.day_scores, now, self.dismissed)


class SubjectRepository:
    """Who is monitored."""

    def __init__(self, rows: Store, now: Clock = utc_now) -> None:
        self._rows, self._now = rows, now

    def get(self, subject_id: str) -> Watched:
        """One person; NotFound in the seed's words."""
        row = self._rows.get(INSIDERS, directory_key(subject_id))
        if row is None:
            raise NotFound("User not found")
        return watched_of(row)

    def list_all(self) -> list[Watched]:
        """Everybody, by id. One item a person: the cost does not depend on what they did."""
        return [watched_of(row) for row in self._rows.query_all(INSIDERS, DIRECTORY, most=MOST_PEOPLE)]

    def add(self, subject: Subject, operation_id: str | None = None) -> None:
        """A new person; Conflict if the id is taken, unless it was this very operation that took it."""
        now = self._now()
        row = {
            **directory_key(subject.subject_id),
            "doc": to_doc(asdict(subject)),
            "risk": "{}",
            "dismissed": _dismissals_doc({}),
        }
        try:
            self._rows.transact([Put(INSIDERS, row, ABSENT), *operation_puts(operation_id, subject.subject_id, now)])
        except ConditionFailed as taken:
            if made_by(self._rows, operation_id, now) == subject.subject_id:
                return
            raise Conflict(f"User {subject.subject_id} exists") from taken


def directory_key(subject_id: str) -> dict[str, str]:
    """DIRECTORY / U001"""
    return {"pk": DIRECTORY, "sk": subject_id}


def watched_of(row: Item) -> Watched:
    """The person in a row."""
    scores = {date.fromisoformat(day): float(its) for day, its in from_doc(row["risk"]).items()}
    dismissals = {
        int(number): frozenset(map(date.fromisoformat, days)) for number, days in from_doc(row["dismissed"]).items()
    }
    return Watched(Subject(**from_doc(row["doc"])), scores, dismissals)


def scores_update(subject_id: str, scores: Mapping[date, float]) -> Update:
    """The write that stores new day scores, for the pipeline's transaction."""
    risk = to_doc({day.isoformat(): its for day, its in sorted(scores.items())})
    return Update(INSIDERS, directory_key(subject_id), set={"risk": risk}, condition=PRESENT)


def dismissals_update(watched: Watched, dismissals: Dismissals) -> Update:
    """The write of the dismissed cases, if nobody else changed them since they were read."""
    unmoved = Condition("#dismissed = :seen", {"seen": _dismissals_doc(watched.dismissals)})
    key = directory_key(watched.subject.subject_id)
    return Update(INSIDERS, key, set={"dismissed": _dismissals_doc(dismissals)}, condition=unmoved)


def _dismissals_doc(dismissals: Dismissals) -> str:
    return to_doc({str(number): sorted(map(date.isoformat, dismissals[number])) for number in sorted(dismissals)})


@cache
def subject_repository() -> SubjectRepository:
    """The repository of this process."""
    return SubjectRepository(store())
