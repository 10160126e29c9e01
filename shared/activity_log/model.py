"""What happened to data sets and tabular models (seed 001's activity log)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["upload", "training", "deployment", "prediction"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `entry_id` is derived from what happened, so that a retry logs it once."""

    entry_id: str
    kind: Kind
    message: str
    at: datetime
    user: str
    details: Mapping[str, Any] = field(default_factory=dict)
