"""Checks of columns by what they are: ids, names of things that come after the outcome, times to come, groups."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.leakage.model import Finding
from functions.train_model.tabular.leakage.power import Power
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Split
from shared.tabular.features import Feature, read_column

ID_NAME = re.compile(r"(^|[_\W])(id|ids|uuid|guid|key|nr|no|number|index|idx|rowid)$|[a-z]I[Dd]$", re.IGNORECASE)
ID_POWER = {"classification": 0.75, "regression": 0.3}
DISTINCT = 0.95
DIGITS = re.compile(r"(\d+)\D*$")
# Words for what is known only when the outcome is: of churn, credit, medicine, sales, support and claims data.
AFTERWARDS = frozenset(
    "outcome result results resolved resolution closed closure cancelled canceled cancellation churned discharged "
    "discharge paid payout refund refunded chargeback settled settlement approved rejected denied "
    "decision verdict diagnosis diagnosed recovered recovery collected defaulted fraudulent confirmed final predicted "
    "prediction label target ground truth after post actual won lost winner converted death died".split()
)
TOLERANCE = timedelta(days=2)
PURE, PURE_BY_CHANCE = 0.9, 0.8


def id_like(problem: Problem, power: Power) -> Iterator[Finding]:
    """An id that tells the target: the order in which rows were written, or a code made from the answer."""
    for name in problem.frame.names:
        if name == problem.target.name or not _is_id(problem, name):
            continue
        score = power.of(_numbers_in(problem.frame.cells[name]))
        if score >= ID_POWER[problem.task]:
            measure = "AUC" if problem.target.classes else "R2"
            yield Finding(
                "id_like", name, f"it looks like an id, and its number tells the target ({measure} {score:.3f})"
            )


def _is_id(problem: Problem, name: str) -> bool:
    """By the type that the upload told, or by a name like an id's and hardly a value that comes twice."""
    if problem.frame.types[name] == "id":
        return True
    cells = problem.frame.cells[name]
    return ID_NAME.search(name) is not None and len(set(cells)) >= DISTINCT * len(cells)


def _numbers_in(cells: list[str]) -> NDArray[np.float64]:
    found = (DIGITS.search(cell) for cell in cells)
    return np.array([float(match.group(1)[:15]) if match else np.nan for match in found])


def post_outcome_names(problem: Problem) -> Iterator[Finding]:
    """A name that speaks of what is known only afterwards."""
    for feature in problem.features:
        parts = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", feature.name).lower())
        met = [part for part in parts if part in AFTERWARDS]
        if met:
            yield Finding("post_outcome_name", feature.name, f"its name speaks of the time after the outcome: {met[0]}")


def future_timestamps(problem: Problem, uploaded_at: datetime) -> Iterator[Finding]:
    """Times later than the upload: planned, or made up, and in any case not known when a prediction is wanted."""
    limit = (uploaded_at + TOLERANCE).toordinal()
    for name, days in _days(problem).items():
        late = int((days > limit).sum())
        if late:
            yield Finding("future_timestamps", name, f"{late} of its times are later than the upload")


def time_order(problem: Problem, power: Power) -> Iterator[Finding]:
    """The target changes with time, but the rows are not parted by time: the test is easier than the future."""
    if problem.moments is not None:
        return
    for name, days in _days(problem).items():
        score = power.of(days)
        enough = 0.65 if problem.target.classes else 0.1
        if score >= enough:
            measure = "AUC" if problem.target.classes else "R2"
            text = (
                f"the target changes with it ({measure} {score:.3f}) and the test is drawn at random: set time_column"
            )
            yield Finding("time_order", name, text)


def _days(problem: Problem) -> dict[str, NDArray[np.float64]]:
    names = [name for name in problem.frame.names if problem.frame.types[name] == "datetime"]
    cells = problem.frame.cells
    return {
        name: np.asarray(read_column(Feature(name, "datetime"), cells[name]))[:, 0]
        for name in names
        if name != problem.target.name
    }


def group_overlap(problem: Problem, split: Split) -> Iterator[Finding]:
    """Rows of the same group have the same answer and lie on both sides of the split: the model may know the group."""
    if problem.groups is not None:
        return
    for name in problem.frame.names:
        kind = problem.frame.types[name]
        named = ID_NAME.search(name) is not None
        if name == problem.target.name or not (kind in ("categorical", "text") or (named and kind == "numeric")):
            continue
        text = _overlap(problem, split, problem.frame.cells[name])
        if text:
            yield Finding("group_overlap", name, text)


def _overlap(problem: Problem, split: Split, cells: list[str]) -> str | None:
    _, codes, sizes = np.unique(np.array(cells), return_inverse=True, return_counts=True)
    rows = problem.rows
    if not (10 <= len(sizes) <= rows / 2 and 2 <= rows / len(sizes) <= 50):
        return None
    here = codes[split.learn]
    agreement = _agreement(here, problem.y[split.learn], len(problem.target.classes))
    if agreement is None or agreement < PURE:
        return None
    shared = len(np.intersect1d(here, codes[split.test]))
    if not shared:
        return None
    return (
        f"rows with the same value have the same answer ({agreement:.0%} alike), and {shared} values are on both sides "
        "of the split: set group_column"
    )


def _agreement(codes: NDArray[Any], y: NDArray[Any], classes: int) -> float | None:
    """How much of the target is the same within groups: share of equal pairs, or of the variance between groups."""
    sizes = np.bincount(codes).astype(np.float64)
    big = sizes >= 2
    if big.sum() < 5:
        return None
    if not classes:
        means = np.bincount(codes, weights=y) / np.maximum(sizes, 1)
        inside = float(((y - means[codes]) ** 2).sum() / max(1.0, float((sizes[big] - 1).sum())))
        return 1 - inside / float(y.var()) if y.var() > 0 else None
    table = np.zeros((len(sizes), classes))
    np.add.at(table, (codes, y), 1.0)
    alike = float((table * (table - 1)).sum() / (sizes * (sizes - 1)).sum())
    by_chance = float(((np.bincount(y, minlength=classes) / len(y)) ** 2).sum())
    return alike if by_chance <= PURE_BY_CHANCE else None
