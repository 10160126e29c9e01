"""The steps of the workflow by name."""

from typing import Any

from functions.train_model.tabular.candidate import try_candidate
from functions.train_model.tabular.finish import finish
from functions.train_model.tabular.prepare import prepare

RESERVE_SECONDS = 60.0  # of an invocation, for what comes after the last fit


def take_step(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One step of one job."""
    job_id = event["job_id"]
    if event["step"] == "prepare":
        return prepare(job_id)
    if event["step"] == "candidate":
        seconds = context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
        return try_candidate(job_id, event["algorithm"], seconds)
    if event["step"] == "finish":
        return finish(job_id, event["scores"])
    raise ValueError(f"there is no step '{event['step']}'")
