"""Rows that somebody wants predicted, held against the columns that training saw.

A fault that the model can live with is a warning, one that it cannot an error of that row alone; both have a code.
What comes out are cells that `shared/tabular/features.py` reads as it read the training file.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.datasets.cells import is_missing
from shared.tabular.features import Encoded, Encoding, Value, read

MOST_TEXT = 1_000
MOST_WARNINGS = 20
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Note:
    """One fault: UNKNOWN_COLUMN, MISSING_COLUMN, MISSING_VALUE, WRONG_TYPE, OUT_OF_VOCABULARY, OUT_OF_RANGE."""

    code: str
    column: str | None
    message: str


@dataclass(slots=True)
class CheckedRow:
    """A row's cells in the order of the encoding's features, what is odd about it, and why it cannot be predicted."""

    cells: list[Value] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    error: Note | None = None

    def warn(self, note: Note) -> None:
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(note)


class WrongType(Exception):
    """A cell is no value of its column's type."""


class Validator:
    """Checks rows against one model's columns. `strict`: columns too many or too few are errors."""

    def __init__(self, encoding: Encoding, target: str) -> None:
        self._features, self._target = encoding.features, target
        self._known = frozenset(encoded.feature.name for encoded in encoding.features)

    def check(self, row: Mapping[str, Any], *, strict: bool = False) -> CheckedRow:
        """The row with its faults. Never raises, whatever the row holds."""
        checked = CheckedRow()
        for encoded in self._features:
            checked.cells.append(self._cell(encoded, row, checked))
        self._unknown_columns(row, checked)
        if checked.error is None and all(cell is None for cell in checked.cells):
            checked.error = Note("MISSING_COLUMN", None, "The row has no value in any column of the model")
        if strict and checked.error is None:
            odd = (note for note in checked.warnings if note.code in ("UNKNOWN_COLUMN", "MISSING_COLUMN"))
            checked.error = next(odd, None)
        return checked

    def _unknown_columns(self, row: Mapping[str, Any], checked: CheckedRow) -> None:
        if row.keys() <= self._known:
            return
        for name in row:
            if name not in self._known:
                why = "It is what the model predicts" if name == self._target else "The model does not use this column"
                checked.warn(Note("UNKNOWN_COLUMN", printable(name), why))

    def _cell(self, encoded: Encoded, row: Mapping[str, Any], checked: CheckedRow) -> Value:
        name = encoded.feature.name
        if name not in row:
            checked.warn(Note("MISSING_COLUMN", name, "Not in the row; counted as a missing value"))
            return None
        try:
            cell = typed(encoded, row[name])
        except WrongType as error:
            checked.error = checked.error or Note("WRONG_TYPE", name, str(error))
            return None
        note = _missing(encoded) if cell is None else _strange(encoded, cell)
        if note:
            checked.warn(note)
        return cell


def typed(encoded: Encoded, cell: Any) -> Value:
    """The cell as its column's type, None if it is missing; WrongType if it is neither."""
    if cell is None or (isinstance(cell, str) and is_missing(cell[:MOST_TEXT])):
        return None
    if not isinstance(cell, str | int | float) or (isinstance(cell, str) and len(cell) > MOST_TEXT):
        raise WrongType(f"A {encoded.feature.type} value is needed")
    if isinstance(cell, float) and not math.isfinite(cell):
        raise WrongType("A finite number is needed")
    return READERS[encoded.feature.type](encoded, cell)


def _number(encoded: Encoded, cell: str | int | float) -> Value:
    if isinstance(cell, bool):
        raise WrongType("A number is needed, this is a truth value")
    try:
        found = read(encoded.feature, cell)
    except OverflowError:
        found = None
    if found is None:
        raise WrongType(f"A number is needed, this is {printable(cell)!r}")
    return found[0]


def _truth(encoded: Encoded, cell: str | int | float) -> Value:
    found = read(encoded.feature, cell) if isinstance(cell, str) or cell in (0, 1) else None
    if found is None:
        raise WrongType(f"true or false is needed, this is {printable(cell)!r}")
    return bool(found[0])


def _moment(encoded: Encoded, cell: str | int | float) -> Value:
    if not isinstance(cell, str) or read(encoded.feature, cell) is None:
        raise WrongType(f"A date or time is needed, this is {printable(cell)!r}")
    return cell


def _category(encoded: Encoded, cell: str | int | float) -> Value:
    """A number may be written in two ways in the file, as 3 or as 3.0: the one that training saw is taken."""
    if isinstance(cell, str | bool):
        return str(cell).strip()
    exact = abs(cell) < 2**53
    plain = str(int(cell)) if exact and cell == int(cell) else printable(cell)
    decimal = repr(float(cell)) if exact else plain
    return decimal if decimal in encoded.categories and plain not in encoded.categories else plain


READERS = {"numeric": _number, "boolean": _truth, "datetime": _moment, "categorical": _category}


def _missing(encoded: Encoded) -> Note | None:
    """A missing value is worth a word only where training never met one."""
    seen = "(missing)" in encoded.categories if encoded.feature.type == "categorical" else encoded.had_missing
    return None if seen else Note("MISSING_VALUE", encoded.feature.name, "Missing here, but never in the training data")


def _strange(encoded: Encoded, cell: Value) -> Note | None:
    name, kind = encoded.feature.name, encoded.feature.type
    if kind == "categorical":
        known = cell in encoded.categories
        return None if known else Note("OUT_OF_VOCABULARY", name, f"{printable(cell)!r} was not learned")
    if kind == "boolean" or encoded.low is None or encoded.high is None:
        return None
    found = read(encoded.feature, cell)
    if found is None or encoded.low <= found[0] <= encoded.high:
        return None
    span = f"{encoded.low:g} to {encoded.high:g}" if kind == "numeric" else "the time of the training data"
    return Note("OUT_OF_RANGE", name, f"{printable(cell)} is outside {span}")


def printable(value: object) -> str:
    """A caller's own words: cut, and without lone surrogates, which no answer can carry."""
    text = str(value) if not isinstance(value, int) or abs(value) < 10**SHOWN else "a very long number"
    return text[:SHOWN].encode("utf-8", "replace").decode()


def columns_of(encoding: Encoding, rows: Sequence[CheckedRow]) -> dict[str, list[Value]]:
    """The cells by column."""
    return {encoded.feature.name: [row.cells[place] for row in rows] for place, encoded in enumerate(encoding.features)}
