"""S3 objects as files: the body, and beside it the key and its headers. Written before the request is answered."""

import hashlib
import json
from pathlib import Path
from urllib.parse import unquote

from moto.s3.models import FakeKey, S3Backend, s3_backends

from infra.local.http_messages import Request
from infra.local.runtime.invocation import ACCOUNT


def backend() -> S3Backend:
    return s3_backends[ACCOUNT]["aws"]


class Objects:
    """`after` is told of every request to S3 once moto has carried it out."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def after(self, request: Request) -> None:
        if request.method not in ("PUT", "POST", "DELETE") or "/s3/" not in request.headers.get("authorization", ""):
            return
        path, _, query = request.target.partition("?")
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        if bucket not in backend().buckets:
            return
        if key:
            self._keep(bucket, key)
        elif "delete" in query:
            self._keep_all(bucket)

    def restore(self) -> int:
        count = 0
        for facts_file in self._folder.glob("*/*.json"):
            facts = json.loads(facts_file.read_text())
            if facts["bucket"] in backend().buckets:
                body = facts_file.with_suffix(".body").read_bytes()
                stored = backend().put_object(facts["bucket"], facts["key"], body, disable_notification=True)
                stored.set_metadata(facts["metadata"])
                count += 1
        return count

    def _keep(self, bucket: str, key: str) -> None:
        stored = backend().buckets[bucket].keys.get(key)
        facts_file = self._file(bucket, key)
        if not isinstance(stored, FakeKey):
            facts_file.unlink(missing_ok=True)
            facts_file.with_suffix(".body").unlink(missing_ok=True)
            return
        facts_file.parent.mkdir(exist_ok=True)
        _write(facts_file.with_suffix(".body"), stored.value)
        facts = {"bucket": bucket, "key": key, "metadata": dict(stored.metadata)}
        _write(facts_file, json.dumps(facts).encode())

    def _keep_all(self, bucket: str) -> None:
        """After a request that named many keys: whatever is gone from the bucket goes."""
        for facts_file in (self._folder / bucket).glob("*.json"):
            key = json.loads(facts_file.read_text())["key"]
            if key not in backend().buckets[bucket].keys:
                self._keep(bucket, key)

    def _file(self, bucket: str, key: str) -> Path:
        return self._folder / bucket / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = file.with_name(file.name + ".new")
    draft.write_bytes(content)
    draft.replace(file)
