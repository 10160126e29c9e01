"""Which character parts the cells: the one with which most rows come out equally long and longest."""

import csv
from collections import Counter
from collections.abc import Sequence

from shared.datasets.faults import HEADERS_WANTED, BadTable

CANDIDATES = (",", ";", "\t", "|")
SAMPLE_ROWS = 200


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter of these first lines; BadTable if no candidate gives at least two columns."""
    scored = [(_score(lines, candidate), -place, candidate) for place, candidate in enumerate(CANDIDATES)]
    (agreeing, columns), _, best = max(scored)
    if columns < 2 or agreeing == 0:
        raise BadTable(f"{HEADERS_WANTED}; at least two columns parted by comma, semicolon, tab or bar are needed")
    return best


def _score(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """The share of rows that are as long as the most usual row, and that length; one column is no table."""
    try:
        lengths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    if not lengths:
        return 0.0, 0
    length, rows = Counter(lengths).most_common(1)[0]
    return (rows / len(lengths), length) if length > 1 else (0.0, length)
