"""Structured logs: one JSON line per request and per state change, written by Powertools' Logger.

Values that users send never go into the message: only ids, codes and durations do.
"""

from functools import cache
from typing import Any


@cache
def logger() -> Any:
    """The logger of this function, made on first use."""
    from aws_lambda_powertools import Logger

    return Logger(service="vedette", utc=True, log_uncaught_exceptions=False)
