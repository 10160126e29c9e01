"""What follows from an announcement inside the platform: a new day starts the workflow that builds its baseline."""

from typing import Any

from shared.baselines.workflow import start_build
from shared.outbox.model import Announcement, from_record


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """A batch of the outbox's stream. Records that fail are named, so that only they come again."""
    failures = []
    for record in event["Records"]:
        try:
            announcement = from_record(record)
            if announcement is not None:
                _project(announcement)
        except Exception as error:
            _log(error, record)
            failures.append({"itemIdentifier": _position(record)})
    return {"batchItemFailures": failures}


def _project(announcement: Announcement) -> None:
    if announcement.kind == "day_opened":
        start_build(str(announcement.payload["day"]))


def _log(error: Exception, record: dict[str, Any]) -> None:
    from shared.core.logging import logger

    logger().error("record failed", extra={"error": repr(error), "sequence": _position(record)})


def _position(record: dict[str, Any]) -> str:
    """The record's sequence number; a malformed record fails alone, too."""
    return str(record.get("dynamodb", {}).get("SequenceNumber", ""))
