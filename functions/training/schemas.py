"""Bodies about trainings. Seed 001."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.api.text import Line
from shared.core.clock import iso_seconds, utc_now
from shared.training.model import ENDED, Job, Wanted
from shared.training.service import Started

ModelType = Literal["auto", "classification", "regression"]
Types = dict[Line, Literal["numeric", "boolean", "datetime", "categorical", "ignore"]]
Checks = dict[Line, Literal["block", "warn", "off"]]
MOST_NAMED = 1_000


class Parameters(BaseModel):
    """How to train. `max_training_time` in seconds; the test split is a share of the rows."""

    model_config = ConfigDict(extra="forbid")

    test_split: Annotated[float, Field(ge=0.05, le=0.5)] = 0.2
    random_state: Annotated[int, Field(ge=0, lt=2**32)] = 42
    max_training_time: Annotated[int, Field(ge=1, le=3600)] | None = None


class Costs(BaseModel):
    """What a wrong answer costs, in any unit."""

    model_config = ConfigDict(extra="forbid")

    false_positive: Annotated[float, Field(ge=0, le=1e9)]
    false_negative: Annotated[float, Field(ge=0, le=1e9)]


class Threshold(BaseModel):
    """How the threshold of a model with two classes is chosen: one of the three ways."""

    model_config = ConfigDict(extra="forbid")

    metric: Literal["accuracy", "f1", "balanced_accuracy", "mcc"] | None = None
    costs: Costs | None = None
    capacity: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="The share of rows that may be called positive"
    )
    positive: Line | None = Field(None, description="The class that the threshold is for")

    @model_validator(mode="after")
    def _one_way(self) -> "Threshold":
        if sum(way is not None for way in (self.metric, self.costs, self.capacity)) > 1:
            raise ValueError("give one of metric, costs and capacity")
        return self


class TrainIn(BaseModel):
    """What to train. The target is the last column unless `target_column` names another."""

    model_config = ConfigDict(extra="forbid")

    file_id: Line
    model_type: ModelType | None = None
    training_params: Parameters = Parameters()
    target_column: Line | None = None
    name: Line | None = None
    group_column: Line | None = Field(None, description="Rows with the same value stay on one side of every split")
    time_column: Line | None = Field(None, description="The test is what came last")
    types: Annotated[Types, Field(max_length=MOST_NAMED)] = Field({}, description="Types other than the inferred ones")
    checks: Annotated[Checks, Field(max_length=50)] = Field(
        {}, description="What a leakage check may do, by name; * is all"
    )
    threshold: Threshold = Threshold()

    def wanted(self, defaults: Mapping[str, Any]) -> Wanted:
        """The demand, with the settings of the training section where the caller says nothing."""
        return Wanted(
            file_id=self.file_id,
            model_type=self.model_type or defaults["defaultModelType"],
            test_split=self.training_params.test_split,
            random_state=self.training_params.random_state,
            max_training_time=self.training_params.max_training_time or int(defaults["defaultTimeout"]),
            target_column=self.target_column,
            name=self.name,
            group_column=self.group_column,
            time_column=self.time_column,
            types=self.types,
            checks=self.checks,
            threshold=self.threshold.model_dump(exclude_none=True),
        )


class StartedOut(BaseModel):
    job_id: str
    status: Literal["started"] = "started"
    estimated_time: int
    start_time: str

    @classmethod
    def of(cls, started: Started) -> "StartedOut":
        job = started.job
        return cls(job_id=job.job_id, estimated_time=started.estimated_seconds, start_time=iso_seconds(job.started_at))


class JobOut(BaseModel):
    """A job in the seed's words: a stopped one has failed, with the reason. The status says which fields there are."""

    job_id: str
    status: Literal["queued", "in_progress", "completed", "failed"]
    progress: int
    current_step: str = ""
    elapsed_time: float = 0
    estimated_remaining: int | None = None
    live_accuracy: float | None = None
    fits_done: int = 0
    fits_total: int = 0
    reason: str | None = None
    stopped: bool = False
    model_id: str = ""
    metrics: dict[str, Any] = {}
    training_time: float = 0
    completed_at: str = ""

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        return _completed(job) if job.status == "completed" else _under_way(job)


def _completed(job: Job) -> JobOut:
    return JobOut(
        job_id=job.job_id,
        status="completed",
        progress=100,
        model_id=job.model_id or "",
        metrics=dict(job.metrics or {}),
        training_time=round(job.elapsed(utc_now()), 1),
        completed_at=iso_seconds(job.ended_at or utc_now()),
    )


def _under_way(job: Job) -> JobOut:
    now = utc_now()
    words: dict[str, Literal["queued", "in_progress", "failed"]] = {"queued": "queued", "running": "in_progress"}
    ended = {"reason": job.reason, "stopped": job.status == "stopped"} if job.status in ENDED else {}
    return JobOut(
        job_id=job.job_id,
        status=words.get(job.status, "failed"),
        progress=job.progress,
        current_step=job.step,
        elapsed_time=round(job.elapsed(now), 1),
        estimated_remaining=None if job.status in ENDED else job.remaining(now),
        live_accuracy=job.live_accuracy,
        fits_done=job.fits_done,
        fits_total=job.fits_total,
        **ended,
    )
