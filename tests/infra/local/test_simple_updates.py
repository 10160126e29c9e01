"""The short way for update expressions must end where moto's long way ends."""

from typing import Any

import pytest
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from infra.local.moto_repairs import simple_updates

START = {"pk": {"S": "a"}, "n": {"N": "5"}, "word": {"S": "hello"}, "tags": {"SS": ["x"]}}
NAMES = {"#n": "n", "#new": "new"}
VALUES = {":one": {"N": "1"}, ":word": {"S": "bye"}, ":list": {"L": [{"S": "x"}]}, ":tags": {"SS": ["y"]}}


def draft() -> Item:
    return Item(DynamoType(START["pk"]), None, dict(START))


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("SET word = :word", {"word": {"S": "bye"}}),
        ("SET #n = #n + :one, #new = :list", {"n": {"N": "6"}, "new": {"L": [{"S": "x"}]}}),
        ("SET #n = #n - :one", {"n": {"N": "4"}}),
        ("SET #new = if_not_exists(#new, :one) + :one", {"new": {"N": "2"}}),
        ("SET #n = if_not_exists(#n, :one) + :one", {"n": {"N": "6"}}),
        ("SET copy1 = word, word = :word", {"copy1": {"S": "hello"}, "word": {"S": "bye"}}),
        ("ADD #n :one, #new :one", {"n": {"N": "6"}, "new": {"N": "1"}}),
        ("SET word = :word ADD #n :one REMOVE tags", {"word": {"S": "bye"}, "n": {"N": "6"}, "tags": None}),
        ("REMOVE word, absent9", {"word": None}),
    ],
)
def test_simple_expressions_are_carried_out(expression: str, changed: dict[str, Any]) -> None:
    item = draft()

    assert simple_updates.execute(item, ["pk"], expression, NAMES, VALUES)

    expected = {name: value for name, value in {**START, **changed}.items() if value is not None}
    assert item.to_json()["Attributes"] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "SET a.b = :one",
        "SET l[0] = :one",
        "SET x = list_append(x, :list)",
        "ADD tags :tags",
        "DELETE tags :tags",
        "SET copy1 = tags",
        "SET word = :missing",
        "SET word = missing",
        "SET #missing = :one",
        "SET pk = :word",
        "SET name = :word",
        "SET word = :word, word = :one",
        "ADD word :one",
        "SET word = word + :one",
        "SET word = :word SET n = :one",
        "nonsense",
    ],
)
def test_everything_else_is_left_to_moto_untouched(expression: str) -> None:
    item = draft()

    assert not simple_updates.execute(item, ["pk"], expression, NAMES, VALUES)

    assert item.to_json()["Attributes"] == START
