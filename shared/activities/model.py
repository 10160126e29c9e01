"""What a monitored person did: one activity event, as the pipeline sees it after validation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

ActivityType = Literal["logon", "logoff", "file_access", "email"]
ACTIVITY_TYPES: tuple[str, ...] = get_args(ActivityType)


@dataclass(frozen=True, slots=True)
class Activity:
    """One event. `at` is aware and in UTC; `details` is the seed's free object, bounded by the edge.

    `synthetic` marks what a drill (trigger, simulate) made: it is scored like any other event but never
    becomes part of anybody's normal behaviour, of training data or of measured rates.
    """

    event_id: str
    subject_id: str
    activity_type: ActivityType
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    ip_address: str | None = None
    device_id: str | None = None
    synthetic: bool = False
