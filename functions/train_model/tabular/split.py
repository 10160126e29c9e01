"""Which rows are learned from and which are kept for the test; and the folds among the first.

The test rows are the share asked for, the same for the same seed, and untouched until the model is finished. Rows that
belong together (group_column) stay together; where time matters (time_column) the test is what came last.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.problem import Problem
from shared.training.model import Wanted

Kind = Literal["stratified", "random", "grouped", "by time"]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Split:
    """Places of rows in the problem."""

    kind: Kind
    learn: Rows
    test: Rows
    seed: int

    def document(self, numbers: Rows) -> dict[str, Any]:
        """For the manifest. `hash` is that of the test rows' places in the file."""
        digest = hashlib.sha256(np.sort(numbers[self.test]).astype("<i8").tobytes()).hexdigest()
        sizes = {"test_rows": len(self.test), "train_rows": len(self.learn)}
        return {"kind": self.kind, **sizes, "seed": self.seed, "hash": digest}


def split_of(problem: Problem, wanted: Wanted) -> Split:
    """The split of a training."""
    seed = wanted.random_state
    size = min(problem.rows - 1, max(1, round(problem.rows * wanted.test_split)))
    if problem.moments is not None:
        order = np.argsort(problem.moments, kind="stable")
        return _checked(problem, Split("by time", np.sort(order[:-size]), np.sort(order[-size:]), seed))
    generator = np.random.default_rng(seed)
    if problem.groups is not None:
        test = _whole_groups(problem.groups, size, generator)
        return _checked(problem, _by_mask("grouped", test, seed))
    if problem.task == "classification":
        return _by_mask("stratified", _stratified(problem.y, size, generator), seed)
    test = np.zeros(problem.rows, dtype=bool)
    test[generator.permutation(problem.rows)[:size]] = True
    return _by_mask("random", test, seed)


def folds_of(problem: Problem, split: Split, folds: int, repeats: int) -> list[tuple[Rows, Rows]]:
    """(rows to learn from, rows to judge on), `folds` times `repeats`, all within the rows that are learned from."""
    if problem.moments is not None:
        return _forward(problem.moments, split.learn, folds)
    made: list[tuple[Rows, Rows]] = []
    for repeat in range(repeats):
        generator = np.random.default_rng([split.seed, 1, repeat])
        fold = _fold_numbers(problem, split.learn, folds, generator)
        made += [(split.learn[fold != n], split.learn[fold == n]) for n in range(folds)]
    return [(learn, judge) for learn, judge in made if len(learn) and len(judge)]


def _fold_numbers(problem: Problem, rows: Rows, folds: int, generator: np.random.Generator) -> Rows:
    """The fold of each row: dealt out like cards, class by class or group by group."""
    numbers = np.empty(len(rows), dtype=np.intp)
    if problem.groups is not None:
        groups = problem.groups[rows]
        names, sizes = np.unique(groups, return_counts=True)
        shuffled = generator.permutation(len(names))
        # Largest groups first, each to the fold that is emptiest.
        filled, home = np.zeros(folds), {}
        for place in sorted(shuffled, key=lambda place: -sizes[place]):
            home[names[place]] = int(filled.argmin())
            filled[filled.argmin()] += sizes[place]
        return np.array([home[group] for group in groups], dtype=np.intp)
    order = generator.permutation(len(rows))
    if problem.task == "classification":
        order = order[np.argsort(problem.y[rows][order], kind="stable")]
    numbers[order] = np.arange(len(rows)) % folds
    return numbers


def _forward(moments: NDArray[np.float64], rows: Rows, folds: int) -> list[tuple[Rows, Rows]]:
    """Each fold is judged by a model that has seen only what came before it."""
    order = rows[np.argsort(moments[rows], kind="stable")]
    parts = np.array_split(order, folds + 1)
    return [(np.sort(np.concatenate(parts[:n])), np.sort(parts[n])) for n in range(1, folds + 1) if len(parts[n])]


def _stratified(y: Rows, size: int, generator: np.random.Generator) -> NDArray[np.bool_]:
    """`size` rows, each class with its share (largest remainders), and at least one row of each class left to learn."""
    counts = np.bincount(y)
    wanted = counts * size / len(y)
    taken = np.minimum(np.floor(wanted).astype(int), np.maximum(counts - 1, 0))
    while taken.sum() < size:
        room = np.where(taken < counts - 1, wanted - taken, -np.inf)
        if not np.isfinite(room).any():
            break
        taken[int(room.argmax())] += 1
    test = np.zeros(len(y), dtype=bool)
    for label, n in enumerate(taken):
        test[generator.permutation(np.flatnonzero(y == label))[:n]] = True
    return test


def _whole_groups(groups: Rows, size: int, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Groups in random order until the test is as near to `size` rows as it gets."""
    names, sizes = np.unique(groups, return_counts=True)
    if len(names) < 2:
        raise TrainingRefused("the group column has one value only: the rows cannot be parted by it")
    order = generator.permutation(len(names))
    reached = np.cumsum(sizes[order])
    chosen = min(int(np.abs(reached - size).argmin()) + 1, len(names) - 1)
    return np.isin(groups, names[order[:chosen]])


def _by_mask(kind: Kind, test: NDArray[np.bool_], seed: int) -> Split:
    return Split(kind, np.flatnonzero(~test), np.flatnonzero(test), seed)


def _checked(problem: Problem, split: Split) -> Split:
    if problem.task == "classification" and len(np.unique(problem.y[split.learn])) < 2:
        raise TrainingRefused(f"parted {split.kind}, the rows to learn from hold one class only")
    return split
