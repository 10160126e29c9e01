"""Targets and splits: what is a class, which rows are kept for the test, and what belongs together stays so."""

from typing import Any

import numpy as np
import pytest

from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.problem import Problem, problem_of
from functions.train_model.tabular.split import folds_of, split_of
from shared.training.model import Wanted
from tests.functions.train_model.tabular.planted import Data


def a_problem(target: list[Any], wanted: Wanted | None = None, **more: list[Any]) -> Problem:
    """Two columns of chance, what else is given, and the target."""
    chance = np.random.default_rng(1)
    columns = {f"x{place}": [f"{value:.5f}" for value in chance.random(len(target))] for place in range(2)}
    columns |= {name: [str(cell) for cell in cells] for name, cells in more.items()}
    columns["target"] = [str(cell) for cell in target]
    return problem_of(Data(columns, "").frame(), wanted or Wanted("f"))


@pytest.mark.parametrize(
    ("cells", "model_type", "task", "classes"),
    [
        (["b", "a"], "auto", "classification", ("a", "b")),
        (["yes", "no"], "auto", "classification", ("no", "yes")),
        (["0", "1"], "auto", "classification", ("0", "1")),
        (["10", "2", "1"], "auto", "classification", ("1", "2", "10")),
        (["1", "1.0", "2"], "auto", "classification", ("1", "2")),
        (["0.5", "0.7"], "auto", "regression", ()),
        ([str(number) for number in range(11)], "auto", "regression", ()),
        ([str(number) for number in range(10)], "auto", "classification", tuple(str(n) for n in range(10))),
        (["0", "1"], "regression", "regression", ()),
        (["1.5", "2.5"], "classification", "classification", ("1.5", "2.5")),
    ],
)
def test_task_and_classes(cells: list[str], model_type: Any, task: str, classes: tuple[str, ...]) -> None:
    problem = a_problem(cells * 20, Wanted("f", model_type))

    assert (problem.task, problem.target.classes) == (task, classes)


def test_rows_without_a_target_are_left_out_and_told() -> None:
    problem = a_problem(["a", "b", "", "NA"] * 15)

    assert problem.rows == 30
    assert [note.code for note in problem.notes] == ["MISSING_TARGET"]
    assert "30 rows" in problem.notes[0].message


REFUSED: list[tuple[list[Any], str, str]] = [
    (["a"] * 19 + ["b"] * 21 + [""] * 0, "regression", "text"),
    (["a", "b"] * 9, "auto", "at least 20"),
    (["a"] * 40, "auto", "one value only"),
    ([7.5] * 40, "regression", "one value only"),
    (["a", "b"] * 20 + ["rare"], "auto", "'rare'"),
    ([f"c{number // 2}" for number in range(210)], "auto", "at most 100"),
]


@pytest.mark.parametrize(("cells", "model_type", "words"), REFUSED)
def test_targets_of_which_nothing_can_be_learned(cells: list[Any], model_type: Any, words: str) -> None:
    with pytest.raises(TrainingRefused, match=words):
        a_problem(cells, Wanted("f", model_type))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.25, 0.5])
@pytest.mark.parametrize("rows", [40, 241, 500])
def test_test_has_exactly_the_share_and_the_classes_have_theirs(rows: int, share: float) -> None:
    labels = ["a" if place % 10 else "b" for place in range(rows)]
    problem = a_problem(labels, Wanted("f", test_split=share, random_state=3))

    split = split_of(problem, Wanted("f", test_split=share, random_state=3))

    assert len(split.test) == round(rows * share)
    assert len(np.intersect1d(split.learn, split.test)) == 0
    assert len(split.learn) + len(split.test) == rows
    rare = int((problem.y == 1).sum())
    assert abs(int((problem.y[split.test] == 1).sum()) - rare * share) <= 1


def test_split_follows_the_seed_and_its_hash_says_so() -> None:
    problem = a_problem(["a", "b", "b"] * 30)
    hashes = [
        split_of(problem, Wanted("f", random_state=seed)).document(problem.frame.numbers)["hash"] for seed in (1, 1, 2)
    ]

    assert hashes[0] == hashes[1] != hashes[2]


def test_every_class_stays_to_be_learned() -> None:
    problem = a_problem(["a"] * 60 + ["b"] * 2 + ["c"] * 2, Wanted("f", test_split=0.5))

    split = split_of(problem, Wanted("f", test_split=0.5))

    assert set(problem.y[split.learn]) == {0, 1, 2}


def test_groups_stay_together_in_the_split_and_in_the_folds() -> None:
    names = [f"g{place // 6}" for place in range(120)]
    wanted = Wanted("f", group_column="who", test_split=0.3)
    problem = a_problem(["a", "b"] * 60, wanted, who=names)
    split = split_of(problem, wanted)
    assert problem.groups is not None

    assert split.kind == "grouped"
    assert abs(len(split.test) - 36) <= 6
    parts = [(split.learn, split.test), *folds_of(problem, split, 4, 2)]
    for here, there in parts:
        assert not set(problem.groups[here]) & set(problem.groups[there])
    assert "who" not in [feature.name for feature in problem.features]


def test_time_tests_on_what_came_last() -> None:
    days = [f"2025-{1 + place % 12:02d}-{1 + place % 27:02d}" for place in range(90)]
    wanted = Wanted("f", time_column="day", test_split=0.2)
    problem = a_problem(["a", "b", "a"] * 30, wanted, day=days)
    split = split_of(problem, wanted)
    assert problem.moments is not None

    assert (split.kind, len(split.test)) == ("by time", 18)
    for here, there in [(split.learn, split.test), *folds_of(problem, split, 4, 3)]:
        assert problem.moments[here].max() <= problem.moments[there].min()


def test_folds_judge_every_row_once_per_repeat() -> None:
    problem = a_problem(["a", "b", "b", "b"] * 25)
    split = split_of(problem, Wanted("f"))

    folds = folds_of(problem, split, 5, 2)

    judged = np.sort(np.concatenate([judge for _, judge in folds]))
    assert (judged == np.sort(np.concatenate([split.learn, split.learn]))).all()
    assert all(abs(float((problem.y[judge] == 0).mean()) - 0.25) < 0.07 for _, judge in folds)


def test_columns_that_are_no_features_are_left_out_and_told() -> None:
    rows = 60
    problem = a_problem(
        ["a", "b"] * 30,
        Wanted("f", types={"dropped": "ignore", "code": "categorical"}),
        number=list(range(rows)),
        still=["x"] * rows,
        empty=[""] * rows,
        dropped=[n % 5 for n in range(rows)],
        code=[n % 4 for n in range(rows)],
    )

    assert {note.column for note in problem.notes} == {"number", "still", "empty", "dropped"}
    assert {feature.name: feature.type for feature in problem.features} == {
        "x0": "numeric",
        "x1": "numeric",
        "code": "categorical",
    }


def test_only_ids_and_constants_is_refused() -> None:
    columns = {"id": [f"{n}" for n in range(40)], "still": ["x"] * 40, "target": ["a", "b"] * 20}

    with pytest.raises(TrainingRefused, match="no column"):
        problem_of(Data(columns, "").frame(), Wanted("f"))
