"""A model that was fitted by any algorithm: probabilities of all classes, or numbers of the target's own scale."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.algorithms import BY_KEY, Parameters
from functions.train_model.tabular.problem import Problem

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fitted:
    """`known` are the classes that the estimator saw, as places among `classes` classes (0 of a regression).

    Numbers are learned as (y - mean) / scale, so that no algorithm has to find the size of the target.
    """

    key: str
    estimator: Any
    classes: int
    known: NDArray[np.intp]
    mean: float
    scale: float

    def predict(self, matrix: Matrix) -> NDArray[np.float64]:
        """[rows, classes] probabilities, or [rows] numbers."""
        if not self.classes:
            return np.asarray(self.estimator.predict(matrix), dtype=np.float64) * self.scale + self.mean
        told = np.zeros((len(matrix), self.classes))
        told[:, self.known] = self.estimator.predict_proba(matrix)
        return told


def fit_model(problem: Problem, key: str, given: Parameters, seed: int, matrix: Matrix, y: NDArray[Any]) -> Fitted:
    """One fit of one algorithm."""
    estimator = BY_KEY[key].build(problem.task, given, seed)
    if problem.task == "regression":
        mean, scale = float(y.mean()), float(y.std()) or 1.0
        _fit(estimator, matrix, (y - mean) / scale)
        return Fitted(key, estimator, 0, np.zeros(0, dtype=np.intp), mean, scale)
    known, labels = np.unique(y, return_inverse=True)
    _fit(estimator, matrix, labels)
    return Fitted(key, estimator, len(problem.target.classes), known, 0.0, 1.0)


def _fit(estimator: Any, matrix: Matrix, y: NDArray[Any]) -> None:
    with warnings.catch_warnings():
        # A linear model that has not converged is judged by its folds like every other.
        warnings.simplefilter("ignore")
        estimator.fit(matrix, y)
