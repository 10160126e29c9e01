"""The target: which column, classes or numbers, and which rows have one (conflict C19)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from functions.train_model.tabular.errors import TrainingRefused
from functions.train_model.tabular.frame import Frame
from functions.train_model.tabular.notes import Note
from shared.datasets.cells import is_missing, number_of
from shared.training.model import Wanted

Task = Literal["classification", "regression"]
MOST_CLASSES = 100
WHOLE_CLASSES = 10  # a numeric target with at most so many different whole values means classes
FEWEST_ROWS = 20
FEWEST_OF_CLASS = 2


@dataclass(frozen=True, slots=True)
class Target:
    """`values` are places in `classes`, or numbers; `rows` are the rows of the frame that have a target."""

    name: str
    task: Task
    classes: tuple[str, ...]
    values: NDArray[Any]
    rows: NDArray[np.intp]
    notes: tuple[Note, ...] = field(default=())


def target_of(frame: Frame, wanted: Wanted) -> Target:
    """The target of a training. TrainingRefused where nothing can be learned."""
    name = wanted.target_column or frame.names[-1]
    if name not in frame.cells:
        raise TrainingRefused(f"there is no column '{name}'")
    cells, decimal = frame.cells[name], frame.decimals[name]
    task = _task(cells, decimal, wanted)
    labels: list[Any] = _numbers(cells, decimal) if task == "regression" else _labels(cells, decimal)
    rows = np.array([row for row, label in enumerate(labels) if label is not None], dtype=np.intp)
    notes = _missing_note(name, len(cells) - len(rows), task)
    if len(rows) < FEWEST_ROWS:
        raise TrainingRefused(
            f"{len(rows)} rows have a value in the target '{name}'; at least {FEWEST_ROWS} are needed"
        )
    known = [labels[row] for row in rows]
    if task == "regression":
        return Target(name, task, (), _spread_out(name, np.array(known, dtype=np.float64)), rows, notes)
    classes = _classes(name, known, decimal)
    place = {label: number for number, label in enumerate(classes)}
    return Target(name, task, classes, np.array([place[label] for label in known], dtype=np.intp), rows, notes)


def _task(cells: list[str], decimal: str, wanted: Wanted) -> Task:
    present = [cell for cell in cells if not is_missing(cell)]
    numbers = [number_of(cell, decimal) for cell in present]
    known = [number for number in numbers if number is not None]
    numeric = len(known) >= 0.98 * len(present) > 0
    if wanted.model_type == "regression":
        if not numeric:
            raise TrainingRefused("the target holds text, which cannot be estimated as a number")
        return "regression"
    if wanted.model_type == "classification" or not numeric:
        return "classification"
    whole = all(number.is_integer() for number in known)
    return "classification" if whole and len(set(known)) <= WHOLE_CLASSES else "regression"


def _numbers(cells: list[str], decimal: str) -> list[float | None]:
    return [None if is_missing(cell) else number_of(cell, decimal) for cell in cells]


def _labels(cells: list[str], decimal: str) -> list[str | None]:
    """Classes as they stand in the file; of several spellings of one number, the most frequent."""
    texts = [None if is_missing(cell) else cell.strip() for cell in cells]
    spellings = Counter(text for text in texts if text is not None)
    usual: dict[float, str] = {}
    for text, _ in sorted(spellings.items(), key=lambda item: (-item[1], item[0])):
        number = number_of(text, decimal)
        if number is not None:
            usual.setdefault(number, text)
    return [text if text is None else _spelling(text, decimal, usual) for text in texts]


def _spelling(text: str, decimal: str, usual: dict[float, str]) -> str:
    number = number_of(text, decimal)
    return text if number is None else usual[number]


def _classes(name: str, labels: list[str], decimal: str) -> tuple[str, ...]:
    counts = Counter(labels)
    if len(counts) < 2:
        raise TrainingRefused(f"the target '{name}' has one value only: there is nothing to tell apart")
    if len(counts) > MOST_CLASSES:
        raise TrainingRefused(f"the target '{name}' has {len(counts)} classes; at most {MOST_CLASSES} are learned")
    rare = sorted(label for label, n in counts.items() if n < FEWEST_OF_CLASS)
    if rare:
        shown = ", ".join(repr(label) for label in rare[:3])
        raise TrainingRefused(
            f"of the classes of '{name}', {len(rare)} have a single row ({shown}): nothing can be learned and tested "
            "of them; leave those rows out or merge the classes"
        )
    numbers = {label: number_of(label, decimal) for label in counts}
    if any(number is None for number in numbers.values()):
        return tuple(sorted(counts))
    return tuple(sorted(counts, key=lambda label: numbers[label] or 0.0))


def _spread_out(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    if float(values.min()) == float(values.max()):
        raise TrainingRefused(f"the target '{name}' has one value only: there is nothing to estimate")
    return values


def _missing_note(name: str, missing: int, task: Task) -> tuple[Note, ...]:
    if not missing:
        return ()
    what = "value" if task == "classification" else "number"
    return (Note("MISSING_TARGET", f"{missing} rows without a {what} in '{name}' were left out", name),)
