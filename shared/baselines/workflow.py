"""Starts the workflow that builds a baseline: once a day, however often it is asked for."""

import json

from shared.core.aws import client
from shared.core.settings import settings


def start_build(day: str) -> None:
    """The execution's name is the day, so that Step Functions itself refuses the second one."""
    workflows = client("stepfunctions")
    try:
        workflows.start_execution(
            stateMachineArn=settings().workflow_arn_prefix + "baselines",
            name=f"baseline-{day}",
            input=json.dumps({"day": day}),
        )
    except workflows.exceptions.ExecutionAlreadyExists:
        return
