"""A CSV file as a header and rows, read as a stream: memory does not grow with the file.

What people upload is forgiven where one reading is right and refused where it is not: short rows are filled, rows that
are too long are left out, both counted; if more than RAGGED of the rows do not fit, the file is no table.
"""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.datasets.cells import is_missing
from shared.datasets.delimiters import SAMPLE_ROWS, delimiter_of
from shared.datasets.encoding import Open, encoding_of, text_of
from shared.datasets.faults import HEADERS_WANTED, BadTable, Faults
from shared.datasets.header import column_names

Row = list[str]

RAGGED = 0.05
# A cell of this many characters is text that nobody closed the quotes of.
MOST_CELL = 100_000
MOST_LINE = 1_000_000


@dataclass(slots=True)
class Table:
    """A file being read. `rows` can be gone through once; `faults` and `read` are complete after that."""

    columns: tuple[str, ...]
    encoding: str
    delimiter: str
    faults: Faults
    rows: Iterator[Row]
    read: int = 0
    left_out: int = 0


@dataclass(slots=True)
class _Lines:
    """Pieces of text as lines, with their ends, as the csv module wants them."""

    pieces: Iterator[str]
    _rest: str = field(default="")

    def __iter__(self) -> Iterator[str]:
        for piece in self.pieces:
            lines = (self._rest + piece).splitlines(keepends=True)
            # A "\\r" at the end of a piece may be half of "\\r\\n".
            self._rest = lines.pop() if lines and not lines[-1].endswith("\\n") else ""
            if len(self._rest) > MOST_LINE:
                raise BadTable(f"{HEADERS_WANTED}; a line is longer than {MOST_LINE} characters")
            yield from lines
        if self._rest:
            yield self._rest


def read_table(open_: Open) -> Table:
    """The table in a file; `open_` gives its bytes from the start each time. BadTable if it is none."""
    faults = Faults()
    encoding = encoding_of(open_)
    lines = iter(_Lines(text_of(open_, encoding, faults)))
    first = list(itertools.islice(lines, SAMPLE_ROWS))
    delimiter = delimiter_of(first)
    rows = _records(itertools.chain(first, lines), delimiter)
    number, header = next(((number, row) for number, row in rows if not _is_blank(row)), (0, []))
    if number > 1:
        faults.add("BLANK_ROWS", "Empty rows were left out", row=1, count=number - 1)
    table = Table(column_names(header, faults), encoding, delimiter, faults, iter(()))
    table.rows = _fitting(table, rows)
    return table


def _records(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, Row]]:
    """Rows with their numbers. A quote that is never closed swallows the rest of the file into one cell: refused."""
    csv.field_size_limit(MOST_CELL)
    reader, number = csv.reader(lines, delimiter=delimiter), 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadTable(f"row {number} cannot be read ({error}); is a quotation mark not closed?") from error
        yield number, row


def _fitting(table: Table, rows: Iterator[tuple[int, Row]]) -> Iterator[Row]:
    width = len(table.columns)
    for number, row in rows:
        if _is_blank(row):
            table.faults.add("BLANK_ROWS", "Empty rows were left out", row=number)
            continue
        table.read += 1
        fitted = _fitted(row, width, number, table.faults)
        if fitted is None:
            table.left_out += 1
        else:
            yield fitted
    _judge(table)


def _fitted(row: Row, width: int, number: int, faults: Faults) -> Row | None:
    """The row with as many cells as there are columns; None if it has more that say something."""
    if len(row) == width:
        return row
    if len(row) < width:
        faults.add("SHORT_ROW", f"Rows with fewer than {width} cells were filled with empty ones", row=number)
        return row + [""] * (width - len(row))
    if all(is_missing(cell) for cell in row[width:]):
        faults.add("EXTRA_EMPTY_CELLS", f"Empty cells beyond column {width} were cut off", row=number)
        return row[:width]
    faults.add("LONG_ROW", f"Rows with more than {width} cells were left out", row=number)
    return None


def _judge(table: Table) -> None:
    if table.read == 0:
        raise BadTable(f"{HEADERS_WANTED}; there are no rows below the header")
    ragged = table.faults.count("LONG_ROW") + table.faults.count("SHORT_ROW")
    if ragged > RAGGED * table.read:
        raise BadTable(f"{ragged} of {table.read} rows do not have {len(table.columns)} cells")


def _is_blank(row: Row) -> bool:
    return not any(cell.strip() for cell in row)
