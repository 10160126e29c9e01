"""Making probabilities mean what they say, learned from predictions of rows that the model had not seen.

Two classes: Platt's sigmoid (Platt 1999) below ISOTONIC_ROWS rows, isotonic regression (Zadrozny and Elkan 2002) above.
More classes: one temperature (Guo et al. 2017). Kept only if it lowers the log loss on folds of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.judging import LEAST, Numbers, Places, log_loss
from functions.train_model.tabular.network import Network

ISOTONIC_ROWS = 1_000
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Calibration:
    """`kind` platt: (slope, intercept); temperature: (temperature,); isotonic: corners x0, y0, x1, y1, ..."""

    kind: str
    numbers: tuple[float, ...]

    def apply(self, told: Numbers) -> Numbers:
        """Calibrated probabilities [rows, classes]."""
        if self.kind == "temperature":
            scaled = np.log(np.clip(told, LEAST, 1.0)) / self.numbers[0]
            powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True))
        yes = _platt(told[:, 1], *self.numbers) if self.kind == "platt" else np.interp(told[:, 1], *self._corners())
        return np.column_stack([1.0 - yes, yes])

    def put_into(self, network: Network) -> None:
        """The same as operators."""
        if self.kind == "temperature":
            floor = network.add("Max", network.last, network.constant([[LEAST]]))
            network.add("Log", floor)
            network.add("Div", network.last, network.constant([[self.numbers[0]]]))
            network.add("Softmax", network.last, axis=1)
            return
        before = network.add("Gather", network.last, network.constant([1], np.int64), axis=1)
        yes = self._platt_into(network, before) if self.kind == "platt" else self._isotonic_into(network, before)
        no = network.add("Sub", network.constant([[1.0]]), yes)
        network.add("Concat", no, yes, axis=1)

    def document(self) -> dict[str, Any]:
        return {"kind": self.kind, "numbers": list(self.numbers)}

    def _platt_into(self, network: Network, before: str) -> str:
        slope, intercept = self.numbers
        low = network.add("Max", before, network.constant([[LEAST]]))
        cut = network.add("Min", low, network.constant([[1.0 - LEAST]]))
        rest = network.add("Sub", network.constant([[1.0]]), cut)
        odds = network.add("Div", cut, rest)
        network.add("Log", odds)
        network.add("Mul", network.last, network.constant([[slope]]))
        network.add("Add", network.last, network.constant([[intercept]]))
        return network.add("Sigmoid", network.last)

    def _isotonic_into(self, network: Network, before: str) -> str:
        """A line through the corners: the sum of each piece's slope times how far into the piece we are."""
        x, y = self._corners()
        network.add("Max", before, network.constant(x[None, :-1]))
        inside = network.add("Min", network.last, network.constant(x[None, 1:]))
        network.add("Sub", inside, network.constant(x[None, :-1]))
        slopes = np.diff(y) / np.diff(x)
        network.add("MatMul", network.last, network.constant(slopes[:, None]))
        return network.add("Add", network.last, network.constant([[y[0]]]))

    def _corners(self) -> tuple[Numbers, Numbers]:
        pairs = np.array(self.numbers).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


def calibration_of(y: Places, told: Numbers, seed: int) -> tuple[Calibration | None, dict[str, float]]:
    """The calibration learned from out-of-fold predictions, or None if it does not help; and both log losses."""
    learn = _learner(told.shape[1], len(y))
    fold = np.random.default_rng([seed, 2]).permutation(len(y)) % FOLDS
    after = np.empty_like(told)
    for number in range(FOLDS):
        rest, here = fold != number, fold == number
        after[here] = learn(y[rest], told[rest]).apply(told[here])
    losses = {"log_loss_before": log_loss(y, told), "log_loss_after": log_loss(y, after)}
    if losses["log_loss_after"] >= losses["log_loss_before"]:
        return None, losses
    return learn(y, told), losses


def _learner(classes: int, rows: int) -> Callable[[Places, Numbers], Calibration]:
    if classes > 2:
        return _learn_temperature
    return _learn_platt if rows < ISOTONIC_ROWS else _learn_isotonic


def _learn_temperature(y: Places, told: Numbers) -> Calibration:
    """The best of a fixed ladder: one number, and no search that could end differently."""
    ladder = np.geomspace(0.25, 4.0, 81)
    losses = [log_loss(y, Calibration("temperature", (float(step),)).apply(told)) for step in ladder]
    return Calibration("temperature", (float(ladder[int(np.argmin(losses))]),))


def _learn_platt(y: Places, told: Numbers) -> Calibration:
    """Newton's method on Platt's smoothed targets."""
    positives, negatives = float((y == 1).sum()), float((y == 0).sum())
    aim = np.where(y == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    x = np.column_stack([_log_odds(told[:, 1]), np.ones(len(y))])
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (p - aim) + 1e-9 * weights
        bend = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        step = np.clip(np.linalg.solve(bend, slope), -1.0, 1.0)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-10:
            break
    # A falling curve would turn the model around.
    return Calibration("platt", (max(float(weights[0]), 1e-3), float(weights[1])))


def _learn_isotonic(y: Places, told: Numbers) -> Calibration:
    from sklearn.isotonic import IsotonicRegression

    curve = IsotonicRegression(out_of_bounds="clip", y_min=0.001, y_max=0.999)
    curve.fit(told[:, 1].astype(np.float32).astype(np.float64), y.astype(np.float64))
    x, height = _distinct(np.asarray(curve.X_thresholds_), np.asarray(curve.y_thresholds_))
    return Calibration("isotonic", tuple(float(value) for pair in zip(x, height, strict=True) for value in pair))


def _distinct(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Corners at least a hundredth apart: a steeper piece could not be followed in float32."""
    kept = [0]
    for place in range(1, len(x)):
        if x[place] - x[kept[-1]] >= 0.01:
            kept.append(place)
    if len(kept) == 1:
        kept.append(len(x) - 1 if len(x) > 1 and x[-1] > x[0] else 0)
    if kept[0] == kept[-1]:
        return np.array([0.0, 1.0]), np.array([y[0], y[0]])
    return x[kept], y[kept]


def _platt(told: Numbers, slope: float, intercept: float) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-(slope * _log_odds(told) + intercept))))


def _log_odds(told: Numbers) -> Numbers:
    cut = np.clip(told, LEAST, 1 - LEAST)
    return np.asarray(np.log(cut / (1 - cut)))
