"""What every step needs: the job, its table as a problem, and its split; the same in each step, from the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.frame import read_frame
from functions.train_model.tabular.problem import Problem, problem_of
from functions.train_model.tabular.split import Split, split_of
from shared.core.errors import NotFound
from shared.datasets.faults import BadTable
from shared.datasets.model import Dataset
from shared.datasets.repository import dataset_repository
from shared.training.model import Job
from shared.training.objects import training_objects
from shared.training.worker import JobProgress, job_progress


@dataclass(frozen=True, slots=True)
class Workplace:
    """A job being worked on."""

    progress: JobProgress
    job: Job
    dataset: Dataset
    problem: Problem
    split: Split


def workplace(job_id: str) -> Workplace:
    """Reads the table anew: steps are invocations of their own and share nothing but the bucket and the job."""
    progress = job_progress(job_id)
    job = progress.job()
    try:
        dataset = dataset_repository().get(job.wanted.file_id)
        frame = read_frame(dataset, lambda: training_objects().pieces(dataset.key))
    except (NotFound, BadTable) as error:
        raise TrainingRefused(f"the file cannot be read any more: {error}") from error
    problem = problem_of(frame, job.wanted)
    return Workplace(progress, job, dataset, problem, split_of(problem, job.wanted))


def planned(job_id: str) -> tuple[Workplace, Mapping[str, Any]]:
    """The same after the plan was made: without the columns that the leakage checks have blocked."""
    place = workplace(job_id)
    plan = training_objects().plan(job_id)
    problem = place.problem.without(plan["blocked"])
    return Workplace(place.progress, place.job, place.dataset, problem, place.split), plan
