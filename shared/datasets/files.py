"""The data bucket as the data sets see it: put, read in pieces, and leave for a client to put a long file itself."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from shared.core.aws import client
from shared.core.errors import NotFound, TooLarge
from shared.core.settings import settings

MOST_BYTES = 50 * 1024 * 1024
PIECE = 256 * 1024
GRANTED_SECONDS = 900
UPLOADS = "uploads/"
TOO_LARGE = (
    "File too large: at most 50 MB are taken; above 4.5 MB use POST /api/upload/presign, put the file where it says, "
    "then POST /api/upload with its upload_key"
)


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to put one object into the bucket by an HTML form post."""

    upload_key: str
    url: str
    fields: dict[str, str]
    seconds: int = GRANTED_SECONDS
    most_bytes: int = MOST_BYTES


class Files:
    """Objects of one bucket."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def put(self, key: str, content: BinaryIO) -> None:
        """The content from its beginning to its end under a key."""
        content.seek(0)
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType="text/csv")

    def size(self, key: str) -> int:
        """The size in bytes; NotFound if nothing was put there, TooLarge if it is more than is taken."""
        try:
            size = int(self._s3.head_object(Bucket=self._bucket, Key=key)["ContentLength"])
        except self._s3.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            raise NotFound("Nothing was uploaded under this upload_key") from error
        if size > MOST_BYTES:
            raise TooLarge(TOO_LARGE)
        return size

    def pieces(self, key: str) -> Iterator[bytes]:
        """The content, in pieces, from the start."""
        body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
        yield from iter(lambda: body.read(PIECE), b"")

    def copy(self, source: str, target: str) -> None:
        """The object under a second key. The first goes with the bucket's rule for uploads, after a day."""
        self._s3.copy_object(Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source})

    def grant(self, key: str) -> Grant:
        """A form post that S3 itself holds to the size and the key."""
        made = self._s3.generate_presigned_post(
            self._bucket, key, Conditions=[["content-length-range", 1, MOST_BYTES]], ExpiresIn=GRANTED_SECONDS
        )
        return Grant(key, made["url"], made["fields"])


def sha256_of(pieces: Iterator[bytes]) -> str:
    """The digest of a content."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def pieces_of(content: BinaryIO) -> Iterator[bytes]:
    """A file from its beginning, in pieces."""
    content.seek(0)
    yield from iter(lambda: content.read(PIECE), b"")


@cache
def files() -> Files:
    """The data bucket of this deployment."""
    return Files(client("s3"), settings().data_bucket)
