"""The seed's four risk levels: what a score of 0..100 is called."""

from typing import Literal

RiskLevel = Literal["critical", "high", "medium", "low"]

BANDS: tuple[tuple[float, RiskLevel], ...] = ((80.0, "critical"), (60.0, "high"), (40.0, "medium"))


def risk_level(its: float) -> RiskLevel:
    """80 critical, 60 high, 40 medium, else low; both ends as the seed prints them."""
    return next((name for floor, name in BANDS if its >= floor), "low")
