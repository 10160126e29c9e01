"""Applies the retention that the settings say. Started by its schedule; the event does not matter."""

from dataclasses import asdict
from typing import Any

from shared.core.logging import logger


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    from shared.retention.service import retention_service

    removed = asdict(retention_service().run())
    logger().info("cleanup", extra=removed)
    return removed
