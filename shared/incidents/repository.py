"""Cases (alerts with their incidents) in the `incidents` table.

| question                         | index     | pk                | sk                          |
| one case; all, newest first      | table     | CASES             | <number, ten digits>        |
| cases of a status, newest first  | by_status | <status>          | <number, ten digits>        |
| unread alerts, newest first      | by_unread | UNREAD            | <number, ten digits>        |
| frozen evidence of a case        | table     | EVIDENCE#<number> | <version, six digits>       |
| the history of a case            | table     | HISTORY#<number>  | <version, six digits>       |
| the case that repeats go into    | table     | REPEATS           | <subject_id>#<real or drill>|
| alerts raised on a UTC day       | table     | COUNTS            | <2026-11-22>                |
| the last number given out        | table     | COUNTER           | CASE                        |

A case changes by `version = :seen` only. `unread_pk` is there while nobody has looked at the alert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from shared.core.clock import from_iso, iso_seconds
from shared.core.errors import NotFound
from shared.incidents.model import Case
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import INCIDENTS
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, Condition, Put, Update, Write, unchanged

CASES, UNREAD = "CASES", "UNREAD"
TOGETHER = 100  # what one transaction holds
BY_STATUS, BY_UNREAD = INCIDENTS.indexes
TIMES = ("raised_at", "first_seen", "last_seen", "resolved_at")


class CaseRepository:
    """Every question about cases."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def next_number(self) -> int:
        """A number that no other case has. A transaction that fails leaves a gap, never a double."""
        return self._rows.count_up(INCIDENTS, {"pk": "COUNTER", "sk": "CASE"}, "last")

    def get(self, number: int) -> Case:
        """One case; NotFound if the number was never given out."""
        row = self._rows.get(INCIDENTS, case_key(number))
        if row is None:
            raise NotFound("Incident not found")
        return case_of(row)

    def list_newest(self, limit: int) -> list[Case]:
        return [case_of(row) for row in self._rows.query_all(INCIDENTS, CASES, most=limit, newest_first=True)]

    def list_by_status(self, status: str, limit: int) -> list[Case]:
        rows = self._rows.query_all(INCIDENTS, status, most=limit, index=BY_STATUS, newest_first=True)
        return [case_of(row) for row in rows]

    def list_unread(self, limit: int) -> list[Case]:
        rows = self._rows.query_all(INCIDENTS, UNREAD, most=limit, index=BY_UNREAD, newest_first=True)
        return [case_of(row) for row in rows]

    def mark_viewed(self, numbers: Sequence[int]) -> int:
        """How many of these alerts this call was the first to see; unknown ones count nothing."""
        batches = [numbers[start : start + TOGETHER] for start in range(0, len(numbers), TOGETHER)]
        return sum(self._mark_viewed(batch) for batch in batches)

    def _mark_viewed(self, numbers: Sequence[int]) -> int:
        """All together; one that somebody has seen already makes the rest go by halves."""
        seen_first = Condition("attribute_exists(#unread_pk)")
        try:
            self._rows.transact(
                [Update(INCIDENTS, case_key(n), remove=("unread_pk",), condition=seen_first) for n in numbers]
            )
        except ConditionFailed:
            half = len(numbers) // 2
            return 0 if not half else self._mark_viewed(numbers[:half]) + self._mark_viewed(numbers[half:])
        return len(numbers)

    def alerts_on(self, day: date) -> int:
        """How many alerts were raised on a UTC day."""
        row = self._rows.get(INCIDENTS, {"pk": "COUNTS", "sk": day.isoformat()})
        return int(row["alerts"]) if row else 0

    def repeating(self, subject_id: str, drill: bool) -> Case | None:
        """The case that a repeat of this subject would go into."""
        row = self._rows.get(INCIDENTS, repeats_key(subject_id, drill))
        return self.get(int(row["number"])) if row else None

    def evidence(self, number: int) -> list[dict[str, Any]]:
        """The frozen evidence of a case, oldest first."""
        rows = self._rows.query_all(INCIDENTS, f"EVIDENCE#{number}", most=200)
        return [from_doc(row["doc"]) for row in rows]

    def history(self, number: int) -> list[dict[str, Any]]:
        """Every change of a case, oldest first."""
        return [from_doc(row["doc"]) for row in self._rows.query_all(INCIDENTS, f"HISTORY#{number}", most=1000)]


def case_key(number: int) -> dict[str, str]:
    """CASES / 0000000042"""
    return {"pk": CASES, "sk": f"{number:010d}"}


def repeats_key(subject_id: str, drill: bool) -> dict[str, str]:
    """REPEATS / U001#real"""
    return {"pk": "REPEATS", "sk": f"{subject_id}#{'drill' if drill else 'real'}"}


def creation(case: Case, by: str = "detector") -> list[Write]:
    """The writes of a new case."""
    row = {**case_key(case.number), **_row(case), "unread_pk": UNREAD}
    day = case.raised_at.astimezone(UTC).date().isoformat()
    # What an analyst wrote stays as written: the detector's repeats go into cases of its own.
    repeats = [] if case.origin == "analyst" else [_repeats_put(case)]
    return [
        Put(INCIDENTS, row, ABSENT),
        *repeats,
        Update(INCIDENTS, {"pk": "COUNTS", "sk": day}, add={"alerts": 1}),
        history_entry(case, "raised", case.raised_at, by=by),
    ]


def _repeats_put(case: Case) -> Put:
    return Put(INCIDENTS, {**repeats_key(case.subject_id, case.origin == "drill"), "number": case.number})


def change(case: Case) -> Update:
    """The write of a changed case: its version is one above the stored one, or the transaction fails."""
    return Update(INCIDENTS, case_key(case.number), set=_row(case), condition=unchanged(case.version - 1))


def history_entry(case: Case, what: str, at: datetime, *, by: str, **facts: Any) -> Put:
    """One line of the case's history, under the version that it made."""
    entry = {"at": iso_seconds(at), "what": what, "by": by, "status": case.status, "version": case.version, **facts}
    return Put(INCIDENTS, {"pk": f"HISTORY#{case.number}", "sk": f"{case.version:06d}", "doc": to_doc(entry)}, ABSENT)


def frozen_evidence(case: Case, evidence: Mapping[str, Any]) -> Put:
    """Evidence is written once and never changed."""
    return Put(
        INCIDENTS, {"pk": f"EVIDENCE#{case.number}", "sk": f"{case.version:06d}", "doc": to_doc(evidence)}, ABSENT
    )


def _row(case: Case) -> dict[str, Any]:
    names = [name for name in Case.__dataclass_fields__ if name not in ("version", "status", "viewed")]
    doc = {name: getattr(case, name) for name in names}
    doc |= {name: iso_seconds(doc[name]) for name in TIMES if doc[name] is not None}
    return {"version": case.version, "status": case.status, "status_pk": case.status, "doc": to_doc(doc)}


def case_of(row: Item) -> Case:
    """The case in a row."""
    doc = from_doc(row["doc"])
    doc |= {name: from_iso(doc[name]) for name in TIMES if doc[name] is not None}
    doc["anomalies"] = tuple(doc["anomalies"])
    case = Case(**doc, version=int(row["version"]), status=row["status"])
    return replace(case, viewed="unread_pk" not in row)


@cache
def case_repository() -> CaseRepository:
    """The repository of this process."""
    return CaseRepository(store())
