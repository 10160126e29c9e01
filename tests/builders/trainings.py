"""Trainings in tests: uploaded tables, and the workflow's steps run one after the other as Step Functions would."""

import csv
import io
import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

from functions.train_model.handler import handler
from shared.core.aws import client
from shared.core.clock import utc_now
from shared.core.ids import new_id
from shared.core.settings import settings
from shared.datasets.model import Dataset
from shared.datasets.service import Upload, dataset_service
from shared.training.model import Job, Wanted
from shared.training.repository import job_repository


class Context:
    """What Lambda hands over beside the event."""

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def make_bucket() -> None:
    """The data bucket."""
    client("s3").create_bucket(
        Bucket=settings().data_bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def buyers(rows: int = 120, seed: int = 1, *, noise: bool = False) -> str:
    """The rich who buy much will buy; with `noise` it is a coin toss."""
    chance = random.Random(seed)
    made = []
    for _ in range(rows):
        income, buys = chance.randint(20_000, 120_000), chance.randint(0, 12)
        will = chance.random() < 0.5 if noise else income + 6_000 * buys > 105_000
        made.append((chance.randint(18, 70), income, buys, chance.choice(("west", "east")), "yes" if will else "no"))
    return csv_text(("age", "income", "purchases", "region", "will_buy"), made)


def flats(rows: int = 120, seed: int = 2) -> str:
    """Prices follow rooms and area."""
    chance = random.Random(seed)
    made = []
    for _ in range(rows):
        rooms, area = chance.randint(1, 8), round(chance.uniform(20, 200), 1)
        made.append((rooms, area, round(9_000 * rooms + 310 * area + chance.uniform(-900, 900), 2)))
    return csv_text(("rooms", "area", "price"), made)


def upload(text: str, name: str = "data.csv") -> Dataset:
    content = text.encode()
    return dataset_service().take(Upload(name, new_id("op"), "ana"), io.BytesIO(content), len(content))


def a_job(dataset: Dataset, **wanted: Any) -> Job:
    """A job that nobody has started."""
    job = Job(new_id("job"), Wanted(dataset.file_id, **wanted), "queued", "Waiting", utc_now(), "ana")
    job_repository().add(job)
    return job


def step(name: str, job_id: str, **more: Any) -> dict[str, Any]:
    """One invocation: what goes in and out is JSON."""
    event = json.loads(json.dumps({"step": name, "job_id": job_id, **more}))
    result: dict[str, Any] = json.loads(json.dumps(handler(event, Context())))
    return result


def run(job: Job, only: Iterable[str] | None = None) -> Job:
    """The whole workflow; `only` tries some of the algorithms."""
    plan = step("prepare", job.job_id)
    chosen = [one for one in plan["candidates"] if only is None or one["algorithm"] in only]
    scores = [step("candidate", job.job_id, algorithm=one["algorithm"]) for one in chosen]
    step("finish", job.job_id, scores=scores)
    return job_repository().get(job.job_id)


def manifest_of(job: Job) -> dict[str, Any]:
    key = f"models/{job.model_id}/manifest.json"
    body = client("s3").get_object(Bucket=settings().data_bucket, Key=key)["Body"].read()
    document: dict[str, Any] = json.loads(body)
    return document
