"""What the settings say about keeping data, done: old files and log entries go, and what belongs to nobody.

A file that a model was trained from stays as long as the model, and one that a job reads as long as the job. A start of
a training touches the file's row (`used_at`), and the row is deleted only as it was read: a file does not vanish under
a job that begins meanwhile. The row goes before the object; what a death in between leaves, the next run finds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from shared.activity_log.repository import ACTIVITY
from shared.core.clock import Clock, from_iso, iso_micros, utc_now
from shared.datasets.files import UPLOADS
from shared.datasets.repository import FILES, STORED, dataset_of
from shared.preferences.repository import Preferences, preferences
from shared.retention.objects import Objects, Stored, objects
from shared.storage.attributes import Item
from shared.storage.schema import TABULAR
from shared.storage.store import ConditionFailed, Range, Store, store
from shared.storage.writes import Condition, Delete, Update
from shared.tabular.repository import MODELS, ModelRepository, model_repository
from shared.training.model import ENDED, Job
from shared.training.repository import JobRepository, is_late, job_repository
from shared.training.service import training_service

DATASETS, MODEL_FILES, PLANS = "datasets/", "models/", "training/"
# What has no row after this long never gets one: no upload and no training takes two days.
UNFINISHED = timedelta(days=2)
ABANDONED_UPLOAD = timedelta(days=1)
MOST_ENTRIES = 5_000
ENTRIES_AT_ONCE = 50
T = TypeVar("T")
NEVER_USED = Condition("attribute_exists(#pk) AND attribute_not_exists(#used_at)")


@dataclass(frozen=True, slots=True)
class Removed:
    """How much a run took away: files with their rows, objects that belonged to nobody, log entries.

    `jobs` are trainings past their deadline that nobody had looked at, and that have failed now.
    """

    files: int = 0
    objects: int = 0
    entries: int = 0
    jobs: int = 0


class RetentionService:
    """One run of the cleanup."""

    def __init__(
        self,
        rows: Store,
        stored: Objects,
        chosen: Preferences,
        models: ModelRepository,
        jobs: JobRepository,
        look: Callable[[str], Job],
        now: Clock,
    ) -> None:
        self._rows, self._objects, self._preferences = rows, stored, chosen
        self._models, self._jobs, self._look, self._now = models, jobs, look, now

    def run(self) -> Removed:
        """Take away what may go. Run again, it finds nothing."""
        now, data = self._now(), self._preferences.get()["data"]
        jobs = self._end_late_jobs(now)
        orphans = self._sweep(DATASETS, FILES, now) + self._sweep(MODEL_FILES, MODELS, now)
        orphans += self._passing(UPLOADS, now - ABANDONED_UPLOAD) + self._passing(PLANS, now - UNFINISHED)
        if not data["autoCleanup"]:
            return Removed(objects=orphans, jobs=jobs)
        oldest = now - timedelta(days=data["retentionDays"])
        return Removed(self._files(oldest, now), orphans, self._entries(oldest), jobs)

    def _end_late_jobs(self, now: datetime) -> int:
        """Looking at a job that is past its deadline ends it; here somebody looks at all of them."""
        late = [job for job in self._jobs.running() if is_late(job, now)]
        return sum(self._look(job.job_id).status in ENDED for job in late)

    def _sweep(self, prefix: str, pk: str, now: datetime) -> int:
        """Objects whose row was never written, or was deleted before them."""
        gone = 0
        for some in _together(self._objects.older_than(prefix, now - UNFINISHED), 100):
            known = {row["sk"] for row in self._read(pk, some)}
            for one in some:
                if one.owner not in known:
                    self._objects.delete(one.key)
                    gone += 1
        return gone

    def _passing(self, prefix: str, before: datetime) -> int:
        """What is needed for a while only: presigned uploads, which on AWS the bucket's own rule removes, and plans."""
        old = list(self._objects.older_than(prefix, before))
        for one in old:
            self._objects.delete(one.key)
        return len(old)

    def _files(self, oldest: datetime, now: datetime) -> int:
        """The order matters: rows, then jobs, then models, so that whatever uses a file is seen in one of them."""
        rows = [
            row
            for some in _together(self._objects.older_than(DATASETS, oldest), 100)
            for row in self._read(FILES, some)
            if not _used_lately(row, now)
        ]
        in_use = {job.wanted.file_id for job in self._jobs.running()}
        in_use |= {model.file_id for model in self._models.list_all()}
        return sum(self._remove(row) for row in rows if row["sk"] not in in_use)

    def _remove(self, row: Item) -> bool:
        """The row and its share of the counter together, then the object; False if somebody began to use the file."""
        dataset, used_at = dataset_of(row), row.get("used_at")
        untouched = Condition("#used_at = :seen", {"seen": used_at}) if used_at else NEVER_USED
        key = {"pk": row["pk"], "sk": row["sk"]}
        counted = Update(TABULAR, STORED, add={"bytes": -dataset.size, "files": -1})
        try:
            self._rows.transact([Delete(TABULAR, key, untouched), counted])
        except ConditionFailed:
            return False
        self._objects.delete(dataset.key)
        return True

    def _entries(self, oldest: datetime) -> int:
        """Log entries, the oldest first, some thousands a run."""
        old = self._rows.query_all(TABULAR, ACTIVITY, most=MOST_ENTRIES, range_=Range(high=iso_micros(oldest)))
        for some in _together(old, ENTRIES_AT_ONCE):
            self._rows.transact([Delete(TABULAR, {"pk": row["pk"], "sk": row["sk"]}) for row in some])
        return len(old)

    def _read(self, pk: str, some: Sequence[Stored]) -> Iterator[Item]:
        owners = dict.fromkeys(one.owner for one in some)
        return self._rows.get_many(TABULAR, [{"pk": pk, "sk": owner} for owner in owners])


def _together(things: Iterable[T], most: int) -> Iterator[list[T]]:
    """Lists of `most` things, the last one shorter (itertools.batched comes with Python 3.12)."""
    rest = iter(things)
    while some := list(islice(rest, most)):
        yield some


def _used_lately(row: Item, now: datetime) -> bool:
    """A job that has just begun need not be in the index of running jobs yet."""
    used_at: Any = row.get("used_at")
    return used_at is not None and now - from_iso(used_at) < UNFINISHED


@cache
def retention_service() -> RetentionService:
    """The service of this process."""
    look = training_service().view
    return RetentionService(store(), objects(), preferences(), model_repository(), job_repository(), look, utc_now)
