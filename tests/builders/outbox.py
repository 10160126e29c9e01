"""Announcements as stream records, with honest defaults."""

from datetime import UTC, datetime
from typing import Any

from shared.outbox.model import Announcement
from shared.storage.attributes import to_item


def an_announcement(name: str = "a1", *, topic: str = "alerts", payload: Any = None, **more: Any) -> Announcement:
    return Announcement(name, topic, more.pop("kind", "alert.raised"), payload or {"alert_id": "ALT00001"}, **{
        "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), **more,
    })  # fmt: skip


def a_record(announcement: Announcement, position: int | None = None) -> dict[str, Any]:
    """The record of its insertion, as the stream of the outbox carries it."""
    image = to_item(announcement.put().item)
    number = str(
        position if position is not None else 100 + int("".join(filter(str.isdigit, announcement.announcement_id)) or 0)
    )
    body = {"Keys": {"pk": image["pk"]}, "NewImage": image, "SequenceNumber": number, "StreamViewType": "NEW_IMAGE"}
    return {"eventID": f"event-{number}", "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": body}
