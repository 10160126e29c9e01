"""Bodies about alerts and incidents: two views of one case (C16)."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from shared.api.text import Prose, SubjectId
from shared.core.clock import iso_seconds
from shared.incidents.alerts import alert_payload
from shared.incidents.model import Case, Status, Verdict
from shared.incidents.service import Report, Resolution
from shared.threats.levels import RiskLevel


class AlertOut(BaseModel):
    """An alert. `count`, `first_seen` and `last_seen` tell how often and when the person was alarming."""

    alert_id: str
    alert_db_id: int
    incident_id: str
    user_id: str
    user: str
    timestamp: str
    its_score: float
    risk_level: RiskLevel
    anomalies: list[str]
    explanation: str
    status: Status
    is_viewed: bool
    count: int
    first_seen: str
    last_seen: str
    synthetic: bool

    @classmethod
    def of(cls, case: Case) -> "AlertOut":
        return cls(**alert_fields(case))


def alert_fields(case: Case) -> dict[str, Any]:
    """What every view of an alert begins with: what the socket pushed, and whether somebody has looked."""
    return {**alert_payload(case), "is_viewed": case.viewed, "synthetic": case.origin == "drill"}


class AlertDetailOut(AlertOut):
    """An alert with its frozen evidence (oldest first) and its history."""

    version: int
    evidence: list[dict[str, Any]]
    history: list[dict[str, Any]]


class ViewedIn(BaseModel):
    """Which alerts were seen; none named: all of them."""

    alert_ids: list[Annotated[int, Field(ge=1, le=10**10)]] | None = Field(None, max_length=1000)


class ViewedOut(BaseModel):
    status: str = "success"
    marked_count: int


class IncidentOut(BaseModel):
    """An incident. `version` is what a change may name to be sure that nobody else was faster."""

    id: str
    alert_id: int
    user: str
    user_id: str
    severity: RiskLevel
    status: Status
    created: str
    description: str
    its_score: float
    resolution_notes: str | None
    verdict: Verdict | None
    resolved_at: str | None
    version: int

    @classmethod
    def of(cls, case: Case) -> "IncidentOut":
        return cls(
            id=case.incident_id,
            alert_id=case.number,
            user=case.subject_name,
            user_id=case.subject_id,
            severity=case.severity,
            status=case.status,
            created=iso_seconds(case.raised_at),
            description=case.description,
            its_score=case.its,
            resolution_notes=case.resolution_notes,
            verdict=case.verdict,
            resolved_at=iso_seconds(case.resolved_at) if case.resolved_at else None,
            version=case.version,
        )


class IncidentIn(BaseModel):
    """An incident that a person reports."""

    user_id: SubjectId
    severity: RiskLevel
    description: Prose
    explanation: Prose | None = None

    def report(self) -> Report:
        return Report(self.user_id, self.severity, self.description, self.explanation)


class StatusIn(BaseModel):
    """Where the incident goes. `version`: only from this version on."""

    status: Status
    version: int | None = None


class StatusOut(BaseModel):
    status: str = "updated"
    incident_id: int
    new_status: Status
    version: int


class ResolveIn(BaseModel):
    """How it ended. With the verdict false_positive the case stops weighing on the person's score."""

    resolution_notes: Prose
    verdict: Verdict | None = None
    version: int | None = None

    def resolution(self) -> Resolution:
        return Resolution(self.resolution_notes, self.verdict)


class ResolveOut(BaseModel):
    status: str = "resolved"
    incident_id: int
    resolved_at: str
    version: int
