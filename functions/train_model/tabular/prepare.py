"""The first step: is there something to learn, what would give the answer away, how good is a guess, what is tried."""

from typing import Any

from functions.train_model.tabular.algorithms import ALGORITHMS, Effort, effort_for
from functions.train_model.tabular.baselines import score_baselines
from functions.train_model.tabular.leakage.model import Leak
from functions.train_model.tabular.leaks import find_leaks
from functions.train_model.tabular.notes import Note, documents
from functions.train_model.tabular.problem import Problem
from functions.train_model.tabular.split import Split, folds_of
from functions.train_model.tabular.workplace import workplace
from shared.training.objects import training_objects
from shared.training.worker import job_progress

FEW_TEST_ROWS = 30


def prepare(job_id: str) -> dict[str, Any]:
    """The candidates for the Map; everything else goes into the plan in the bucket."""
    job_progress(job_id).reach("Data validation")
    place = workplace(job_id)
    problem, split = place.problem, place.split
    place.progress.reach("Data preprocessing")
    leaks = find_leaks(problem, split, place.job.wanted.checks, place.dataset.uploaded_at)
    used = {feature.name for feature in problem.features}
    blocked = sorted({leak.column for leak in leaks if leak.action == "block" and leak.column} & used)
    left = problem.without(blocked)
    effort = effort_of(left, split)
    folds = len(folds_of(left, split, effort.folds, effort.repeats))
    tried = [algorithm for algorithm in ALGORITHMS if algorithm.key not in effort.left_out]
    plan = {
        "blocked": blocked,
        "leaks": [leak.document() for leak in leaks],
        "notes": documents([*problem.notes, *_leak_notes(leaks), *_effort_notes(effort), *_split_notes(split)]),
        "baselines": score_baselines(left, split, effort),
    }
    training_objects().put_plan(job_id, plan)
    place.progress.reach("Model selection", fits_total=sum(effort.fits_of(one, left.task, folds) for one in tried))
    return {"candidates": [{"job_id": job_id, "algorithm": algorithm.key} for algorithm in tried]}


def effort_of(problem: Problem, split: Split) -> Effort:
    """From the rows that are learned from and the width of their encoding."""
    encoding, _ = problem.encode(split.learn)
    y = problem.y[split.learn]
    classes = len(problem.target.classes)
    rarest = int(min((int((y == label).sum()) for label in range(classes)), default=len(y)))
    return effort_for(len(split.learn), len(encoding.names), classes, rarest)


def _leak_notes(leaks: list[Leak]) -> list[Note]:
    return [Note("LEAK_" + leak.action.upper(), leak.sentence, leak.column) for leak in leaks]


def _effort_notes(effort: Effort) -> list[Note]:
    return [Note("NOT_TRIED", f"{key} was not tried: {why}") for key, why in effort.left_out.items()]


def _split_notes(split: Split) -> list[Note]:
    if len(split.test) >= FEW_TEST_ROWS:
        return []
    return [Note("SMALL_TEST", f"the test has {len(split.test)} rows only: see how wide the intervals are")]
