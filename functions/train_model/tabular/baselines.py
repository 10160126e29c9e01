"""What a model has to beat: guessing the same for everybody, one rule on one column, a plain linear model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.algorithms import BY_KEY, Effort
from functions.train_model.tabular.fitted import Matrix, fit_model
from functions.train_model.tabular.judging import accuracy, prior_of, skill
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Rows, Split, folds_of

GUESS, ONE_RULE, LINEAR = "guess", "one_rule", "linear_default"
NAMES = (GUESS, ONE_RULE, LINEAR)
LONG_NAMES = {
    GUESS: {"classification": "majority class", "regression": "mean"},
    ONE_RULE: {"classification": "one rule (a tree of one split)", "regression": "one rule (a tree of one split)"},
    LINEAR: {"classification": "logistic regression, usual settings", "regression": "ridge regression, usual settings"},
}  # fmt: skip


def baseline(name: str, problem: Problem, learn: Matrix, y: NDArray[Any], asked: Matrix) -> NDArray[np.float64]:
    """Predictions of a baseline: [rows, classes] probabilities or [rows] numbers."""
    classes = len(problem.target.classes)
    if name == GUESS:
        prior = prior_of(y, classes)
        return np.tile(prior, (len(asked), 1)) if classes else np.full(len(asked), prior[0])
    if name == LINEAR:
        usual = BY_KEY["linear"].settings[problem.task][0]
        return fit_model(problem, "linear", usual, 0, learn, y).predict(asked)
    return _one_rule(problem, learn, y, asked)


def _one_rule(problem: Problem, learn: Matrix, y: NDArray[Any], asked: Matrix) -> NDArray[np.float64]:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    if problem.task == "regression":
        numbers: NDArray[np.float64] = DecisionTreeRegressor(max_depth=1, random_state=0).fit(learn, y).predict(asked)
        return numbers
    stump = DecisionTreeClassifier(max_depth=1, random_state=0).fit(learn, y)
    told = np.zeros((len(asked), len(problem.target.classes)))
    told[:, stump.classes_] = stump.predict_proba(asked)
    return told


def score_baselines(problem: Problem, split: Split, effort: Effort) -> list[dict[str, Any]]:
    """Their lines on the leaderboard, from the same folds as the candidates."""
    folds = folds_of(problem, split, effort.folds, effort.repeats)
    return [_line(name, problem, folds) for name in NAMES]


def _line(name: str, problem: Problem, folds: Sequence[tuple[Rows, Rows]]) -> dict[str, Any]:
    scores, shown = [], []
    for learn, judge in folds:
        _, (known, asked) = problem.encode(learn, judge)
        told = baseline(name, problem, known, problem.y[learn], asked)
        score = skill(problem.y[judge], told, prior_of(problem.y[learn], len(problem.target.classes)))
        scores.append(score)
        shown.append(accuracy(problem.y[judge], told.argmax(axis=1)) if told.ndim == 2 else score)
    return {
        "algorithm": LONG_NAMES[name][problem.task],
        "baseline": True,
        "score": float(np.mean(scores)),
        "shown": float(np.mean(shown)),
        "deviation": float(np.std(scores, ddof=1)) if len(scores) > 1 else 0.0,
        "folds": len(scores),
        "fits": len(scores),
    }
