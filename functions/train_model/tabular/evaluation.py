"""How good the finished model is on the rows kept for the test: metrics, how sure they are, calibration, slices."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.judging import Numbers, Places, brier, class_metrics, number_metrics
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Rows
from shared.tabular.features import Categories
from shared.tabular.intervals import bootstrap, wilson

BINS = 10
MOST_SLICE_VALUES, FEWEST_SLICE_ROWS, MOST_SLICES = 10, 30, 20


def class_intervals(y: Places, chosen: Places, classes: int, positive: int | None, seed: int) -> dict[str, list[float]]:
    """95 % intervals: Wilson's for accuracy, a bootstrap over the rows for the others."""
    found = {"accuracy": list(wilson(int((y == chosen).sum()), len(y)))}
    for name in ("precision", "recall", "f1_score"):
        metric = _class_metric(name, classes, positive)
        found[name] = list(bootstrap(metric, y, chosen, seed))
    return found


def _class_metric(name: str, classes: int, positive: int | None) -> Callable[[Any, Any], float]:
    return lambda truth, told: float(class_metrics(truth, told, classes, positive)[name])


def number_intervals(y: Numbers, told: Numbers, seed: int) -> dict[str, list[float]]:
    """95 % intervals by a bootstrap over the rows."""
    return {name: list(bootstrap(_number_metric(name), y, told, seed)) for name in ("r2", "mae", "rmse")}


def _number_metric(name: str) -> Callable[[Any, Any], float]:
    return lambda truth, told: float(number_metrics(truth, told)[name])


def calibration_report(y: Places, told: Numbers, positive: int | None) -> dict[str, Any]:
    """Expected calibration error over ten bins of equal width, the Brier score, and the bins for a plot.

    Of the positive class where there is one, else of the likeliest class.
    """
    if positive is None:
        score, truth = told.max(axis=1), told.argmax(axis=1) == y
    else:
        score, truth = told[:, positive], y == positive
    place = np.minimum((score * BINS).astype(int), BINS - 1)
    bins = [_bin(number, score[place == number], truth[place == number]) for number in range(BINS)]
    error = sum(one["rows"] * abs(one["mean"] - one["observed"]) for one in bins if one["rows"]) / len(y)
    return {"ece": float(error), "brier": brier(y, told), "bins": bins}


def _bin(number: int, score: Numbers, truth: NDArray[np.bool_]) -> dict[str, Any]:
    rows = len(score)
    low, high = wilson(int(truth.sum()), rows)
    return {
        "low": number / BINS,
        "high": (number + 1) / BINS,
        "rows": rows,
        "mean": float(score.mean()) if rows else None,
        "observed": float(truth.mean()) if rows else None,
        "interval": [low, high] if rows else None,
    }


def slices_of(problem: Problem, test: Rows, error: Numbers) -> list[dict[str, Any]]:
    """The mean error of the test rows of each frequent category, worst first.

    `error` is 1 for a wrong class, or the distance of a number. A slice is `worse` if its own interval lies above the
    mean error of all.
    """
    overall = float(error.mean())
    found = [
        _slice(feature.name, value, error[rows], overall, counts=bool(problem.target.classes))
        for feature in problem.features
        for value, rows in _values(problem.columns[feature.name], test)
    ]
    return sorted(found, key=lambda one: (-one["error"], one["column"], one["value"]))[:MOST_SLICES]


def _values(column: Any, test: Rows) -> Sequence[tuple[str, NDArray[np.bool_]]]:
    if not isinstance(column, Categories) or len(column.values) > MOST_SLICE_VALUES:
        return []
    codes = column.codes[test]
    masks = [(value, codes == code) for code, value in enumerate(column.values)]
    return [(value, mask) for value, mask in masks if int(mask.sum()) >= FEWEST_SLICE_ROWS]


def _slice(column: str, value: str, error: Numbers, overall: float, *, counts: bool) -> dict[str, Any]:
    if counts:
        low, high = wilson(int(error.sum()), len(error))
    else:
        reach = 1.96 * float(error.std(ddof=1)) / float(np.sqrt(len(error)))
        low, high = float(error.mean()) - reach, float(error.mean()) + reach
    return {
        "column": column,
        "value": value,
        "rows": len(error),
        "error": float(error.mean()),
        "interval": [low, high],
        "worse": low > overall,
    }
