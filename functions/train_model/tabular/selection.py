"""Which candidate becomes the model: the simplest of those that are as good as the best, as far as the folds can tell.

The one-standard-error rule (Breiman et al. 1984), on the differences fold by fold: all are judged on the same
folds, so what they have in common says nothing about who is better.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.algorithms import ALGORITHMS, Parameters
from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.target import Task

RANK = {algorithm.key: rank for rank, algorithm in enumerate(ALGORITHMS)}


@dataclass(frozen=True, slots=True)
class Contender:
    """One setting of one algorithm with its scores, fold by fold."""

    key: str
    place: int
    parameters: Parameters
    scores: NDArray[np.float64]
    shown: float

    @property
    def mean(self) -> float:
        return float(self.scores.mean())

    @property
    def deviation(self) -> float:
        return float(self.scores.std(ddof=1)) if len(self.scores) > 1 else 0.0


def contenders_of(results: Sequence[Mapping[str, Any]]) -> list[Contender]:
    """From what the candidates of the Map gave back."""
    return [
        Contender(result["algorithm"], place, one["parameters"], np.array(one["scores"]), float(np.mean(one["shown"])))
        for result in results
        for place, one in enumerate(result["settings"])
    ]


def choose(contenders: Sequence[Contender]) -> Contender:
    """TrainingRefused if no candidate came to an end."""
    if not contenders:
        raise TrainingRefused("no candidate could be judged on all folds")
    best = max(contenders, key=lambda one: (one.mean, -RANK[one.key], -one.place))
    near = [one for one in contenders if _is_near(one, best)]
    return min(near, key=lambda one: (RANK[one.key], -one.mean, one.place))


def _is_near(one: Contender, best: Contender) -> bool:
    behind = best.scores - one.scores
    if len(behind) < 2:
        return bool(behind.mean() <= 0)
    return bool(behind.mean() <= behind.std(ddof=1) / np.sqrt(len(behind)))


def leaderboard(
    task: Task, results: Sequence[Mapping[str, Any]], chosen: Contender, baselines: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Best first: each algorithm by its best setting, and the baselines. No seconds: they differ from run to run."""
    names = {algorithm.key: algorithm.name(task) for algorithm in ALGORITHMS}
    fits = {result["algorithm"]: result["fits"] for result in results}
    lines = [dict(line) for line in baselines]
    for key, name in names.items():
        own = [one for one in contenders_of(results) if one.key == key]
        if not own:
            continue
        best = chosen if chosen.key == key else max(own, key=lambda one: (one.mean, -one.place))
        lines.append(
            {
                "algorithm": name,
                "baseline": False,
                "chosen": chosen.key == key,
                "parameters": dict(best.parameters),
                "score": best.mean,
                "shown": best.shown,
                "deviation": best.deviation,
                "folds": len(best.scores),
                "fits": fits[key],
            }
        )
    return sorted(lines, key=lambda line: (-line["score"], line["algorithm"]))
