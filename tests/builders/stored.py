"""What lies in the tables, legible: compressed attributes are no hiding place."""

import zlib
from contextlib import suppress
from typing import Any


def stored_text(tables: Any) -> str:
    """Every row of every table as text; binary attributes as they are, and decompressed if they are zlib."""
    rows = [row for name in tables.list_tables()["TableNames"] for row in rows_of(tables, name)]
    return str(rows) + "".join(_opened(value["B"]) for row in rows for value in row.values() if "B" in value)


def rows_of(tables: Any, table: str) -> list[dict[str, Any]]:
    """Every row of one table, as DynamoDB writes it."""
    pages = tables.get_paginator("scan").paginate(TableName=table)
    return [row for page in pages for row in page["Items"]]


def once_row(tables: Any) -> dict[str, Any]:
    """The one record of a request with an Idempotency-Key."""
    (row,) = [row for row in rows_of(tables, "vedette-local-requests") if row["sk"].get("S") == "ONCE"]
    return row


def _opened(value: bytes) -> str:
    with suppress(zlib.error):
        return zlib.decompress(value).decode("utf-8", "replace")
    return ""
