"""The algorithms that are tried, from simple to complex, and the parameters that are tried of each.

The work is counted in fits and not in seconds, so that the same file, parameters and seed train the same model on any
machine. How many settings are tried depends on the size of the table alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.train_model.tabular.target import Task

Parameters = Mapping[str, Any]
Build = Callable[[Task, Parameters, int], Any]

SMALL, MEDIUM = 60_000, 600_000  # numbers in the table times classes
TOO_MUCH_FOR_EXACT_BOOSTING = 400_000
# Leaves of a tree of a forest, times classes: a hundred such trees make a network of some 40 MB.
MOST_LEAVES = 8_000
FORESTS = ("extra_trees", "random_forest")


@dataclass(frozen=True, slots=True)
class Algorithm:
    """`names` are those of the estimator for classes and for numbers; `settings` begin with the usual ones."""

    key: str
    names: tuple[str, str]
    build: Build
    settings: Mapping[Task, Sequence[Parameters]]

    def name(self, task: Task) -> str:
        return self.names[0] if task == "classification" else self.names[1]


def _linear(task: Task, given: Parameters, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return LogisticRegression(max_iter=1000, **given) if task == "classification" else Ridge(**given)


def _random_forest(task: Task, given: Parameters, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if task == "classification" else RandomForestRegressor
    return kind(random_state=seed, n_jobs=1, **given)


def _extra_trees(task: Task, given: Parameters, seed: int) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    kind = ExtraTreesClassifier if task == "classification" else ExtraTreesRegressor
    return kind(random_state=seed, n_jobs=1, **given)


def _gradient_boosting(task: Task, given: Parameters, seed: int) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

    kind = GradientBoostingClassifier if task == "classification" else GradientBoostingRegressor
    return kind(random_state=seed, **given)


def _histogram_boosting(task: Task, given: Parameters, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if task == "classification" else HistGradientBoostingRegressor
    return kind(random_state=seed, early_stopping=False, **given)


def _xgboost(task: Task, given: Parameters, seed: int) -> Any:
    from xgboost import XGBClassifier, XGBRegressor

    kind = XGBClassifier if task == "classification" else XGBRegressor
    # The margin starts at 0: regression targets are standardised, and the intercept of classes is learned by the trees.
    base = 0.5 if task == "classification" else 0.0
    return kind(random_state=seed, n_jobs=1, tree_method="hist", base_score=base, **given)


FOREST: tuple[Parameters, ...] = ({"n_estimators": 100}, {"n_estimators": 100, "min_samples_leaf": 3})
FOREST_OF_NUMBERS: tuple[Parameters, ...] = (
    {"n_estimators": 100, "max_features": 0.5},
    {"n_estimators": 100, "max_features": 0.33, "min_samples_leaf": 3},
)
BOOSTING: tuple[Parameters, ...] = (
    {"n_estimators": 100, "learning_rate": 0.1, "max_depth": 3, "subsample": 0.8},
    {"n_estimators": 100, "learning_rate": 0.1, "max_depth": 2, "subsample": 0.8},
)
HISTOGRAM: tuple[Parameters, ...] = (
    {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 15},
    {"max_iter": 100, "learning_rate": 0.05, "max_leaf_nodes": 7, "l2_regularization": 1.0},
)
XGBOOST: tuple[Parameters, ...] = (
    {"n_estimators": 100, "learning_rate": 0.1, "max_depth": 4, "subsample": 0.8, "colsample_bytree": 0.8},
    {"n_estimators": 150, "learning_rate": 0.05, "max_depth": 3, "subsample": 0.8, "colsample_bytree": 0.8},
)

ALGORITHMS: tuple[Algorithm, ...] = (
    Algorithm(
        "linear",
        ("LogisticRegression", "Ridge"),
        _linear,
        {
            "classification": ({"C": 1.0}, {"C": 0.1}, {"C": 10.0}),
            "regression": ({"alpha": 1.0}, {"alpha": 10.0}, {"alpha": 0.1}),
        },
    ),
    Algorithm(
        "extra_trees",
        ("ExtraTreesClassifier", "ExtraTreesRegressor"),
        _extra_trees,
        {"classification": FOREST, "regression": FOREST_OF_NUMBERS},
    ),
    Algorithm(
        "random_forest",
        ("RandomForestClassifier", "RandomForestRegressor"),
        _random_forest,
        {"classification": FOREST, "regression": FOREST_OF_NUMBERS},
    ),
    Algorithm(
        "gradient_boosting",
        ("GradientBoostingClassifier", "GradientBoostingRegressor"),
        _gradient_boosting,
        {"classification": BOOSTING, "regression": BOOSTING},
    ),
    Algorithm(
        "histogram_boosting",
        ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"),
        _histogram_boosting,
        {"classification": HISTOGRAM, "regression": HISTOGRAM},
    ),
    Algorithm(
        "xgboost",
        ("XGBClassifier", "XGBRegressor"),
        _xgboost,
        {"classification": XGBOOST, "regression": XGBOOST},
    ),
)
BY_KEY = {algorithm.key: algorithm for algorithm in ALGORITHMS}


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried: folds, repeats, settings per algorithm, and the algorithms left out with the reason.

    `leaf` is the smallest number of rows in a leaf of a forest.
    """

    folds: int
    repeats: int
    settings: int
    leaf: int
    left_out: Mapping[str, str]

    def settings_of(self, algorithm: Algorithm, task: Task) -> Sequence[Parameters]:
        chosen = algorithm.settings[task][: self.settings]
        if algorithm.key not in FORESTS or self.leaf == 1:
            return chosen
        return [{**one, "min_samples_leaf": max(self.leaf, one.get("min_samples_leaf", 1))} for one in chosen]

    def fits_of(self, algorithm: Algorithm, task: Task, folds: int) -> int:
        """`folds` as they were really made, repeats included."""
        return folds * len(self.settings_of(algorithm, task))


def effort_for(rows: int, width: int, classes: int, rarest: int) -> Effort:
    """From the size of the rows to learn from. `rarest` is the number of rows of the smallest class."""
    size = rows * max(1, width) * (1 if classes <= 2 else classes)
    folds = min(5 if rows <= 5_000 else 3, max(2, rarest))
    left_out = {}
    if size > TOO_MUCH_FOR_EXACT_BOOSTING:
        left_out["gradient_boosting"] = "its exact trees take too long for a table of this size"
    settings = 3 if size <= SMALL else 2 if size <= MEDIUM else 1
    leaf = max(1, rows * (1 if classes <= 2 else classes) // MOST_LEAVES)
    return Effort(folds, 2 if rows <= 400 else 1, settings, leaf, left_out)
