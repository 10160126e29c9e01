"""The sample events of trainings, replayed through the handlers that the catalogue names."""

import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from functions.train_model.handler import handler as take_step
from shared.catalogue import FUNCTIONS
from shared.datasets.repository import dataset_repository
from shared.training.executions import Executions
from shared.training.model import Job
from shared.training.repository import job_repository
from tests.builders.trainings import Context, a_job, buyers, make_bucket, upload

EVENTS = Path(__file__).parents[3] / "events"
STEPS = ("prepare", "candidate", "finish")


@pytest.fixture
def sample_job(tables: Any, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The job and the file that the samples speak of."""
    make_bucket()
    monkeypatch.setattr(Executions, "start", lambda self, job_id: None)
    monkeypatch.setattr(Executions, "stop", lambda self, job_id, cause: None)
    dataset = replace(upload(buyers(60)), file_id="file_sample")
    dataset_repository().add(dataset)
    job = replace(a_job(dataset), job_id="job_sample")
    job_repository().add(job)
    return job


def sample(function: str, name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / function / f"{name}.json").read_text())
    return event


@pytest.mark.parametrize(("name", "status"), [("start_training", 202), ("get_training", 200), ("stop_training", 200)])
def test_requests_are_answered(sample_job: Job, name: str, status: int) -> None:
    module, _, handler = FUNCTIONS["training"].handler.rpartition(".")

    answer = getattr(importlib.import_module(module), handler)(sample("training", name), None)

    assert answer["statusCode"] == status, answer


def test_steps_in_their_order_end_in_a_model(sample_job: Job) -> None:
    for name in STEPS:
        take_step(sample("train_model", name), Context())

    assert job_repository().get("job_sample").status == "completed"


def test_the_last_resort_says_what_broke(sample_job: Job) -> None:
    assert take_step(sample("train_model", "fail"), Context()) == {"status": "failed"}
    assert "States.Timeout" in str(job_repository().get("job_sample").reason)


def test_every_sample_is_replayed() -> None:
    names = {path.stem for path in (EVENTS / "train_model").glob("*.json")}

    assert names == {*STEPS, "fail"}
