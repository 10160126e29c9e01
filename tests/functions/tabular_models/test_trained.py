"""Models that the training really made, deployed and asked through the front door: one of each kind."""

from typing import Any

import pytest

from functions.tabular_models.app import handler
from tests.builders.calls import call
from tests.builders.trainings import a_job, buyers, flats, make_bucket, run, upload

ROWS = [
    {"age": 40, "income": 119_000, "purchases": 11, "region": "west"},
    {"age": 40, "income": 21_000, "purchases": 0, "region": "west"},
]


@pytest.fixture(autouse=True)
def bucket(tables: Any) -> None:
    make_bucket()


def served(text: str, algorithm: str) -> str:
    job = run(a_job(upload(text)), only=[algorithm])
    assert job.status == "completed", job.reason
    assert job.model_id is not None
    answer = call(handler, "POST", f"/api/models/{job.model_id}/deploy", json={"force": True})
    assert answer.status == 200, answer
    return job.model_id


def predictions(model_id: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = call(handler, "POST", f"/api/predict/{model_id}", json={"data": rows})
    assert answer.status == 200, answer
    return list(answer.body["predictions"])


@pytest.mark.parametrize("algorithm", ["linear", "xgboost"])
def test_a_classifier(algorithm: str) -> None:
    model_id = served(buyers(), algorithm)

    rich, poor = predictions(model_id, ROWS)

    assert (rich["prediction"], poor["prediction"]) == ("yes", "no")
    assert set(rich["probabilities"]) == {"yes", "no"}
    assert rich["warnings"] == []
    drift = call(handler, "GET", f"/api/models/{model_id}/drift").body
    assert {one["n"] for one in drift["features"]} == {2}
    card = call(handler, "GET", f"/api/models/{model_id}/card", headers={"accept": "text/html"})
    assert card.status == 200
    assert "Leakage checks" in card.body or "Split" in card.body


def test_a_regression() -> None:
    flat, house = predictions(served(flats(), "linear"), [{"rooms": 1, "area": 25}, {"rooms": 8, "area": 190}])

    assert house["prediction"] > flat["prediction"] + 10_000
    assert (house["confidence"], house["probabilities"]) == (None, {})
