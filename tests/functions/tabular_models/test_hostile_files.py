"""Model files that are not what they should be: refused at deployment with a reason, and nothing of them runs."""

import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from functions.tabular_models.app import handler
from shared.core.aws import client
from shared.core.settings import settings
from shared.storage.store import store
from shared.storage.writes import Put
from shared.tabular.features import fit
from shared.tabular.model import TabularModel, manifest_key, onnx_key
from shared.tabular.repository import model_repository, registration
from shared.tabular.service import tabular_service
from tests.builders.calls import Answer, call
from tests.builders.tabular import FEATURES, a_model, a_row, customers, fitted, network, put

TOUCHED = Path("/tmp/vedette-hostile-model-ran")


class Bomb:
    def __reduce__(self) -> Any:
        return (TOUCHED.touch, ())


def width() -> int:
    return len(fit(FEATURES, customers()).names)


def good() -> bytes:
    return fitted(fit(FEATURES, customers()), customers(), "classification", ("no", "yes"))


def graph(*nodes: Any, constants: Any = (), outputs: int = 2, columns: int | None = None) -> bytes:
    made = helper.make_graph(
        list(nodes),
        "hostile",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, columns or width()])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, outputs])],
        list(constants),
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def external() -> bytes:
    tensor = numpy_helper.from_array(np.zeros((width(), 2), dtype=np.float32), "w")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"
    return graph(helper.make_node("MatMul", ["x", "w"], ["probabilities"]), constants=[tensor])


def declared() -> bytes:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1 << 28, 1], raw_data=b"\0" * 16)
    return graph(helper.make_node("MatMul", ["x", "w"], ["probabilities"]), constants=[tensor])


def filled() -> bytes:
    shape = numpy_helper.from_array(np.array([1 << 30], dtype=np.int64), "shape")
    nodes = [helper.make_node("ConstantOfShape", ["shape"], ["probabilities"])]
    return graph(*nodes, constants=[shape])


def looping() -> bytes:
    inner = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "b", [], [])
    return graph(helper.make_node("If", ["x"], ["probabilities"], then_branch=inner, else_branch=inner))


HOSTILE = {
    "empty": lambda: b"",
    "noise": lambda: bytes(range(256)) * 20,
    "truncated": lambda: good()[: len(good()) // 2],
    "one byte less": lambda: good()[:-1],
    "pickle": lambda: pickle.dumps(Bomb()),
    "external data": external,
    "declares a gigabyte": declared,
    "makes a gigabyte": filled,
    "a subgraph": looping,
    "an unknown operator": lambda: graph(helper.make_node("PyOp", ["x"], ["probabilities"], domain="evil")),
    "takes other columns": lambda: network(np.zeros((width() + 1, 2)), np.zeros(2), "probabilities", "Softmax"),
    "gives three classes": lambda: network(np.zeros((width(), 3)), np.zeros(3), "probabilities", "Softmax"),
    "gives something else": lambda: network(np.zeros((width(), 2)), np.zeros(2), "other", "Softmax"),
    "gives no numbers": lambda: network(np.full((width(), 2), np.nan), np.zeros(2), "probabilities", None),
}


def deploy(model: TabularModel) -> Answer:
    return call(handler, "POST", f"/api/models/{model.model_id}/deploy", json={"force": True})


def assert_refused(answer: Answer, model: TabularModel) -> None:
    assert (answer.status, answer.body["code"]) == (409, "DEPLOYMENT_FAILED"), answer
    assert answer.body["details"].startswith("Deployment failed: ")
    assert model_repository().get(model.model_id).status == "trained"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_network_is_refused(tables: Any, name: str) -> None:
    """Registered with the digest of the hostile file itself: the digest alone does not save anybody here."""
    model = a_model(onnx=HOSTILE[name]())

    assert_refused(deploy(model), model)
    assert not TOUCHED.exists()


@pytest.mark.parametrize("key", [onnx_key, manifest_key])
def test_another_file_than_the_registered_one_is_refused(tables: Any, key: Any) -> None:
    model = a_model()
    found = client("s3").get_object(Bucket=settings().data_bucket, Key=key(model.model_id))["Body"].read()
    put(key(model.model_id), found + b" ")

    assert_refused(deploy(model), model)


@pytest.mark.parametrize("key", [onnx_key, manifest_key])
def test_a_file_that_is_not_there_is_refused(tables: Any, key: Any) -> None:
    model = a_model()
    client("s3").delete_object(Bucket=settings().data_bucket, Key=key(model.model_id))

    assert_refused(deploy(model), model)


@pytest.mark.parametrize(
    "changed",
    [
        {"model_id": "model_other"}, {"sha256": "0" * 64}, {"task": "regression"}, {"classes": ["yes"]},
        {"classes": None}, {"encoding": [{"feature": {}}]}, {"encoding": 7}, {"profile": [{"name": "age"}]},
        {"threshold": {"value": 0.5, "positive": "maybe"}},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_that_speaks_of_something_else_is_refused(tables: Any, changed: dict[str, Any]) -> None:
    model = a_model(manifest=changed)

    assert_refused(deploy(model), model)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"null", b"\xff", b'{"model_id": NaN}', b"[" * 100_000])
def test_a_manifest_that_is_no_document_is_refused(tables: Any, text: bytes) -> None:
    model = a_model()
    put(manifest_key(model.model_id), text)
    row = registration(model)[0]
    assert isinstance(row, Put)
    doc = json.loads(row.item["doc"]) | {"manifest_sha256": hashlib.sha256(text).hexdigest()}
    store().transact([Put(row.table, {**row.item, "doc": json.dumps(doc)})])

    assert_refused(deploy(model), model)


def test_a_deployed_model_whose_file_was_changed_is_refused_by_a_new_process(tables: Any) -> None:
    from shared.tabular.serving import shelf

    model = tabular_service().deploy(a_model().model_id, "ana")
    path = f"/api/predict/{model.model_id}"
    assert call(handler, "POST", path, json={"data": [a_row()]}).status == 200
    put(onnx_key(model.model_id), pickle.dumps(Bomb()))

    assert call(handler, "POST", path, json={"data": [a_row()]}).status == 200, "this process has the good one"
    shelf.cache_clear()
    from shared.tabular.predictions import prediction_service

    prediction_service.cache_clear()
    answer = call(handler, "POST", path, json={"data": [a_row()]})
    assert (answer.status, answer.body["code"]) == (409, "DEPLOYMENT_FAILED")
    assert not TOUCHED.exists()
