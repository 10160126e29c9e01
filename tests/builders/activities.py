"""Activities for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.activities.model import Activity, ActivityType


def an_activity(
    subject_id: str = "U901",
    activity_type: ActivityType = "file_access",
    at: datetime | None = None,
    details: dict[str, Any] | None = None,
    **facts: Any,
) -> Activity:
    """A plain read of a small file, an hour ago."""
    plain = {"file_path": "/docs/plan.md", "action": "read", "size_mb": 0.2, "sensitive": False}
    moment = at or datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    given = {"ip_address": "192.168.1.9", "device_id": "laptop-901", "event_id": f"evt-{uuid4().hex[:12]}", **facts}
    return Activity(
        subject_id=subject_id,
        activity_type=activity_type,
        at=moment,
        details=plain if details is None else details,
        **given,
    )


def an_exfiltration(subject_id: str = "U901", at: datetime | None = None) -> list[Activity]:
    """Five big confidential reads and three large mails to a stranger, minutes apart."""
    begin = at or datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
    reads = [
        an_activity(
            subject_id,
            at=begin + timedelta(minutes=n),
            details={
                "file_path": f"/finance/confidential_{n}.xlsx",
                "action": "read",
                "size_mb": 180.0,
                "sensitive": True,
            },
        )
        for n in range(5)
    ]
    mail = {"to": "x@rival.example", "external": True, "attachment_size_mb": 120.0, "suspicious_keywords": 1}
    mails = [an_activity(subject_id, "email", begin + timedelta(minutes=10 + n), mail) for n in range(3)]
    return reads + mails
