"""What is wrong with a table that somebody uploaded, said with row and column.

A fault that the reader can live with is a warning with a code; one that it cannot is a BadTable. Rows are counted as a
spreadsheet shows them: the header is row 1.
"""

from dataclasses import dataclass, field

from shared.core.errors import Malformed

HEADERS_WANTED = "File must be CSV format with headers"  # the words of seed 001
MOST_KINDS = 200


class BadTable(Malformed):
    """The file cannot be read as a table."""

    code = "invalid_format"

    def __init__(self, why: str) -> None:
        super().__init__(f"Invalid file format: {why}", mlops_code="INVALID_FORMAT")


@dataclass(slots=True)
class Fault:
    """One kind of fault in one column (or in none): where it was met first, and how often."""

    code: str
    message: str
    row: int | None
    column: str | None
    count: int


@dataclass(slots=True)
class Faults:
    """Faults by code and column, each kept once. Memory is bounded by MOST_KINDS."""

    _found: dict[tuple[str, str | None], Fault] = field(default_factory=dict)

    def add(
        self, code: str, message: str, *, row: int | None = None, column: str | None = None, count: int = 1
    ) -> None:
        """The same code in the same column again raises the count and keeps the first place."""
        known = self._found.get((code, column))
        if known:
            known.count += count
        elif len(self._found) < MOST_KINDS:
            self._found[code, column] = Fault(code, message, row, column, count)

    def count(self, code: str) -> int:
        """How often a code was met, in whatever column."""
        return sum(fault.count for (name, _), fault in self._found.items() if name == code)

    def all(self) -> tuple[Fault, ...]:
        """All of them, in the order in which they were met."""
        return tuple(self._found.values())
