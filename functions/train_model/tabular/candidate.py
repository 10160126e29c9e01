"""One candidate of the Map: an algorithm with a few settings, each judged on the same folds.

Work is counted in fits. The clock only ends it between two fits, and what it left out is recorded. After each fit the
job hears of it, which is also how a stop is noticed.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from functions.train_model.tabular.algorithms import BY_KEY, Parameters
from functions.train_model.tabular.fitted import fit_model
from functions.train_model.tabular.judging import accuracy, prior_of, skill
from functions.train_model.tabular.prepare import effort_of
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Rows, folds_of
from functions.train_model.tabular.workplace import planned
from shared.core.clock import utc_now
from shared.training.model import Job
from shared.training.worker import JobProgress

REPORT_SECONDS = 0.25
ALWAYS = "linear"  # the first setting of this one is tried whatever the clock says, so that there is a model


@dataclass(slots=True)
class Tried:
    """One setting and its folds: `scores` are what models are chosen by, `shown` are accuracy or R2."""

    parameters: Parameters
    scores: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)


class Watch:
    """When to tell the job, and when to stop."""

    def __init__(self, progress: JobProgress, job: Job, key: str, seconds: float) -> None:
        self._progress, self._key = progress, key
        allowed = job.wanted.max_training_time - job.elapsed(utc_now())
        self._ends = time.monotonic() + min(allowed, seconds)
        self._told, self.fits = 0.0, 0
        self.started = time.monotonic()

    def is_over(self) -> bool:
        return time.monotonic() > self._ends

    def fit_done(self, best: float | None, *, last: bool = False) -> None:
        """JobEnded if the job was stopped meanwhile."""
        self.fits += 0 if last else 1
        if last or time.monotonic() - self._told >= REPORT_SECONDS:
            self._progress.count_fits(self._key, self.fits, best)
            self._told = time.monotonic()


def try_candidate(job_id: str, key: str, seconds: float) -> dict[str, Any]:
    """The scores of one algorithm on the job's folds."""
    place, _ = planned(job_id)
    problem, split = place.problem, place.split
    effort = effort_of(problem, split)
    folds = folds_of(problem, split, effort.folds, effort.repeats)
    settings = effort.settings_of(BY_KEY[key], problem.task)
    watch = Watch(place.progress, place.job, key, seconds)
    tried = _try(problem, key, settings, folds, split.seed, watch)
    watch.fit_done(_best(tried), last=True)
    return {
        "algorithm": key,
        "settings": [
            {"parameters": dict(one.parameters), "scores": one.scores, "shown": one.shown}
            for one in tried
            if len(one.scores) == len(folds)
        ],
        "fits": watch.fits,
        "asked": len(settings) * len(folds),
        "seconds": round(time.monotonic() - watch.started, 2),
    }


def _try(
    problem: Problem, key: str, settings: Sequence[Parameters], folds: list[tuple[Rows, Rows]], seed: int, watch: Watch
) -> list[Tried]:
    """The usual setting first and whole, then the others fold by fold, because they share what a fold's rows teach."""
    tried = [Tried(parameters) for parameters in settings]
    for group in (tried[:1], tried[1:]):
        must = key == ALWAYS and group == tried[:1]
        for learn, judge in folds if group else []:
            if watch.is_over() and not must:
                return tried
            _try_fold(problem, key, group, (learn, judge), seed, watch)
    return tried


def _try_fold(problem: Problem, key: str, tried: list[Tried], fold: tuple[Rows, Rows], seed: int, watch: Watch) -> None:
    learn, judge = fold
    _, (known, asked) = problem.encode(learn, judge)
    prior = prior_of(problem.y[learn], len(problem.target.classes))
    for one in tried:
        told = fit_model(problem, key, one.parameters, seed, known, problem.y[learn]).predict(asked)
        score = skill(problem.y[judge], told, prior)
        one.scores.append(score)
        one.shown.append(accuracy(problem.y[judge], told.argmax(axis=1)) if told.ndim == 2 else score)
        watch.fit_done(_best([one]))


def _best(tried: list[Tried]) -> float | None:
    means = [float(np.mean(one.shown)) for one in tried if one.shown]
    return max(means, default=None)
