"""From which probability on the positive class is told: as asked by metric, by costs or by capacity; else one half.

Chosen on predictions for rows that the model had not seen (out of fold), never on the test.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.judging import Numbers, Places
from functions.train_model.tabular.target import Target
from shared.datasets.cells import truth_of

USUAL = 0.5
CURVE = np.round(np.arange(0.05, 1.0, 0.05), 2)
POSITIVE_WORDS = ("1", "positive", "pos", "ja", "fraud", "churn", "attack", "malicious", "spam")


def positive_of(target: Target, wanted: Mapping[str, Any]) -> int | None:
    """The place of the positive class of a target with two: the one asked for, a word for yes, or the rarer one."""
    if len(target.classes) != 2:
        return None
    asked = wanted.get("positive")
    if asked is not None:
        if asked not in target.classes:
            raise TrainingRefused(f"threshold.positive: '{asked}' is none of the classes {', '.join(target.classes)}")
        return target.classes.index(asked)
    for place, label in enumerate(target.classes):
        if truth_of(label) or label.casefold() in POSITIVE_WORDS:
            return place
    counts = np.bincount(target.values, minlength=2)
    return 0 if counts[0] < counts[1] else 1


def threshold_of(target: Target, wanted: Mapping[str, Any], positive: int, y: Places, told: Numbers) -> dict[str, Any]:
    """The entry of the manifest: value, class, how it was chosen, and what other values would have done."""
    truth, score = y == positive, told[:, positive]
    value, why = _chosen(wanted, truth, score)
    curve = [{"threshold": float(at), **_rates(truth, score >= at)} for at in CURVE]
    return {"value": value, "positive": target.classes[positive], "chosen_by": why, "curve": curve}


def decide(told: Numbers, positive: int | None, threshold: Mapping[str, Any] | None) -> Places:
    """Classes from probabilities."""
    if positive is None or threshold is None:
        return np.asarray(told.argmax(axis=1))
    return np.where(told[:, positive] >= threshold["value"], positive, 1 - positive)


def _chosen(wanted: Mapping[str, Any], truth: NDArray[np.bool_], score: Numbers) -> tuple[float, str]:
    if "capacity" in wanted:
        share = float(wanted["capacity"])
        return float(np.quantile(score, 1 - share, method="higher")), f"capacity: {share:.1%} of the rows"
    if "costs" in wanted:
        costs = wanted["costs"]
        paid = [_cost(costs, truth, score >= at) for at in _steps(score)]
        text = f"costs: {costs['false_positive']:g} per false positive, {costs['false_negative']:g} per false negative"
        return float(_steps(score)[int(np.argmin(paid))]), text
    if "metric" in wanted:
        values = [_rates(truth, score >= at)[wanted["metric"]] for at in _steps(score)]
        return float(_steps(score)[int(np.argmax(values))]), f"highest {wanted['metric']} out of fold"
    return USUAL, "default: the likelier class"


def _steps(score: Numbers) -> Numbers:
    """Values between which the answers differ, a hundred at the most, and a half."""
    inner = np.unique(np.quantile(score, np.linspace(0.005, 0.995, 100)))
    return np.unique(np.append(inner, USUAL))


def _cost(costs: Mapping[str, float], truth: NDArray[np.bool_], told: NDArray[np.bool_]) -> float:
    wrong, missed = int((told & ~truth).sum()), int((~told & truth).sum())
    return costs["false_positive"] * wrong + costs["false_negative"] * missed


def _rates(truth: NDArray[np.bool_], told: NDArray[np.bool_]) -> dict[str, float]:
    hits, wrong = float((told & truth).sum()), float((told & ~truth).sum())
    missed, rest = float((~told & truth).sum()), float((~told & ~truth).sum())
    precision, recall = _share(hits, hits + wrong), _share(hits, hits + missed)
    bottom = np.sqrt((hits + wrong) * (hits + missed) * (rest + wrong) * (rest + missed))
    return {
        "accuracy": (hits + rest) / len(truth),
        "precision": precision,
        "recall": recall,
        "f1": _share(2 * precision * recall, precision + recall),
        "balanced_accuracy": (recall + _share(rest, rest + wrong)) / 2,
        "mcc": _share(hits * rest - wrong * missed, float(bottom)),
        "share": (hits + wrong) / len(truth),
    }


def _share(part: float, of: float) -> float:
    return part / of if of else 0.0
