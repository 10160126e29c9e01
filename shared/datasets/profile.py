"""What each column holds: its type, how it was told, and the figures that people check first.

One pass, bounded memory per column. Types are told from the first PROFILED rows, counts from all rows given.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared.datasets.cells import is_missing, moment_of, number_of, truth_of
from shared.datasets.faults import Faults

ColumnType = Literal["numeric", "boolean", "datetime", "categorical", "text", "id", "constant", "empty"]

AGREEMENT = 0.98  # the share of values that must fit for a type to be the column's
MOST_DISTINCT = 1_000
CATEGORIES = 50
SHOWN = 10
ID_ROWS = 20


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column. `decimal` is the mark that its numbers are written with; figures of other types are None."""

    name: str
    type: ColumnType
    reason: str
    rows: int
    missing: int
    distinct: int
    distinct_is_exact: bool
    decimal: str = "."
    mean: float | None = None
    deviation: float | None = None
    low: float | None = None
    high: float | None = None
    top: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _Column:
    """What is counted while rows go by."""

    name: str
    decimal: str
    rows: int = 0
    missing: int = 0
    numbers: int = 0
    truths: int = 0
    moments: int = 0
    whole: int = 0
    mean: float = 0.0
    squares: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    length: int = 0
    values: Counter[str] = field(default_factory=Counter)
    overflowed: bool = False
    first_misfit: int | None = None

    def take(self, cell: str, row: int) -> None:
        self.rows += 1
        if is_missing(cell):
            self.missing += 1
            return
        text = cell.strip()
        self.length += len(text)
        self._count(text)
        value = number_of(text, self.decimal)
        if value is not None:
            self._number(value)
            return
        if self.first_misfit is None and self.numbers:
            self.first_misfit = row
        if truth_of(text) is not None:
            self.truths += 1
        elif moment_of(text) is not None:
            self.moments += 1

    def _count(self, text: str) -> None:
        if text in self.values or len(self.values) < MOST_DISTINCT:
            self.values[text] += 1
        else:
            self.overflowed = True

    def _number(self, value: float) -> None:
        """Welford's running mean and sum of squares (Knuth, TAOCP 2, 4.2.2)."""
        self.numbers += 1
        self.whole += value.is_integer()
        step = value - self.mean
        self.mean += step / self.numbers
        self.squares += step * (value - self.mean)
        self.low, self.high = min(self.low, value), max(self.high, value)


def profile_of(
    columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str, faults: Faults
) -> tuple[ColumnProfile, ...]:
    """Profiles in the order of the columns; values that do not fit their column's type become faults."""
    rows = iter(rows)
    head = [row for _, row in zip(range(MOST_DISTINCT), rows, strict=False)]
    counted = [_Column(name, _decimal(place, head, delimiter)) for place, name in enumerate(columns)]
    number = 1
    for source in (head, rows):
        for row in source:
            number += 1
            for column, cell in zip(counted, row, strict=True):
                column.take(cell, number)
    return tuple(_profile(column, faults) for column in counted)


def _decimal(place: int, head: Sequence[Sequence[str]], delimiter: str) -> str:
    """A decimal comma is read only where commas do not part the cells, and where more values are numbers that way."""
    if delimiter == ",":
        return "."
    cells = [row[place] for row in head]
    fits = {mark: sum(number_of(cell, mark) is not None for cell in cells) for mark in (".", ",")}
    return "," if fits[","] > fits["."] else "."


def _profile(column: _Column, faults: Faults) -> ColumnProfile:
    kind, reason = _type(column)
    present = column.rows - column.missing
    misfits = present - column.numbers
    if kind == "numeric" and misfits:
        faults.add(
            "NOT_A_NUMBER",
            "Values that are no numbers count as missing",
            row=column.first_misfit,
            column=column.name,
            count=misfits,
        )
    if kind in ("constant", "empty", "id"):
        faults.add(f"{kind.upper()}_COLUMN", f"Not used for training: {reason}", column=column.name)
    figures = _figures(column) if kind == "numeric" else {}
    return ColumnProfile(
        name=column.name,
        type=kind,
        reason=reason,
        rows=column.rows,
        missing=column.missing,
        distinct=len(column.values),
        distinct_is_exact=not column.overflowed,
        decimal=column.decimal,
        top=tuple(column.values.most_common(SHOWN)) if kind in ("categorical", "boolean", "constant") else (),
        **figures,
    )


def _figures(column: _Column) -> dict[str, float]:
    deviation = math.sqrt(column.squares / (column.numbers - 1)) if column.numbers > 1 else 0.0
    return {"mean": column.mean, "deviation": deviation, "low": column.low, "high": column.high}


def _type(column: _Column) -> tuple[ColumnType, str]:
    """The type and the sentence that says why."""
    present, distinct = column.rows - column.missing, len(column.values)
    if present == 0:
        return "empty", "it has no values"
    if distinct == 1 and not column.overflowed:
        return "constant", "every value is the same"
    if column.truths >= AGREEMENT * present:
        return "boolean", "its values are words for true and false"
    if column.numbers >= AGREEMENT * present:
        return _numeric_type(column, present)
    if column.moments >= AGREEMENT * present:
        return "datetime", "its values are dates or times"
    if not column.overflowed and distinct <= max(CATEGORIES, present // 20):
        return "categorical", f"{distinct} different values"
    if _all_different(column, present) and column.length / present <= 64:
        return "id", "every row has another value"
    return "text", f"{'more than ' if column.overflowed else ''}{distinct} different values"


def _numeric_type(column: _Column, present: int) -> tuple[ColumnType, str]:
    counts_up = column.whole == column.numbers and column.high - column.low == column.numbers - 1
    if counts_up and present == column.rows and _all_different(column, present):
        return "id", "it numbers the rows"
    return "numeric", "its values are numbers"


def _all_different(column: _Column, present: int) -> bool:
    seen = sum(column.values.values())
    return present >= ID_ROWS and len(column.values) == seen
