"""Trainings of tabular models: start, look, stop. Seed 001."""

from typing import Annotated

from fastapi import Request

from functions.training.schemas import JobOut, StartedOut, TrainIn
from shared.api.access import caller_of, operation_of
from shared.api.charging import charged
from shared.api.provide import provided
from shared.api.routing import Routes
from shared.preferences.repository import Preferences, preferences
from shared.training.service import TrainingService, training_service

routes = Routes("/api", tag="training")
Trainings = Annotated[TrainingService, provided(training_service)]
Stored = Annotated[Preferences, provided(preferences)]


@routes.post("/train", permission="models:train", cost="costly", response_model=StartedOut, status_code=202)
async def start_training(body: TrainIn, request: Request, trainings: Trainings, stored: Stored) -> StartedOut:
    """Train a model from an uploaded file. What is not said comes from the settings.

    Whoever has a quota account pays one training for a job that was taken on, however it ends.
    """
    wanted = body.wanted(stored.get()["training"])
    with charged(request, "training"):
        return StartedOut.of(trainings.start(wanted, operation_of(request), caller_of(request).caller_id))


@routes.get("/training/{job_id}", permission="models:read", response_model=JobOut, response_model_exclude_unset=True)
async def get_training(job_id: str, trainings: Trainings) -> JobOut:
    """How far a training is, or how it ended."""
    return JobOut.of(trainings.view(job_id))


@routes.post(
    "/training/{job_id}/stop", permission="models:train", response_model=JobOut, response_model_exclude_unset=True
)
async def stop_training(job_id: str, request: Request, trainings: Trainings) -> JobOut:
    """Stop a training. 409 if it has ended in another way."""
    return JobOut.of(trainings.stop(job_id, caller_of(request).caller_id))
