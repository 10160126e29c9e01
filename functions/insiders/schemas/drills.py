"""Bodies about drills."""

from pydantic import BaseModel

from shared.threats.levels import RiskLevel


class TriggerOut(BaseModel):
    """What a triggered anomaly did. `alert_id` is null if the detector did not find it alarming."""

    status: str = "success"
    user_id: str
    anomaly_type: str
    its_score: float
    risk_level: RiskLevel
    alert_id: str | None
    activities_created: int


class SimulateOut(BaseModel):
    """What a simulation did."""

    status: str = "simulation_complete"
    user_id: str
    activities_generated: int
    its_score: float
    risk_level: RiskLevel
