"""A job as the steps of its workflow see it: how far it is, whether to go on, how it ends.

Every write is conditional on what was read, and an ended job changes no more: a step that was started twice, or that
outlived its job, finds that out at its next write.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.activity_log.model import Entry
from shared.activity_log.repository import logged
from shared.core.clock import Clock, utc_now
from shared.core.ids import derived_id
from shared.storage.writes import Write
from shared.tabular.model import TabularModel
from shared.tabular.repository import registration
from shared.training.model import BEGINS, ENDED, Job, Step
from shared.training.repository import JobRepository, job_repository


class JobEnded(Exception):
    """The job was stopped, or given up, or has its model: whoever still works on it goes home."""


class JobProgress:
    """One job, moved forward by its steps."""

    def __init__(self, jobs: JobRepository, job_id: str, now: Clock) -> None:
        self._jobs, self.job_id, self._now = jobs, job_id, now

    def job(self) -> Job:
        """The job as it is; JobEnded if there is nothing more to do."""
        return _alive(self._jobs.get(self.job_id))

    def reach(self, step: Step, *, fits_total: int | None = None) -> Job:
        """The job is at this step now; it never goes back to an earlier one."""

        def reached(job: Job) -> Job:
            if job.status in ENDED or BEGINS[step] < BEGINS[job.step]:
                return job
            return replace(job, status="running", step=step, fits_total=fits_total or job.fits_total)

        return _alive(self._jobs.change(self.job_id, reached))

    def count_fits(self, candidate: str, fits: int, accuracy: float | None) -> Job:
        """So many fits of a candidate are done, the best mean of its folds is this."""

        def counted(job: Job) -> Job:
            if job.status in ENDED:
                return job
            known = [value for value in (job.live_accuracy, accuracy) if value is not None]
            best = round(max(known), 4) if known else None
            done = {**job.fits, candidate: max(fits, job.fits.get(candidate, 0))}
            return replace(job, fits=done, live_accuracy=best)

        return _alive(self._jobs.change(self.job_id, counted))

    def complete(self, model: TabularModel) -> Job:
        """The job has its model: registered, logged and announced in one transaction. The files lie there already."""
        now = self._now()

        def completed(job: Job) -> Job:
            if job.status in ENDED:
                return job
            return replace(job, status="completed", step="Done", ended_at=now, model_id=model.model_id,
                           metrics=model.metrics)  # fmt: skip

        job = self._jobs.change(self.job_id, completed, lambda job: [*registration(model), *_entry(job, model, now)])
        return job if job.model_id == model.model_id else _alive(job)

    def fail(self, reason: str) -> Job:
        """The job has failed, if it has not ended otherwise before."""
        now = self._now()

        def failed(job: Job) -> Job:
            return job if job.status in ENDED else replace(job, status="failed", ended_at=now, reason=reason)

        return self._jobs.change(self.job_id, failed)


def model_id_of(job_id: str) -> str:
    """A job has one model at the most."""
    return derived_id("model", job_id)


def _alive(job: Job) -> Job:
    if job.status in ENDED:
        raise JobEnded(f"the job is {job.status}")
    return job


def _entry(job: Job, model: TabularModel, at: datetime) -> list[Write]:
    details: Mapping[str, Any] = {
        "job_id": job.job_id,
        "model_id": model.model_id,
        "algorithm": model.algorithm,
        "accuracy": round(model.accuracy, 4),
    }
    message = f"Model '{model.name}' trained"
    return logged(Entry(derived_id("act", "training", job.job_id), "training", message, at, job.by, details))


def job_progress(job_id: str) -> JobProgress:
    """The progress of a job, for a step of its workflow."""
    return JobProgress(job_repository(), job_id, utc_now)
