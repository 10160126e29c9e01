"""The first row as column names: present, distinct, of a sensible length."""

import re
from collections.abc import Sequence

from shared.datasets.cells import is_missing, number_of
from shared.datasets.faults import HEADERS_WANTED, BadTable, Faults

MOST_NAME = 128
MOST_COLUMNS = 2_000
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ufeff]+")


def column_names(cells: Sequence[str], faults: Faults) -> tuple[str, ...]:
    """Names for every column. Empty and repeated ones are made up and warned of; a row of numbers is no header."""
    while cells and is_missing(cells[-1]) and len(cells) > 2:
        cells = cells[:-1]
    if len(cells) < 2:
        raise BadTable(f"{HEADERS_WANTED}; at least two columns are needed")
    if len(cells) > MOST_COLUMNS:
        raise BadTable(f"{len(cells)} columns are more than the {MOST_COLUMNS} that are read")
    if all(number_of(cell) is not None for cell in cells if not is_missing(cell)):
        raise BadTable(f"{HEADERS_WANTED}; row 1 holds numbers only")
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        names.append(_distinct(_clean(cell, place, faults), names, place, faults))
    return tuple(names)


def _clean(cell: str, place: int, faults: Faults) -> str:
    name = UNPRINTABLE.sub(" ", cell).strip()
    if not name:
        made_up = f"column_{place}"
        faults.add("EMPTY_HEADER", f"Column {place} has no name; it is called {made_up}", row=1, column=made_up)
        return made_up
    if len(name) > MOST_NAME:
        faults.add("LONG_HEADER", f"A name was cut to {MOST_NAME} characters", row=1, column=name[:MOST_NAME])
    return name[:MOST_NAME]


def _distinct(name: str, taken: Sequence[str], place: int, faults: Faults) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    new = f"{name}_{number}"
    faults.add("DUPLICATE_HEADER", f"Column {place} is called {name!r} like another", row=1, column=new)
    return new
