"""Training jobs in the `tabular` table.

| question                      | index   | pk            | sk       |
| one job                       | table   | JOBS          | <job_id> |
| jobs that have not ended      | by_kind | JOBS#running  | <job_id> |

A job changes by `version = :seen` only; the steps of a workflow that was started twice, or that went on after the job
was stopped, find a job that has ended and stop. Progress and end are announced in the transaction that stores them.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from typing import Any

from shared.core.backoff import pause
from shared.core.clock import from_iso, iso_micros
from shared.core.errors import NotFound, Unavailable
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import TABULAR
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import ABSENT, Put, Write, unchanged
from shared.training.announcements import announced
from shared.training.model import ENDED, Job, Wanted

JOBS, RUNNING = "JOBS", "JOBS#running"
(BY_KIND,) = TABULAR.indexes
ATTEMPTS = 60
MOST_RUNNING = 1_000
TIMES = ("started_at", "ended_at")


class JobRepository:
    """Every question about jobs."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def get(self, job_id: str) -> Job:
        """One job; NotFound for an id that was never given out."""
        row = self._rows.get(TABULAR, job_key(job_id))
        if row is None:
            raise NotFound("Training job not found")
        return job_of(row)

    def running(self) -> list[Job]:
        """Jobs that have not ended."""
        rows = self._rows.query_all(TABULAR, RUNNING, most=MOST_RUNNING, index=BY_KIND)
        return [job_of(row) for row in rows]

    def add(self, job: Job, *more: Write) -> None:
        """A new job with what belongs to its start. ConditionFailed at 0 if there is one of this id."""
        self._rows.transact([Put(TABULAR, _row(job), ABSENT), announced(job), *more])

    def change(
        self, job_id: str, step: Callable[[Job], Job], more: Callable[[Job], list[Write]] = lambda job: []
    ) -> Job:
        """Read, step, write if nobody was faster. A step that gives the job back unchanged writes nothing."""
        for attempt in range(ATTEMPTS):
            job = self.get(job_id)
            after = step(job)
            if after == job:
                return job
            after = replace(after, version=job.version + 1)
            try:
                self._rows.transact([Put(TABULAR, _row(after), unchanged(job.version)), announced(after), *more(after)])
                return after
            except ConditionFailed as failed:
                if failed.position != 0:
                    raise
                pause(attempt)
        raise Unavailable("the job is being changed; try again")


def job_key(job_id: str) -> dict[str, str]:
    return {"pk": JOBS, "sk": job_id}


def _row(job: Job) -> dict[str, Any]:
    doc = {name: getattr(job, name) for name in Job.__dataclass_fields__ if name not in ("version", "status")}
    doc |= {name: iso_micros(doc[name]) for name in TIMES if doc[name] is not None}
    doc["wanted"] = asdict(job.wanted)
    row = {**job_key(job.job_id), "version": job.version, "status": job.status, "doc": to_doc(doc)}
    return row if job.status in ENDED else {**row, "kind_pk": RUNNING}


def job_of(row: Item) -> Job:
    """The job in a row."""
    doc = from_doc(row["doc"])
    doc |= {name: from_iso(doc[name]) for name in TIMES if doc[name] is not None}
    return Job(**{**doc, "wanted": Wanted(**doc["wanted"])}, version=int(row["version"]), status=row["status"])


def is_late(job: Job, now: datetime) -> bool:
    """Whether a job has not ended although nobody can be working on it any more."""
    return job.status not in ENDED and now > job.deadline


@cache
def job_repository() -> JobRepository:
    """The repository of this process."""
    return JobRepository(store())
