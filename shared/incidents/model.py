"""An alert and its incident: one case with one number (conflict C16).

ALT00042 and INC-042 are the same row; what an analyst does to the incident is seen in the alert.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from shared.core.errors import Invalid
from shared.threats.levels import RiskLevel, risk_level

Status = Literal["open", "in_progress", "resolved"]
STATUSES: tuple[str, ...] = get_args(Status)
Verdict = Literal["true_positive", "false_positive", "benign"]

NUMBER = re.compile(r"(?:ALT|INC-?)?(\d{1,10})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Case:
    """One alert with its incident.

    `its` is the highest score while it repeated; `count` says how often the subject was over the threshold;
    `first_seen` and `last_seen` are times of activities, `raised_at` is when we noticed. `version` counts changes.
    """

    number: int
    subject_id: str
    subject_name: str
    its: float
    severity: RiskLevel
    anomalies: tuple[str, ...]
    explanation: str
    description: str
    raised_at: datetime
    first_seen: datetime
    last_seen: datetime
    count: int = 1
    status: Status = "open"
    version: int = 1
    viewed: bool = False
    origin: Literal["detector", "drill", "analyst"] = "detector"
    resolution_notes: str | None = None
    verdict: Verdict | None = None
    resolved_at: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def alert_id(self) -> str:
        return f"ALT{self.number:05d}"

    @property
    def incident_id(self) -> str:
        return f"INC-{self.number:03d}"

    @property
    def risk_level(self) -> RiskLevel:
        """The level of the score; an analyst may give an incident another severity."""
        return risk_level(self.its)

    def repeated(self, its: float, anomalies: tuple[str, ...], at: datetime) -> "Case":
        """The case after the subject was over the threshold once more. Severity only rises."""
        peak = max(self.its, its)
        severity = risk_level(peak) if peak > self.its and self.origin != "analyst" else self.severity
        return replace(
            self,
            its=peak,
            severity=severity,
            anomalies=tuple(dict.fromkeys((*self.anomalies, *anomalies))),
            first_seen=min(self.first_seen, at),
            last_seen=max(self.last_seen, at),
            count=self.count + 1,
            version=self.version + 1,
        )


def case_number(text: str) -> int:
    """42, ALT00042 or INC-042 as the number 42; Invalid for anything else."""
    match = NUMBER.fullmatch(text)
    if match is None:
        raise Invalid(f"{text[:40]!r} is not an alert or incident id")
    return int(match[1])
