"""Trainings through the front door: the shapes of seed 001 in every state, and what is refused."""

import re
from typing import Any

import pytest

from functions.training.app import handler
from shared.training.executions import Executions
from shared.training.repository import job_repository
from shared.training.worker import job_progress
from tests.builders.calls import Answer, call
from tests.builders.tokens import bearer, trust
from tests.builders.trainings import a_job, buyers, make_bucket, run, step, upload

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ERROR = {"error", "details", "code", "timestamp", "request_id"}


@pytest.fixture(autouse=True)
def started(tables: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The executions that were asked for; nothing runs them."""
    make_bucket()
    asked: list[str] = []
    monkeypatch.setattr(Executions, "start", lambda self, job_id: asked.append(job_id))
    monkeypatch.setattr(Executions, "stop", lambda self, job_id, cause: asked.append(f"stop {job_id}"))
    return asked


def train(**body: Any) -> Answer:
    return call(handler, "POST", "/api/train", json=body)


def look(job_id: str) -> Answer:
    return call(handler, "GET", f"/api/training/{job_id}")


def test_start(started: list[str]) -> None:
    answer = train(file_id=upload(buyers(40)).file_id, model_type="auto", training_params={"test_split": 0.25})

    assert answer.status == 202, answer
    assert set(answer.body) == {"job_id", "status", "estimated_time", "start_time"}
    assert (answer.body["status"], started) == ("started", [answer.body["job_id"]])
    assert MOMENT.fullmatch(answer.body["start_time"])
    assert isinstance(answer.body["estimated_time"], int)


def test_what_is_not_said_comes_from_the_settings() -> None:
    from shared.preferences.repository import preferences

    preferences().change({"training": {"defaultTimeout": 77, "defaultModelType": "classification"}})
    file_id = upload(buyers(40)).file_id

    said = job_repository().get(train(file_id=file_id).body["job_id"]).wanted
    own = train(file_id=file_id, model_type="auto", training_params={"max_training_time": 30}).body["job_id"]

    assert (said.max_training_time, said.model_type, said.test_split, said.random_state) == (
        77,
        "classification",
        0.2,
        42,
    )
    assert job_repository().get(own).wanted.max_training_time == 30


def test_a_repeated_request_is_one_training(started: list[str]) -> None:
    file_id = upload(buyers(40)).file_id
    sent = {"json": {"file_id": file_id}, "headers": {"idempotency-key": "abc"}}

    first, again = (call(handler, "POST", "/api/train", **sent) for _ in range(2))

    assert first.body["job_id"] == again.body["job_id"]
    assert len(job_repository().running()) == 1


BAD: list[dict[str, Any]] = [
    {"model_type": "astrology"},
    {"training_params": {"test_split": 0.9}},
    {"training_params": {"test_split": 0}},
    {"training_params": {"test_split": "half"}},
    {"training_params": {"random_state": -1}},
    {"training_params": {"random_state": 2**32}},
    {"training_params": {"max_training_time": 0}},
    {"training_params": {"max_training_time": 10**9}},
    {"training_params": {"epochs": 3}},
    {"target_column": "nothing"},
    {"target_column": ""},
    {"types": {"age": "colour"}},
    {"types": {"nothing": "numeric"}},
    {"checks": {"target_copy": "shrug"}},
    {"checks": {"no_such_check": "off"}},
    {"threshold": {"metric": "f1", "capacity": 0.1}},
    {"threshold": {"costs": {"false_positive": -1, "false_negative": 1}}},
    {"model_type": "regression"},
    {"file_id": None},
    {"file_id": "\x00"},
    {"name": "x" * 300},
]


@pytest.mark.parametrize("wrong", BAD)
def test_bad_parameters(wrong: dict[str, Any], started: list[str]) -> None:
    answer = train(**{"file_id": upload(buyers(40)).file_id, **wrong})

    assert (answer.status, answer.body["code"], set(answer.body)) == (422, "INVALID_PARAMETERS", ERROR)
    assert started == []


def test_unknown_file_and_unknown_job() -> None:
    assert train(file_id="file_nobody").status == 404
    assert look("job_nobody").status == 404
    assert call(handler, "POST", "/api/training/job_nobody/stop").status == 404
    assert set(look("job_nobody").body) == ERROR


def test_views_of_a_job_from_queued_to_completed() -> None:
    job = a_job(upload(buyers(60)), test_split=0.25)
    queued = look(job.job_id).body
    step("prepare", job.job_id)
    working = look(job.job_id).body
    run(job, ["linear"])
    done = look(job.job_id).body

    steps = {"job_id", "status", "progress", "current_step", "elapsed_time", "estimated_remaining"}
    assert (queued["status"], queued["progress"]) == ("queued", 0)
    assert steps <= set(queued)
    assert (working["status"], working["progress"], working["current_step"]) == ("in_progress", 20, "Model selection")
    assert set(done) == {"job_id", "status", "progress", "model_id", "metrics", "training_time", "completed_at"}
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert set(done["metrics"]) == {"accuracy", "precision", "recall", "f1_score", "confusion_matrix"}
    assert sum(map(sum, done["metrics"]["confusion_matrix"])) == 15
    assert MOMENT.fullmatch(done["completed_at"])


def test_a_failed_and_a_stopped_job_say_why(started: list[str]) -> None:
    failed, stopped = a_job(upload(buyers(40))), a_job(upload(buyers(40)))
    job_progress(failed.job_id).fail("the target has one value only")

    answer = call(handler, "POST", f"/api/training/{stopped.job_id}/stop")

    assert (answer.status, answer.body["status"], answer.body["stopped"]) == (200, "failed", True)
    assert started == [f"stop {stopped.job_id}"]
    seen = look(failed.job_id).body
    assert (seen["status"], seen["reason"], seen["stopped"]) == ("failed", "the target has one value only", False)
    assert seen["estimated_remaining"] is None
    assert call(handler, "POST", f"/api/training/{failed.job_id}/stop").status == 409


def test_in_strict_mode_only_those_who_may_train(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, "strict")
    body = {"file_id": upload(buyers(40)).file_id}

    nobody = call(handler, "POST", "/api/train", json=body)
    viewer = call(handler, "POST", "/api/train", json=body, headers=bearer("vera", "viewer"))

    assert (nobody.status, viewer.status) == (401, 403)


def test_who_has_a_quota_account_pays_for_a_training_that_was_taken_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seed 003: one training a day on the free plan. What was refused before it began costs nothing."""
    from functions.accounts.app import handler as accounts

    trust(monkeypatch)
    ana, file_id = bearer("ana", "developer"), upload(buyers(40)).file_id
    assert call(accounts, "GET", "/api/users/profile", headers=ana).status == 200

    refused = call(handler, "POST", "/api/train", json={"file_id": "file_none"}, headers=ana)
    first, second = (call(handler, "POST", "/api/train", json={"file_id": file_id}, headers=ana) for _ in range(2))
    anonymous = train(file_id=file_id)

    assert (refused.status, first.status, second.status, anonymous.status) == (404, 202, 429, 202)
    assert set(second.body) == ERROR
    profile = call(accounts, "GET", "/api/users/profile", headers=ana).body
    assert (profile["usage"]["trainings"], profile["trainingsCount"]) == (1, 1)
