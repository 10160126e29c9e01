"""A data set: an uploaded CSV file, what is in it, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from shared.datasets.faults import Fault
from shared.datasets.profile import ColumnProfile


@dataclass(frozen=True, slots=True)
class Dataset:
    """`key` is the object in the data bucket, `sha256` that of its bytes; `profiled` rows were looked at for types."""

    file_id: str
    filename: str
    key: str
    size: int
    sha256: str
    rows: int
    profiled: int
    encoding: str
    delimiter: str
    columns: tuple[ColumnProfile, ...]
    faults: tuple[Fault, ...]
    uploaded_at: datetime

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]


def columns_from(documents: Sequence[dict[str, Any]]) -> tuple[ColumnProfile, ...]:
    """Profiles from their stored form."""
    return tuple(
        ColumnProfile(**{**document, "top": tuple((str(value), int(count)) for value, count in document["top"])})
        for document in documents
    )


def column_documents(columns: Sequence[ColumnProfile]) -> list[dict[str, Any]]:
    """Profiles in their stored form."""
    return [asdict(column) for column in columns]
