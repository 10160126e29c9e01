"""Taking a file in: read it as a table, say what is wrong with it, keep it.

The object is stored before its row: a data set that can be found can be read. What a death in between leaves in the
bucket nobody can find, and the bucket's own rule removes it.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import BinaryIO

from shared.activity_log.model import Entry
from shared.activity_log.repository import logged
from shared.core.clock import Clock, utc_now
from shared.core.errors import NotFound, TooLarge
from shared.core.ids import derived_id, new_id
from shared.datasets.faults import BadTable
from shared.datasets.files import MOST_BYTES, TOO_LARGE, UPLOADS, Files, Grant, files, pieces_of, sha256_of
from shared.datasets.model import Dataset
from shared.datasets.profile import profile_of
from shared.datasets.reader import read_table
from shared.datasets.repository import DatasetRepository, dataset_repository
from shared.storage.store import ConditionFailed

PROFILED_ROWS = 50_000
EXTENSIONS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in. `operation` is the request's id: a repeated request makes one data set."""

    filename: str
    operation: str
    by: str


class DatasetService:
    """Data sets from files."""

    def __init__(self, datasets: DatasetRepository, objects: Files, now: Clock) -> None:
        self._datasets, self._objects, self._now = datasets, objects, now

    def take(self, upload: Upload, content: BinaryIO, size: int) -> Dataset:
        """A file that came with the request."""
        if size > MOST_BYTES:
            raise TooLarge(TOO_LARGE)
        return self._keep(upload, size, lambda: pieces_of(content), lambda key: self._objects.put(key, content))

    def take_uploaded(self, upload: Upload, upload_key: str) -> Dataset:
        """A file that was put into the bucket by a grant."""
        if not upload_key.startswith(UPLOADS) or ".." in upload_key:
            raise NotFound("Nothing was uploaded under this upload_key")
        known = self._datasets.find(_file_id(upload))
        if known:
            return known
        size = self._objects.size(upload_key)
        return self._keep(
            upload, size, lambda: self._objects.pieces(upload_key), lambda key: self._objects.copy(upload_key, key)
        )

    def grant(self) -> Grant:
        """Leave to put a file of up to 50 MB into the bucket."""
        return self._objects.grant(UPLOADS + new_id("up"))

    def _keep(
        self, upload: Upload, size: int, open_: Callable[[], Iterator[bytes]], place: Callable[[str], None]
    ) -> Dataset:
        if not upload.filename.lower().endswith(EXTENSIONS):
            raise BadTable(f"the name must end in {', '.join(EXTENSIONS)}")
        dataset = _looked_at(upload, size, open_, self._now())
        place(dataset.key)
        entry = _entry(dataset, upload.by)
        try:
            self._datasets.add(dataset, *logged(entry))
        except ConditionFailed:
            return self._datasets.get(dataset.file_id)
        return dataset


def _looked_at(upload: Upload, size: int, open_: Callable[[], Iterable[bytes]], at: datetime) -> Dataset:
    table = read_table(open_)
    profiles = profile_of(table.columns, itertools.islice(table.rows, PROFILED_ROWS), table.delimiter, table.faults)
    profiled = table.read - table.left_out
    rows = profiled + sum(1 for _ in table.rows)
    file_id = _file_id(upload)
    return Dataset(
        file_id=file_id,
        filename=upload.filename,
        key=f"datasets/{file_id}/data.csv",
        size=size,
        sha256=sha256_of(iter(open_())),
        rows=rows,
        profiled=profiled,
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=profiles,
        faults=table.faults.all(),
        uploaded_at=at,
    )


def _file_id(upload: Upload) -> str:
    return derived_id("file", upload.operation)


def _entry(dataset: Dataset, by: str) -> Entry:
    message = f"File '{dataset.filename}' uploaded"
    details = {"file_id": dataset.file_id, "rows": dataset.rows, "columns": len(dataset.columns)}
    return Entry(derived_id("act", "upload", dataset.file_id), "upload", message, dataset.uploaded_at, by, details)


@cache
def dataset_service() -> DatasetService:
    """The service of this process."""
    return DatasetService(dataset_repository(), files(), utc_now)
