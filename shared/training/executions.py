"""The executions of the training workflow: one per job, named like it, so that Step Functions refuses a second one."""

import json
from functools import cache
from typing import Any

from shared.core.aws import client
from shared.core.settings import settings

WORKFLOW = "training"


class Executions:
    """Starts and stops."""

    def __init__(self, workflows: Any, arn_prefix: str) -> None:
        self._workflows, self._machine = workflows, arn_prefix + WORKFLOW

    def start(self, job_id: str) -> None:
        """Start the job's execution if it was not started before."""
        try:
            self._workflows.start_execution(
                stateMachineArn=self._machine, name=job_id, input=json.dumps({"job_id": job_id})
            )
        except self._workflows.exceptions.ExecutionAlreadyExists:
            return

    def stop(self, job_id: str, cause: str) -> None:
        """Stop it; one that never ran, or has ended, is stopped already."""
        arn = self._machine.replace(":stateMachine:", ":execution:") + f":{job_id}"
        try:
            self._workflows.stop_execution(executionArn=arn, error="Stopped", cause=cause)
        except self._workflows.exceptions.ExecutionDoesNotExist:
            return


@cache
def executions() -> Executions:
    """The executions of this deployment."""
    return Executions(client("stepfunctions"), settings().workflow_arn_prefix)
