"""A trained tabular model: what it is, what it was trained from, how good it was found to be, and if it is deployed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Task = Literal["classification", "regression"]
Status = Literal["trained", "deployed", "archived"]


@dataclass(frozen=True, slots=True)
class TabularModel:
    """One model. Its files lie in the data bucket under models/<model_id>/: model.onnx and manifest.json.

    `sha256` is that of model.onnx: the same file, parameters and seed give the same. `manifest_sha256` is that of the
    manifest, which holds the encoding, the classes, the threshold, the intervals and everything of the model card.
    `beats_baseline` is None where nothing could be told; `baseline_note` says in a sentence what was compared.
    """

    model_id: str
    name: str
    type: Task
    algorithm: str
    status: Status
    metrics: Mapping[str, Any]
    file_id: str
    rows: int
    features: Sequence[str]
    target: str
    parameters: Mapping[str, Any]
    sha256: str
    manifest_sha256: str
    job_id: str
    created_at: datetime
    deployed_at: datetime | None = None
    beats_baseline: bool | None = None
    baseline_note: str = ""
    version: int = 1

    @property
    def accuracy(self) -> float:
        """What the list shows: accuracy, or r2 of a regression (C19)."""
        return float(self.metrics["accuracy" if self.type == "classification" else "r2"])


def onnx_key(model_id: str) -> str:
    """Where the model's network lies in the data bucket."""
    return f"models/{model_id}/model.onnx"


def manifest_key(model_id: str) -> str:
    """Where the model's manifest lies in the data bucket."""
    return f"models/{model_id}/manifest.json"
