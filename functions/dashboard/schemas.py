"""Bodies of the dashboards."""

from collections.abc import Sequence

from pydantic import BaseModel

from shared.core.clock import iso_seconds
from shared.incidents.model import Case
from shared.threats.levels import RiskLevel, risk_level


class RecentAlert(BaseModel):
    """An alert in short."""

    alert_id: str
    user_id: str
    timestamp: str
    its_score: float
    risk_level: RiskLevel
    anomalies: list[str]
    explanation: str

    @classmethod
    def of(cls, case: Case) -> "RecentAlert":
        return cls(
            alert_id=case.alert_id,
            user_id=case.subject_id,
            timestamp=iso_seconds(case.raised_at),
            its_score=case.its,
            risk_level=case.risk_level,
            anomalies=list(case.anomalies),
            explanation=case.explanation,
        )


class StatsOut(BaseModel):
    """`high_risk_users` and `active_threats`: people whose risk is high or critical now."""

    total_users: int
    active_threats: int
    alerts_today: int
    average_its: float
    high_risk_users: int
    recent_alerts: list[RecentAlert]

    @classmethod
    def of(cls, scores: Sequence[float], alerts_today: int, recent: list[RecentAlert]) -> "StatsOut":
        risky = sum(risk_level(its) in ("high", "critical") for its in scores)
        return cls(
            total_users=len(scores),
            active_threats=risky,
            alerts_today=alerts_today,
            average_its=round(sum(scores) / len(scores), 1) if scores else 0.0,
            high_risk_users=risky,
            recent_alerts=recent,
        )
