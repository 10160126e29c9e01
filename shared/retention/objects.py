"""The data bucket as retention sees it: what lies under a prefix since when, and taking it away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from shared.core.aws import client
from shared.core.settings import settings


@dataclass(frozen=True, slots=True)
class Stored:
    """One object. `owner` is the part of the key after the prefix: the id of what it belongs to."""

    key: str
    modified: datetime

    @property
    def owner(self) -> str:
        return self.key.split("/")[1]


class Objects:
    """Objects of one bucket."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def older_than(self, prefix: str, moment: datetime) -> Iterator[Stored]:
        """What lies under the prefix since before a moment, page by page."""
        request: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix}
        while True:
            page = self._s3.list_objects_v2(**request)
            for found in page.get("Contents", ()):
                if found["LastModified"] < moment:
                    yield Stored(found["Key"], found["LastModified"])
            if not page.get("IsTruncated"):
                return
            request["ContinuationToken"] = page["NextContinuationToken"]

    def delete(self, key: str) -> None:
        """Gone, also if it was gone before."""
        self._s3.delete_object(Bucket=self._bucket, Key=key)


@cache
def objects() -> Objects:
    """The data bucket of this deployment."""
    return Objects(client("s3"), settings().data_bucket)
