"""A tabular model's manifest, read from bytes that were checked against the model's row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from shared.ml.manifest import ModelRefused
from shared.tabular.distribution import Distribution
from shared.tabular.features import Encoding
from shared.tabular.model import TabularModel

MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Threshold:
    """From this probability on the class in place `positive` is predicted; the other of the two below it."""

    value: float
    positive: int


@dataclass(frozen=True, slots=True)
class ServingManifest:
    """What serving needs of a manifest; `document` is the whole of it, for the model card."""

    document: Mapping[str, Any]
    encoding: Encoding
    classes: tuple[str, ...]
    threshold: Threshold | None
    target: str
    profile: tuple[Distribution, ...]

    @classmethod
    def of(cls, data: bytes, model: TabularModel) -> "ServingManifest":
        """ModelRefused if these are not the bytes that the row speaks of, or if they do not speak of this model."""
        if sha256(data).hexdigest() != model.manifest_sha256:
            raise ModelRefused("manifest.json is not the file that was registered")
        try:
            document = json.loads(data)
            _check_identity(document, model)
            classes = tuple(map(str, document["classes"] or ()))
            return cls(
                document=document,
                encoding=Encoding.of(document["encoding"]),
                classes=classes,
                threshold=_threshold(document.get("threshold"), classes),
                target=str(document["target"]),
                profile=tuple(map(Distribution.of, document.get("profile") or ())),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ModelRefused(f"manifest.json cannot be read: {type(error).__name__}") from error


def _check_identity(document: Any, model: TabularModel) -> None:
    said = (document["model_id"], document["sha256"], document["task"])
    if said != (model.model_id, model.sha256, model.type):
        raise ModelRefused("manifest.json speaks of another model")
    if model.type == "classification" and len(document["classes"]) < 2:
        raise ModelRefused("manifest.json names fewer than two classes")


def _threshold(said: Mapping[str, Any] | None, classes: tuple[str, ...]) -> Threshold | None:
    if not said or len(classes) != 2:
        return None
    return Threshold(float(said["value"]), classes.index(str(said["positive"])))
