"""Trainings as callers see them: what is refused, what happens once, what happens to jobs that nobody works on."""

from datetime import timedelta
from typing import Any

import pytest

from shared.core.clock import utc_now
from shared.core.errors import Conflict, Invalid, NotFound
from shared.datasets.repository import dataset_repository
from shared.training.model import GRACE, Wanted
from shared.training.repository import job_repository
from shared.training.service import START_AGAIN, TrainingService
from tests.builders.trainings import a_job, buyers, csv_text, flats, make_bucket, upload


class Starts:
    """Executions that remember what was asked of them, and can be out of order."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stopped: list[str] = []
        self.broken = False

    def start(self, job_id: str) -> None:
        if self.broken:
            raise ConnectionError("Step Functions does not answer")
        self.started.append(job_id)

    def stop(self, job_id: str, cause: str) -> None:
        self.stopped.append(job_id)


class Trainings:
    """A service with a clock that can be moved."""

    def __init__(self) -> None:
        self.starts, self.later = Starts(), timedelta()
        self.service = TrainingService(
            job_repository(),
            dataset_repository(),
            self.starts,  # type: ignore[arg-type]
            lambda: utc_now() + self.later,
        )


@pytest.fixture
def trainings(tables: Any) -> Trainings:
    make_bucket()
    return Trainings()


def test_the_same_operation_starts_one_job(trainings: Trainings) -> None:
    wanted = Wanted(upload(buyers(40)).file_id)

    first = trainings.service.start(wanted, "op_1", "ana")
    again = trainings.service.start(wanted, "op_1", "ana")
    other = trainings.service.start(wanted, "op_2", "ana")

    assert first.job.job_id == again.job.job_id != other.job.job_id
    assert len(job_repository().running()) == 2
    assert 0 < first.estimated_seconds <= wanted.max_training_time


def test_a_job_whose_execution_could_not_be_started_is_started_by_the_next_look(trainings: Trainings) -> None:
    trainings.starts.broken = True
    job = trainings.service.start(Wanted(upload(buyers(40)).file_id), "op_1", "ana").job
    assert (job.status, trainings.starts.started) == ("queued", [])

    trainings.starts.broken = False
    trainings.service.view(job.job_id)
    assert trainings.starts.started == [], "it may be starting at this moment"
    trainings.later = START_AGAIN + timedelta(seconds=1)
    trainings.service.view(job.job_id)

    assert trainings.starts.started == [job.job_id]


def test_a_job_that_nobody_can_be_working_on_has_failed(trainings: Trainings) -> None:
    job = a_job(upload(buyers(40)), max_training_time=60)

    trainings.later = timedelta(seconds=60) + GRACE - timedelta(seconds=30)
    assert trainings.service.view(job.job_id).status == "queued"
    trainings.later = timedelta(seconds=61) + GRACE
    seen = trainings.service.view(job.job_id)

    assert (seen.status, seen.reason) == ("failed", "the training did not end within its time")
    assert job_repository().running() == []


def test_a_stopped_job_stays_stopped_and_one_that_ended_cannot_be_stopped(trainings: Trainings) -> None:
    job = a_job(upload(buyers(40)))

    stopped = trainings.service.stop(job.job_id, "ana")
    again = trainings.service.stop(job.job_id, "bob")

    assert (stopped.status, stopped.reason, again.reason) == ("stopped", "stopped by ana", "stopped by ana")
    assert trainings.starts.stopped == [job.job_id, job.job_id], "the second call may come after a lost answer"
    late = a_job(upload(buyers(40)), max_training_time=1)
    trainings.later = GRACE + timedelta(seconds=2)
    trainings.service.view(late.job_id)
    with pytest.raises(Conflict):
        trainings.service.stop(late.job_id, "ana")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"target_column": "nothing"}, "target_column"),
    ({"group_column": "nothing"}, "group_column"),
    ({"time_column": "nothing"}, "time_column"),
    ({"target_column": "age", "group_column": "age"}, "target_column"),
    ({"time_column": "age", "group_column": "region"}, "time_column"),
    ({"types": {"nothing": "numeric"}}, "types"),
    ({"checks": {"nothing": "off"}}, "checks"),
    ({"model_type": "regression"}, "model_type"),
]


@pytest.mark.parametrize(("wanted", "field"), REFUSED)
def test_what_does_not_fit_the_file_is_refused_before_there_is_a_job(
    trainings: Trainings, wanted: dict[str, Any], field: str
) -> None:
    dataset = upload(buyers(40))

    with pytest.raises(Invalid, match=f"^{field}: "):
        trainings.service.start(Wanted(dataset.file_id, **wanted), "op_1", "ana")

    assert job_repository().running() == []


def test_files_that_are_too_short_or_have_one_answer_are_refused(trainings: Trainings) -> None:
    short = upload(flats(19))
    still = upload(csv_text(("a", "b"), [(n % 3, "x") for n in range(40)]))

    for dataset in (short, still):
        with pytest.raises(Invalid):
            trainings.service.start(Wanted(dataset.file_id), "op_1", "ana")
    with pytest.raises(NotFound):
        trainings.service.start(Wanted("file_nobody"), "op_1", "ana")
