"""What analysts do with a case: open one by hand, move it along, resolve it with a verdict.

            ┌────────────── reopened ──────────────┐
            ▼                                      │
          open ◄──────► in_progress ──────────► resolved
            └──────────────────────────────────────▲

Each step demands the version that was read, so that of two analysts one is told to look again (409).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from shared.core.backoff import pause
from shared.core.clock import Clock, utc_now
from shared.core.errors import IllegalMove, StaleVersion, Unavailable
from shared.incidents.alerts import alert_payload
from shared.incidents.model import Case, Status, Verdict
from shared.incidents.repository import CaseRepository, case_repository, change, creation, history_entry
from shared.outbox.model import Announcement
from shared.requests.operations import made_by, operation_puts
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import Write
from shared.subjects.repository import SubjectRepository, dismissals_update, subject_repository
from shared.threats.levels import RiskLevel

MOVES: dict[Status, tuple[Status, ...]] = {
    "open": ("in_progress", "resolved"),
    "in_progress": ("open", "resolved"),
    "resolved": ("open",),
}
ATTEMPTS = 50
MOST_UNREAD = 10_000


@dataclass(frozen=True, slots=True)
class Report:
    """An incident that a person reports."""

    subject_id: str
    severity: RiskLevel
    description: str
    explanation: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a case ended. A verdict of false_positive takes the case's days out of the person's risk."""

    notes: str
    verdict: Verdict | None = None


class IncidentService:
    """The life of an incident after the detector, or a person, has opened it."""

    def __init__(self, cases: CaseRepository, subjects: SubjectRepository, rows: Store, now: Clock) -> None:
        self._cases, self._subjects, self._rows, self._now = cases, subjects, rows, now

    def create(self, report: Report, by: str, operation_id: str | None = None) -> Case:
        """A case opened by hand: the next number, an alert too, with the person's present score.

        The same `operation_id` again gives the case that it made, as it is now.
        """
        watched, now = self._subjects.get(report.subject_id), self._now()
        case = Case(
            number=self._cases.next_number(),
            subject_id=report.subject_id,
            subject_name=watched.subject.name,
            its=watched.its(now),
            severity=report.severity,
            anomalies=(),
            explanation=report.explanation or report.description,
            description=report.description,
            raised_at=now,
            first_seen=now,
            last_seen=now,
            origin="analyst",
        )
        announced = [self._announcement(case, topic, "raised", by).put() for topic in ("alerts", "incidents")]
        try:
            self._rows.transact([*creation(case, by), *announced, *operation_puts(operation_id, str(case.number), now)])
        except ConditionFailed:
            made = made_by(self._rows, operation_id, now)
            if made is None:
                raise
            return self._cases.get(int(made))
        return case

    def mark_viewed(self, numbers: Sequence[int] | None) -> int:
        """Marks alerts as seen; nothing named means every unread one. How many were unread until this call."""
        seen = numbers or [case.number for case in self._cases.list_unread(MOST_UNREAD)]
        return self._cases.mark_viewed(list(dict.fromkeys(seen)))

    def move(self, number: int, status: Status, by: str, version: int | None = None) -> Case:
        """Another status. The one it has already is no change; a step that the picture lacks is an IllegalMove."""

        def step(case: Case) -> Case:
            if case.status == status:
                return case
            if status not in MOVES[case.status]:
                raise IllegalMove(f"An incident cannot go from {case.status} to {status}")
            ended = {} if status == "resolved" else {"resolution_notes": None, "verdict": None}
            facts: dict[str, Any] = {**ended, "resolved_at": self._now() if status == "resolved" else None}
            return replace(case, status=status, version=case.version + 1, **facts)

        return self._change(number, step, by, version)

    def resolve(self, number: int, resolution: Resolution, by: str, version: int | None = None) -> Case:
        """The end of a case. The same resolution again changes nothing; another one is an IllegalMove."""

        def step(case: Case) -> Case:
            wanted = {"resolution_notes": resolution.notes, "verdict": resolution.verdict}
            if case.status == "resolved" and all(getattr(case, name) == value for name, value in wanted.items()):
                return case
            if case.status == "resolved" and case.resolution_notes is not None:
                raise IllegalMove("The incident is resolved already, with other notes; reopen it first")
            facts: dict[str, Any] = {**wanted, "status": "resolved", "resolved_at": self._now()}
            return replace(case, version=case.version + 1, **facts)

        return self._change(number, step, by, version)

    def _change(self, number: int, step: Any, by: str, version: int | None) -> Case:
        """Read, step, write if nobody was faster. A caller who named a version is told; others are tried again."""
        for attempt in range(ATTEMPTS):
            case = self._cases.get(number)
            after: Case = step(case)
            if after is case:
                return case
            if version is not None and case.version != version:
                raise StaleVersion(f"The incident has version {case.version}, not {version}")
            try:
                self._rows.transact(self._writes(case, after, by))
            except ConditionFailed:
                pause(attempt)
                continue
            return after
        raise Unavailable("The incident is changing too fast; try again")

    def _writes(self, before: Case, after: Case, by: str) -> list[Write]:
        now = self._now()
        facts = {"notes": after.resolution_notes, "verdict": after.verdict} if after.status == "resolved" else {}
        return [
            change(after),
            history_entry(after, after.status, now, by=by, **facts),
            self._announcement(after, "incidents", after.status, by).put(),
            *self._dismissals(before, after),
        ]

    def _dismissals(self, before: Case, after: Case) -> list[Write]:
        """A false positive stops weighing on the person; reopened or judged anew it weighs again."""
        is_false, was_false = after.verdict == "false_positive", before.verdict == "false_positive"
        if is_false == was_false:
            return []
        watched = self._subjects.get(after.subject_id)
        others = {number: days for number, days in watched.dismissals.items() if number != after.number}
        return [dismissals_update(watched, others | ({after.number: _days(after)} if is_false else {}))]

    def _announcement(self, case: Case, topic: str, kind: str, by: str) -> Announcement:
        payload = {**alert_payload(case), "by": by, "resolution_notes": case.resolution_notes}
        name = f"{topic.removesuffix('s')}.{kind}"
        return Announcement(
            f"case-{case.number}-{case.version}-{topic}", topic, name, payload, self._now(), case.origin == "drill"
        )


def _days(case: Case) -> frozenset[date]:
    first, last = case.first_seen.date(), case.last_seen.date()
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


@cache
def incident_service() -> IncidentService:
    """The service of this process."""
    return IncidentService(case_repository(), subject_repository(), store(), utc_now)
