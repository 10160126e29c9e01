"""Counts what CloudWatch Logs delivers of the request logs of all API functions."""

from dataclasses import asdict
from typing import Any

from shared.traffic.delivery import delivery_of
from shared.traffic.service import traffic_service


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """One delivery. It fails as a whole and comes again as a whole, so it is counted as a whole or not at all."""
    return asdict(traffic_service().count(delivery_of(event)))
