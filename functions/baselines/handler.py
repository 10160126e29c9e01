"""Builds a day's baseline. Started by the `baselines` workflow: {"day": "2026-11-22"}, or {} for today."""

from datetime import date
from typing import Any

from shared.core.clock import utc_now


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    from shared.baselines.service import baseline_service

    day = date.fromisoformat(event["day"]) if event.get("day") else utc_now().date()
    return {"day": day.isoformat(), "people": baseline_service().build(day)}
