"""A job as its steps move it: forward only, once only, and not at all after its end."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.activity_log.repository import activity_log
from shared.tabular.repository import model_repository
from shared.training.model import Job
from shared.training.repository import job_repository
from shared.training.worker import JobEnded, JobProgress, job_progress, model_id_of
from tests.builders.outbox import an_announcement
from tests.builders.tabular import a_model
from tests.builders.trainings import a_job, buyers, make_bucket, upload


@pytest.fixture
def job(tables: Any) -> Job:
    make_bucket()
    return a_job(upload(buyers(40)))


@pytest.fixture
def progress(job: Job) -> JobProgress:
    return job_progress(job.job_id)


def test_a_step_that_comes_late_does_not_turn_the_job_back(progress: JobProgress) -> None:
    progress.reach("Model selection", fits_total=10)
    late = progress.reach("Data validation")

    assert (late.step, late.status, late.fits_total, late.progress) == ("Model selection", "running", 10, 20)


def test_fits_of_a_candidate_that_was_tried_twice_count_once(progress: JobProgress) -> None:
    progress.reach("Model selection", fits_total=20)
    progress.count_fits("linear", 5, 0.8)
    progress.count_fits("linear", 2, 0.7)
    after = progress.count_fits("xgboost", 5, 0.75)

    assert (after.fits_done, after.live_accuracy, after.progress) == (10, 0.8, 20 + 55 // 2)


def test_candidates_at_the_same_time_lose_no_fit(progress: JobProgress) -> None:
    progress.reach("Model selection", fits_total=24)

    def work(name: str) -> None:
        for fits in range(1, 7):
            progress.count_fits(name, fits, fits / 10)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, ("a", "b", "c", "d")))

    job = progress.job()
    assert (job.fits_done, job.progress, job.live_accuracy) == (24, 75, 0.6)


def test_an_ended_job_changes_no_more(progress: JobProgress) -> None:
    progress.fail("for a reason")

    for change in (
        lambda: progress.reach("Model selection"),
        lambda: progress.count_fits("linear", 1, 0.9),
        lambda: progress.complete(a_model(model_id=model_id_of(progress.job_id))),
        progress.job,
    ):
        with pytest.raises(JobEnded):
            change()
    job = job_repository().get(progress.job_id)
    assert (job.status, job.reason, job.model_id, progress.fail("another").reason) == (
        "failed",
        "for a reason",
        None,
        "for a reason",
    )


def test_a_job_completed_twice_has_one_model_and_one_line_in_the_log(progress: JobProgress, tables: Any) -> None:
    model = _unregistered(progress.job_id)

    first, again = progress.complete(model), progress.complete(model)

    assert first == again
    assert (first.status, first.progress, first.model_id, first.step) == ("completed", 100, model.model_id, "Done")
    assert model_repository().counts()["trained"] == 1
    assert model_repository().get(model.model_id).sha256 == model.sha256
    (entry,) = activity_log().newest("training", None, 10)
    assert entry.details["model_id"] == model.model_id


def test_what_sockets_hear_ends_with_the_end(progress: JobProgress, tables: Any) -> None:
    progress.reach("Data validation")
    progress.complete(_unregistered(progress.job_id))

    table = an_announcement().put().table
    rows = tables.scan(TableName=f"vedette-local-{table.name}")["Items"]
    kinds = [row["kind"]["S"] for row in sorted(rows, key=lambda row: row["pk"]["S"])]
    assert kinds == ["training_progress", "training_progress", "training_completed"]


def _unregistered(job_id: str) -> Any:
    """A model that no table knows yet."""
    from dataclasses import replace

    from shared.storage.schema import TABULAR
    from shared.storage.store import store
    from shared.storage.writes import Delete
    from shared.tabular.repository import COUNTS, model_key

    model = replace(a_model(model_id=model_id_of(job_id)), job_id=job_id)
    store().transact([Delete(TABULAR, model_key(model.model_id)), Delete(TABULAR, COUNTS)])
    return model
