"""Bodies about activities."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from shared.activities.model import Activity, ActivityType
from shared.activities.service import Ingested
from shared.api.text import EventId, FreeObject, Line, SubjectId
from shared.core.clock import from_iso, iso_seconds, utc_now
from shared.core.ids import integer_id, new_id
from shared.threats.levels import RiskLevel, risk_level

# Clocks differ by minutes, not by more; and nobody's behaviour of ten years ago says anything about today.
AHEAD = timedelta(minutes=5)
OLDEST = timedelta(days=3653)


def event_time(value: Any) -> datetime:
    """An ISO 8601 time, neither in the future nor ancient; without a zone it is UTC."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("must be an ISO 8601 time")
    try:
        moment = from_iso(value)
    except (ValueError, OverflowError):
        raise ValueError("must be an ISO 8601 time") from None
    now = utc_now()
    if moment > now + AHEAD:
        raise ValueError("must not be in the future")
    if moment < now - OLDEST:
        raise ValueError("must not be more than ten years ago")
    return moment.astimezone(UTC)


def address(value: str) -> str:
    """An IPv4 or IPv6 address in its usual spelling."""
    return str(ip_address(value))


class ActivityIn(BaseModel):
    """One activity. `event_id` makes sending it again safe; without one every request is a new activity."""

    user_id: SubjectId
    activity_type: ActivityType
    timestamp: Annotated[datetime, BeforeValidator(event_time)] = Field(default_factory=utc_now)
    details: FreeObject = Field(default_factory=dict)
    ip_address: Annotated[str, AfterValidator(address)] | None = None
    device_id: Line | None = None
    event_id: EventId | None = None

    def activity(self, key: str | None) -> Activity:
        """The activity, under the id that the client gave, else under the request's Idempotency-Key, else a new one."""
        event_id = self.event_id or key or new_id("evt")
        return Activity(
            event_id, self.user_id, self.activity_type, self.timestamp, self.details, self.ip_address, self.device_id
        )


class AlertBrief(BaseModel):
    """The alert that an activity raised or repeated."""

    alert_id: str
    its_score: float
    risk_level: RiskLevel


class IngestOut(BaseModel):
    """`its_score` is the person's score after the activity; `duplicate` says that it was known already."""

    status: str = "ok"
    activity_logged: bool = True
    its_score: float
    alert: AlertBrief | None
    duplicate: bool
    event_id: str

    @classmethod
    def of(cls, ingested: Ingested, event_id: str) -> "IngestOut":
        alert = ingested.alert and AlertBrief(
            alert_id=f"ALT{ingested.alert.number:05d}",
            its_score=ingested.alert.its,
            risk_level=risk_level(ingested.alert.its),
        )
        return cls(its_score=ingested.its, alert=alert, duplicate=ingested.stored == 0, event_id=event_id)


class ActivityOut(BaseModel):
    """One activity of the timeline. `activity_id` is a number derived from the event's id."""

    activity_id: int
    event_id: str
    timestamp: str
    activity_type: ActivityType
    details: dict[str, Any]
    ip_address: str | None
    device_id: str | None
    synthetic: bool

    @classmethod
    def of(cls, activity: Activity) -> "ActivityOut":
        return cls(
            activity_id=integer_id(activity.event_id),
            event_id=activity.event_id,
            timestamp=iso_seconds(activity.at),
            activity_type=activity.activity_type,
            details=dict(activity.details),
            ip_address=activity.ip_address,
            device_id=activity.device_id,
            synthetic=activity.synthetic,
        )
