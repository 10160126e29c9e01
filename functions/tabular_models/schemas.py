"""Bodies about tabular models and their predictions. Seed 001."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field, StrictBool

from shared.core.clock import iso_seconds
from shared.tabular.manifest import ServingManifest
from shared.tabular.model import Status, TabularModel, Task
from shared.tabular.predictions import Predicted
from shared.tabular.serving import Answer

Label = str | int | float


class ModelOut(BaseModel):
    """A model in a list. `accuracy` of a regression is r2 (C19)."""

    id: str
    name: str
    type: Task
    accuracy: float
    status: Status
    created_at: str
    deployed_at: str | None

    @classmethod
    def of(cls, model: TabularModel) -> "ModelOut":
        return cls(**listed_fields(model))


def listed_fields(model: TabularModel) -> dict[str, Any]:
    """What every view of a model begins with."""
    return {
        "id": model.model_id,
        "name": model.name,
        "type": model.type,
        "accuracy": model.accuracy,
        "status": model.status,
        "created_at": iso_seconds(model.created_at),
        "deployed_at": iso_seconds(model.deployed_at) if model.deployed_at else None,
    }


class ModelsOut(BaseModel):
    """`total` counts what the filter lets through, on all pages."""

    models: list[ModelOut]
    total: int
    page: int
    limit: int


class TrainingDataOut(BaseModel):
    file_id: str
    rows: int
    features: list[str]
    target: str


class ModelDetailOut(ModelOut):
    """One model. `sha256` is that of its network: the same file, parameters and seed give the same."""

    algorithm: str
    metrics: dict[str, Any]
    training_data: TrainingDataOut
    parameters: dict[str, Any]
    job_id: str
    sha256: str
    beats_baseline: bool | None
    baseline_note: str

    @classmethod
    def of(cls, model: TabularModel) -> "ModelDetailOut":
        data = TrainingDataOut(
            file_id=model.file_id, rows=model.rows, features=list(model.features), target=model.target
        )
        return cls(
            **listed_fields(model),
            algorithm=model.algorithm,
            metrics=dict(model.metrics),
            training_data=data,
            parameters=dict(model.parameters),
            job_id=model.job_id,
            sha256=model.sha256,
            beats_baseline=model.beats_baseline,
            baseline_note=model.baseline_note,
        )


class DeployIn(BaseModel):
    """`force` deploys a model that does not beat its baseline."""

    force: StrictBool = False


class DeployedOut(BaseModel):
    model_id: str
    status: Status
    deployment_time: str
    endpoint: str

    @classmethod
    def of(cls, model: TabularModel) -> "DeployedOut":
        assert model.deployed_at is not None
        return cls(
            model_id=model.model_id,
            status=model.status,
            deployment_time=iso_seconds(model.deployed_at),
            endpoint=f"/api/predict/{model.model_id}",
        )


class PredictIn(BaseModel):
    """Rows as objects: a column's name to its value. `strict` makes columns too many or too few errors of their row."""

    data: list[dict[str, Any]] = Field(min_length=1, max_length=1000)
    strict: StrictBool = False


class NoteOut(BaseModel):
    """`code`: UNKNOWN_COLUMN, MISSING_COLUMN, MISSING_VALUE, WRONG_TYPE, OUT_OF_VOCABULARY, OUT_OF_RANGE or NOT_FINITE.

    `column` is null where the whole row is meant.
    """

    code: str
    column: str | None
    message: str


class PredictionOut(BaseModel):
    """One row. `confidence` is the highest probability; with a `threshold` the likelier class need not be predicted."""

    prediction: Label | None
    confidence: float | None
    probabilities: Mapping[str, float]
    status: Literal["ok", "error"]
    warnings: list[NoteOut]
    error: NoteOut | None

    @classmethod
    def of(cls, answer: Answer) -> "PredictionOut":
        return cls(
            prediction=answer.prediction,
            confidence=answer.confidence,
            probabilities=answer.probabilities or {},
            status="error" if answer.error else "ok",
            warnings=[NoteOut(code=note.code, column=note.column, message=note.message) for note in answer.warnings],
            error=NoteOut(code=answer.error.code, column=answer.error.column, message=answer.error.message)
            if answer.error
            else None,
        )


class PredictionsOut(BaseModel):
    """A prediction per row, in order. `model_version` is the beginning of the network's sha256."""

    predictions: list[PredictionOut]
    model_id: str
    timestamp: str
    model_version: str
    prediction_id: str
    threshold: float | None

    @classmethod
    def of(cls, predicted: Predicted) -> "PredictionsOut":
        model, threshold = predicted.served.model, predicted.served.manifest.threshold
        return cls(
            predictions=[PredictionOut.of(answer) for answer in predicted.answers],
            model_id=model.model_id,
            timestamp=iso_seconds(predicted.at),
            model_version=model.sha256[:12],
            prediction_id=predicted.prediction_id,
            threshold=threshold.value if threshold else None,
        )


CARD_PARTS = (
    "classes", "threshold", "metrics", "intervals", "baselines", "leaderboard", "calibration", "slices", "leaks",
    "warnings", "split", "profile", "data_sha256", "parity", "versions",
)  # fmt: skip


class CardOut(BaseModel):
    """What training wrote about a model (its manifest), beside what the model is now."""

    model: ModelDetailOut
    manifest_sha256: str
    card: dict[str, Any]

    @classmethod
    def of(cls, model: TabularModel, manifest: ServingManifest) -> "CardOut":
        card = {name: manifest.document.get(name) for name in CARD_PARTS}
        return cls(model=ModelDetailOut.of(model), manifest_sha256=model.manifest_sha256, card=card)
