"""Our Query against moto's meaning of it: order, key conditions, pages in both directions."""

from typing import Any

import pytest


def put_rows(table: Any, count: int = 10) -> None:
    for at in range(count):
        row = {
            "pk": {"S": "p"},
            "sk": {"S": f"{at:03}"},
            "owner": {"S": "ann" if at % 2 else "bob"},
            "n": {"N": str(at)},
        }
        table.put_item(TableName="t", Item=row)


def keys(answer: Any) -> list[int]:
    return [int(item["sk"]["S"]) for item in answer["Items"]]


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("sk = :a", {":a": "003"}, [3]),
        ("sk < :a", {":a": "003"}, [0, 1, 2]),
        ("sk <= :a", {":a": "003"}, [0, 1, 2, 3]),
        ("sk > :a", {":a": "007"}, [8, 9]),
        ("sk >= :a", {":a": "007"}, [7, 8, 9]),
        ("sk BETWEEN :a AND :b", {":a": "002", ":b": "0045"}, [2, 3, 4]),
        ("begins_with(sk, :a)", {":a": "00"}, list(range(10))),
        ("begins_with(sk, :a)", {":a": "005"}, [5]),
    ],
)
def test_key_conditions(table: Any, condition: str, values: dict[str, str], expected: list[int]) -> None:
    put_rows(table)

    answer = table.query(
        TableName="t",
        KeyConditionExpression=f"pk = :pk AND {condition}",
        ExpressionAttributeValues={":pk": {"S": "p"}, **{name: {"S": value} for name, value in values.items()}},
    )

    assert keys(answer) == expected


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("index", [None, "by_owner"])
def test_pages_join_to_the_whole(table: Any, forward: bool, index: str | None) -> None:
    put_rows(table)
    name, value = ("owner", "ann") if index else ("pk", "p")
    request: dict[str, Any] = {
        "TableName": "t",
        "KeyConditionExpression": "#k = :v",
        "ExpressionAttributeNames": {"#k": name},
        "ExpressionAttributeValues": {":v": {"S": value}},
        "ScanIndexForward": forward,
    }
    if index:
        request["IndexName"] = index
    whole = keys(table.query(**request))

    found: list[int] = []
    page = table.query(**request, Limit=3)
    found += keys(page)
    while "LastEvaluatedKey" in page:
        page = table.query(**request, Limit=3, ExclusiveStartKey=page["LastEvaluatedKey"])
        found += keys(page)

    assert found == whole == sorted(whole, reverse=not forward)


def test_an_index_follows_its_items(table: Any) -> None:
    put_rows(table, 4)

    table.delete_item(TableName="t", Key={"pk": {"S": "p"}, "sk": {"S": "001"}})
    table.update_item(
        TableName="t",
        Key={"pk": {"S": "p"}, "sk": {"S": "000"}},
        UpdateExpression="SET #o = :ann REMOVE n",
        ExpressionAttributeNames={"#o": "owner"},
        ExpressionAttributeValues={":ann": {"S": "ann"}},
    )

    answer = table.query(
        TableName="t",
        IndexName="by_owner",
        KeyConditionExpression="#o = :ann",
        ExpressionAttributeNames={"#o": "owner"},
        ExpressionAttributeValues={":ann": {"S": "ann"}},
    )
    assert keys(answer) == [0, 3]
    assert "n" not in answer["Items"][0]


def test_a_query_looks_at_its_answer_only(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.dynamodb.models.table import Table

    put_rows(table)
    monkeypatch.setattr(Table, "all_items", lambda self: pytest.fail("the whole table was read"))

    table.query(TableName="t", KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "p"}}, Limit=1)


def test_a_restored_table_has_its_order(table: Any) -> None:
    put_rows(table, 3)
    backup = table.create_backup(TableName="t", BackupName="nightly")["BackupDetails"]["BackupArn"]
    table.restore_table_from_backup(TargetTableName="copy", BackupArn=backup)

    answer = table.query(
        TableName="copy", KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "p"}}
    )

    assert keys(answer) == [0, 1, 2]
