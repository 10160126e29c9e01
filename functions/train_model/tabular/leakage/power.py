"""How much of the target one column tells by itself: a small tree or the shares by category, out of fold.

AUC (of each class against the rest, averaged) for classes, R2 for numbers. On MOST_ROWS rows to learn from at most.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.judging import auc
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Rows
from shared.tabular.features import Categories

MOST_ROWS = 3_000
FOLDS = 3
DEPTH = 3


class Power:
    """Scores of columns against the target of one problem, on the same rows and folds."""

    def __init__(self, problem: Problem, learn: Rows, seed: int) -> None:
        generator = np.random.default_rng([seed, 5])
        rows = np.sort(generator.permutation(learn)[:MOST_ROWS])
        self.rows: Rows = rows
        self.y: NDArray[Any] = problem.y[rows]
        self._classes = len(problem.target.classes)
        # Enough leaves for a few intervals per class; numbers take more of them.
        self._depth = DEPTH + max(0, int(np.ceil(np.log2(self._classes))) - 1) if self._classes else 2 * DEPTH
        order = generator.permutation(len(rows))
        if self._classes:
            order = order[np.argsort(self.y[order], kind="stable")]
        self._fold = np.empty(len(rows), dtype=np.intp)
        self._fold[order] = np.arange(len(rows)) % FOLDS

    def of(self, column: Any) -> float:
        """Of a column of all rows of the problem: numbers [rows] or [rows, parts], or Categories."""
        if isinstance(column, Categories):
            return self._score(self._by_category(column.codes[self.rows], len(column.values)))
        numbers = np.asarray(column, dtype=np.float64)[self.rows].reshape(len(self.rows), -1)
        by_tree = self._score(self._by_tree(np.nan_to_num(numbers, nan=-1e30)))
        return by_tree if self._classes else max(by_tree, self._straight(numbers[:, 0]))

    def _straight(self, numbers: NDArray[np.float64]) -> float:
        """R2 of a straight line, where the steps of a tree are too coarse."""
        known = ~np.isnan(numbers)
        if known.mean() < 0.5 or np.ptp(numbers[known]) == 0 or np.ptp(self.y[known]) == 0:
            return 0.0
        return float(np.corrcoef(numbers[known], self.y[known])[0, 1] ** 2) * float(known.mean())

    def _truth(self) -> NDArray[np.float64]:
        """[rows, classes] of zeros and ones, or [rows, 1] numbers."""
        if not self._classes:
            return self.y[:, None].astype(np.float64)
        return np.asarray(np.eye(self._classes)[self.y])

    def _by_category(self, codes: Rows, count: int) -> NDArray[np.float64]:
        truth = self._truth()
        told = np.empty_like(truth)
        for fold in range(FOLDS):
            rest, here = self._fold != fold, self._fold == fold
            sums = np.zeros((count, truth.shape[1]))
            np.add.at(sums, codes[rest], truth[rest])
            sizes = np.bincount(codes[rest], minlength=count)[:, None]
            # One row of the average is mixed in, so that a category met once says little.
            told[here] = ((sums + truth[rest].mean(axis=0)) / (sizes + 1))[codes[here]]
        return told

    def _by_tree(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        from sklearn.tree import DecisionTreeRegressor

        truth = self._truth()
        told = np.empty_like(truth)
        for fold in range(FOLDS):
            rest, here = self._fold != fold, self._fold == fold
            tree = DecisionTreeRegressor(max_depth=self._depth, min_samples_leaf=3, random_state=0)
            told[here] = tree.fit(numbers[rest], truth[rest]).predict(numbers[here]).reshape(truth[here].shape)
        return told

    def _score(self, told: NDArray[np.float64]) -> float:
        if self._classes:
            met = [label for label in range(self._classes) if (self.y == label).any()]
            return float(np.mean([auc(self.y == label, told[:, label]) for label in met]))
        spread = float(((self.y - self.y.mean()) ** 2).mean())
        return 1.0 - float(((self.y - told[:, 0]) ** 2).mean()) / spread if spread > 0 else 0.0
