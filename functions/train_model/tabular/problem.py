"""What is to be learned: the target, the columns that may tell of it, and what must not be torn apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.frame import Frame
from functions.train_model.tabular.notes import Note
from functions.train_model.tabular.target import Target, Task, target_of
from shared.tabular.features import Columns, Encoding, Feature, fit_columns, read_column, take_rows
from shared.training.model import Wanted

USED = ("numeric", "boolean", "datetime", "categorical")
MOST_FEATURES = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """`frame` holds the rows that have a target, in the order of the file; `columns` are its features, read once."""

    frame: Frame
    target: Target
    features: tuple[Feature, ...]
    columns: Columns
    groups: NDArray[np.intp] | None
    moments: NDArray[np.float64] | None
    notes: tuple[Note, ...]

    @property
    def task(self) -> Task:
        return self.target.task

    @property
    def y(self) -> NDArray[Any]:
        return self.target.values

    @property
    def rows(self) -> int:
        return self.frame.rows

    def without(self, names: Iterable[str]) -> "Problem":
        """The same with some features left out."""
        out = set(names)
        features = tuple(feature for feature in self.features if feature.name not in out)
        if not features:
            raise TrainingRefused(
                "no column is left to learn from: " + ", ".join(sorted(out)) + " would tell the answer itself "
                "(see the leakage checks; `checks` can turn them into warnings)"
            )
        columns = {feature.name: self.columns[feature.name] for feature in features}
        return Problem(self.frame, self.target, features, columns, self.groups, self.moments, self.notes)

    def encode(self, learn: NDArray[np.intp], *others: NDArray[np.intp]) -> tuple[Encoding, list[NDArray[np.float32]]]:
        """An encoding learned from some rows, and the matrices of those and of other rows."""
        columns = take_rows(self.columns, learn)
        encoding = fit_columns(self.features, columns)
        rest = [encoding.transform_columns(take_rows(self.columns, rows), len(rows)) for rows in others]
        return encoding, [encoding.transform_columns(columns, len(learn)), *rest]


def problem_of(frame: Frame, wanted: Wanted) -> Problem:
    """From a table and what was asked for. TrainingRefused where no model can come of it."""
    target = target_of(frame, wanted)
    known = frame.take(target.rows) if len(target.rows) < frame.rows else frame
    features, notes = _features(known, target, wanted)
    if not features:
        raise TrainingRefused("no column can be learned from: all others are ids, constants, empty or free text")
    return Problem(
        frame=known,
        target=target,
        features=features,
        columns={feature.name: read_column(feature, known.cells[feature.name]) for feature in features},
        groups=_groups(known, wanted.group_column),
        moments=_moments(known, wanted.time_column),
        notes=(*target.notes, *_sample_note(frame), *notes),
    )


def _features(frame: Frame, target: Target, wanted: Wanted) -> tuple[tuple[Feature, ...], list[Note]]:
    used: list[Feature] = []
    notes: list[Note] = []
    for name in frame.names:
        if name == target.name:
            continue
        kind = wanted.types.get(name, frame.types[name])
        if name in (wanted.group_column, wanted.time_column):
            notes.append(Note("SPLIT_COLUMN", f"'{name}' parts the rows and is not learned from", name))
        elif kind in USED and len(used) < MOST_FEATURES:
            used.append(Feature(name, kind, frame.decimals[name]))  # type: ignore[arg-type]
        else:
            notes.append(_left_out(name, kind, frame.reasons[name]))
    return tuple(used), notes


def _left_out(name: str, kind: str, reason: str) -> Note:
    if kind in USED:
        return Note("TOO_MANY_COLUMNS", f"'{name}' was left out: only {MOST_FEATURES} columns are learned from", name)
    why = "it was asked for" if kind == "ignore" else f"{kind}: {reason}"
    return Note("LEFT_OUT", f"'{name}' was left out ({why})", name)


def _sample_note(frame: Frame) -> tuple[Note, ...]:
    if frame.sampled_from is None:
        return ()
    return (
        Note("SAMPLED", f"{frame.rows} of {frame.sampled_from} rows were used: the table is too long for one worker"),
    )


def _groups(frame: Frame, name: str | None) -> NDArray[np.intp] | None:
    if name is None:
        return None
    places: dict[str, int] = {}
    return np.array([places.setdefault(cell.strip(), len(places)) for cell in _cells(frame, name)], dtype=np.intp)


def _moments(frame: Frame, name: str | None) -> NDArray[np.float64] | None:
    """When each row was; rows without a moment count as the earliest. Whole numbers are read as they are."""
    if name is None:
        return None
    kind = "datetime" if frame.types[name] == "datetime" else "numeric"
    parts = read_column(Feature(name, kind, frame.decimals[name]), _cells(frame, name))  # type: ignore[arg-type]
    first: NDArray[np.float64] = np.asarray(parts)[:, 0]
    if np.isnan(first).all():
        raise TrainingRefused(f"the time column '{name}' holds neither dates nor numbers")
    return np.nan_to_num(first, nan=float(np.nanmin(first)))


def _cells(frame: Frame, name: str) -> list[str]:
    if name not in frame.cells:
        raise TrainingRefused(f"there is no column '{name}'")
    return frame.cells[name]
