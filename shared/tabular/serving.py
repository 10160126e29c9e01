"""A deployed model in memory: checked files, one network, and what it says of rows."""

import math
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

from shared.core.errors import Conflict
from shared.ml.inspection import MOST_BYTES as MOST_MODEL_BYTES
from shared.ml.manifest import ModelRefused
from shared.ml.runtime import Network
from shared.tabular.features import Columns, read_column
from shared.tabular.files import ModelFiles, model_files
from shared.tabular.manifest import MOST_BYTES, ServingManifest
from shared.tabular.model import TabularModel, manifest_key, onnx_key
from shared.tabular.validation import CheckedRow, Note, Validator, columns_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEPT = 4
DIGITS = 6
NOT_FINITE = Note("NOT_FINITE", None, "The model gives no finite number for this row")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says of one row. `probabilities` is empty and `confidence` None for a regression (C19).

    `place` is the predicted class's place in the manifest's classes.
    """

    prediction: str | float | int | None = None
    confidence: float | None = None
    probabilities: Mapping[str, float] | None = None
    warnings: Sequence[Note] = ()
    error: Note | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """One model, ready. Nothing of it changes: another file is another model."""

    model: TabularModel
    manifest: ServingManifest
    network: Network
    validator: Validator
    labels: tuple[str | int | float, ...]

    def answer(self, rows: Sequence[Mapping[str, Any]], *, strict: bool) -> tuple[list[Answer], Columns]:
        """An answer per row, in order, and the columns of the rows that were predicted."""
        checked = [self.validator.check(row, strict=strict) for row in rows]
        good = [row for row in checked if row.error is None]
        if not good:
            return [Answer(warnings=row.warnings, error=row.error) for row in checked], {}
        columns = self._columns(good)
        said = iter(self._run(columns, len(good)))
        return [self._said(row, None if row.error else next(said)) for row in checked], columns

    def _run(self, columns: Columns, rows: int) -> "NDArray[np.float32]":
        """A number that is too big for float32 becomes infinite; what a model makes of that is looked at per row."""
        import numpy as np

        with np.errstate(over="ignore"):
            encoded = self.manifest.encoding.transform_columns(columns, rows)
        return self.network.run(encoded)

    def _columns(self, rows: Sequence[CheckedRow]) -> Columns:
        cells = columns_of(self.manifest.encoding, rows)
        features = (encoded.feature for encoded in self.manifest.encoding.features)
        return {feature.name: read_column(feature, cells[feature.name]) for feature in features}

    def _said(self, row: CheckedRow, numbers: "NDArray[Any] | None") -> Answer:
        if numbers is None:
            return Answer(warnings=row.warnings, error=row.error)
        values = numbers.tolist()
        if not all(map(math.isfinite, values)):
            return Answer(warnings=row.warnings, error=NOT_FINITE)
        if self.model.type == "regression":
            return Answer(values[0], None, {}, row.warnings)
        place = self._place(values)
        told = dict(zip(self.manifest.classes, (round(value, DIGITS) for value in values), strict=True))
        return Answer(self.labels[place], max(told.values()), told, row.warnings, place=place)

    def _place(self, probabilities: Sequence[float]) -> int:
        threshold = self.manifest.threshold
        if threshold is None:
            return max(range(len(probabilities)), key=lambda place: probabilities[place])
        above = probabilities[threshold.positive] >= threshold.value
        return threshold.positive if above else 1 - threshold.positive


class Shelf:
    """The models that this process serves, the least recently used given away first."""

    def __init__(self, files: ModelFiles) -> None:
        self._files, self._lock = files, Lock()
        self._kept: OrderedDict[tuple[str, str, str], Served] = OrderedDict()

    def get(self, model: TabularModel) -> Served:
        """The model, loaded if it is not here. Conflict with DEPLOYMENT_FAILED if its files are not what they were."""
        key = (model.model_id, model.sha256, model.manifest_sha256)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self.load(model)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def load(self, model: TabularModel) -> Served:
        """The model from its files, each checked before it is looked at."""
        try:
            manifest = self.manifest(model)
            network = self._network(model, manifest)
        except ModelRefused as refused:
            raise Conflict(f"Deployment failed: {refused}", mlops_code="DEPLOYMENT_FAILED") from refused
        validator = Validator(manifest.encoding, manifest.target)
        return Served(model, manifest, network, validator, labels(manifest.classes))

    def manifest(self, model: TabularModel) -> ServingManifest:
        """The manifest alone; ModelRefused if it is not the registered one."""
        return ServingManifest.of(self._files.read(manifest_key(model.model_id), MOST_BYTES), model)

    def _network(self, model: TabularModel, manifest: ServingManifest) -> Network:
        data = self._files.read(onnx_key(model.model_id), MOST_MODEL_BYTES)
        if sha256(data).hexdigest() != model.sha256:
            raise ModelRefused("model.onnx is not the file that was registered")
        width = len(manifest.encoding.names)
        if model.type == "regression":
            return Network(data, width=width, name="value", outputs=1)
        return Network(data, width=width, name="probabilities", outputs=len(manifest.classes))


def labels(classes: Sequence[str]) -> tuple[str | int | float, ...]:
    """Labels keep the type that they have in the file: numbers only if every label is written as JSON writes one."""
    for kind in (int, float):
        try:
            numbers = tuple(kind(name) for name in classes)
        except ValueError:
            continue
        if [str(number) for number in numbers] == list(classes) and all(map(math.isfinite, numbers)):
            return numbers
    return tuple(classes)


@cache
def shelf() -> Shelf:
    """The shelf of this process."""
    return Shelf(model_files())
