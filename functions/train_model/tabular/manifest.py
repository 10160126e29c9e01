"""The manifest of a model: everything that serving and the model card need, the same bytes for the same training."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

from functions.train_model.tabular.algorithms import BY_KEY
from functions.train_model.tabular.notes import Note, documents, notes_of
from functions.train_model.tabular.report import Report
from functions.train_model.tabular.selection import Contender
from functions.train_model.tabular.winner import Winner
from functions.train_model.tabular.workplace import Workplace
from shared.tabular.distribution import distributions
from shared.tabular.features import take_rows

PACKAGES = {"sklearn": "scikit-learn", "xgboost": "xgboost-cpu", "numpy": "numpy", "scipy": "scipy", "onnx": "onnx",
            "onnxruntime": "onnxruntime"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """All that a training has come to."""

    place: Workplace
    plan: Mapping[str, Any]
    chosen: Contender
    winner: Winner
    parity: Mapping[str, Any]
    report: Report
    board: Sequence[Mapping[str, Any]]
    time_notes: tuple[Note, ...]

    @property
    def name(self) -> str:
        """The name asked for, or that of the file and its target."""
        stem = PurePath(self.place.dataset.filename).stem
        return self.place.job.wanted.name or f"{stem}: {self.place.problem.target.name}"

    @property
    def parameters(self) -> dict[str, Any]:
        """Of the estimator, with the seed."""
        return {**self.chosen.parameters, "random_state": self.place.job.wanted.random_state}


def manifest_of(made: Made, model_id: str) -> dict[str, Any]:
    """The document. No times, no seconds: they would make equal trainings differ."""
    place, winner, report = made.place, made.winner, made.report
    problem, split, target = place.problem, place.split, place.problem.target
    notes = [*notes_of(made.plan["notes"]), *made.time_notes, *report.verdict.warnings, *report.notes]
    learned = take_rows(problem.columns, split.learn)
    return {
        "model_id": model_id,
        "name": made.name,
        "task": problem.task,
        "algorithm": BY_KEY[made.chosen.key].name(problem.task),
        "classes": list(target.classes) or None,
        "threshold": winner.threshold,
        "encoding": winner.encoding.document(),
        "features": [feature.name for feature in problem.features],
        "target": target.name,
        "metrics": report.metrics,
        "intervals": report.intervals,
        "baselines": report.baselines,
        "baseline_note": report.verdict.note,
        "leaderboard": list(made.board),
        "calibration": report.calibration,
        "slices": report.slices,
        "leaks": made.plan["leaks"],
        "warnings": documents(notes),
        "split": split.document(problem.frame.numbers),
        "profile": distributions(winner.encoding, learned),
        "data_sha256": place.dataset.sha256,
        "parameters": made.parameters,
        "versions": {"python": platform.python_version(), **{name: version(of) for name, of in PACKAGES.items()}},
        "parity": dict(made.parity),
        "sha256": sha256(winner.network).hexdigest(),
    }
