"""Retention: what goes, what stays, what happens when somebody uses a file at the same moment, and when a run dies."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.cleanup.handler import handler
from functions.datasets.app import handler as datasets
from shared.activity_log.model import Entry
from shared.activity_log.repository import activity_log, logged
from shared.core.aws import client
from shared.core.clock import iso_micros
from shared.core.settings import settings
from shared.datasets.repository import dataset_repository, file_key
from shared.preferences.repository import preferences
from shared.retention.objects import Objects, Stored, objects
from shared.retention.service import Removed, RetentionService
from shared.storage.schema import TABULAR
from shared.storage.store import store
from shared.storage.writes import Update
from shared.tabular.model import TabularModel
from shared.tabular.repository import ModelRepository, model_repository
from shared.training.executions import executions
from shared.training.model import Job, Wanted
from shared.training.repository import job_repository
from shared.training.service import TrainingService
from tests.builders.tabular import a_model, make_bucket, put
from tests.builders.uploads import upload

CSV = b"a,b\n1,x\n2,y\n3,z\n"
NOTHING = Removed()


@pytest.fixture(autouse=True)
def bucket(tables: Any) -> None:
    make_bucket()


def a_file() -> str:
    answer = upload(datasets, CSV)
    assert answer.status == 200, answer
    return str(answer.body["file_id"])


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def run(days: float = 40, stored: Objects | None = None) -> Removed:
    """A run some days from now: objects have the time at which the emulation stored them."""
    found = stored or objects()
    later = in_days(days)
    return RetentionService(
        store(), found, preferences(), model_repository(), job_repository(), look(later), lambda: later
    ).run()  # fmt: skip


def look(at: datetime) -> Callable[[str], Job]:
    """A look at a job at that time."""
    return TrainingService(job_repository(), dataset_repository(), executions(), lambda: at).view


def keys() -> set[str]:
    found = client("s3").list_objects_v2(Bucket=settings().data_bucket).get("Contents", [])
    return {one["Key"] for one in found}


def a_job(file_id: str) -> None:
    job_repository().add(Job("job_1", Wanted(file_id), "running", "Model selection", datetime.now(UTC), "ana"))


def test_old_files_go_with_their_rows_and_their_share_of_the_counter() -> None:
    old = a_file()

    assert run() == Removed(1, 0, 1)

    assert dataset_repository().find(old) is None
    assert keys() == set()
    assert dataset_repository().stored_bytes() == 0
    assert run() == NOTHING


def test_files_that_are_younger_than_the_retention_stay() -> None:
    kept = a_file()

    assert run(days=29) == NOTHING
    assert dataset_repository().get(kept)


def test_the_retention_of_the_settings_counts() -> None:
    a_file()
    preferences().change({"data": {"retentionDays": 60}})
    assert run(days=40) == NOTHING

    preferences().change({"data": {"retentionDays": 3}})
    assert run(days=4).files == 1


def test_without_automatic_cleanup_everything_that_has_an_owner_stays() -> None:
    kept = a_file()
    preferences().change({"data": {"autoCleanup": False}})

    assert run(days=4000) == NOTHING
    assert dataset_repository().get(kept)
    assert activity_log().count(None, None) == 1


@pytest.mark.parametrize("status", ["trained", "deployed", "archived"])
def test_the_file_of_a_model_stays_as_long_as_the_model(status: Any) -> None:
    kept, other = a_file(), a_file()
    model = a_model(file_id=kept, status=status)

    assert run().files == 1

    assert dataset_repository().find(other) is None
    assert dataset_repository().get(kept)
    assert f"models/{model.model_id}/model.onnx" in keys()


def test_the_file_of_a_job_stays() -> None:
    preferences().change({"data": {"retentionDays": 1}})
    kept = a_file()
    job_repository().add(Job("job_1", Wanted(kept), "running", "Model selection", in_days(39.999), "ana"))

    assert run(40) == Removed(entries=1)
    assert dataset_repository().get(kept)


def test_a_job_that_nobody_looked_at_fails_and_lets_go_of_its_file() -> None:
    old = a_file()
    a_job(old)

    removed = run()

    assert (removed.jobs, removed.files) == (1, 1)
    job = job_repository().get("job_1")
    assert (job.status, job.reason) == ("failed", "the training did not end within its time")
    assert run() == NOTHING


def test_a_file_that_is_used_while_the_cleanup_runs_stays() -> None:
    kept = a_file()

    class Models(ModelRepository):
        """A training begins after the rows were read."""

        def list_all(self) -> list[TabularModel]:
            used_at = iso_micros(datetime.now(UTC))
            store().transact([Update(TABULAR, file_key(kept), set={"used_at": used_at})])
            return super().list_all()

    later = datetime.now(UTC) + timedelta(days=40)
    service = RetentionService(
        store(), objects(), preferences(), Models(store()), job_repository(), look(later), lambda: later
    )

    assert service.run().files == 0
    assert dataset_repository().get(kept)
    assert dataset_repository().stored_bytes() == len(CSV)


def test_a_file_that_was_used_lately_waits_for_another_run() -> None:
    kept = a_file()
    later = datetime.now(UTC) + timedelta(days=40)
    store().transact([Update(TABULAR, file_key(kept), set={"used_at": iso_micros(later - timedelta(days=1))})])

    assert run(40).files == 0
    assert run(42).files == 1


def test_what_a_death_leaves_goes_with_the_next_run() -> None:
    class Dies(Objects):
        def delete(self, key: str) -> None:
            raise KeyboardInterrupt

    old = a_file()
    with pytest.raises(KeyboardInterrupt):
        run(stored=Dies(client("s3"), settings().data_bucket))
    assert dataset_repository().find(old) is None
    assert keys() == {f"datasets/{old}/data.csv"}

    assert run() == Removed(0, 1, 1)

    assert keys() == set()
    assert dataset_repository().stored_bytes() == 0, "counted down once"


def test_objects_that_belong_to_nobody_go_after_two_days() -> None:
    for key in ("datasets/file_gone/data.csv", "models/model_gone/model.onnx", "models/model_gone/manifest.json"):
        put(key, b"x")
    put("uploads/up_1", b"x")
    put("training/job_1/plan.json", b"x")
    put("other/thing", b"x")

    assert run(days=0.5) == NOTHING
    assert run(days=1.5) == Removed(0, 1, 0), "the presigned upload"
    assert run(days=2.5) == Removed(0, 4, 0)
    assert keys() == {"other/thing"}


def test_old_log_entries_go_and_the_counts_stay() -> None:
    now = datetime.now(UTC)
    for number in range(120):
        at = now - timedelta(days=number)
        store().transact(logged(Entry(f"act_{number}", "training", "Trained", at, "ana")))

    assert run(days=0).entries == 120 - 30

    assert len(activity_log().newest(None, None, 1000)) == 30
    assert activity_log().count("training", None) == 120


def test_hundreds_of_files_are_gone_through_page_by_page() -> None:
    names = [f"datasets/file_{number:04d}/data.csv" for number in range(250)]
    for name in names:
        put(name, b"x")

    assert run(days=3).objects == 250


def test_the_handler_runs_it() -> None:
    a_file()

    assert handler({"source": "aws.events"}, None) == {"files": 0, "objects": 0, "entries": 0, "jobs": 0}


def test_the_owner_is_in_the_key() -> None:
    assert Stored("models/model_1/model.onnx", datetime.now(UTC)).owner == "model_1"
