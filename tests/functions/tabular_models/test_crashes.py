"""A process that dies before or after any AWS call of a deployment or a prediction, and the caller who tries again."""

from typing import Any

import pytest

from functions.tabular_models.app import handler
from shared.activity_log.repository import activity_log
from shared.storage.schema import TABULAR
from shared.storage.store import store
from shared.tabular.repository import model_repository
from shared.tabular.service import tabular_service
from tests.builders.calls import call
from tests.builders.tabular import a_model, a_row
from tests.conftest import forget_caches
from tests.faults.sweep import Operation, sweep

ROWS = 3


class World:
    """A new model for each death; what is looked at is that model."""

    model_id = ""

    def trained(self) -> None:
        forget_caches()
        self.model_id = a_model().model_id
        self.before = activity_log().count("deployment", None)

    def deployed(self) -> None:
        self.trained()
        tabular_service().deploy(self.model_id, "ana")
        self.before = len(entries_of(self.model_id))

    def deploy(self) -> int:
        return call(handler, "POST", f"/api/models/{self.model_id}/deploy").status

    def predict(self) -> int:
        body = {"data": [a_row()] * ROWS}
        return call(handler, "POST", f"/api/predict/{self.model_id}", json=body).status

    def deployment_problems(self) -> list[str]:
        problems = []
        if model_repository().get(self.model_id).status != "deployed":
            problems.append("it is not deployed")
        if activity_log().count("deployment", None) != self.before + 1:
            problems.append("it is not logged exactly once")
        listed = model_repository().list_all()
        if model_repository().counts()["deployed"] != sum(model.status == "deployed" for model in listed):
            problems.append("the counter is wrong")
        return problems

    def prediction_problems(self) -> list[str]:
        rows = store().query_all(TABULAR, f"DRIFT#{self.model_id}", most=10)
        counted = sum(row.get("rows", 0) for row in rows)
        problems = [] if counted in (ROWS, 2 * ROWS) else [f"{counted} rows are counted"]
        entries = entries_of(self.model_id)
        if not entries or sum(entry.details["count"] for entry in entries) not in (ROWS, 2 * ROWS):
            problems.append(f"the log says {[entry.details for entry in entries]}")
        return problems


def entries_of(model_id: str) -> list[Any]:
    entries = activity_log().newest("prediction", None, 1000)
    return [entry for entry in entries if entry.details["model_id"] == model_id]


@pytest.fixture
def world(tables: Any) -> World:
    return World()


def test_a_deployment_that_dies_anywhere_is_made_once_by_the_next_one(world: World) -> None:
    swept = sweep(Operation(world.trained, world.deploy, world.deploy, world.deployment_problems))

    assert swept.failures == []
    assert swept.cases >= 8, swept.calls


def test_a_prediction_that_dies_anywhere_is_answered_by_the_next_one(world: World) -> None:
    """Its rows may be counted twice: a counter for drift is not worth a transaction with every prediction."""
    swept = sweep(Operation(world.deployed, world.predict, world.predict, world.prediction_problems))

    assert swept.failures == []
    assert swept.cases >= 8, swept.calls
