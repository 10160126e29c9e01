"""Tree ensembles as ONE ONNX TreeEnsembleRegressor each: loads in milliseconds, needs no converter package.

(skl2onnx writes an isolation forest as 5,410 nodes that take seconds to load; measured in the design's traps.)
Every model has one float input X [rows, features] and one float output score [rows, 1].
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.ensemble._iforest import _average_path_length
from xgboost import XGBClassifier

OPSET, ML_OPSET, IR_VERSION = 15, 3, 8


class Trees:
    """Collects nodes in the flat lists that the operator wants."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        self.nodes: dict[str, list[Any]] = {f"nodes_{key}": [] for key in _NODE_KEYS}
        self.leaves: dict[str, list[Any]] = {f"target_{key}": [] for key in ("treeids", "nodeids", "ids", "weights")}
        self._count = 0

    def add(self, left: Sequence[int], right: Sequence[int], feature: Any, limit: Any, weight: Any) -> None:
        """One tree in array form; a node without a left child is a leaf."""
        for node, child in enumerate(left):
            leaf = child < 0
            split = (0, 0.0, "LEAF", 0, 0) if leaf else (int(feature[node]), float(limit[node]), self.branch, child)
            row = (self._count, node, *split) if leaf else (self._count, node, *split, right[node])
            for key, value in zip(_NODE_KEYS, row, strict=True):
                self.nodes[f"nodes_{key}"].append(value)
            if leaf:
                for key, value in zip(
                    ("treeids", "nodeids", "ids", "weights"), (self._count, node, 0, float(weight[node])), strict=True
                ):
                    self.leaves[f"target_{key}"].append(value)
        self._count += 1

    def operator(self, output: str) -> onnx.NodeProto:
        lists: dict[str, Any] = self.nodes | self.leaves
        return helper.make_node(
            "TreeEnsembleRegressor",
            ["X"],
            [output],
            domain="ai.onnx.ml",
            n_targets=1,
            aggregate_function="SUM",
            **lists,
        )


_NODE_KEYS = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")


def xgboost_model(model: XGBClassifier, features: int) -> bytes:
    """Probability of the positive class. The booster must have base_score 0.5, so that its margin starts at 0."""
    trees = Trees("BRANCH_LT")
    learner = json.loads(bytes(model.get_booster().save_raw("json")))["learner"]
    if float(learner["learner_model_param"]["base_score"].strip("[]")) != 0.5:
        raise ValueError("export expects base_score 0.5")
    for tree in learner["gradient_booster"]["model"]["trees"]:
        limits = tree["split_conditions"]  # in a leaf this is the leaf's value
        trees.add(tree["left_children"], tree["right_children"], tree["split_indices"], limits, limits)
    # The operator's own LOGISTIC is not applied by onnxruntime to a single target: a node of its own it is.
    return _model([trees.operator("margin"), helper.make_node("Sigmoid", ["margin"], ["score"])], features)


def forest_model(model: RandomForestClassifier, features: int) -> bytes:
    """Probability of the positive class: the mean of the trees' leaf shares."""
    trees = Trees("BRANCH_LEQ")
    for estimator in model.estimators_:
        tree = estimator.tree_
        share = tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1) / len(model.estimators_)
        trees.add(
            tree.children_left.tolist(), tree.children_right.tolist(), tree.feature, _round_down(tree.threshold), share
        )
    return _model([trees.operator("score")], features)


def isolation_model(model: IsolationForest, features: int) -> bytes:
    """-score_samples: 2^(-mean depth / c(n)), Liu, Ting and Zhou 2008. Near 0.5 is ordinary, towards 1 is isolated."""
    trees = Trees("BRANCH_LEQ")
    for estimator, chosen in zip(model.estimators_, model.estimators_features_, strict=True):
        tree = estimator.tree_
        depth = np.asarray(tree.compute_node_depths()) + _average_path_length(tree.n_node_samples) - 1.0
        trees.add(
            tree.children_left.tolist(),
            tree.children_right.tolist(),
            chosen[np.maximum(tree.feature, 0)],
            _round_down(tree.threshold),
            depth,
        )
    scale = len(model.estimators_) * float(_average_path_length(np.array([model._max_samples]))[0])
    constants = [
        helper.make_tensor("scale", TensorProto.FLOAT, [1], [-1.0 / scale]),
        helper.make_tensor("two", TensorProto.FLOAT, [1], [2.0]),
    ]
    nodes = [
        trees.operator("depth"),
        helper.make_node("Mul", ["depth", "scale"], ["exponent"]),
        helper.make_node("Pow", ["two", "exponent"], ["score"]),
    ]
    return _model(nodes, features, constants)


def _round_down(limits: NDArray[np.float64]) -> NDArray[np.float32]:
    """x <= limit must answer the same for every float32 x when the limit becomes float32: never round it up."""
    rounded: NDArray[np.float32] = limits.astype(np.float32)
    down: NDArray[np.float32] = np.where(
        rounded.astype(np.float64) <= limits, rounded, np.nextafter(rounded, np.float32(-np.inf))
    )
    return down


def _model(nodes: list[onnx.NodeProto], features: int, constants: Sequence[onnx.TensorProto] = ()) -> bytes:
    graph = helper.make_graph(
        nodes,
        "insiders",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, features])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])],
        list(constants),
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
