"""The figures of a training run, and docs/models/insiders.md written from them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.insiders.ensemble import ALARM_SHARE, Held, its_of
from functions.train_model.insiders.members import MEMBERS
from functions.train_model.insiders.metrics import classic, product, ranking
from functions.train_model.insiders.rows import Rows
from shared.behaviour.columns import FAMILIES
from shared.behaviour.features import FEATURE_FAMILIES
from shared.behaviour.state import day_date
from shared.threats.calibration import line
from shared.threats.risk import current_risk
from shared.threats.rules import RULES

BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 90), (90, 100.1))


def reliability(rows: Rows, its: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Per band of ITS: account-days, malicious ones, precision here and at a rarer rate of malicious days."""
    table = []
    for low, high in BANDS:
        inside = (its >= low) & (its < high)
        bad, all_ = int(rows.y[inside].sum()), int(inside.sum())
        hit, false = bad / rows.y.sum(), (all_ - bad) / (rows.y == 0).sum()
        rare = 0.001 * hit / max(1e-12, 0.001 * hit + 0.999 * false)
        table.append(
            {"band": f"{low}-{min(high, 100):g}", "days": all_, "malicious": bad, "precision": _ratio(bad, all_)}
            | {"precision_at_1_in_1000": round(rare, 3) if all_ else None}
        )
    return table


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def rule_rates(rows: Rows) -> dict[str, dict[str, float]]:
    """How often each rule fires on harmless and on malicious days."""
    return {
        rule.name: {
            "harmless_days": int((rows.floors[rows.y == 0, place] > 0).sum()),
            "of": int((rows.y == 0).sum()),
            "malicious_days": int((rows.floors[rows.y == 1, place] > 0).sum()),
        }
        for place, rule in enumerate(RULES)
    }


def member_table(held: Held, entries: Mapping[str, Any], weights: Mapping[str, int]) -> list[dict[str, Any]]:
    """For GET /api/analytics/models: each member on held-out organisations, at the output that as many
    harmless days reach as reach an ITS of 60."""
    table = []
    for name, member in MEMBERS.items():
        values = held.outputs[name]
        limit = float(np.quantile(values[held.rows.y == 0], 1 - ALARM_SHARE))
        figures: dict[str, Any] = dict(classic(held.rows, values, limit))
        evidence = line(entries[name]["evidence"], values)
        figures |= {"name": member.title, "type": member.kind, "weight": weights[name]}
        table.append(figures | {"average_precision": ranking(held.rows, evidence)["ap"]})
    return table


def importances(models_gain: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Gain of the boosted trees per family, as shares that add up to 1."""
    total = {family: 0.0 for family in FAMILIES}
    for family, gain in zip(FEATURE_FAMILIES, models_gain.tolist(), strict=True):
        total[family] += gain
    whole = sum(total.values()) or 1.0
    ranked = sorted(total, key=lambda family: -total[family])
    return [{"name": FAMILIES[family], "importance": round(total[family] / whole, 4)} for family in ranked]


def summary(held: Held, mixed: NDArray[np.float64], points: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Ranking figures of the final ITS and the product view."""
    its = its_of(points, mixed, held.rows.floors)
    # Ranking uses the fitted mix with the rules' floors as served, before rounding ties it.
    exact = np.maximum(line(points, mixed), held.rows.floors.max(axis=1))
    return {"ranking": ranking(held.rows, exact), "product": product(held.rows, its)}


def accumulated(rows: Rows, its: NDArray[np.float64]) -> NDArray[np.float64]:
    """The person's risk as answered to each day's last event: the day's score with what earlier days left."""
    risks = np.zeros(len(rows))
    for user in np.unique(rows.user):
        scores: dict[date, float] = {}
        for place in sorted(np.flatnonzero(rows.user == user), key=lambda at: int(rows.day[at])):
            day = day_date(int(rows.day[place]))
            scores[day] = float(its[place])
            risks[place] = current_risk(scores, datetime.combine(day, time(23, 59), UTC))
    return risks
