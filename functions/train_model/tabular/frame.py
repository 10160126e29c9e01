"""The uploaded table in memory: cells by column, as text, with the types that the upload told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.datasets.encoding import Open
from shared.datasets.model import Dataset
from shared.datasets.reader import read_table

# What one worker fits seven times within its 15 minutes; a longer table is trained from a sample of its rows.
MOST_CELLS = 1_000_000
CHANCE = 20_260_101


@dataclass(frozen=True, slots=True)
class Frame:
    """`cells` by column; `numbers` is the place of each row in the file; `sampled_from` is set for a sample."""

    cells: Mapping[str, list[str]]
    types: Mapping[str, str]
    reasons: Mapping[str, str]
    decimals: Mapping[str, str]
    numbers: NDArray[np.intp]
    sampled_from: int | None = None

    @property
    def rows(self) -> int:
        return len(self.numbers)

    @property
    def names(self) -> list[str]:
        return list(self.cells)

    def take(self, rows: NDArray[np.intp]) -> "Frame":
        """Some of the rows, in the order given."""
        cells = {name: [column[row] for row in rows] for name, column in self.cells.items()}
        return Frame(cells, self.types, self.reasons, self.decimals, self.numbers[rows], self.sampled_from)


def read_frame(dataset: Dataset, open_: Open) -> Frame:
    """The whole table, or a fixed sample of rows of one that is too long for a worker's memory."""
    kept = _kept_rows(dataset)
    table = read_table(open_)
    rows: list[list[str]] = []
    places: list[int] = []
    for number, row in enumerate(table.rows):
        if kept is None or (number < len(kept) and kept[number]):
            rows.append(row)
            places.append(number)
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in table.columns]
    return Frame(
        cells={name: list(column) for name, column in zip(table.columns, columns, strict=True)},
        types={column.name: column.type for column in dataset.columns},
        reasons={column.name: column.reason for column in dataset.columns},
        decimals={column.name: column.decimal for column in dataset.columns},
        numbers=np.array(places, dtype=np.intp),
        sampled_from=None if kept is None else dataset.rows,
    )


def _kept_rows(dataset: Dataset) -> NDArray[np.bool_] | None:
    most = MOST_CELLS // max(1, len(dataset.columns))
    if dataset.rows <= most:
        return None
    kept = np.zeros(dataset.rows, dtype=bool)
    kept[np.random.default_rng(CHANCE).choice(dataset.rows, most, replace=False)] = True
    return kept
