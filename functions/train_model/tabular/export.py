"""A fitted model and its calibration as one ONNX network."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from functions.train_model.tabular.calibration import Calibration
from functions.train_model.tabular.fitted import Fitted
from functions.train_model.tabular.network import Leaves, Network, Trees, not_above


def network_of(fitted: Fitted, calibration: Calibration | None, features: int) -> bytes:
    """The file's bytes: equal for equal models."""
    network = Network()
    WRITERS[fitted.key](fitted, network)
    if not fitted.classes:
        network.add("Mul", network.last, network.constant([[fitted.scale]]))
        network.add("Add", network.last, network.constant([[fitted.mean]]))
        return network.document(features, "value", 1)
    if len(fitted.known) < fitted.classes:
        _spread(fitted, network)
    if calibration is not None:
        calibration.put_into(network)
    return network.document(features, "probabilities", fitted.classes)


def _spread(fitted: Fitted, network: Network) -> None:
    """Columns of probability 0 for classes that the model has not seen."""
    places = np.zeros((len(fitted.known), fitted.classes))
    places[np.arange(len(fitted.known)), fitted.known] = 1.0
    network.add("MatMul", network.last, network.constant(places))


def _linear(fitted: Fitted, network: Network) -> None:
    weights = np.atleast_2d(fitted.estimator.coef_)
    network.add("MatMul", "X", network.constant(weights.T))
    network.add("Add", network.last, network.constant(np.atleast_1d(fitted.estimator.intercept_)[None, :]))
    _link(fitted, network, weights.shape[0])


def _forest(fitted: Fitted, network: Network) -> None:
    """The mean of the trees' leaves: shares of the classes, or numbers."""
    outputs = max(1, len(fitted.known))
    trees = Trees("BRANCH_LEQ", outputs)
    count = len(fitted.estimator.estimators_)
    for estimator in fitted.estimator.estimators_:
        tree = estimator.tree_
        # [nodes, outputs, 1] of numbers, [nodes, 1, classes] of classes
        values = tree.value[:, :, 0] if not fitted.classes else tree.value[:, 0, :]
        shares = values if not fitted.classes else values / values.sum(axis=1, keepdims=True)
        limits = not_above(tree.threshold)
        leaves = Leaves(range(outputs), shares / count)
        trees.add(tree.children_left, tree.children_right, tree.feature, limits, leaves)
    trees.put_into(network)


def _gradient_boosting(fitted: Fitted, network: Network) -> None:
    model = fitted.estimator
    stages = model.estimators_
    trees = Trees("BRANCH_LEQ", stages.shape[1])
    for stage in stages:
        for target, estimator in enumerate(stage):
            tree = estimator.tree_
            leaves = Leaves([target], tree.value[:, 0, 0] * model.learning_rate)
            trees.add(tree.children_left, tree.children_right, tree.feature, not_above(tree.threshold), leaves)
    anything = np.zeros((1, model.n_features_in_), dtype=np.float32)
    trees.put_into(network, np.ravel(model._raw_predict_init(anything)).tolist())
    _link(fitted, network, stages.shape[1])


def _histogram_boosting(fitted: Fitted, network: Network) -> None:
    model = fitted.estimator
    outputs = len(model._predictors[0])
    trees = Trees("BRANCH_LEQ", outputs)
    for stage in model._predictors:
        for target, predictor in enumerate(stage):
            nodes = predictor.nodes
            left = np.where(nodes["is_leaf"], 0, nodes["left"].astype(np.int64))
            limits = not_above(np.minimum(nodes["num_threshold"], float(np.finfo(np.float32).max)))
            trees.add(left, nodes["right"], nodes["feature_idx"], limits, Leaves([target], nodes["value"]))
    trees.put_into(network, np.ravel(model._baseline_prediction).tolist())
    _link(fitted, network, outputs)


def _xgboost(fitted: Fitted, network: Network) -> None:
    learner = json.loads(bytes(fitted.estimator.get_booster().save_raw("json")))["learner"]
    outputs = 1 if len(fitted.known) <= 2 else len(fitted.known)
    trees = Trees("BRANCH_LT", outputs)
    model = learner["gradient_booster"]["model"]
    for tree, target in zip(model["trees"], model["tree_info"], strict=True):
        limits = np.array(tree["split_conditions"], dtype=np.float32)  # in a leaf this is the leaf's value
        left = np.maximum(np.array(tree["left_children"]), 0)
        trees.add(left, tree["right_children"], tree["split_indices"], limits, Leaves([target], limits))
    trees.put_into(network)
    _link(fitted, network, outputs)


def _link(fitted: Fitted, network: Network, outputs: int) -> None:
    """From margins to probabilities; numbers stay as they are."""
    if not fitted.classes:
        return
    if outputs > 1:
        network.add("Softmax", network.last, axis=1)
        return
    yes = network.add("Sigmoid", network.last)
    no = network.add("Sub", network.constant([[1.0]]), yes)
    network.add("Concat", no, yes, axis=1)


WRITERS: dict[str, Callable[[Fitted, Any], None]] = {
    "linear": _linear,
    "random_forest": _forest,
    "extra_trees": _forest,
    "gradient_boosting": _gradient_boosting,
    "histogram_boosting": _histogram_boosting,
    "xgboost": _xgboost,
}
