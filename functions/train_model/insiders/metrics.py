"""The figures of score.py (README of the training data), for one score per account and day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from functions.train_model.insiders.rows import Rows

Scores = NDArray[np.float64]
ALERT = 60.0


def ranking(rows: Rows, scores: Scores, rates: tuple[float, ...] = (0.001, 0.01, 0.032)) -> dict[str, float]:
    """AUC, average precision, and recalls at a share of harmless days flagged."""
    figures = {"auc": roc_auc_score(rows.y, scores), "ap": average_precision_score(rows.y, scores)}
    for rate in rates:
        limit = np.quantile(scores[rows.y == 0], 1 - rate)
        figures[f"day_recall@{rate * 100:g}%"] = float((scores[rows.y == 1] > limit).mean())
        figures[f"incident_recall@{rate * 100:g}%"] = incident_recall(rows, scores > limit)
    return {name: round(float(value), 4) for name, value in figures.items()}


def incident_recall(rows: Rows, alarmed: NDArray[np.bool_]) -> float:
    """The share of incidents with an alarm on at least one of their account-days."""
    return len(set(rows.incident[alarmed & (rows.y == 1)])) / len(set(rows.incident[rows.y == 1]))


def product(rows: Rows, its: Scores, threshold: float = ALERT) -> dict[str, float]:
    """What an analyst sees at a threshold: alerts per 100 people and day, precision, incidents found, delay."""
    alarmed = its >= threshold
    per_day = [alarmed[rows.day == day].mean() for day in np.unique(rows.day)]
    return {
        "alerts_per_100_people_per_day": round(100 * float(np.mean(per_day)), 3),
        "false_positive_rate": round(float(alarmed[rows.y == 0].mean()), 5),
        "precision": round(float(rows.y[alarmed].mean()), 4) if alarmed.any() else 0.0,
        "day_recall": round(float(alarmed[rows.y == 1].mean()), 4),
        "incident_recall": round(incident_recall(rows, alarmed), 4),
        "median_days_to_detect": _delay(rows, alarmed),
    }


def _delay(rows: Rows, alarmed: NDArray[np.bool_]) -> float:
    """Days from an incident's first malicious day to its first alarm, median over the detected ones."""
    delays = []
    for incident in np.unique(rows.incident[rows.y == 1]):
        mine = rows.incident == incident
        if (mine & alarmed).any():
            delays.append(rows.day[mine & alarmed].min() - rows.day[mine].min())
    return float(np.median(delays)) if delays else float("nan")


def classic(rows: Rows, scores: Scores, threshold: float) -> dict[str, float]:
    """f1, auc and accuracy of one member, for GET /api/analytics/models."""
    guess = (scores >= threshold).astype(int)
    return {
        "f1": round(float(f1_score(rows.y, guess)), 4),
        "auc": round(float(roc_auc_score(rows.y, scores)), 4),
        "accuracy": round(float((guess == rows.y).mean()), 4),
    }


def scenario_recall(rows: Rows, scores: Scores, scenario_of: dict[str, str], rate: float = 0.01) -> dict[str, Any]:
    """Incidents found per scenario at a share of harmless days flagged."""
    limit = np.quantile(scores[rows.y == 0], 1 - rate)
    hit = set(rows.incident[(scores > limit) & (rows.y == 1)])
    table: dict[str, list[int]] = {}
    for incident in set(rows.incident[rows.y == 1]):
        table.setdefault(scenario_of[incident], []).append(int(incident in hit))
    return {name: f"{sum(found)}/{len(found)}" for name, found in sorted(table.items())}
