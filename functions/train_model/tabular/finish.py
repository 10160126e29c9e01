"""The last step: choose, fit, calibrate, export, compare with the export, evaluate, register."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from functions.train_model.tabular.algorithms import BY_KEY
from functions.train_model.tabular.manifest import Made, manifest_of
from functions.train_model.tabular.notes import Note
from functions.train_model.tabular.parity import check_parity
from functions.train_model.tabular.report import Report, report_of
from functions.train_model.tabular.selection import choose, contenders_of, leaderboard
from functions.train_model.tabular.winner import win
from functions.train_model.tabular.workplace import Workplace, planned
from shared.core.clock import utc_now
from shared.tabular.model import TabularModel
from shared.training.objects import encoded, training_objects
from shared.training.worker import JobEnded, model_id_of


def finish(job_id: str, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The registered model. Its files are put before the job is completed; the network is the same for the same job."""
    place, plan = planned(job_id)
    problem, split, wanted = place.problem, place.split, place.job.wanted
    place.progress.reach("Training model")
    chosen = choose(contenders_of(results))
    winner = win(problem, split, chosen, wanted.threshold)
    place.progress.reach("Model validation")
    both = np.concatenate([winner.learned, winner.asked])
    parity = check_parity(winner.network, winner.fitted, winner.calibration, both, split.seed)
    place.progress.reach("Performance evaluation")
    report = report_of(problem, split, winner, chosen)
    place.progress.reach("Finalizing model")
    board = leaderboard(problem.task, results, chosen, plan["baselines"])
    made = Made(place, plan, chosen, winner, parity, report, board, tuple(_time_notes(results)))
    return _register(place, made)


def _register(place: Workplace, made: Made) -> dict[str, Any]:
    model_id = model_id_of(place.job.job_id)
    manifest = encoded(manifest_of(made, model_id))
    training_objects().put_model(model_id, made.winner.network, manifest)
    try:
        job = place.progress.complete(_model(place, made, model_id, manifest))
    except JobEnded:
        training_objects().delete_model(model_id)
        raise
    return {"model_id": job.model_id, "status": job.status}


def _model(place: Workplace, made: Made, model_id: str, manifest: bytes) -> TabularModel:
    report: Report = made.report
    return TabularModel(
        model_id=model_id,
        name=made.name,
        type=place.problem.task,
        algorithm=BY_KEY[made.chosen.key].name(place.problem.task),
        status="trained",
        metrics=report.metrics,
        file_id=place.dataset.file_id,
        rows=place.dataset.rows,
        features=[feature.name for feature in place.problem.features],
        target=place.problem.target.name,
        parameters=made.parameters,
        sha256=sha256(made.winner.network).hexdigest(),
        manifest_sha256=sha256(manifest).hexdigest(),
        job_id=place.job.job_id,
        created_at=utc_now(),
        beats_baseline=report.verdict.beats,
        baseline_note=report.verdict.note,
    )


def _time_notes(results: Sequence[Mapping[str, Any]]) -> list[Note]:
    """What the clock, or an error, kept from being tried: recorded, because it is not the same in every run."""
    notes = []
    for result in results:
        name, fits = result["algorithm"], result["fits"]
        if result.get("error"):
            notes.append(Note("CANDIDATE_FAILED", f"{name} was left out: it broke ({result['error']})"))
        elif fits < result["asked"]:
            notes.append(Note("OUT_OF_TIME", f"{name}: {fits} of {result['asked']} fits were done in the time allowed"))
    return notes
