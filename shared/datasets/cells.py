"""What a cell says: nothing, a number, a truth value, a moment, or text.

A cell leaves the product again only through `neutralised`: a spreadsheet runs what begins with = + - or @.
"""

import re
from datetime import datetime

NULL_TOKENS = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", "missing", "(null)", "\\n")
)
TRUE, FALSE = frozenset(("true", "yes", "y", "t")), frozenset(("false", "no", "n", "f"))
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?")
OTHER_DATES = ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d %b %Y", "%b %d %Y", "%Y-%m-%d %H:%M:%S")
MOST_DATE = 32
# Means and squares of numbers up to here stay finite, and so do float32 networks; what is larger is no measurement.
MOST_NUMBER = 1e30


def is_missing(cell: str) -> bool:
    """Whether the cell stands for no value."""
    return cell.strip().casefold() in NULL_TOKENS


def number_of(cell: str, decimal: str = ".") -> float | None:
    """The number in a cell, up to MOST_NUMBER, or None. `decimal=","` reads 1.234,5 and `decimal="."` reads 1,234.5."""
    text = cell.strip()
    if decimal == "," and DECIMAL_COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif decimal == "." and "," in text and GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) <= MOST_NUMBER else None


def truth_of(cell: str) -> bool | None:
    """The truth value in a cell, or None. 0 and 1 are numbers."""
    word = cell.strip().casefold()
    return True if word in TRUE else False if word in FALSE else None


def moment_of(cell: str) -> datetime | None:
    """The date or time in a cell, or None. Day and month are told apart by column, not here."""
    text = cell.strip()
    if not 6 <= len(text) <= MOST_DATE or not any(character.isdigit() for character in text):
        return None
    if DATE.fullmatch(text):
        try:
            return datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            return None
    return next((found for form in OTHER_DATES if (found := _parsed(text, form))), None)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def neutralised(cell: str) -> str:
    """The cell as it may stand in an exported CSV: what a spreadsheet would run gets an apostrophe; numbers do not."""
    return f"'{cell}" if cell.startswith(FORMULA) and number_of(cell) is None else cell
