"""A training job: what was asked, how far it is, how it ended.

     queued ──► running ──► completed
        │          │  └───► failed
        └──────────┴──────► stopped

Steps are those that really run; `progress` is the share of the fits that are done, between the percentages of the steps
around them. A job has a deadline: whatever dies, a job that is past it is failed by whoever looks at it next.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Status = Literal["queued", "running", "completed", "failed", "stopped"]
Task = Literal["classification", "regression"]
Step = Literal[
    "Waiting", "Data validation", "Data preprocessing", "Model selection", "Training model",
    "Model validation", "Performance evaluation", "Finalizing model", "Done",
]  # fmt: skip

ENDED: tuple[Status, ...] = ("completed", "failed", "stopped")
# The percentage at which each step begins; the fits of the model selection fill the room up to the next step.
BEGINS: dict[Step, int] = {
    "Waiting": 0,
    "Data validation": 5,
    "Data preprocessing": 12,
    "Model selection": 20,
    "Training model": 75,
    "Model validation": 85,
    "Performance evaluation": 92,
    "Finalizing model": 97,
    "Done": 100,
}
GRACE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller asked for. `max_training_time` in seconds; `target_column` None is the last column.

    `checks` says what a leakage check may do: block, warn or off, by its name ("*" for all).
    """

    file_id: str
    model_type: Literal["auto", "classification", "regression"] = "auto"
    test_split: float = 0.2
    random_state: int = 42
    max_training_time: int = 300
    target_column: str | None = None
    name: str | None = None
    group_column: str | None = None
    time_column: str | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    threshold: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """`fits` counts by candidate, so that a candidate that is tried again counts once; `fits_total` is 0 until the
    candidates are known. `live_accuracy` is the best mean accuracy (or R2) of a candidate's folds so far.
    """

    job_id: str
    wanted: Wanted
    status: Status
    step: Step
    started_at: datetime
    by: str
    version: int = 1
    fits: Mapping[str, int] = field(default_factory=dict)
    fits_total: int = 0
    live_accuracy: float | None = None
    ended_at: datetime | None = None
    model_id: str | None = None
    metrics: Mapping[str, Any] | None = None
    reason: str | None = None
    stop_asked: bool = False

    @property
    def fits_done(self) -> int:
        return sum(self.fits.values())

    @property
    def progress(self) -> int:
        """Percent, from what is done; 100 only when the model is there."""
        if self.status == "completed":
            return 100
        if self.step != "Model selection" or not self.fits_total:
            return BEGINS[self.step]
        room = BEGINS["Training model"] - BEGINS["Model selection"]
        return BEGINS["Model selection"] + int(room * min(1.0, self.fits_done / self.fits_total))

    @property
    def deadline(self) -> datetime:
        """After this nobody works on the job any more."""
        return self.started_at + timedelta(seconds=self.wanted.max_training_time) + GRACE

    def elapsed(self, now: datetime) -> float:
        """Seconds since the start, until the end."""
        return max(0.0, ((self.ended_at or now) - self.started_at).total_seconds())

    def remaining(self, now: datetime) -> int:
        """Seconds, as the pace so far tells; the time allowed while there is no pace yet."""
        if self.status in ENDED:
            return 0
        left = max(0.0, self.wanted.max_training_time - self.elapsed(now))
        if self.progress < 5:
            return int(left)
        return int(min(left, self.elapsed(now) * (100 - self.progress) / self.progress))
