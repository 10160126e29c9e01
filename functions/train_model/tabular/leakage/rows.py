"""Checks of the rows: the same ones on both sides of the split, sorted by the answer, columns that stand still."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from functions.train_model.tabular.leakage.model import Finding
from functions.train_model.tabular.leakage.power import Power
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Split
from shared.tabular.features import Categories

FEWEST_TWINS, TWIN_SHARE = 2, 0.02
SORTED = {"classification": 0.9, "regression": 0.8}
UNLIKELY = 1e-4
FEWEST_TEST = 20


def duplicates_across_split(problem: Problem, split: Split) -> Iterator[Finding]:
    """Test rows that were seen in training: what is remembered counts as known."""
    if len(problem.features) < 2:
        return
    names = [feature.name for feature in problem.features]
    cells = problem.frame.cells
    seen = {tuple(cells[name][row] for name in names) for row in split.learn}
    twins = sum(tuple(cells[name][row] for name in names) in seen for row in split.test)
    share = twins / len(split.test)
    if twins >= FEWEST_TWINS and share >= TWIN_SHARE:
        text = f"{twins} of {len(split.test)} test rows ({share:.0%}) are also among the rows to learn from"
        yield Finding("duplicates_across_split", None, text)


def sort_order(problem: Problem, power: Power) -> Iterator[Finding]:
    """The place of a row in the file tells its target."""
    score = power.of(np.arange(problem.rows, dtype=np.float64))
    if score >= SORTED[problem.task]:
        measure = "AUC" if problem.target.classes else "R2"
        text = f"the place in the file tells the target ({measure} {score:.3f}): the file is sorted by it or by time"
        yield Finding("sort_order", None, text)


def constants(problem: Problem) -> Iterator[Finding]:
    """Columns of one value: they say nothing, and often something was meant to be in them."""
    for name in problem.frame.names:
        if name != problem.target.name and problem.frame.types[name] == "constant":
            yield Finding("constant", name, "every value is the same")


def constant_in_test(problem: Problem, split: Split) -> Iterator[Finding]:
    """A column that varies where the model learns and stands still where it is tested, more than chance explains."""
    if len(split.test) < FEWEST_TEST:
        return
    for feature in problem.features:
        values = _values(problem.columns[feature.name])
        here = values[split.test]
        if (here == here[0]).all():
            usual = float((values[split.learn] == here[0]).mean())
            if usual ** len(split.test) < UNLIKELY:
                text = f"one value in all {len(here)} test rows, in {usual:.0%} of the rows to learn from"
                yield Finding("constant_in_test", feature.name, text)


def _values(column: Any) -> Any:
    return column.codes if isinstance(column, Categories) else np.nan_to_num(column[:, 0], nan=-1e308)
