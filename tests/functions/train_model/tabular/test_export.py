"""The network says what the model said: every algorithm, every kind of target, and the same bytes each time."""

from typing import Any

import numpy as np
import pytest

from functions.train_model.tabular.algorithms import ALGORITHMS, BY_KEY
from functions.train_model.tabular.calibration import Calibration, calibration_of
from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.export import network_of
from functions.train_model.tabular.fitted import Fitted, fit_model
from functions.train_model.tabular.network import not_above
from functions.train_model.tabular.parity import check_parity, reference, run_network
from functions.train_model.tabular.problem import problem_of
from shared.training.model import Wanted
from tests.functions.train_model.tabular.planted import Data

CLASSES = {"two": 2, "three": 3, "numbers": 0}


def a_problem(kind: str, rows: int = 150) -> Any:
    """A target that depends on two of five columns."""
    chance = np.random.default_rng(8)
    x = chance.normal(size=(rows, 5))
    score = x[:, 0] + 0.5 * x[:, 1] + 0.3 * chance.normal(size=rows)
    columns = {f"x{place}": [f"{value:.4f}" for value in x[:, place]] for place in range(5)}
    if kind == "numbers":
        columns["target"] = [f"{5000 + 300 * value:.2f}" for value in score]
        return problem_of(Data(columns, "regression").frame(), Wanted("f"))
    parts = np.digitize(score, np.quantile(score, np.linspace(0, 1, CLASSES[kind] + 1)[1:-1]))
    columns["target"] = [f"c{part}" for part in parts]
    return problem_of(Data(columns, "classification").frame(), Wanted("f"))


def a_model(kind: str, key: str, *, without: int | None = None) -> tuple[Fitted, Any]:
    """A fit and its matrix; `without` leaves one class out of what is learned."""
    problem = a_problem(kind)
    rows = np.arange(problem.rows) if without is None else np.flatnonzero(problem.y != without)
    _, (learned, asked) = problem.encode(rows, np.arange(problem.rows))
    parameters = BY_KEY[key].settings[problem.task][0]
    return fit_model(problem, key, parameters, 1, learned, problem.y[rows]), asked


@pytest.mark.parametrize("key", [algorithm.key for algorithm in ALGORITHMS])
@pytest.mark.parametrize("kind", CLASSES)
def test_network_is_the_model(kind: str, key: str) -> None:
    fitted, matrix = a_model(kind, key)

    network = network_of(fitted, None, matrix.shape[1])
    parity = check_parity(network, fitted, None, matrix, 1)

    assert parity["rows"] >= 500
    assert network == network_of(fitted, None, matrix.shape[1])


@pytest.mark.parametrize("key", [algorithm.key for algorithm in ALGORITHMS])
def test_class_that_was_not_seen_has_no_probability(key: str) -> None:
    fitted, matrix = a_model("three", key, without=1)

    told = run_network(network_of(fitted, None, matrix.shape[1]), matrix)

    assert told.shape == (len(matrix), 3)
    assert (told[:, 1] == 0).all()
    np.testing.assert_allclose(told, fitted.predict(matrix), atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "calibration"),
    [
        ("two", Calibration("platt", (0.7, -0.4))),
        ("two", Calibration("isotonic", (0.1, 0.02, 0.3, 0.4, 0.5, 0.4, 0.9, 0.97))),
        ("three", Calibration("temperature", (1.7,))),
    ],
)
@pytest.mark.parametrize("key", ["linear", "random_forest", "xgboost"])
def test_calibration_is_part_of_the_network(kind: str, calibration: Calibration, key: str) -> None:
    fitted, matrix = a_model(kind, key)
    network = network_of(fitted, calibration, matrix.shape[1])

    check_parity(network, fitted, calibration, matrix, 1)

    told = run_network(network, matrix)
    assert np.abs(told - fitted.predict(matrix)).max() > 0.01, "it changes something"
    np.testing.assert_allclose(told.sum(axis=1), 1.0, atol=1e-5)
    assert reference(fitted, calibration, matrix).shape == told.shape


def test_network_of_another_model_is_refused() -> None:
    fitted, matrix = a_model("two", "linear")
    other, _ = a_model("two", "extra_trees")

    with pytest.raises(TrainingRefused, match="differs"):
        check_parity(network_of(other, None, matrix.shape[1]), fitted, None, matrix, 1)


def test_limits_in_float32_part_the_same_numbers() -> None:
    chance = np.random.default_rng(1)
    limits = chance.normal(size=2000)
    x = np.concatenate([limits.astype(np.float32), np.nextafter(limits.astype(np.float32), np.float32(9))])
    both = np.concatenate([limits, limits])

    assert ((x.astype(np.float64) <= both) == (x <= not_above(both))).all()


def overconfident(rows: int, classes: int) -> tuple[Any, Any]:
    """Probabilities that are too sure of themselves, and what really happened."""
    chance = np.random.default_rng(2)
    honest = chance.dirichlet(np.full(classes, 0.8), rows)
    y = np.array([chance.choice(classes, p=one) for one in honest])
    sharp = np.clip(honest, 1e-6, 1) ** 3
    return y, sharp / sharp.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("rows", "classes", "kind"), [(600, 2, "platt"), (3000, 2, "isotonic"), (900, 4, "temperature")]
)
def test_overconfidence_is_calibrated_away(rows: int, classes: int, kind: str) -> None:
    y, told = overconfident(rows, classes)

    calibration, losses = calibration_of(y, told, 1)

    assert calibration is not None
    assert calibration.kind == kind
    assert losses["log_loss_after"] < losses["log_loss_before"] - 0.02
    np.testing.assert_allclose(calibration.apply(told).sum(axis=1), 1.0)


@pytest.mark.parametrize("classes", [2, 3])
def test_honest_probabilities_are_left_alone_or_hardly_moved(classes: int) -> None:
    chance = np.random.default_rng(3)
    told = chance.dirichlet(np.ones(classes), 800)
    y = np.array([chance.choice(classes, p=one) for one in told])

    calibration, losses = calibration_of(y, told, 1)

    assert calibration is None or abs(losses["log_loss_after"] - losses["log_loss_before"]) < 0.01
