"""What DynamoDB refuses and moto accepts, as far as our code could run into it."""

from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge, MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

MAX_ITEM_BYTES = 400 * 1024
MAX_NESTING = 32
MAX_DIGITS = 38
MAX_BATCH_WRITES = 25


def check_item(table: Table, item: Item) -> None:
    """Called for every item on its way into a table."""
    if item.size() > MAX_ITEM_BYTES:
        raise ItemSizeTooLarge
    for value in item.attrs.values():
        _check_value(value, 1)
    _check_index_keys(table, item)


def check_batch(requests: dict[str, list[Any]]) -> None:
    if sum(len(writes) for writes in requests.values()) > MAX_BATCH_WRITES:
        raise MockValidationException("Too many items requested for the BatchWriteItem call")


def _check_value(value: DynamoType, depth: int) -> None:
    kind = value.type
    if kind == "N":
        _check_digits(value.value)
    elif kind in ("M", "L"):
        if depth > MAX_NESTING:
            raise MockValidationException("Nesting Levels have exceeded supported limits")
        for child in value.value.values() if kind == "M" else value.value:
            _check_value(child, depth + 1)


def _check_digits(number: str) -> None:
    if len(number) > MAX_DIGITS and len(_significant(number)) > MAX_DIGITS:
        raise MockValidationException("Attempting to store more than 38 significant digits in a Number")


def _significant(number: str) -> str:
    mantissa = number.lower().partition("e")[0].lstrip("+-")
    digits = mantissa.replace(".", "").lstrip("0")
    return digits.rstrip("0") if "." in mantissa else digits


def _check_index_keys(table: Table, item: Item) -> None:
    for index in table.global_indexes:
        for name in index.schema_key_attrs:
            value = item.attrs.get(name)
            if value is not None:
                _check_index_key(table, index.name, name, value)


def _check_index_key(table: Table, index: str, name: str, value: DynamoType) -> None:
    expected = next((attr["AttributeType"] for attr in table.attr if attr["AttributeName"] == name), value.type)
    if value.type != expected:
        raise MockValidationException(
            "One or more parameter values were invalid: Type mismatch for Index Key "
            f"{name} Expected: {expected} Actual: {value.type} IndexName: {index}"
        )
    if value.value == "":
        raise MockValidationException(
            "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
            f"The AttributeValue for a key attribute cannot contain an empty string value. IndexName: {index}, "
            f"IndexKey: {name}"
        )
