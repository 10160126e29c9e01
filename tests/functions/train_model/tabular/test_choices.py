"""What is chosen and how it is told: the candidate, the threshold, whether a guess was beaten."""

from typing import Any

import numpy as np
import pytest

from functions.train_model.tabular.algorithms import ALGORITHMS, effort_for
from functions.train_model.tabular.baselines import GUESS, LINEAR, ONE_RULE
from functions.train_model.tabular.comparison import compare, squared_errors
from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.judging import auc, class_metrics, number_metrics, prior_of, skill
from functions.train_model.tabular.selection import Contender, choose
from functions.train_model.tabular.target import Target
from functions.train_model.tabular.threshold import decide, positive_of, threshold_of

ROWS = np.arange(0, dtype=np.intp)


def contender(key: str, *scores: float) -> Contender:
    return Contender(key, 0, {}, np.array(scores), float(np.mean(scores)))


def test_the_simplest_of_those_that_are_as_good_as_the_best() -> None:
    best = contender("xgboost", 0.80, 0.82, 0.78, 0.81, 0.79)
    close = contender("linear", 0.79, 0.83, 0.77, 0.81, 0.79)
    worse = contender("linear", 0.70, 0.72, 0.68, 0.71, 0.69)

    assert choose([best, close]).key == "linear"
    assert choose([best, worse]).key == "xgboost", "steadily behind on every fold, however wide the folds scatter"
    with pytest.raises(TrainingRefused):
        choose([])


def a_target(*labels: str, counts: tuple[int, ...] = (6, 4)) -> Target:
    values = np.repeat(np.arange(len(labels)), counts)
    return Target("t", "classification", labels, values, ROWS)


@pytest.mark.parametrize(
    ("labels", "wanted", "positive"),
    [
        (("no", "yes"), {}, 1),
        (("Yes", "zero"), {}, 0),
        (("0", "1"), {}, 1),
        (("apple", "pear"), {}, 1),
        (("apple", "pear"), {"positive": "apple"}, 0),
    ],
)
def test_positive_class(labels: tuple[str, ...], wanted: dict[str, Any], positive: int) -> None:
    assert positive_of(a_target(*labels), wanted) == positive


def test_positive_class_that_is_none_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="positive"):
        positive_of(a_target("a", "b"), {"positive": "c"})
    assert positive_of(a_target("a", "b", "c", counts=(3, 3, 4)), {}) is None


SCORES = np.linspace(0.01, 0.99, 99)
TOLD = np.column_stack([1 - SCORES, SCORES])
TRUTH = (SCORES > 0.3).astype(np.intp)


@pytest.mark.parametrize(
    ("wanted", "low", "high"),
    [
        ({}, 0.5, 0.5),
        ({"metric": "accuracy"}, 0.29, 0.32),
        ({"metric": "f1"}, 0.29, 0.32),
        ({"metric": "mcc"}, 0.29, 0.32),
        ({"capacity": 0.1}, 0.88, 0.91),
        ({"costs": {"false_positive": 1, "false_negative": 1}}, 0.29, 0.32),
        ({"costs": {"false_positive": 0, "false_negative": 5}}, 0.0, 0.31),
    ],
)
def test_threshold_is_chosen_as_asked(wanted: dict[str, Any], low: float, high: float) -> None:
    chosen = threshold_of(a_target("no", "yes"), wanted, 1, TRUTH, TOLD)

    assert low <= chosen["value"] <= high
    assert chosen["positive"] == "yes"
    assert [point["threshold"] for point in chosen["curve"]] == sorted(point["threshold"] for point in chosen["curve"])


def test_costs_of_missing_lower_the_threshold_where_the_answer_is_unsure() -> None:
    chance = np.random.default_rng(1)
    truth = (chance.random(2000) < np.repeat(SCORES, 21)[:2000]).astype(np.intp)
    told = np.repeat(TOLD, 21, axis=0)[:2000]

    cheap, dear = (
        threshold_of(a_target("no", "yes"), {"costs": {"false_positive": 1, "false_negative": cost}}, 1, truth, told)
        for cost in (1, 9)
    )

    # What decision theory says: 1 / (1 + cost of missing / cost of a false alarm).
    assert (cheap["value"], dear["value"]) == (pytest.approx(0.5, abs=0.08), pytest.approx(0.1, abs=0.06))


