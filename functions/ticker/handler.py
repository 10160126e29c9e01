"""The ticker's Lambda: called when somebody connects, by its predecessor, and each minute by the schedule."""

from typing import Any

from shared.live.provide import call_ticker, connections, delivery, lease, metrics
from shared.live.ticking import SteadyTime, Ticker


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Tick for a minute, if nobody else does and somebody listens."""
    ticker = Ticker(lease(), connections(), delivery(), metrics(), call_ticker, SteadyTime())
    return {"ticks": ticker.run(event.get("predecessor"))}
