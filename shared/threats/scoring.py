"""The detector: a person's day in, an ITS out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.behaviour.baseline import Baseline
from shared.behaviour.features import FEATURE_HASH, evidence, raw_features
from shared.behaviour.series import Series
from shared.behaviour.state import BehaviourState, day_number
from shared.ml.manifest import Manifest
from shared.ml.runtime import OnnxModel
from shared.subjects.model import Subject
from shared.threats.anomalies import name_anomalies
from shared.threats.calibration import line, mix
from shared.threats.model import Explanation, Score
from shared.threats.rules import Finding, findings, gather

PRIOR_FILE = "prior.bin"
MAX_RESCORED = 32
# Somebody watched for less than this has no habit yet, and a company's first days would raise an alert for every third
# person (measured: 27 alerts for 72 people). Until then the models' word counts below an alert; the rules stand.
LEARNING_DAYS = 10
LEARNING_CEILING = 50.0  # what earlier days add to it stays below an alert, too
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything a score and its explanation are made of."""

    series: Series
    row: Rows
    findings: list[Finding]
    baseline: Baseline
    learning: bool = False


class Detector:
    """Loaded models; holds no state between calls."""

    def __init__(self, manifest: Manifest, models: Mapping[str, OnnxModel], prior: Baseline) -> None:
        self.manifest, self._models, self._prior = manifest, models, prior

    @classmethod
    def load(cls, folder: Path) -> "Detector":
        """Reads a model folder; every file is checked against the manifest before it is used."""
        manifest = Manifest.load(folder)
        manifest.require_features(FEATURE_HASH)
        models = {name: OnnxModel(manifest.read(folder, held["file"])) for name, held in manifest.members.items()}
        return cls(manifest, models, Baseline.from_bytes(manifest.read(folder, PRIOR_FILE)))

    def score(self, state: BehaviourState, subject: Subject, day: date, baseline: Baseline | None) -> Score:
        """The ITS of one UTC day, from the events in the state up to and including that day."""
        return self._score(self.evaluate(state, subject, day, baseline))

    def explain(self, state: BehaviourState, subject: Subject, day: date, baseline: Baseline | None) -> Explanation:
        """Points per family of evidence that add up to the score; about twenty times the cost of a score."""
        from shared.threats.explanation import explain  # it needs this module's types

        seen = self.evaluate(state, subject, day, baseline)
        return explain(self, seen, self._score(seen), subject)

    def _score(self, seen: Evaluation) -> Score:
        outputs = self.outputs(seen.row)
        fitted = float(self.believed(seen, self.calibrated(outputs))[0])
        floor = seen.findings[0].floor if seen.findings else 0.0
        its = round(max(fitted, floor), 1)
        return Score(
            its,
            {name: round(float(values[0]), 4) for name, values in outputs.items()},
            name_anomalies(seen.row[0], its, seen.findings),
            seen.findings[0].rule if floor > fitted else None,
            self.manifest.version,
        )

    def rescore(
        self, state: BehaviourState, subject: Subject, days: Iterable[date], baseline: Baseline | None
    ) -> dict[date, Score]:
        """After a late event: the scores of its day and the ones it reaches into, the newest MAX_RESCORED of them.

        A window reaches 21 days; the own habit a little further. Days without events get no score.
        """
        wanted = sorted({day for day in days if state.on(day_number(day)) is not None})[-MAX_RESCORED:]
        return {day: self.score(state, subject, day, baseline) for day in wanted}

    def evaluate(self, state: BehaviourState, subject: Subject, day: date, baseline: Baseline | None) -> Evaluation:
        """Without a baseline (first day of an organisation) the training organisations' own stands in."""
        used = baseline if baseline is not None and baseline.samples else self._prior
        series, raw = raw_features(state, day, subject, used)
        row = evidence(raw, used)
        found = findings(gather(state, day_number(day), series, row[0]))
        learning = day_number(day) - min(state.days, default=day_number(day)) < LEARNING_DAYS
        return Evaluation(series, row, found, used, learning)

    def outputs(self, rows: Rows) -> dict[str, NDArray[np.float64]]:
        return {name: model.run(rows).astype(np.float64) for name, model in self._models.items()}

    def believed(self, seen: Evaluation, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The models' ITS as far as it counts: of somebody whose habits are still being learned, below an alert."""
        return np.minimum(values, LEARNING_CEILING) if seen.learning else values

    def calibrated(self, outputs: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Members' outputs as ITS, before rules."""
        mixed = mix(self.manifest.members, self.manifest.weights, outputs)
        return line(self.manifest.calibration, mixed)
