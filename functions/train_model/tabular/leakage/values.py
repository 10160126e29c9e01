"""Checks of single columns by their values: copies of the target, too good to be true, means of the target, gaps."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.judging import auc
from functions.train_model.tabular.leakage.model import Finding
from functions.train_model.tabular.leakage.power import Power
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Split
from shared.datasets.cells import is_missing
from shared.tabular.features import Categories

PERFECT = {"classification": 0.995, "regression": 0.99}
TIMES_BETTER = 3.0
SAME = 0.99999
FEWEST = 20
GAP_AUC, GAP_SHARE = 0.75, 0.03
ENCODED_FIT = 1.5


def target_copies(problem: Problem, split: Split) -> Iterator[Finding]:
    """The same as the target in other words: one value for each class and the other way round, or the same order."""
    y = problem.y[split.learn]
    for feature in problem.features:
        column = problem.columns[feature.name]
        copied = _is_renamed(column, y, split) if problem.target.classes else _is_same_order(column, y, split)
        if copied:
            yield Finding("target_copy", feature.name, copied, "high")


def _is_renamed(column: Any, y: NDArray[Any], split: Split) -> str | None:
    codes = _codes(column)[split.learn]
    known = codes >= 0
    if known.sum() < max(FEWEST, 0.5 * len(y)):
        return None
    pairs = np.unique(np.column_stack([codes[known], y[known]]), axis=0)
    values, classes = len(np.unique(pairs[:, 0])), len(np.unique(pairs[:, 1]))
    if len(pairs) == values == classes > 1:
        return f"its {values} values stand for the {classes} classes one to one, in all {int(known.sum())} rows"
    return None


def _is_same_order(column: Any, y: NDArray[Any], split: Split) -> str | None:
    if isinstance(column, Categories):
        return None
    numbers = column[split.learn, 0]
    known = ~np.isnan(numbers)
    if known.sum() < max(FEWEST, 0.5 * len(y)) or np.ptp(numbers[known]) == 0 or np.ptp(y[known]) == 0:
        return None
    straight = abs(float(np.corrcoef(numbers[known], y[known])[0, 1]))
    if straight >= SAME:
        return f"its numbers are those of the target on another scale (correlation {straight:.6f})"
    ranks = abs(float(np.corrcoef(_ranks(numbers[known]), _ranks(y[known]))[0, 1]))
    if ranks >= SAME:
        return f"its numbers have the order of the target (rank correlation {ranks:.6f})"
    return None


def near_perfect(problem: Problem, power: Power) -> Iterator[Finding]:
    """A column that tells nearly everything by itself, with an error several times below that of every other column."""
    scores = {feature.name: power.of(problem.columns[feature.name]) for feature in problem.features}
    perfect = PERFECT[problem.task]
    others = max((score for score in scores.values() if score < perfect), default=0.0)
    name = "AUC" if problem.target.classes else "R2"
    for column, score in scores.items():
        if len(scores) > 1 and score >= perfect and (1 - score) * TIMES_BETTER <= 1 - others:
            text = f"by itself it tells the target with {name} {score:.4f}, the best other column with {others:.4f}"
            yield Finding("near_perfect", column, text, "high")


def target_encoded(problem: Problem, split: Split) -> Iterator[Finding]:
    """Numbers that are the mean of the target among the rows that have them: computed from the answers."""
    y = problem.y[split.learn]
    aims = np.eye(len(problem.target.classes))[y].T if problem.target.classes else y[None, :].astype(np.float64)
    for feature in problem.features:
        column = problem.columns[feature.name]
        if feature.type != "numeric" or isinstance(column, Categories):
            continue
        fits = [_misfit(column[split.learn, 0], aim) for aim in aims]
        best = min((fit for fit in fits if fit is not None), default=None)
        if best is not None and best[0] <= ENCODED_FIT:
            text = f"each of its {best[1]} values is the mean of the target among its rows, as near as chance allows"
            yield Finding("target_encoded", feature.name, text, "high")


def _misfit(numbers: NDArray[np.float64], aim: NDArray[np.float64]) -> tuple[float, int] | None:
    """(mean squared distance of value and group mean in units of its expected error, number of values)."""
    known = ~np.isnan(numbers)
    numbers, aim = numbers[known], aim[known]
    if len(numbers) < FEWEST or numbers.min() < aim.min() or numbers.max() > aim.max():
        return None
    values, place, sizes = np.unique(numbers, return_inverse=True, return_counts=True)
    if not 3 <= len(values) <= len(numbers) / 4 or values.std() < 0.05 * aim.std():
        return None
    means = np.bincount(place, weights=aim) / sizes
    within = float(((aim - means[place]) ** 2).sum() / (len(aim) - len(values)))
    slope = float(np.polyfit(numbers, aim, 1)[0])
    if within <= 0 or not 0.75 <= slope <= 1.33:
        return None
    # Where the target hardly varies, a column that has nothing to do with it fits too: it must explain something.
    explained = 1 - float(((aim - numbers) ** 2).mean()) / float(aim.var())
    return (float((sizes * (means - values) ** 2).mean() / within), len(values)) if explained > 0.02 else None


def missingness(problem: Problem, split: Split) -> Iterator[Finding]:
    """That a value is missing tells the target: often it is filled in after the outcome is known."""
    y = problem.y[split.learn]
    for name in problem.frame.names:
        if name == problem.target.name:
            continue
        cells = problem.frame.cells[name]
        gone = np.array([is_missing(cells[row]) for row in split.learn])
        share = float(gone.mean())
        if not GAP_SHARE <= share <= 1 - GAP_SHARE:
            continue
        strength = _gap_strength(gone, y, len(problem.target.classes))
        if strength >= GAP_AUC:
            text = f"it is missing in {share:.0%} of the rows, and that alone tells the target (AUC {strength:.3f})"
            yield Finding("missingness", name, text)


def _gap_strength(gone: NDArray[np.bool_], y: NDArray[Any], classes: int) -> float:
    """The largest AUC of any class against the rest; for numbers, of being above the median."""
    score = partial(auc, score=gone.astype(np.float64))
    truths = [y == label for label in range(classes)] if classes else [y > np.median(y)]
    return max(max(value, 1 - value) for value in map(score, truths))


def _codes(column: Any) -> NDArray[np.intp]:
    """Each row's value as a number; -1 where a number is missing."""
    if isinstance(column, Categories):
        return column.codes
    first = column[:, 0]
    _, codes = np.unique(first, return_inverse=True)
    return np.where(np.isnan(first), -1, codes)


def _ranks(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2.0)[place], dtype=np.float64)
