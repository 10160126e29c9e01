"""The state machine itself, run by moto's interpreter with our handler: whatever breaks, the job ends with a reason."""

import json
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pytest
from moto import mock_aws

from functions.train_model.handler import handler
from functions.train_model.tabular import prepare
from infra.local import moto_repairs
from infra.local.moto_repairs import workflows
from infra.local.moto_repairs.lambda_invocations import Invocations
from infra.local.provisioning import definition, machine_arn, provision
from infra.local.runtime.handler_call import Context, call
from infra.local.runtime.invocation import Outcome
from shared.catalogue import WORKFLOWS
from shared.core.aws import client
from shared.core.settings import settings
from shared.tabular.model import manifest_key, onnx_key
from shared.tabular.repository import model_repository
from shared.training.executions import executions
from shared.training.model import ENDED, Job
from shared.training.objects import TrainingObjects, training_objects
from shared.training.repository import job_repository
from shared.training.service import training_service
from tests.builders.trainings import a_job, buyers, csv_text, upload
from tests.conftest import DUMMY, forget_caches

PREFIX = "vedette-local-"
Before = Callable[[dict[str, Any]], None]


class Cloud:
    """An AWS in which the workflow runs; `before` is called with the event of each invocation and may break it."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.before: Before = lambda event: None

    def invoke(self, name: str, payload: bytes) -> Outcome:
        event = json.loads(payload)
        self.events.append(event)

        def broken_or_not(event: dict[str, Any], context: Any) -> dict[str, Any]:
            self.before(event)
            return handler(event, context)

        return call(broken_or_not, payload, Context(name, "arn", 3008, "request", 900.0))

    def run(self, job: Job, seconds: float = 60) -> Job:
        executions().start(job.job_id)
        return self.ended(job, seconds)

    def ended(self, job: Job, seconds: float = 60) -> Job:
        """The job when its execution and itself have ended."""
        deadline = time.monotonic() + seconds
        while self.status(job) == "RUNNING" or job_repository().get(job.job_id).status not in ENDED:
            assert time.monotonic() < deadline, (self.status(job), job_repository().get(job.job_id), self.events)
            time.sleep(0.05)
        return job_repository().get(job.job_id)

    def status(self, job: Job) -> str:
        arn = machine_arn(PREFIX + "training").replace(":stateMachine:", ":execution:") + f":{job.job_id}"
        return str(client("stepfunctions").describe_execution(executionArn=arn)["status"])


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """With two quick algorithms and retries after a second."""
    arn = machine_arn(PREFIX)
    for name, value in {**DUMMY, "AWS_DEFAULT_REGION": "us-east-1", "VEDETTE_WORKFLOW_ARN_PREFIX": arn}.items():
        monkeypatch.setenv(name, value)
    quick = tuple(one for one in prepare.ALGORITHMS if one.key in ("linear", "xgboost"))
    monkeypatch.setattr(prepare, "ALGORITHMS", quick)
    moto_repairs.install()
    with mock_aws():
        forget_caches()
        workflows.install()
        provision(client, PREFIX)
        hurried = definition(WORKFLOWS["training"], PREFIX).replace('"IntervalSeconds": 2', '"IntervalSeconds": 1')
        client("stepfunctions").update_state_machine(stateMachineArn=arn + "training", definition=hurried)
        made = Cloud()
        invocations = Invocations(made.invoke)
        invocations.install()
        yield made
        invocations.close()
    forget_caches()


def files_of(job: Job) -> tuple[bytes, bytes]:
    s3, bucket = client("s3"), settings().data_bucket
    keys = (onnx_key(str(job.model_id)), manifest_key(str(job.model_id)))
    network, manifest = (s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys)
    return network, manifest


def assert_complete(job: Job) -> None:
    """`completed` implies a readable model with the recorded hashes."""
    assert job.status == "completed", job
    model = model_repository().get(str(job.model_id))
    network, manifest = files_of(job)
    assert (sha256(network).hexdigest(), sha256(manifest).hexdigest()) == (model.sha256, model.manifest_sha256)


def test_a_job_runs_to_its_model(cloud: Cloud) -> None:
    job = cloud.run(a_job(upload(buyers(60))))

    assert_complete(job)
    assert cloud.status(job) == "SUCCEEDED"
    assert [event["step"] for event in cloud.events] == ["prepare", "candidate", "candidate", "finish"]
    assert job.fits_done == job.fits_total


def test_a_second_start_is_the_first(cloud: Cloud) -> None:
    job = a_job(upload(buyers(60)))

    executions().start(job.job_id)
    executions().start(job.job_id)

    assert_complete(cloud.ended(job))
    executions().start(job.job_id)
    assert len(cloud.events) == 4


@pytest.mark.parametrize("step", ["prepare", "candidate", "finish"])
def test_a_step_that_breaks_once_is_tried_again(cloud: Cloud, step: str) -> None:
    broken: list[str] = []

    def once(event: dict[str, Any]) -> None:
        if event["step"] == step and not broken:
            broken.append(step)
            raise ConnectionError("S3 does not answer")

    cloud.before = once

    assert_complete(cloud.run(a_job(upload(buyers(60)))))
    assert broken == [step]


@pytest.mark.parametrize("step", ["prepare", "finish"])
def test_a_step_that_stays_broken_ends_the_job_with_a_reason(cloud: Cloud, step: str) -> None:
    def always(event: dict[str, Any]) -> None:
        if event["step"] == step:
            raise MemoryError("a secret that nobody should read")

    cloud.before = always
    job = cloud.run(a_job(upload(buyers(60))))

    assert (job.status, cloud.status(job)) == ("failed", "FAILED")
    assert job.reason == "a step of the training broke (MemoryError); nothing was registered"
    assert model_repository().counts()["trained"] == 0


def test_one_algorithm_that_breaks_is_left_out(cloud: Cloud) -> None:
    def always(event: dict[str, Any]) -> None:
        if event.get("algorithm") == "xgboost":
            raise ValueError("no")

    cloud.before = always
    job = cloud.run(a_job(upload(buyers(60))))

    assert_complete(job)
    codes = [note["code"] for note in json.loads(files_of(job)[1])["warnings"]]
    assert "CANDIDATE_FAILED" in codes


def test_all_algorithms_broken_is_a_failed_job(cloud: Cloud) -> None:
    def always(event: dict[str, Any]) -> None:
        if event["step"] == "candidate":
            raise ValueError("no")

    cloud.before = always
    job = cloud.run(a_job(upload(buyers(60))))

    assert (job.status, job.reason) == ("failed", "no candidate could be judged on all folds")


def test_refused_data_are_refused_once_and_in_words(cloud: Cloud) -> None:
    rows = [(n, n % 7, "lonely" if n == 5 else "ab"[n % 2]) for n in range(40)]
    job = cloud.run(a_job(upload(csv_text(("a", "b", "c"), rows))))

    assert job.status == "failed"
    assert "'lonely'" in str(job.reason)
    assert [event["step"] for event in cloud.events] == ["prepare", "fail"]


def test_a_stopped_job_ends_at_once_and_registers_nothing(cloud: Cloud) -> None:
    stopped: list[float] = []

    def stop_it(event: dict[str, Any]) -> None:
        if event["step"] == "candidate" and not stopped:
            stopped.append(time.monotonic())
            training_service().stop(event["job_id"], "ana")

    cloud.before = stop_it
    job = cloud.run(a_job(upload(buyers(60))))

    assert (job.status, job.reason) == ("stopped", "stopped by ana")
    assert "finish" not in [event["step"] for event in cloud.events]
    assert model_repository().counts()["trained"] == 0


def test_a_job_stopped_while_its_model_is_put_leaves_no_files(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    put = TrainingObjects.put_model

    def stopped_meanwhile(objects: TrainingObjects, model_id: str, network: bytes, manifest: bytes) -> None:
        put(objects, model_id, network, manifest)
        training_service().stop(job.job_id, "ana")

    monkeypatch.setattr(TrainingObjects, "put_model", stopped_meanwhile)
    job = a_job(upload(buyers(60)))
    ended = cloud.run(job)

    deadline = time.monotonic() + 10
    while _keys("models/") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (ended.status, _keys("models/")) == ("stopped", [])


def _keys(prefix: str) -> list[str]:
    found = client("s3").list_objects_v2(Bucket=settings().data_bucket, Prefix=prefix).get("Contents", [])
    return [one["Key"] for one in found]


def test_files_that_cannot_be_put_are_no_model(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(objects: TrainingObjects, model_id: str, network: bytes, manifest: bytes) -> None:
        training_objects()._s3.put_object(Bucket=settings().data_bucket, Key=onnx_key(model_id), Body=network)
        raise ConnectionError("S3 went away between the two files")

    monkeypatch.setattr(TrainingObjects, "put_model", half)
    job = cloud.run(a_job(upload(buyers(60))))

    assert (job.status, job.model_id) == ("failed", None)
    assert model_repository().counts()["trained"] == 0
