"""What the steps of a training leave for each other and for serving, in the data bucket: JSON and ONNX, never pickles.

| what                      | key                          |
| the plan of a job         | training/<job_id>/plan.json  |
| the network of a model    | models/<model_id>/model.onnx |
| the manifest of a model   | models/<model_id>/manifest.json |
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from shared.core.aws import client
from shared.core.errors import NotFound
from shared.core.settings import settings
from shared.tabular.model import manifest_key, onnx_key

PIECE = 1024 * 1024


def plan_key(job_id: str) -> str:
    """Where the plan of a job lies."""
    return f"training/{job_id}/plan.json"


def encoded(document: Mapping[str, Any]) -> bytes:
    """A document as bytes: the same for the same content."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


class TrainingObjects:
    """Objects of one bucket."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def pieces(self, key: str) -> Iterator[bytes]:
        """The content of an object, in pieces, from the start. NotFound if it is gone."""
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
        except self._s3.exceptions.NoSuchKey as error:
            raise NotFound(f"{key} is not in the bucket") from error
        yield from iter(lambda: body.read(PIECE), b"")

    def put_plan(self, job_id: str, plan: Mapping[str, Any]) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=plan_key(job_id), Body=encoded(plan))

    def plan(self, job_id: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(b"".join(self.pieces(plan_key(job_id))))
        return document

    def put_model(self, model_id: str, network: bytes, manifest: bytes) -> None:
        """Both files; putting them again is the same as putting them once."""
        self._s3.put_object(Bucket=self._bucket, Key=onnx_key(model_id), Body=network)
        self._s3.put_object(Bucket=self._bucket, Key=manifest_key(model_id), Body=manifest)

    def delete_model(self, model_id: str) -> None:
        """The files of a model that nobody registered."""
        for key in (onnx_key(model_id), manifest_key(model_id)):
            self._s3.delete_object(Bucket=self._bucket, Key=key)


@cache
def training_objects() -> TrainingObjects:
    """The data bucket of this deployment."""
    return TrainingObjects(client("s3"), settings().data_bucket)
