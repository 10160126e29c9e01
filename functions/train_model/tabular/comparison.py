"""Is the model better than a guess, and than something simple: by a bootstrap of the same test rows for both.

Compared is the squared error: of the numbers, or of the probabilities (Brier), which tells models apart with fewer rows
than counting hits does, and where one class is rare too. `beats_baseline` is against the guess (majority or mean): that
is what deploying without `force` demands. Against one rule and the plain linear model there is a warning: where a
simple model is as good, the simpler one is the better choice, but not a wrong one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from functions.train_model.tabular.baselines import GUESS, LINEAR, LONG_NAMES, ONE_RULE
from functions.train_model.tabular.judging import Numbers
from functions.train_model.tabular.notes import Note
from functions.train_model.tabular.target import Task

FEWEST_ROWS = 10
REPEATS = 2_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`beats` is None where the test is too small to tell anything."""

    beats: bool | None
    note: str
    warnings: tuple[Note, ...]


def squared_errors(y: Any, told: Numbers) -> Numbers:
    """The error of each row."""
    if told.ndim == 1:
        return np.asarray((y - told) ** 2)
    truth = np.zeros_like(told)
    truth[np.arange(len(y)), y] = 1.0
    return np.asarray(((told - truth) ** 2).sum(axis=1))


def compare(task: Task, own: Numbers, others: dict[str, Numbers], is_linear: bool, seed: int) -> Verdict:
    """`own` and `others` are errors row by row. A linear model is not held against the linear baseline."""
    if len(own) < FEWEST_ROWS:
        return Verdict(None, f"{len(own)} test rows are too few to compare with a guess", ())
    low, middle, high = _less(own, others[GUESS], seed)
    guess = LONG_NAMES[GUESS][task]
    beats = low > 0
    said = "lower than" if beats else "not surely lower than"
    note = (
        f"on {len(own)} test rows the squared error is {said} that of the {guess}: "
        f"{middle:.1%} less (95 % interval {low:.1%} to {high:.1%})"
    )
    simple = [name for name in (ONE_RULE, LINEAR) if not (name == LINEAR and is_linear)]
    return Verdict(beats, note, tuple(_warning(task, name, own, others[name], seed) for name in simple if
                                      _less(own, others[name], seed)[0] <= 0))  # fmt: skip


def _less(own: Numbers, other: Numbers, seed: int) -> tuple[float, float, float]:
    """By which share the own error is lower: the interval's ends and the middle. The same rows for both."""
    generator = np.random.default_rng([seed, 3])
    rows = generator.integers(0, len(own), (REPEATS, len(own))) if len(own) <= 2_000 else None
    if rows is None:
        rows = generator.integers(0, len(own), (200, len(own)))
    theirs = np.maximum(other[rows].mean(axis=1), 1e-300)
    low, high = np.percentile(1 - own[rows].mean(axis=1) / theirs, [2.5, 97.5])
    return float(low), float(1 - own.mean() / max(float(other.mean()), 1e-300)), float(high)


def _warning(task: Task, name: str, own: Numbers, other: Numbers, seed: int) -> Note:
    low, _, high = _less(own, other, seed)
    return Note(
        "NO_BETTER_THAN_SIMPLE",
        f"on the test rows it cannot be told from {LONG_NAMES[name][task]}: {low:.1%} to {high:.1%} less squared error",
    )
