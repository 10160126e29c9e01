"""Why a score is what it is: points per family that add up to it, each beside own habit, peers and organisation."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.columns import COLUMNS, FAMILIES, NAMES, PLAIN
from shared.behaviour.features import FEATURE_FAMILIES
from shared.behaviour.views import MEAN
from shared.subjects.model import Subject
from shared.threats.anomalies import BY_NAME
from shared.threats.model import Contribution, Explanation, Score
from shared.threats.phrases import amount, phrase
from shared.threats.scoring import Detector, Evaluation
from shared.threats.shapley import shapley

_OF = {name: np.array([family == name for family in FEATURE_FAMILIES]) for name in FAMILIES}
_PEER_PLACE = {column: place for place, column in enumerate(PLAIN)}
WEEK = 7


def explain(detector: Detector, seen: Evaluation, score: Score, subject: Subject) -> Explanation:
    """Called by `Detector.explain`."""
    present = [name for name in FAMILIES if seen.row[0, _OF[name]].any()]
    present += [name for found in seen.findings for name in found.families if name not in present]
    base, points = shapley(len(present), _game(detector, seen, present))
    shares = _rounded(score.its, base, points)
    facts = [_contribution(name, share, seen, subject) for name, share in zip(present, shares, strict=True)]
    facts.sort(key=lambda fact: -abs(fact.points))
    ruled = [name for found in seen.findings for name in found.families]
    text = _sentence(score, sorted(facts, key=lambda fact: fact.family not in ruled))
    techniques = {name: BY_NAME[name].techniques for name in score.anomalies}
    return Explanation(score.its, round(base, 1), tuple(facts), text, techniques)


def _game(
    detector: Detector, seen: Evaluation, present: list[str]
) -> Callable[[NDArray[np.bool_]], NDArray[np.float64]]:
    """The ITS with only some families' evidence left, everything else ordinary (surprise 0)."""
    masks = np.array([_OF[name] for name in present])

    def worth(coalitions: NDArray[np.bool_]) -> NDArray[np.float64]:
        rows = (seen.row * (coalitions.astype(np.float32) @ masks.astype(np.float32))).astype(np.float32)
        values = detector.believed(seen, detector.calibrated(detector.outputs(rows)))
        for found in seen.findings:
            whole = coalitions[:, [present.index(name) for name in found.families]].all(axis=1)
            values = np.where(whole, np.maximum(values, found.floor), values)
        return values

    return worth


def _rounded(its: float, base: float, points: NDArray[np.float64]) -> list[float]:
    """One decimal each; what rounding left over goes to the largest."""
    shares = [round(float(value), 1) for value in points]
    if shares:
        largest = max(range(len(shares)), key=lambda place: abs(shares[place]))
        shares[largest] = round(shares[largest] + its - round(base, 1) - sum(shares), 1)
    return shares


def _contribution(family: str, points: float, seen: Evaluation, subject: Subject) -> Contribution:
    places = [place for place, column in enumerate(COLUMNS) if column.family == family]
    values = seen.series.values
    today, week = values[-1], values[-WEEK:].sum(axis=0)
    surprise = seen.row[0]
    # Today's most unusual quantity; when today is ordinary, the week's.
    best = max(places, key=lambda at: (today[at] > 0, surprise[at], NAMES[at].startswith("kb_"), week[at], -at))
    value, when = (today[best], "") if today[best] else (week[best], " in the last 7 days")
    column = NAMES[best]
    return Contribution(
        family,
        FAMILIES[family],
        points,
        column,
        round(float(today[best]), 2),
        round(_own_typical(seen, best), 2),
        round(_peer_typical(seen, subject, best), 2),
        round(_percentile(float(surprise[best])), 4),
        phrase(column, float(value)) + when,
    )


def _own_typical(seen: Evaluation, place: int) -> float:
    before = seen.series.values[:-1, place][seen.series.active[:-1]]
    return float(np.median(before)) if len(before) else 0.0


def _peer_typical(seen: Evaluation, subject: Subject, place: int) -> float:
    if place not in _PEER_PLACE:  # nothing new is typical
        return 0.0
    return float(np.expm1(seen.baseline.peers_of(subject.role)[MEAN, _PEER_PLACE[place]]))


def _percentile(surprise: float) -> float:
    return float(1.0 - 0.5 * 10.0**-surprise)


def _sentence(score: Score, facts: list[Contribution]) -> str:
    """The strongest evidence in words, against own and peers' typical day, and what else stands out."""
    raising = [fact for fact in facts if fact.points > 0]
    if not raising or score.its < 20:
        return "An ordinary day for this person."
    first = raising[0]
    own, peers = amount(first.quantity, first.own_typical), amount(first.quantity, first.peer_typical)
    text = f"{first.text}; own typical day {own}, peers {peers}."
    others = [_lower(fact.text) for fact in raising[1:3] if fact.points >= 1]
    return f"{text} Also: {' and '.join(others)}." if others else text


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
