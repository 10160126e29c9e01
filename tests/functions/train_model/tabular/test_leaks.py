"""Leaks that were planted are found, and clean columns are left in peace."""

from typing import Any

import numpy as np
import pytest

from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.leakage.model import USUAL, Leak
from functions.train_model.tabular.leaks import find_leaks
from functions.train_model.tabular.problem import Problem, problem_of
from functions.train_model.tabular.split import split_of
from shared.training.demands import CHECKS
from shared.training.model import Wanted
from tests.functions.train_model.tabular.planted import KINDS, SETS, UPLOADED, Data, Kind, data_set

QUICK = ("iris", "diabetes")


def found_in(data: Data, kind: Kind | None = None, checks: dict[str, str] | None = None) -> list[Leak]:
    by_time = "when" if kind and kind.by_time else None
    wanted = Wanted("f", data.task, target_column="target", time_column=by_time)  # type: ignore[arg-type]
    problem = problem_of(data.frame(), wanted)
    return find_leaks(problem, split_of(problem, wanted), checks or {}, UPLOADED)


def planted(name: str, kind: Kind) -> tuple[Data, list[Leak]]:
    data = data_set(name)
    kind.plant(data, np.random.default_rng(1))
    return data, found_in(data, kind)


def is_caught(kind: Kind, leaks: list[Leak]) -> bool:
    return any(leak.check in kind.check and leak.column == kind.column for leak in leaks)


@pytest.mark.parametrize("name", QUICK)
def test_planted_leaks_are_found_quick(name: str) -> None:
    missed = [label for label, kind in KINDS.items() if not is_caught(kind, planted(name, kind)[1])]

    assert len(missed) <= 1, missed


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_planted_leaks_are_found() -> None:
    """>= 12 kinds in 8 data sets: at least 95 % are caught, at most 3 % of the clean columns are suspected."""
    missed, suspected, clean = [], 0, 0
    for name in SETS:
        for label, kind in KINDS.items():
            data, leaks = planted(name, kind)
            missed += [] if is_caught(kind, leaks) else [(name, label)]
            clean += len(data.clean)
            suspected += len({leak.column for leak in leaks if leak.column in data.clean and leak.check != "constant"})

    assert len(KINDS) >= 12
    assert len(missed) <= 0.05 * len(SETS) * len(KINDS), missed
    assert suspected <= 0.03 * clean


@pytest.mark.parametrize("name", SETS)
def test_clean_data_are_not_suspected(name: str) -> None:
    assert [leak for leak in found_in(data_set(name)) if leak.check != "constant"] == []


def with_copy() -> Data:
    data = data_set("iris")
    KINDS["copy"].plant(data, np.random.default_rng(1))
    return data


@pytest.mark.parametrize(
    ("checks", "actions"),
    [
        ({}, ["block"]),
        ({"target_copy": "warn"}, ["warn"]),
        ({"*": "warn"}, ["warn"]),
        ({"*": "off"}, []),
        ({"*": "off", "target_copy": "block"}, ["block"]),
    ],
)
def test_the_caller_says_what_a_check_may_do(checks: dict[str, str], actions: list[str]) -> None:
    assert [leak.action for leak in found_in(with_copy(), None, checks)] == actions


def test_a_finding_has_evidence_with_figures() -> None:
    (leak,) = found_in(with_copy())

    assert (leak.check, leak.column, leak.severity) == ("target_copy", "planted", "high")
    assert "3 values" in leak.evidence
    assert "left out" in leak.sentence


def test_what_is_left_after_blocking_must_be_something() -> None:
    columns = {"answer": ["a", "b"] * 30, "target": ["x", "y"] * 30}
    problem: Problem = problem_of(Data(columns, "classification").frame(), Wanted("f"))

    with pytest.raises(TrainingRefused, match="no column is left"):
        problem.without(["answer"])


def test_a_single_good_column_is_no_leak() -> None:
    """One column that tells nearly everything is blocked only where others stand far behind it."""
    chance = np.random.default_rng(1)
    x = chance.random(200)
    noise = chance.normal(size=200) * 0.01
    columns: dict[str, Any] = {"x": [f"{v:.4f}" for v in x], "target": [f"{v:.4f}" for v in 3 * x + noise]}

    assert found_in(Data(columns, "regression")) == []


def test_callers_may_name_every_check_and_no_other() -> None:
    assert set(CHECKS) == set(USUAL)