def test_decisions_follow_the_threshold() -> None:
    told = np.array([[0.6, 0.4], [0.2, 0.8]])

    assert decide(told, 1, {"value": 0.4}).tolist() == [1, 1]
    assert decide(told, 0, {"value": 0.7}).tolist() == [1, 1]
    assert decide(told, None, None).tolist() == [0, 1]


def errors_of(share: float, rows: int = 80) -> Any:
    """Errors of a model that is right with this share."""
    y = np.arange(rows) % 2
    right = np.random.default_rng(3).random(rows) < share
    told = np.where((right == (y == 1))[:, None], [[0.1, 0.9]], [[0.9, 0.1]])
    return squared_errors(y, told)


def test_a_guess_is_beaten_or_not_and_a_small_test_cannot_tell() -> None:
    guess = np.full(80, 0.5)
    others = {GUESS: guess, ONE_RULE: guess, LINEAR: errors_of(0.95)}

    good = compare("classification", errors_of(0.95), others, False, 1)
    noise = compare("classification", errors_of(0.5), others, False, 1)
    few = compare("classification", errors_of(0.95, 6), {name: one[:6] for name, one in others.items()}, False, 1)

    assert (good.beats, noise.beats, few.beats) == (True, False, None)
    assert [note.code for note in good.warnings] == ["NO_BETTER_THAN_SIMPLE"], "the linear one is as good"
    assert compare("classification", errors_of(0.95), others, True, 1).warnings == ()
    assert "majority" in good.note


def test_metrics_against_known_values() -> None:
    y, told = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 0])

    binary = class_metrics(y, told, 2, 1)
    both = class_metrics(y, told, 2, None)

    assert binary["confusion_matrix"] == [[2, 1], [1, 1]]
    assert (binary["accuracy"], binary["precision"], binary["recall"], binary["f1_score"]) == (0.6, 0.5, 0.5, 0.5)
    assert both["recall"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert number_metrics(np.array([1.0, 2, 3]), np.array([1.0, 2, 5]))["r2"] == pytest.approx(1 - 4 / 2)


def test_metrics_agree_with_scikit_learn() -> None:
    from sklearn import metrics

    chance = np.random.default_rng(4)
    y, told, score = chance.integers(0, 4, 300), chance.integers(0, 4, 300), np.round(chance.random(300), 1)

    own = class_metrics(y, told, 4, None)

    assert own["precision"] == pytest.approx(metrics.precision_score(y, told, average="macro"))
    assert own["recall"] == pytest.approx(metrics.recall_score(y, told, average="macro"))
    assert own["f1_score"] == pytest.approx(metrics.f1_score(y, told, average="macro"))
    assert auc(y == 1, score) == pytest.approx(metrics.roc_auc_score(y == 1, score))


def test_skill_is_one_for_the_truth_and_nothing_for_the_guess() -> None:
    y = np.array([0, 1, 1, 1])
    prior = prior_of(y, 2)

    assert skill(y, np.eye(2)[y], prior) == 1
    assert skill(y, np.tile(prior, (4, 1)), prior) == 0
    assert skill(np.array([1.0, 3.0]), np.array([1.0, 3.0]), np.array([2.0])) == 1


@pytest.mark.parametrize(
    ("size", "folds", "repeats", "settings", "leaf", "left_out"),
    [
        ((150, 4, 2, 40), 5, 2, 3, 1, set()),
        ((1_000, 10, 0, 1_000), 5, 1, 3, 1, set()),
        ((1_200, 64, 10, 100), 5, 1, 1, 1, {"gradient_boosting"}),
        ((40_000, 20, 2, 9_000), 3, 1, 1, 5, {"gradient_boosting"}),
        ((60, 4, 3, 1), 2, 2, 3, 1, set()),
    ],
)
def test_effort_follows_the_size_of_the_table(
    size: tuple[int, int, int, int], folds: int, repeats: int, settings: int, leaf: int, left_out: set[str]
) -> None:
    effort = effort_for(*size)

    assert (effort.folds, effort.repeats, effort.settings, effort.leaf) == (folds, repeats, settings, leaf)
    assert set(effort.left_out) == left_out
    for algorithm in ALGORITHMS:
        tried = effort.settings_of(algorithm, "classification")
        assert effort.fits_of(algorithm, "classification", folds) == folds * len(tried)
        if algorithm.key in ("extra_trees", "random_forest") and leaf > 1:
            assert all(one["min_samples_leaf"] >= leaf for one in tried)
