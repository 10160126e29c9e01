"""Trainings as callers see them: started, looked at, stopped.

Starting writes the job first and starts its execution second. Whatever dies in between leaves a queued job, which the
next look at it starts again: executions are named like their jobs, so that two of them cannot be.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from shared.core.clock import Clock, utc_now
from shared.core.errors import Conflict, NotFound
from shared.core.ids import derived_id
from shared.datasets.model import Dataset
from shared.datasets.repository import DatasetRepository, dataset_repository, used
from shared.storage.store import ConditionFailed
from shared.training.demands import check_wanted
from shared.training.executions import Executions, executions
from shared.training.model import ENDED, Job, Wanted
from shared.training.repository import JobRepository, is_late, job_repository

LOG = logging.getLogger(__name__)
START_AGAIN = timedelta(seconds=5)
# What a small table takes, and what a number in a larger one adds: of our own measurements, as a first guess only.
FIRST_SECONDS, SECONDS_PER_NUMBER = 20, 4e-4


@dataclass(frozen=True, slots=True)
class Started:
    """A job and a first guess of how long it will take, in seconds."""

    job: Job
    estimated_seconds: int


class TrainingService:
    """Trainings of tabular models."""

    def __init__(self, jobs: JobRepository, datasets: DatasetRepository, executions: Executions, now: Clock) -> None:
        self._jobs, self._datasets, self._executions, self._now = jobs, datasets, executions, now

    def start(self, wanted: Wanted, operation: str, by: str) -> Started:
        """A new job; the same operation again gives the same job. NotFound or Invalid before anything is written."""
        dataset = self._datasets.get(wanted.file_id)
        check_wanted(wanted, dataset)
        job = Job(derived_id("job", operation), wanted, "queued", "Waiting", self._now(), by)
        try:
            self._jobs.add(job, used(dataset.file_id, job.started_at))
        except ConditionFailed as failed:
            if failed.position != 0:
                raise NotFound("File not found") from failed
            job = self._jobs.get(job.job_id)
        self._launch(job)
        return Started(job, _estimate(dataset, wanted))

    def view(self, job_id: str) -> Job:
        """A job as it is. One that nobody started is started, one that nobody can be working on any more has failed."""
        job, now = self._jobs.get(job_id), self._now()
        if is_late(job, now):
            return self._jobs.change(job_id, lambda seen: _given_up(seen, now))
        if job.status == "queued" and now - job.started_at > START_AGAIN:
            self._launch(job)
        return job

    def stop(self, job_id: str, by: str) -> Job:
        """Stop a job that has not ended. Conflict if it has; stopping twice is stopping once."""
        now = self._now()
        job = self._jobs.change(job_id, lambda seen: _stopped(seen, by, now))
        if job.status != "stopped":
            raise Conflict(f"The training has ended already: {job.status}")
        self._executions.stop(job_id, f"stopped by {by}")
        return job

    def _launch(self, job: Job) -> None:
        """The job is written: if its execution cannot be started now, the next look at the job tries again."""
        if job.status != "queued":
            return
        try:
            self._executions.start(job.job_id)
        except Exception:
            LOG.exception("the execution of %s could not be started", job.job_id)


def _given_up(job: Job, now: datetime) -> Job:
    if not is_late(job, now):
        return job
    return replace(job, status="failed", ended_at=now, reason="the training did not end within its time")


def _stopped(job: Job, by: str, now: datetime) -> Job:
    if job.status in ENDED:
        return job
    return replace(job, status="stopped", stop_asked=True, ended_at=now, reason=f"stopped by {by}")


def _estimate(dataset: Dataset, wanted: Wanted) -> int:
    guess = FIRST_SECONDS + int(dataset.rows * len(dataset.columns) * SECONDS_PER_NUMBER)
    return min(guess, wanted.max_training_time)


@cache
def training_service() -> TrainingService:
    """The service of this process."""
    return TrainingService(job_repository(), dataset_repository(), executions(), utc_now)
