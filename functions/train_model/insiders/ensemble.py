"""Fitting the members, making their outputs comparable, weighing them, and mapping the mix to 0..100."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from functions.train_model.insiders.members import MEMBERS
from functions.train_model.insiders.metrics import incident_recall
from functions.train_model.insiders.rows import Rows
from shared.threats.calibration import line, mix

Values = NDArray[np.float64]
STEP = 5  # percent
LEAST = 5  # percent: each of the seed's three models keeps a voice
# Benign tail shares at which evidence is pinned; evidence is -log10(share) / 4, so 1 in 10,000 days is 1.
TAILS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005)
TOP = 4.0


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out rows with every member's raw output for them."""

    rows: Rows
    outputs: dict[str, Values]


def fit_members(rows: Rows, weight: Values) -> dict[str, Any]:
    return {name: member.fit(rows.x, rows.y, weight) for name, member in MEMBERS.items()}


def read_members(models: Mapping[str, Any], rows: Rows) -> dict[str, Values]:
    return {name: member.read(models[name], rows.x) for name, member in MEMBERS.items()}


def evidence_lines(held: Held) -> dict[str, dict[str, Any]]:
    """Per member: points (raw output, evidence 0..1), from how rare an output is among held-out harmless days."""
    harmless = held.rows.y == 0
    return {name: _member_entry(name, values[harmless]) for name, values in held.outputs.items()}


def _member_entry(name: str, harmless: Values) -> dict[str, Any]:
    points = [(float(np.quantile(harmless, 1 - share)), -float(np.log10(share)) / TOP) for share in TAILS]
    points.append((max(1.0, points[-1][0] + 1e-6), 1.0))
    member = MEMBERS[name]
    rising = [point for place, point in enumerate(points) if not place or point[0] > points[place - 1][0]]
    evidence = [[round(x, 6), round(y, 6)] for x, y in rising]
    return {"title": member.title, "type": member.kind, "file": member.file, "evidence": evidence}


def choose_weights(entries: Mapping[str, Any], folds: Sequence[Held]) -> tuple[dict[str, int], float]:
    """The whole percents with the best mean of average precision and incident recall at 1 % over the folds."""
    best, chosen = -1.0, {}
    for shares in product(range(LEAST, 100, STEP), repeat=len(entries)):
        if sum(shares) != 100:
            continue
        weights = dict(zip(entries, shares, strict=True))
        worth = float(np.mean([_worth(fold.rows, mix(entries, weights, fold.outputs)) for fold in folds]))
        if worth > best + 1e-9:
            best, chosen = worth, weights
    return chosen, best


def _worth(rows: Rows, mixed: Values) -> float:
    limit = np.quantile(mixed[rows.y == 0], 0.99)
    return 0.5 * float(average_precision_score(rows.y, mixed)) + 0.5 * incident_recall(rows, mixed > limit)


# ITS -> the share of held-out harmless days that may reach it. 60 is the operating point: with the true alarms of an
# organisation as full of insiders as these (19 % of people), nine in ten thousand is one alert per 100 people and day.
ALARM_SHARE = 0.0009
SHARES = ((8.0, 0.5), (14.0, 0.2), (20.0, 0.1), (30.0, 0.03), (40.0, 0.008), (60.0, ALARM_SHARE), (80.0, 0.0003))


def calibration_points(rows: Rows, mixed: Values) -> list[list[float]]:
    """A rising line from mixed evidence to ITS, pinned at SHARES of harmless days; 100 is everything there is."""
    harmless = mixed[rows.y == 0]
    points = [[0.0, 5.0]]
    for its, share in SHARES:
        level = float(np.quantile(harmless, 1 - share))
        points.append([round(max(level, points[-1][0] + 1e-4), 6), its])
    points.append([max(1.0, points[-1][0] + 1e-4), 100.0])
    return points


def its_of(points: Sequence[Sequence[float]], mixed: Values, floors: NDArray[np.float64]) -> Values:
    """Fitted ITS with the rules' floors, as served."""
    highest: Values = np.maximum(line(points, mixed), floors.max(axis=1))
    return np.round(highest, 1)
