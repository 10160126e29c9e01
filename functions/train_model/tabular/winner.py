"""The chosen candidate, fitted on all rows to learn from, calibrated, and written as a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from functions.train_model.tabular.calibration import Calibration, calibration_of
from functions.train_model.tabular.export import network_of
from functions.train_model.tabular.fitted import Fitted, Matrix, fit_model
from functions.train_model.tabular.judging import Numbers
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.selection import Contender
from functions.train_model.tabular.split import Split, folds_of
from functions.train_model.tabular.threshold import positive_of, threshold_of
from shared.tabular.features import Encoding

CALIBRATION_FOLDS, LONG = 5, 5_000


@dataclass(frozen=True, slots=True)
class Winner:
    """`learned` and `asked` are the matrices of the rows to learn from and of the test."""

    encoding: Encoding
    learned: Matrix
    asked: Matrix
    fitted: Fitted
    calibration: Calibration | None
    losses: Mapping[str, float]
    positive: int | None
    threshold: dict[str, Any] | None
    network: bytes


def win(problem: Problem, split: Split, chosen: Contender, wanted: Mapping[str, Any]) -> Winner:
    """Everything learned from the rows to learn from; the test rows are encoded and not looked at."""
    encoding, (learned, asked) = problem.encode(split.learn, split.test)
    fitted = fit_model(problem, chosen.key, chosen.parameters, split.seed, learned, problem.y[split.learn])
    positive = positive_of(problem.target, wanted)
    calibration: Calibration | None = None
    losses: dict[str, float] = {}
    threshold: dict[str, Any] | None = None
    if problem.target.classes:
        y, told = _out_of_fold(problem, split, chosen)
        calibration, losses = calibration_of(y, told, split.seed)
        if positive is not None:
            said = calibration.apply(told) if calibration else told
            threshold = threshold_of(problem.target, wanted, positive, y, said)
    network = network_of(fitted, calibration, len(encoding.names))
    return Winner(encoding, learned, asked, fitted, calibration, losses, positive, threshold, network)


def _out_of_fold(problem: Problem, split: Split, chosen: Contender) -> tuple[Any, Numbers]:
    """Predictions of each row by a model that had not seen it; of a split by time, of the rows after the first part."""
    y = problem.y[split.learn]
    usual = CALIBRATION_FOLDS if len(y) <= LONG else 3
    folds = min(usual, max(2, int(np.bincount(y)[np.bincount(y) > 0].min())))
    truths, said = [], []
    for learn, judge in folds_of(problem, split, folds, 1):
        _, (known, asked) = problem.encode(learn, judge)
        model = fit_model(problem, chosen.key, chosen.parameters, split.seed, known, problem.y[learn])
        truths.append(problem.y[judge])
        said.append(model.predict(asked))
    return np.concatenate(truths), np.concatenate(said)
