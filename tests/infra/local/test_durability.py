"""What is written down: rows and undelivered stream records, as the next run finds them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.dynamodb.models import dynamodb_backends

from infra.local.durability.rows import Rows, record_number
from infra.local.moto_repairs.commits import add_journal

ACCOUNT, REGION = "123456789012", "us-east-1"


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    opened = Rows(tmp_path / "state.sqlite")
    stop = add_journal(opened.journal)
    yield opened
    stop()
    opened.close()


def put(table: Any, name: str, **attributes: Any) -> None:
    table.put_item(TableName="t", Item={"pk": {"S": name}, "sk": {"S": "-"}, **attributes})


def test_rows_come_back_as_they_were(table: Any, rows: Rows) -> None:
    value = {"M": {"list": {"L": [{"N": "1.50"}, {"B": b"\x00\xff"}, {"NULL": True}, {"BOOL": False}]}}}
    put(table, "a", value=value, tags={"SS": ["x", "y"]})
    put(table, "b")
    table.delete_item(TableName="t", Key={"pk": {"S": "b"}, "sk": {"S": "-"}})
    before = table.scan(TableName="t")["Items"]
    backend = dynamodb_backends[ACCOUNT][REGION]
    backend.tables["t"].items.clear()

    assert rows.restore(backend) == 1

    assert table.scan(TableName="t")["Items"] == before


def test_undelivered_records_are_kept_until_every_source_has_confirmed(table: Any, rows: Rows) -> None:
    for name in "abc":
        put(table, name)
    numbers = [record_number(record) for record in rows.undelivered("one", "t")]
    assert len(numbers) == 3

    rows.confirm("one", "t", numbers[1], ["one", "two"])

    assert [record_number(record) for record in rows.undelivered("one", "t")] == numbers[2:]
    assert [record_number(record) for record in rows.undelivered("two", "t")] == numbers


def test_a_write_that_cannot_be_kept_is_undone(table: Any, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(changes: Any, records: Any) -> None:
        raise OSError("no space left on device")

    remove = add_journal(full)
    try:
        with pytest.raises(OSError, match="no space"):
            put(table, "a")
    finally:
        remove()

    assert table.scan(TableName="t")["Count"] == 0
