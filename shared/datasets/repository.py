"""Data sets: their rows in the `tabular` table, their bytes in the data bucket.

| question          | pk    | sk        | in the bucket                  |
| one data set      | FILES | <file_id> | datasets/<file_id>/data.csv    |
| what has been put for an upload that is not finished |  | | uploads/<random>   |
"""

from dataclasses import asdict
from datetime import datetime
from functools import cache

from shared.core.clock import from_iso, iso_micros
from shared.core.errors import NotFound
from shared.datasets.faults import Fault
from shared.datasets.model import Dataset, column_documents, columns_from
from shared.storage.attributes import Item, from_doc, to_doc
from shared.storage.schema import TABULAR
from shared.storage.store import Store, store
from shared.storage.writes import ABSENT, PRESENT, Put, Update, Write

FILES, STORED = "FILES", {"pk": "STORED", "sk": "BYTES"}


class DatasetRepository:
    """Every question about data sets."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def get(self, file_id: str) -> Dataset:
        """One data set; NotFound if nobody uploaded it."""
        row = self._rows.get(TABULAR, file_key(file_id))
        if row is None:
            raise NotFound("File not found")
        return dataset_of(row)

    def find(self, file_id: str) -> Dataset | None:
        row = self._rows.get(TABULAR, file_key(file_id))
        return dataset_of(row) if row else None

    def add(self, dataset: Dataset, *more: Write, expires_at: datetime | None = None) -> None:
        """The data set and what belongs to its arrival, together. ConditionFailed at 0 if the id is taken."""
        row = {**file_key(dataset.file_id), "doc": to_doc(_document(dataset))}
        if expires_at:
            row["expires_at"] = int(expires_at.timestamp())  # type: ignore[assignment]
        stored = Update(TABULAR, STORED, add={"bytes": dataset.size, "files": 1})
        self._rows.transact([Put(TABULAR, row, ABSENT), stored, *more])

    def stored_bytes(self) -> int:
        """The bytes of all data sets."""
        row = self._rows.get(TABULAR, STORED)
        return int(row["bytes"]) if row else 0


def file_key(file_id: str) -> dict[str, str]:
    return {"pk": FILES, "sk": file_id}


def used(file_id: str, at: datetime) -> Update:
    """For the transaction that starts a training: retention, which may be deleting the file, sees that it is used."""
    return Update(TABULAR, file_key(file_id), set={"used_at": iso_micros(at)}, condition=PRESENT)


def _document(dataset: Dataset) -> dict[str, object]:
    doc = {name: getattr(dataset, name) for name in Dataset.__dataclass_fields__}
    columns, faults = column_documents(dataset.columns), [asdict(fault) for fault in dataset.faults]
    return {**doc, "columns": columns, "faults": faults, "uploaded_at": iso_micros(dataset.uploaded_at)}


def dataset_of(row: Item) -> Dataset:
    """The data set in a row."""
    doc = from_doc(row["doc"])
    faults = tuple(Fault(**fault) for fault in doc["faults"])
    uploaded_at = from_iso(doc["uploaded_at"])
    return Dataset(**{**doc, "columns": columns_from(doc["columns"]), "faults": faults, "uploaded_at": uploaded_at})


@cache
def dataset_repository() -> DatasetRepository:
    """The repository of this process."""
    return DatasetRepository(store())
