"""Models through the front door: the list, the details, and which of them are deployed."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.tabular_models.app import handler
from shared.activity_log.repository import activity_log
from shared.tabular.repository import model_repository
from tests.builders.calls import Answer, call
from tests.builders.tabular import a_model, a_row

SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LISTED = {"id", "name", "type", "accuracy", "status", "created_at", "deployed_at"}
DETAILS = {
    "id", "name", "type", "algorithm", "status", "metrics", "training_data", "parameters", "created_at", "deployed_at",
}  # fmt: skip


def ask(method: str, path: str, **sent: Any) -> Answer:
    return call(handler, method, f"/api{path}", **sent)


def listed(**query: Any) -> list[str]:
    answer = ask("GET", "/models", query=query)
    assert answer.status == 200, answer
    return [model["name"] for model in answer.body["models"]]


def test_a_list_without_models_is_empty(tables: Any) -> None:
    assert ask("GET", "/models").body == {"models": [], "total": 0, "page": 1, "limit": 20}


def test_the_list_has_the_seeds_fields(tables: Any) -> None:
    model = a_model()

    body = ask("GET", "/models").body

    (one,) = body["models"]
    assert set(one) == LISTED
    assert (one["id"], one["type"], one["accuracy"], one["status"]) == (
        model.model_id, "classification", 0.88, "trained",
    )  # fmt: skip
    assert SECONDS.fullmatch(one["created_at"])
    assert one["deployed_at"] is None


def test_the_list_is_filtered_sorted_and_paged(tables: Any) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for day, (name, accuracy) in enumerate((("b", 0.7), ("a", 0.9), ("c", 0.8))):
        a_model(name=name, metrics={"accuracy": accuracy}, created_at=begin + timedelta(days=day))

    assert listed() == listed(sort="created_at") == ["c", "a", "b"]
    assert listed(sort="accuracy") == ["a", "c", "b"]
    assert listed(sort="name") == ["a", "b", "c"]
    assert listed(sort="name", order="desc") == ["c", "b", "a"]
    assert listed(sort="name", limit=2, page=2) == ["c"]
    assert ask("GET", "/models", query={"limit": 1, "page": 3}).body["total"] == 3
    assert listed(page=9) == []


@pytest.mark.parametrize("query", [{"status": "gone"}, {"sort": "size"}, {"limit": 0}, {"limit": 1001}, {"page": 0}])
def test_a_wrong_question_is_refused_in_the_seeds_dialect(tables: Any, query: dict[str, Any]) -> None:
    answer = ask("GET", "/models", query=query)

    assert (answer.status, answer.body["code"]) == (422, "INVALID_PARAMETERS")
    assert set(answer.body) == {"error", "details", "code", "timestamp", "request_id"}


def test_details_say_what_it_was_trained_from(tables: Any) -> None:
    model = a_model()

    body = ask("GET", f"/models/{model.model_id}").body

    assert set(body) >= DETAILS
    assert body["training_data"] == {
        "file_id": "file_1", "rows": 400, "features": ["age", "income", "region", "member", "joined"],
        "target": "will_buy",
    }  # fmt: skip
    assert (body["sha256"], body["beats_baseline"]) == (model.sha256, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/models/no"), ("POST", "/models/no/deploy"), ("POST", "/models/no/undeploy"),
        ("POST", "/models/no/archive"), ("GET", "/models/no/card"), ("GET", "/models/no/drift"),
        ("POST", "/predict/no"),
    ],
)  # fmt: skip
def test_an_unknown_model_is_not_found(tables: Any, method: str, path: str) -> None:
    sent = {"json": {"data": [a_row()]}} if method == "POST" else {}
    answer = ask(method, path, **sent)

    assert (answer.status, answer.body["code"]) == (404, "MODEL_NOT_FOUND")


def test_deploying_moves_it_and_is_logged_once(tables: Any) -> None:
    model = a_model(name="Churn")

    first = ask("POST", f"/models/{model.model_id}/deploy")
    second = ask("POST", f"/models/{model.model_id}/deploy", json={"force": False})

    assert first.status == second.status == 200
    assert first.body == second.body
    assert first.body["endpoint"] == f"/api/predict/{model.model_id}"
    assert SECONDS.fullmatch(first.body["deployment_time"])
    assert listed(status="deployed") == ["Churn"]
    assert listed(status="trained") == []
    assert ask("GET", f"/models/{model.model_id}").body["deployed_at"] == first.body["deployment_time"]
    (entry,) = activity_log().newest("deployment", None, 10)
    assert entry.message == "Model 'Churn' deployed successfully"
    assert entry.details["model_id"] == model.model_id


def test_many_callers_at_once_deploy_it_once(tables: Any) -> None:
    import asyncio

    model = a_model()

    def deploy(_: int) -> int:
        asyncio.set_event_loop(asyncio.new_event_loop())
        status = ask("POST", f"/models/{model.model_id}/deploy").status
        asyncio.get_event_loop().close()
        return status

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(deploy, range(12))) == {200}

    assert activity_log().count("deployment", None) == 1
    assert model_repository().counts() == {"trained": 0, "deployed": 1, "archived": 0}


def test_a_model_that_does_not_beat_its_baseline_needs_force(tables: Any) -> None:
    model = a_model(beats_baseline=False, baseline_note="accuracy 0.50 is not above the majority's 0.52")
    path = f"/models/{model.model_id}/deploy"

    refused = ask("POST", path, json={})

    assert (refused.status, refused.body["code"]) == (409, "DEPLOYMENT_FAILED")
    assert "not above the majority's 0.52" in refused.body["details"]
    assert model_repository().get(model.model_id).status == "trained"
    assert ask("POST", path, json={"force": True}).status == 200
    assert ask("POST", path).status == 200, "it is deployed already"


def test_a_model_goes_through_its_states(tables: Any) -> None:
    path = f"/models/{a_model().model_id}"

    assert ask("POST", f"{path}/undeploy").body["status"] == "trained"
    ask("POST", f"{path}/deploy")
    assert ask("POST", f"{path}/archive").status == 409, "it is deployed"
    assert ask("POST", f"{path}/undeploy").body["deployed_at"] is None
    assert ask("POST", f"{path}/archive").body["status"] == "archived"
    assert ask("POST", f"{path}/archive").status == 200
    assert ask("POST", f"{path}/undeploy").status == 409
    assert model_repository().counts() == {"trained": 0, "deployed": 0, "archived": 1}
    assert ask("POST", f"{path}/deploy").status == 200
