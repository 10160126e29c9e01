"""The files of tabular models in the data bucket, read whole and no bigger than they may be."""

from functools import cache
from typing import Any

from shared.core.aws import client
from shared.core.settings import settings
from shared.ml.manifest import ModelRefused

ABSENT = ("NoSuchKey", "404")


class ModelFiles:
    """Reads objects of one bucket."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def read(self, key: str, most: int) -> bytes:
        """The object's bytes; ModelRefused if there is none or it is longer than `most`."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                raise ModelRefused(f"{key.rpartition('/')[2]} is not there") from error
            raise
        if answer["ContentLength"] > most:
            raise ModelRefused(f"{key.rpartition('/')[2]} is too big")
        data: bytes = answer["Body"].read()
        return data


@cache
def model_files() -> ModelFiles:
    """The data bucket of this deployment."""
    return ModelFiles(client("s3"), settings().data_bucket)
