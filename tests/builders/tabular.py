"""Tabular models for tests: real ONNX networks and manifests in the data bucket, and their rows in the table.

The network is a linear model fitted by least squares on made-up customers: the richer, the likelier "yes".
"""

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from shared.core.aws import client
from shared.core.ids import new_id
from shared.core.settings import settings
from shared.storage.store import store
from shared.tabular.distribution import distributions
from shared.tabular.features import Encoding, Feature, Value, fit, read_columns
from shared.tabular.model import TabularModel, manifest_key, onnx_key
from shared.tabular.repository import registration

Row = dict[str, Value]

FEATURES = (
    Feature("age", "numeric"),
    Feature("income", "numeric"),
    Feature("region", "categorical"),
    Feature("member", "boolean"),
    Feature("joined", "datetime"),
)
TARGET = "will_buy"


def customers(count: int = 400, seed: int = 1, **fixed: Value) -> list[Row]:
    """Rows as a CSV file has them, all text."""
    chance = random.Random(seed)
    return [
        {
            "age": str(chance.randint(18, 80)),
            "income": str(chance.randint(10_000, 120_000)),
            "region": chance.choice(("north", "south", "west")),
            "member": chance.choice(("true", "false")),
            "joined": f"20{chance.randint(10, 24)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
            **fixed,
        }
        for _ in range(count)
    ]


def a_row(**changed: Any) -> dict[str, Any]:
    """A customer as a client sends one. `...` leaves a column out."""
    row = {"age": 40, "income": 60_000, "region": "west", "member": True, "joined": "2020-05-11", **changed}
    return {name: value for name, value in row.items() if value is not ...}


def make_bucket() -> None:
    """The data bucket; safe to call again."""
    s3 = client("s3")
    region = {"LocationConstraint": "eu-central-1"}
    try:
        s3.create_bucket(Bucket=settings().data_bucket, CreateBucketConfiguration=region)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        return


def network(weights: Any, bias: Any, output: str, after: str | None) -> bytes:
    """x W + b, then softmax, as an ONNX file."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["product"]),
        helper.make_node("Add", ["product", "b"], ["sum" if after else output]),
    ]
    if after:
        nodes.append(helper.make_node(after, ["sum"], [output], axis=1))
    constants = [
        numpy_helper.from_array(np.asarray(weights, dtype=np.float32), "w"),
        numpy_helper.from_array(np.asarray(bias, dtype=np.float32), "b"),
    ]
    outputs = int(np.shape(weights)[1])
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, int(np.shape(weights)[0])])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, outputs])],
        constants,
    )
    made: ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(made.SerializeToString())


def fitted(encoding: Encoding, rows: Sequence[Row], task: str, classes: Sequence[str]) -> bytes:
    """A network that has learned from income: the classes are thirds (or halves) of it, the value is 3 x income."""
    x = encoding.transform(rows)
    income = np.array([float(row["income"] or 0) for row in rows])
    design = np.hstack([x, np.ones((len(x), 1), dtype=np.float32)])
    if task == "regression":
        solved = np.linalg.lstsq(design, 3 * income[:, None], rcond=None)[0]
        return network(solved[:-1], solved[-1], "value", None)
    place = np.searchsorted(np.quantile(income, np.linspace(0, 1, len(classes) + 1)[1:-1]), income, side="right")
    solved = np.linalg.lstsq(design, 8 * np.eye(len(classes))[place], rcond=None)[0]
    return network(solved[:-1], solved[-1], "probabilities", "Softmax")


def a_model(
    task: str = "classification",
    classes: Sequence[str] = ("no", "yes"),
    *,
    onnx: bytes | None = None,
    manifest: dict[str, Any] | None = None,
    features: Sequence[Feature] = FEATURES,
    rows: Sequence[Row] | None = None,
    **facts: Any,
) -> TabularModel:
    """A model that was trained: files in the bucket, row in the table. `manifest` changes its document."""
    make_bucket()
    data = list(rows) if rows is not None else customers()
    encoding = fit(features, data)
    network_bytes = onnx if onnx is not None else fitted(encoding, data, task, classes)
    model_id = facts.pop("model_id", new_id("model"))
    digest = hashlib.sha256(network_bytes).hexdigest()
    document = _document(model_id, task, classes, encoding, data, digest) | (manifest or {})
    text = json.dumps(document).encode()
    put(onnx_key(model_id), network_bytes)
    put(manifest_key(model_id), text)
    model = _row(model_id, task, document, digest, hashlib.sha256(text).hexdigest(), facts)
    store().transact(registration(model))
    return model


def put(key: str, content: bytes) -> None:
    client("s3").put_object(Bucket=settings().data_bucket, Key=key, Body=content)


def _document(
    model_id: str, task: str, classes: Sequence[str], encoding: Encoding, rows: Sequence[Row], digest: str
) -> dict[str, Any]:
    columns = read_columns([encoded.feature for encoded in encoding.features], rows)
    classification = task == "classification"
    size = len(classes)
    metrics: dict[str, Any] = {"r2": 0.9, "mae": 10.0, "rmse": 20.0}
    if classification:
        matrix = [[40 if row == column else 5 for column in range(size)] for row in range(size)]
        metrics = {"accuracy": 0.88, "precision": 0.88, "recall": 0.88, "f1_score": 0.88, "confusion_matrix": matrix}
    return {
        "model_id": model_id, "name": "Customers", "task": task, "algorithm": "LogisticRegression",
        "classes": list(classes) if classification else None, "threshold": None, "encoding": encoding.document(),
        "features": [encoded.feature.name for encoded in encoding.features], "target": TARGET, "metrics": metrics,
        "intervals": {}, "baselines": [{"name": "majority", "metrics": {"accuracy": 0.5}}], "leaderboard": [],
        "calibration": {"ece": 0.02, "brier": 0.1, "bins": []}, "slices": [], "leaks": [], "warnings": [],
        "split": {"kind": "stratified", "test_rows": 100, "train_rows": 300, "seed": 42},
        "profile": distributions(encoding, columns), "data_sha256": "0" * 64, "parameters": {"C": 1.0},
        "versions": {"numpy": np.__version__}, "parity": {"rows": 500, "max_difference": 0.0}, "sha256": digest,
    }  # fmt: skip


def _row(
    model_id: str, task: Any, document: dict[str, Any], digest: str, manifest_digest: str, facts: dict[str, Any]
) -> TabularModel:
    given: dict[str, Any] = {
        "name": "Customers", "algorithm": "LogisticRegression", "status": "trained", "metrics": document["metrics"],
        "file_id": "file_1", "rows": 400, "features": document["features"], "target": TARGET,
        "parameters": {"C": 1.0}, "job_id": "job_1", "created_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "beats_baseline": True, "baseline_note": "better than the majority", **facts,
    }  # fmt: skip
    return TabularModel(model_id=model_id, type=task, sha256=digest, manifest_sha256=manifest_digest, **given)
