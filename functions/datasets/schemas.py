"""Bodies about uploaded files. Seed 001."""

from dataclasses import asdict

from pydantic import BaseModel, Field

from shared.api.text import Line
from shared.core.clock import iso_seconds
from shared.datasets.faults import Fault
from shared.datasets.files import Grant
from shared.datasets.model import Dataset
from shared.datasets.profile import ColumnProfile, ColumnType


class WarningOut(BaseModel):
    """A fault that the reader could live with: where it was met first, and how often. The header is row 1."""

    code: str
    message: str
    row: int | None
    column: str | None
    count: int

    @classmethod
    def of(cls, fault: Fault) -> "WarningOut":
        return cls(**asdict(fault))


class ValidationOut(BaseModel):
    status: str = "valid"
    warnings: list[WarningOut]


class ColumnOut(BaseModel):
    """What a column holds, and why it was taken for that."""

    name: str
    type: ColumnType
    reason: str
    missing: int
    distinct: int
    distinct_is_exact: bool
    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None
    top: list[tuple[str, int]]

    @classmethod
    def of(cls, column: ColumnProfile) -> "ColumnOut":
        return cls(**{name: getattr(column, name) for name in cls.model_fields})


class UploadOut(BaseModel):
    """An uploaded file. `profile` was told from the first `profiled_rows` rows."""

    file_id: str
    filename: str
    size: int
    rows: int
    columns: int
    column_names: list[str]
    upload_time: str
    validation: ValidationOut
    sha256: str
    encoding: str
    delimiter: str
    profiled_rows: int
    profile: list[ColumnOut]

    @classmethod
    def of(cls, dataset: Dataset) -> "UploadOut":
        return cls(
            file_id=dataset.file_id,
            filename=dataset.filename,
            size=dataset.size,
            rows=dataset.rows,
            columns=len(dataset.columns),
            column_names=dataset.column_names,
            upload_time=iso_seconds(dataset.uploaded_at),
            validation=ValidationOut(warnings=[WarningOut.of(fault) for fault in dataset.faults]),
            sha256=dataset.sha256,
            encoding=dataset.encoding,
            delimiter=dataset.delimiter,
            profiled_rows=dataset.profiled,
            profile=[ColumnOut.of(column) for column in dataset.columns],
        )


class GrantedIn(BaseModel):
    """A file that was put into the bucket before, by the leave of POST /api/upload/presign."""

    upload_key: Line
    filename: Line = Field("upload.csv")


class GrantOut(BaseModel):
    """Post `fields` and then the file, as multipart/form-data, to `url`; then send `upload_key` to /api/upload."""

    upload_key: str
    url: str
    fields: dict[str, str]
    expires_in: int
    max_bytes: int

    @classmethod
    def of(cls, grant: Grant) -> "GrantOut":
        return cls(
            upload_key=grant.upload_key,
            url=grant.url,
            fields=grant.fields,
            expires_in=grant.seconds,
            max_bytes=grant.most_bytes,
        )
