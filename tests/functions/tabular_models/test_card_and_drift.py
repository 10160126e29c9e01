"""The model card in both forms, and drift: none where nothing moved, some where something did."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.tabular_models.app import handler
from shared.storage.store import store
from shared.tabular.counters import CounterRepository
from shared.tabular.distribution import Distribution
from shared.tabular.features import Feature, Value, read_columns
from shared.tabular.model import TabularModel, manifest_key
from shared.tabular.service import tabular_service
from tests.builders.calls import Answer, call
from tests.builders.tabular import FEATURES, a_model, customers, put

HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


def ask(model: TabularModel, what: str, **sent: Any) -> Answer:
    return call(handler, "GET", f"/api/models/{model.model_id}/{what}", **sent)


def test_the_card_says_what_training_wrote(tables: Any) -> None:
    model = a_model()

    answer = ask(model, "card")

    assert answer.status == 200
    assert answer.headers["vary"] == "accept"
    assert answer.body["model"]["id"] == model.model_id
    card = answer.body["card"]
    assert card["baselines"] == [{"name": "majority", "metrics": {"accuracy": 0.5}}]
    assert card["split"]["test_rows"] == 100
    assert [one["name"] for one in card["profile"]] == ["age", "income", "region", "member", "joined"]


def test_a_browser_gets_a_page_in_which_nothing_of_the_file_runs(tables: Any) -> None:
    evil = "<script>alert(1)</script>\"'&"
    features = (Feature(evil, "categorical"), Feature("income", "numeric"))
    rows = [{**row, evil: ("a", evil)[place % 2]} for place, row in enumerate(customers(80))]
    model = a_model(features=features, rows=rows, name=evil, manifest={"warnings": [{"code": evil}], "slices": [evil]})

    answer = ask(model, "card", headers={"accept": HTML})

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.body
    assert answer.body.count("&lt;script&gt;") >= 5


def test_a_card_that_was_changed_is_not_shown(tables: Any) -> None:
    model = a_model()
    put(manifest_key(model.model_id), b"{}")

    assert ask(model, "card").status == 409


def test_before_any_prediction_nothing_can_be_said(tables: Any) -> None:
    body = ask(a_model(), "drift").body

    assert (body["state"], body["rows"]) == ("insufficient_data", 0)
    assert {one["state"] for one in body["features"]} == {"insufficient_data"}
    assert [one["feature"] for one in body["features"]] == [
        "(prediction)", "age", "income", "region", "member", "joined",
    ]  # fmt: skip


def predict(model: TabularModel, rows: list[dict[str, Value]]) -> None:
    answer = call(handler, "POST", f"/api/predict/{model.model_id}", json={"data": rows})
    assert answer.status == 200, answer


def state_of(body: dict[str, Any], feature: str) -> str:
    (found,) = [one for one in body["features"] if one["feature"] == feature]
    return str(found["state"])


def test_what_is_asked_is_counted_and_compared(tables: Any) -> None:
    model = tabular_service().deploy(a_model(rows=customers(1000)).model_id, "ana")
    same = customers(300, seed=2)
    predict(model, same[:150])
    predict(model, [*same[150:], {"age": "old"}])

    quiet = ask(model, "drift").body
    assert (quiet["rows"], quiet["errors"]) == (300, 1)
    assert {one["n"] for one in quiet["features"]} == {300}
    assert [state_of(quiet, name) for name in ("age", "income", "region", "member", "joined")] == ["stable"] * 5

    predict(model, customers(400, seed=3, region="east"))
    moved = ask(model, "drift").body
    assert (moved["state"], state_of(moved, "region"), state_of(moved, "age")) == ("major", "major", "stable")
    (region,) = [one for one in moved["features"] if one["feature"] == "region"]
    assert region["psi"] > 0.25 > region["chance_psi"]
    assert region["p"] < 1e-6
    assert {"bin": "(other)", "training": 0, "now": 400} in region["bins"]


def test_few_rows_are_no_drift_however_odd_they_are(tables: Any) -> None:
    model = tabular_service().deploy(a_model().model_id, "ana")
    predict(model, customers(8, region="east", age="80"))

    assert ask(model, "drift").body["state"] == "insufficient_data"


def test_only_the_days_that_were_asked_for_count(tables: Any) -> None:
    model = tabular_service().deploy(a_model().model_id, "ana")
    served_at = datetime.now(UTC) - timedelta(days=10)
    predict(model, customers(60))
    key = {"pk": f"DRIFT#{model.model_id}", "sk": f"{datetime.now(UTC).date()}#00"}
    row = store().get(_table(), key)
    assert row is not None
    from shared.storage.writes import Put

    store().transact([Put(_table(), {**row, "sk": f"{served_at.date()}#00"})])

    assert ask(model, "drift", query={"days": 7}).body["rows"] == 60
    assert ask(model, "drift", query={"days": 30}).body["rows"] == 120
    assert ask(model, "drift", query={"days": 91}).status == 422


def _table() -> Any:
    from shared.storage.schema import TABULAR

    return TABULAR


def test_wide_models_are_counted_in_parts_and_the_rest_is_named(tables: Any) -> None:
    chance = random.Random(1)
    features = tuple(Feature(f"n{number}", "numeric") for number in range(60))
    rows = [{f.name: str(chance.random()) for f in features} | {"income": str(chance.random())} for _ in range(200)]
    model = tabular_service().deploy(a_model(features=features, rows=rows).model_id, "ana")
    predict(model, [{name: cell for name, cell in row.items() if name != "income"} for row in rows])

    body = ask(model, "drift").body

    assert body["rows"] == 200
    assert len(body["features"]) == 41
    assert body["not_watched"] == [f"n{number}" for number in range(40, 60)]
    assert {one["n"] for one in body["features"] if one["feature"] != "(prediction)"} == {200}
    assert state_of(body, "n39") == "stable"


def test_counters_hold_no_values(tables: Any) -> None:
    model = tabular_service().deploy(a_model().model_id, "ana")
    predict(model, [{"age": 77, "region": "secret-place", "income": 54321}])

    rows = store().query_all(_table(), f"DRIFT#{model.model_id}", most=10)

    assert rows
    assert "secret" not in str(rows)
    assert "54321" not in str(rows)


@pytest.mark.parametrize("number", range(3))
def test_bins_of_numbers_hold_equal_shares(number: int) -> None:
    from shared.tabular.distribution import distributions
    from shared.tabular.features import fit

    rows = customers(500, seed=number)
    columns = read_columns(FEATURES, rows)
    profile = [Distribution.of(one) for one in distributions(fit(FEATURES, rows), columns)]

    age, income, region, member, joined = profile
    assert all(sum(one.counts) == 500 and len(one.counts) == len(one.labels) for one in profile)
    assert max(income.counts) <= 60
    assert income.counts[-1] == 0, "none is missing"
    assert region.categories == ("north", "south", "west")
    assert (len(member.labels), len(age.edges)) == (3, 9)
    assert len(joined.labels) == len(joined.edges) + 2


def test_counters_of_nothing_write_nothing(tables: Any) -> None:
    from shared.tabular.counters import Asked

    CounterRepository(store()).add("model_1", [], Asked((), {}, 0, 0), datetime.now(UTC))

    assert store().query_all(_table(), "DRIFT#model_1", most=10) == []
