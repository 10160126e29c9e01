"""Predictions through the front door: what a good row gets, and what becomes of every kind of bad one."""

import json
import math
from typing import Any

import pytest

from functions.tabular_models.app import handler
from shared.activity_log.repository import activity_log
from shared.core.aws import client
from shared.core.settings import settings
from shared.tabular.features import Feature
from shared.tabular.model import TabularModel, onnx_key
from shared.tabular.service import tabular_service
from tests.builders.calls import Answer, call
from tests.builders.tabular import a_model, a_row, customers


def deployed(*args: Any, **facts: Any) -> TabularModel:
    return tabular_service().deploy(a_model(*args, **facts).model_id, "ana")


def predict(model: TabularModel, *rows: Any, **more: Any) -> Answer:
    return call(handler, "POST", f"/api/predict/{model.model_id}", json={"data": list(rows), **more})


def one(model: TabularModel, **changed: Any) -> dict[str, Any]:
    answer = predict(model, a_row(**changed))
    assert answer.status == 200, answer
    (row,) = answer.body["predictions"]
    return dict(row)


def codes(row: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(note["code"], note["column"]) for note in row["warnings"]]


def test_a_rich_and_a_poor_row(tables: Any) -> None:
    model = deployed()

    answer = predict(model, a_row(income=118_000), a_row(income=11_000))

    assert answer.status == 200, answer
    rich, poor = answer.body["predictions"]
    assert (rich["prediction"], poor["prediction"]) == ("yes", "no")
    assert set(rich["probabilities"]) == {"yes", "no"}
    assert sum(rich["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert rich["confidence"] == max(rich["probabilities"].values()) > 0.8
    assert (rich["status"], rich["warnings"], rich["error"]) == ("ok", [], None)
    assert answer.body["model_id"] == model.model_id
    assert answer.body["model_version"] == model.sha256[:12]
    assert answer.body["prediction_id"].startswith("pred_")


def test_text_cells_are_read_as_the_training_file_was(tables: Any) -> None:
    model = deployed()

    as_text = one(model, age="40", income="60000", member="yes")

    assert as_text == one(model)


def test_regression_gives_numbers(tables: Any) -> None:
    model = deployed("regression")

    flat, house = predict(model, a_row(income=20_000), a_row(income=100_000)).body["predictions"]

    assert flat["prediction"] == pytest.approx(60_000, rel=0.05)
    assert house["prediction"] == pytest.approx(300_000, rel=0.05)
    assert (house["confidence"], house["probabilities"]) == (None, {})


def test_three_classes_in_the_manifests_order(tables: Any) -> None:
    model = deployed(classes=("low", "mid", "top"))

    poor, rich = predict(model, a_row(income=12_000), a_row(income=118_000)).body["predictions"]

    assert (poor["prediction"], rich["prediction"]) == ("low", "top")
    assert list(rich["probabilities"]) == ["low", "mid", "top"]
    assert rich["probabilities"]["top"] > rich["probabilities"]["mid"] > rich["probabilities"]["low"]


@pytest.mark.parametrize(
    ("classes", "expected"), [(("0", "1"), 1), (("1.5", "2.5"), 2.5), (("01", "02"), "02"), (("no", "1"), "1")]
)
def test_a_label_keeps_the_type_that_it_has_in_the_file(tables: Any, classes: Any, expected: Any) -> None:
    found = one(deployed(classes=classes), income=119_000)

    assert found["prediction"] == expected
    assert type(found["prediction"]) is type(expected)
    assert set(found["probabilities"]) == set(classes)


def test_the_threshold_of_the_manifest_decides(tables: Any) -> None:
    careful = deployed(manifest={"threshold": {"value": 0.001, "positive": "yes", "chosen_by": "cost", "curve": []}})

    answer = predict(careful, a_row(income=35_000))

    (row,) = answer.body["predictions"]
    assert row["prediction"] == "yes"
    assert row["probabilities"]["yes"] < 0.5
    assert answer.body["threshold"] == 0.001


def test_a_bad_row_fails_alone_and_keeps_its_place(tables: Any) -> None:
    model = deployed()

    rows = predict(model, a_row(), a_row(age="forty"), a_row(income=100_000)).body["predictions"]

    assert [row["status"] for row in rows] == ["ok", "error", "ok"]
    assert rows[1]["error"]["code"] == "WRONG_TYPE"
    assert rows[1]["error"]["column"] == "age"
    assert (rows[1]["prediction"], rows[1]["confidence"], rows[1]["probabilities"]) == (None, None, {})
    assert rows[0] == one(model)
    assert rows[2] == one(model, income=100_000)


@pytest.mark.parametrize(
    ("changed", "code", "column"),
    [
        ({"shoe_size": 43}, "UNKNOWN_COLUMN", "shoe_size"), ({"will_buy": "yes"}, "UNKNOWN_COLUMN", "will_buy"),
        ({"age": ...}, "MISSING_COLUMN", "age"), ({"age": None}, "MISSING_VALUE", "age"),
        ({"region": ""}, "MISSING_VALUE", "region"), ({"age": 130}, "OUT_OF_RANGE", "age"),
        ({"region": "east"}, "OUT_OF_VOCABULARY", "region"), ({"region": 7}, "OUT_OF_VOCABULARY", "region"),
        ({"joined": "1999-01-01"}, "OUT_OF_RANGE", "joined"),
    ],
)  # fmt: skip
def test_what_the_model_can_live_with_is_a_warning(
    tables: Any, changed: dict[str, Any], code: str, column: str
) -> None:
    row = one(deployed(), **changed)

    assert row["status"] == "ok"
    assert codes(row) == [(code, column)]


@pytest.mark.parametrize(
    "changed",
    [
        {"age": "forty"}, {"age": True}, {"age": [1]}, {"age": {"a": 1}}, {"age": math.nan}, {"age": math.inf},
        {"age": 10**400}, {"age": "9" * 2000}, {"member": "perhaps"}, {"member": 2}, {"joined": 20200511},
        {"joined": "soon"}, {"region": ["west"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_of_another_type_is_an_error_of_its_row(tables: Any, changed: dict[str, Any]) -> None:
    row = one(deployed(), **changed)

    assert row["status"] == "error"
    assert row["error"]["code"] == "WRONG_TYPE"
    assert row["error"]["column"] == next(iter(changed))


def test_a_row_without_any_value_is_an_error(tables: Any) -> None:
    model = deployed()

    empty, nulls = predict(model, {}, dict.fromkeys(a_row())).body["predictions"]

    assert empty["error"]["code"] == nulls["error"]["code"] == "MISSING_COLUMN"


@pytest.mark.parametrize("changed", [{"shoe_size": 43}, {"age": ...}])
def test_strict_makes_other_columns_an_error(tables: Any, changed: dict[str, Any]) -> None:
    model = deployed()

    (row,) = predict(model, a_row(**changed), strict=True).body["predictions"]
    (fine,) = predict(model, a_row(age=200), strict=True).body["predictions"]

    assert row["status"] == "error"
    assert row["error"]["code"] in ("UNKNOWN_COLUMN", "MISSING_COLUMN")
    assert fine["status"] == "ok"


def test_whole_numbers_meet_the_spelling_of_the_file(tables: Any) -> None:
    features = (Feature("income", "numeric"), Feature("grade", "categorical"))
    rows = [{**row, "grade": ("1", "2.0", "3")[place % 3]} for place, row in enumerate(customers(90))]
    model = deployed(features=features, rows=rows)

    found = predict(model, *({"income": 50_000, "grade": grade} for grade in (1, 1.0, 2, 2.0, "3", 4)))

    assert [codes(row) for row in found.body["predictions"]] == [[]] * 5 + [[("OUT_OF_VOCABULARY", "grade")]]


def test_missing_values_that_training_knew_are_nothing_special(tables: Any) -> None:
    rows = [
        {**row, **({"age": "NA", "region": "?"} if place % 5 == 0 else {})} for place, row in enumerate(customers())
    ]
    model = deployed(rows=rows)

    found = predict(model, a_row(age=None, region=""), a_row(age="n/a", region=None)).body["predictions"]

    assert [codes(row) for row in found] == [[], []]
    assert found[0] == found[1]


def test_more_probabilities_than_an_answer_holds_are_too_large(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.tabular.predictions.MOST_PROBABILITIES", 10)
    model = deployed(classes=("a", "b", "c"))

    assert predict(model, *[a_row()] * 3).status == 200
    refused = predict(model, *[a_row()] * 4)
    assert (refused.status, refused.body["details"]) == (
        413, "Too many rows: of this model's classes at most 3 rows fit into an answer",
    )  # fmt: skip


def test_many_unknown_columns_are_not_all_repeated(tables: Any) -> None:
    row = one(deployed(), **{f"c{number}\ud800" + "x" * 500: 1 for number in range(300)})

    assert row["status"] == "ok"
    assert len(row["warnings"]) == 20
    assert all(len(note["column"]) <= 80 for note in row["warnings"])


@pytest.mark.parametrize(
    "body",
    [{}, {"data": []}, {"data": {}}, {"data": [1]}, {"data": [a_row()] * 1001}, {"data": [a_row()], "strict": "no"}],
    ids=["nothing", "no rows", "object", "numbers", "1001 rows", "strict"],
)
def test_a_body_of_another_form_is_refused(tables: Any, body: Any) -> None:
    model = deployed()

    answer = call(handler, "POST", f"/api/predict/{model.model_id}", json=body)

    assert (answer.status, answer.body["code"]) == (422, "INVALID_PARAMETERS")


@pytest.mark.parametrize("text", ["", "{", '{"data": [', "[]", "null", '{"data": [{"age": ' + "1" * 5000 + "}]}"])
def test_no_body_makes_a_server_error(tables: Any, text: str) -> None:
    answer = call(handler, "POST", f"/api/predict/{deployed().model_id}", text=text)

    assert 400 <= answer.status < 500


def test_a_thousand_rows_are_answered_in_order(tables: Any) -> None:
    model = deployed("regression")

    rows = predict(model, *(a_row(income=20_000 + 50 * n) for n in range(1000))).body["predictions"]

    values = [row["prediction"] for row in rows]
    assert values == sorted(values)
    assert len(set(values)) == 1000


@pytest.mark.parametrize("status", ["trained", "archived"])
def test_a_model_that_is_not_deployed_does_not_predict(tables: Any, status: str) -> None:
    model = a_model()
    if status == "archived":
        tabular_service().archive(model.model_id, "ana")

    answer = predict(model, a_row())

    assert answer.status == 409
    assert status in answer.body["details"]


def test_undeploying_counts_from_the_next_request_on(tables: Any) -> None:
    model = deployed()
    assert predict(model, a_row()).status == 200

    tabular_service().undeploy(model.model_id, "ana")

    assert predict(model, a_row()).status == 409


def test_the_files_are_fetched_once(tables: Any) -> None:
    model = deployed()
    first = predict(model, a_row()).body["predictions"]
    client("s3").delete_object(Bucket=settings().data_bucket, Key=onnx_key(model.model_id))

    assert predict(model, a_row()).body["predictions"] == first


def test_answers_are_plain_json(tables: Any) -> None:
    model = deployed()

    body = predict(model, a_row(age=1e308), a_row()).body

    json.dumps(body, allow_nan=False)
    assert [row["status"] for row in body["predictions"]][1] == "ok"


def test_predictions_are_logged_once_a_minute_with_their_number(tables: Any) -> None:
    model = deployed(name="Churn")
    for _ in range(3):
        predict(model, a_row(), a_row())

    entries = activity_log().newest("prediction", None, 10)

    assert 1 <= len(entries) <= 2, "two if the minute ended in between"
    assert sum(entry.details["count"] for entry in entries) == 6
    assert entries[0].message == "Predictions by model 'Churn'"
    assert activity_log().count("prediction", None) == len(entries)


def test_a_prediction_that_cannot_be_counted_is_answered(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    from shared.storage.store import Store

    def fail(*_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

    model = deployed()
    monkeypatch.setattr(Store, "apply", fail)

    assert predict(model, a_row()).status == 200
