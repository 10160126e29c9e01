"""The steps of a training, one invocation each. Started by the `training` workflow: {"step": ..., "job_id": ...}."""

import json
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["step"] == "fail":
        return _fail(event)
    # One thread, so that sums are added in the same order wherever this runs: equal inputs give equal models.
    # scikit-learn first: the limit holds the OpenMP and BLAS libraries that are loaded by then.
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import threadpool_limits

    from functions.train_model.tabular.steps import take_step

    with threadpool_limits(limits=1):
        return take_step(event, context)


def _fail(event: dict[str, Any]) -> dict[str, Any]:
    """The end of a job that one of its steps could not bring further."""
    from shared.training.worker import job_progress

    job = job_progress(event["job_id"]).fail(reason_of(event["error"]))
    return {"status": job.status}


def reason_of(error: dict[str, Any]) -> str:
    """What a person should read: our own words if the data was refused, the kind of the error if something broke."""
    kind = str(error.get("Error", "Unknown"))
    if kind != "TrainingRefused":
        return f"a step of the training broke ({kind}); nothing was registered"
    try:
        return str(json.loads(error["Cause"])["errorMessage"])
    except (KeyError, TypeError, ValueError):
        return "the data was refused"
