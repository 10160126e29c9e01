"""The live parts, put together once per process; no client is made before its first use."""

import json
from functools import cache
from typing import Any

from shared.core.aws import client, sockets
from shared.core.clock import utc_now
from shared.core.logging import logger
from shared.core.settings import settings
from shared.health.machine import machine
from shared.live.delivery import Delivery
from shared.live.events import EventLog
from shared.live.lease import Lease
from shared.live.metrics import SystemMetrics
from shared.live.repository import ConnectionRepository
from shared.live.service import LiveService
from shared.storage.store import store


@cache
def connections() -> ConnectionRepository:
    return ConnectionRepository(store())


@cache
def events() -> EventLog:
    return EventLog(store(), utc_now)


@cache
def delivery() -> Delivery:
    return Delivery(sockets(), connections())


def lease() -> Lease:
    return Lease(store())


def metrics() -> SystemMetrics:
    return SystemMetrics(machine())


@cache
def live_service() -> LiveService:
    return LiveService(connections(), lease(), metrics(), call_ticker, utc_now)


def call_ticker(predecessor: str | None = None) -> None:
    """Start the ticker and do not wait. A failure costs a listener a minute at most: then the schedule starts one."""
    from botocore.exceptions import BotoCoreError, ClientError

    event: dict[str, Any] = {"predecessor": predecessor}
    try:
        client("lambda").invoke(
            FunctionName=settings().function_prefix + "ticker",
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )
    except (BotoCoreError, ClientError) as error:
        logger().warning("the ticker could not be called", extra={"reason": type(error).__name__})
