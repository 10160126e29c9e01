"""The process of a step dies before or after any of its calls to AWS, and the workflow tries the step again.

Whatever call that was: the job completes, with one model, whose files have the recorded hashes.
"""

import contextlib
from hashlib import sha256
from typing import Any

import botocore.client
import pytest

from shared.activity_log.repository import activity_log
from shared.core.aws import client
from shared.core.settings import settings
from shared.tabular.model import manifest_key, onnx_key
from shared.tabular.repository import model_repository
from shared.training.model import Job
from shared.training.repository import job_repository
from shared.training.worker import JobEnded
from tests.builders.trainings import a_job, buyers, make_bucket, step, upload

STOCK = botocore.client.BaseClient._make_api_call


class Died(Exception):
    """The process is gone."""


class Calls:
    """Counts calls to AWS, and dies at one of them: `before` it is sent, or after its answer came."""

    def __init__(self) -> None:
        self.count, self.at, self.before = 0, -1, True

    def __call__(self, made: Any, operation: str, given: Any) -> Any:
        self.count += 1
        if self.count == self.at and self.before:
            raise Died(operation)
        answer = STOCK(made, operation, given)
        if self.count == self.at:
            raise Died(operation)
        return answer

    def die_at(self, number: int, *, before: bool) -> None:
        self.count, self.at, self.before = 0, number, before


@pytest.fixture
def calls(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Calls:
    make_bucket()
    made = Calls()
    monkeypatch.setattr(
        botocore.client.BaseClient, "_make_api_call", lambda self, operation, given: made(self, operation, given)
    )
    return made


def take(name: str, job: Job, calls: Calls, number: int, *, before: bool, **more: Any) -> Any:
    """The step with a death at one of its calls, then again as the workflow's Retry does."""
    calls.die_at(number, before=before)
    try:
        return step(name, job.job_id, **more)
    except Died:
        calls.die_at(-1, before=True)
        return step(name, job.job_id, **more)
    finally:
        # A quick machine looks for a stop less often: the call may not come in this step, and is not for the next one.
        calls.die_at(-1, before=True)


def count_of(name: str, job: Job, calls: Calls, **more: Any) -> tuple[int, Any]:
    calls.die_at(-1, before=True)
    result = step(name, job.job_id, **more)
    return calls.count, result


def assert_one_model(job: Job) -> str:
    done = job_repository().get(job.job_id)
    assert done.status == "completed", done
    model = model_repository().get(str(done.model_id))
    s3, bucket = client("s3"), settings().data_bucket
    for key, digest in ((onnx_key, model.sha256), (manifest_key, model.manifest_sha256)):
        content = s3.get_object(Bucket=bucket, Key=key(model.model_id))["Body"].read()
        assert sha256(content).hexdigest() == digest
    return model.sha256


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_death_at_every_call_of_the_last_step(calls: Calls, before: bool) -> None:
    dataset = upload(buyers(40))
    clean, scores = tried(dataset)
    total, _ = count_of("finish", clean, calls, scores=scores)
    hashes = {assert_one_model(clean)}

    for number in range(1, total + 1):
        job, scores = tried(dataset)
        # Where the model was registered and only the answer got lost, the retry finds a job that has ended.
        with contextlib.suppress(JobEnded):
            take("finish", job, calls, number, before=before, scores=scores)
        hashes.add(assert_one_model(job))

    assert total > 10
    assert len(hashes) == 1
    assert model_repository().counts()["trained"] == total + 1 == len(activity_log().newest("training", None, 100))


def tried(dataset: Any) -> tuple[Job, list[Any]]:
    """A job that only the last step is missing of."""
    job = a_job(dataset)
    step("prepare", job.job_id)
    return job, [step("candidate", job.job_id, algorithm="linear")]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("name", ["prepare", "candidate"])
def test_death_at_every_call_of_the_first_steps(calls: Calls, name: str, before: bool) -> None:
    dataset = upload(buyers(40))
    more = {"algorithm": "linear"} if name == "candidate" else {}
    clean = a_job(dataset)
    if name == "candidate":
        step("prepare", clean.job_id)
    total, _ = count_of(name, clean, calls, **more)
    assert total > 5

    for number in range(1, total + 1):
        job = a_job(dataset)
        if name == "candidate":
            step("prepare", job.job_id)
        result = take(name, job, calls, number, before=before, **more)
        scores = [result if name == "candidate" else step("candidate", job.job_id, algorithm="linear")]
        step("finish", job.job_id, scores=scores)
        assert_one_model(job)
