"""The ensemble's three members: how each is fitted, read and exported. Seeds are fixed, one thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from xgboost import XGBClassifier

from functions.train_model.insiders.export import forest_model, isolation_model, xgboost_model

SEED = 7
X = NDArray[np.float32]
Y = NDArray[np.int8]
Weight = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Member:
    """`fit(x, y, sample weight)`; `read(model, x)`: one number per row, higher is more suspicious."""

    title: str
    kind: str
    file: str
    fit: Callable[[X, Y, Weight], Any]
    read: Callable[[Any, X], NDArray[np.float64]]
    export: Callable[[Any, int], bytes]


def _fit_xgboost(x: X, y: Y, weight: Weight) -> XGBClassifier:
    """Shallow, strongly regularised: 300 positive days from 57 incidents do not carry more."""
    model = XGBClassifier(
        n_estimators=400,
        max_depth=3,
        learning_rate=0.04,
        subsample=0.7,
        colsample_bytree=0.15,
        min_child_weight=5,
        reg_lambda=10,
        max_bin=64,
        tree_method="hist",
        base_score=0.5,
        n_jobs=1,
        random_state=SEED,
    )
    return model.fit(x, y, sample_weight=np.where(y == 1, 5.0, 1.0) * weight)


def _fit_forest(x: X, y: Y, weight: Weight) -> RandomForestClassifier:
    """260 leaves and 60 trees: unlimited trees rank held-out days no better and take five times as long to load."""
    model = RandomForestClassifier(
        60,
        max_leaf_nodes=260,
        min_samples_leaf=3,
        max_features=20,
        class_weight="balanced",
        n_jobs=1,
        random_state=SEED,
    )
    return model.fit(x, y, sample_weight=weight)


def _fit_isolation(x: X, y: Y, weight: Weight) -> IsolationForest:
    """On harmless days only: what is unlike all of them is new, whatever its name."""
    model = IsolationForest(n_estimators=100, max_samples=256, n_jobs=1, random_state=SEED)
    return model.fit(x[(y == 0) & (weight >= 1)])


def _positive(model: Any, x: X) -> NDArray[np.float64]:
    chances: NDArray[np.float64] = model.predict_proba(x)[:, 1].astype(np.float64)
    return chances


def _isolated(model: Any, x: X) -> NDArray[np.float64]:
    found: NDArray[np.float64] = -model.score_samples(x)
    return found


MEMBERS = {
    "xgboost": Member("XGBoost", "supervised", "xgboost.onnx", _fit_xgboost, _positive, xgboost_model),
    "random_forest": Member("Random Forest", "supervised", "random_forest.onnx", _fit_forest, _positive, forest_model),
    "isolation_forest": Member(
        "Isolation Forest", "unsupervised", "isolation_forest.onnx", _fit_isolation, _isolated, isolation_model
    ),
}
