"""What the test says of the finished network: as it will be served, not as it was trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from functions.train_model.tabular.baselines import LONG_NAMES, NAMES, baseline
from functions.train_model.tabular.comparison import Verdict, compare, squared_errors
from functions.train_model.tabular.evaluation import (
    calibration_report,
    class_intervals,
    number_intervals,
    slices_of,
)
from functions.train_model.tabular.judging import class_metrics, number_metrics
from functions.train_model.tabular.notes import Note
from functions.train_model.tabular.parity import run_network
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.selection import Contender
from functions.train_model.tabular.split import Split
from functions.train_model.tabular.threshold import decide
from functions.train_model.tabular.winner import Winner


@dataclass(frozen=True, slots=True)
class Report:
    """Everything measured on the test rows."""

    metrics: Mapping[str, Any]
    intervals: Mapping[str, list[float]]
    baselines: list[dict[str, Any]]
    calibration: Mapping[str, Any] | None
    slices: list[dict[str, Any]]
    verdict: Verdict
    notes: tuple[Note, ...]


def report_of(problem: Problem, split: Split, winner: Winner, chosen: Contender) -> Report:
    """One look at the test, after everything is decided."""
    y, told = problem.y[split.test], run_network(winner.network, winner.asked)
    learned = problem.y[split.learn]
    guesses = {name: baseline(name, problem, winner.learned, learned, winner.asked) for name in NAMES}
    errors = {name: squared_errors(y, said) for name, said in guesses.items()}
    verdict = compare(problem.task, squared_errors(y, told), errors, chosen.key == "linear", split.seed)
    lines = [{"name": LONG_NAMES[name][problem.task], "metrics": _metrics(problem, winner, y, said)}
             for name, said in guesses.items()]  # fmt: skip
    metrics = _metrics(problem, winner, y, told, decided=True)
    if not problem.target.classes:
        intervals = number_intervals(y, told, split.seed)
        return Report(metrics, intervals, lines, None, slices_of(problem, split.test, np.abs(y - told)), verdict, ())
    answers = decide(told, winner.positive, winner.threshold)
    classes = len(problem.target.classes)
    return Report(
        metrics=metrics,
        intervals=class_intervals(y, answers, classes, winner.positive, split.seed),
        baselines=lines,
        calibration=_calibration(winner, calibration_report(y, told, winner.positive)),
        slices=slices_of(problem, split.test, (answers != y).astype(np.float64)),
        verdict=verdict,
        notes=_majority_note(metrics["accuracy"], y, classes),
    )


def _metrics(problem: Problem, winner: Winner, y: Any, told: Any, *, decided: bool = False) -> dict[str, Any]:
    if told.ndim == 1:
        return number_metrics(y, told)
    chosen = decide(told, winner.positive, winner.threshold) if decided else told.argmax(axis=1)
    return class_metrics(y, chosen, len(problem.target.classes), winner.positive)


def _calibration(winner: Winner, report: dict[str, Any]) -> dict[str, Any]:
    applied = winner.calibration.document() if winner.calibration else None
    return {**report, "applied": applied, **winner.losses}


def _majority_note(accuracy: float, y: Any, classes: int) -> tuple[Note, ...]:
    share = float(np.bincount(y, minlength=classes).max() / len(y))
    if accuracy >= share:
        return ()
    said = f"accuracy {accuracy:.1%} is below the share of the most frequent class in the test ({share:.1%})"
    return (Note("BELOW_MAJORITY", said),)
