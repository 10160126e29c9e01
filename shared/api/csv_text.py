"""Tables as CSV for spreadsheets, which must not take a cell for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_response(columns: Sequence[str], rows: Iterable[Sequence[str | None]], name: str) -> Response:
    """The table as a file to save. A cell that a spreadsheet would calculate gets an apostrophe in front."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_harmless(cell or "") for cell in row] for row in rows)
    saved = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=saved)


def _harmless(cell: str) -> str:
    return "'" + cell if cell.startswith(FORMULA) else cell
