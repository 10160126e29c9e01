"""Partial batch responses and the failure queue: what stream and queue consumers have in common."""

import json
import time
from typing import Any

from moto.sqs.models import sqs_backends

from infra.local.runtime.invocation import ACCOUNT, REGION, Outcome


def failed_items(outcome: Outcome) -> set[str] | None:
    """The identifiers in batchItemFailures; None if the whole batch failed."""
    if outcome.error:
        return None
    value = outcome.value()
    failures = value.get("batchItemFailures") if isinstance(value, dict) else None
    identifiers = {failure.get("itemIdentifier") for failure in failures or ()}
    # Lambda takes an empty or missing identifier for the failure of everything.
    return None if identifiers & {None, ""} else {str(identifier) for identifier in identifiers}


def set_aside(queue: str, function_arn: str, outcome: Outcome, facts: dict[str, Any]) -> None:
    """What Lambda sends to the destination of a failure."""
    body = {
        "version": "1.0",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "requestContext": {"functionArn": f"{function_arn}:$LATEST", "condition": "RetryAttemptsExhausted"},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": outcome.error},
        **facts,
    }
    sqs_backends[ACCOUNT][REGION].send_message(queue, json.dumps(body))
