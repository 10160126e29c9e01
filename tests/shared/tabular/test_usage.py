"""One log entry per model and minute, whichever processes served it; and models on the shelf."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.activity_log.repository import activity_log
from shared.core.aws import client
from shared.core.settings import settings
from shared.storage.schema import TABULAR
from shared.storage.store import ConditionFailed, store
from shared.storage.writes import PRESENT, Delete, Update
from shared.tabular.files import model_files
from shared.tabular.model import onnx_key
from shared.tabular.serving import KEPT, Shelf
from shared.tabular.usage import UsageLog
from tests.builders.tabular import a_model

NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)


def counts() -> list[int]:
    return [entry.details["count"] for entry in activity_log().newest("prediction", None, 100)]


def test_processes_of_one_minute_share_an_entry(tables: Any) -> None:
    model = a_model()
    processes = [UsageLog(store()) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: processes[n % 6].note(model, 2, "ana", NOW + timedelta(milliseconds=n)), range(36)))

    assert counts() == [72]
    assert activity_log().count("prediction", None) == 1


def test_another_minute_or_model_is_another_entry_at_the_time_of_its_first(tables: Any) -> None:
    one, other, log = a_model(), a_model(), UsageLog(store())
    for model, seconds in ((one, 0), (one, 50), (one, 55), (other, 56)):
        log.note(model, 1, "ana", NOW + timedelta(seconds=seconds))

    assert counts() == [1, 1, 2], "newest first; five seconds later another minute had begun"
    assert [entry.at for entry in activity_log().newest("prediction", NOW + timedelta(seconds=55.5), 10)] == [
        NOW + timedelta(seconds=56)
    ]


def test_an_entry_that_retention_took_does_not_come_back_as_a_ghost(tables: Any) -> None:
    model, log = a_model(), UsageLog(store())
    log.note(model, 1, "ana", NOW)
    (row,) = store().query_all(TABULAR, "ACTIVITY", most=10)
    store().transact([Delete(TABULAR, {"pk": row["pk"], "sk": row["sk"]})])

    log.note(model, 1, "ana", NOW)

    assert store().query_all(TABULAR, "ACTIVITY", most=10) == []


def test_an_update_alone_adds_what_many_add_at_once_and_keeps_its_condition(tables: Any) -> None:
    key = {"pk": "X", "sk": "Y"}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store().apply(Update(TABULAR, key, set={"name": "n"}, add={"n": 3})), range(40)))

    assert store().get(TABULAR, key) == {**key, "name": "n", "n": 120}
    with pytest.raises(ConditionFailed):
        store().apply(Update(TABULAR, {"pk": "X", "sk": "Z"}, add={"n": 1}, condition=PRESENT))


def test_the_shelf_holds_a_few_models_and_gives_the_oldest_away(tables: Any) -> None:
    shelf, models = Shelf(model_files()), [a_model() for _ in range(KEPT + 1)]
    for model in models[:KEPT]:
        shelf.get(model)
    first = shelf.get(models[0])
    shelf.get(models[KEPT])
    for model in models:
        client("s3").delete_object(Bucket=settings().data_bucket, Key=onnx_key(model.model_id))

    assert shelf.get(models[0]) is first, "it was used after the second"
    from shared.core.errors import Conflict

    with pytest.raises(Conflict, match=r"model\.onnx is not there"):
        shelf.get(models[1])
