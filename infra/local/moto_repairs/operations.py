"""GetItem, PutItem, UpdateItem and DeleteItem on items that never change in place (see writes.py)."""

from typing import Any

from moto.dynamodb.comparisons import get_expected, get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    InvalidAttributeTypeError,
    ItemSizeTooLarge,
    ItemSizeToUpdateTooLarge,
    MockValidationException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import UpdateExpressionValidator

from infra.local.moto_repairs import simple_updates
from infra.local.moto_repairs.items import attributes, draft_of
from infra.local.moto_repairs.limits import check_item
from infra.local.moto_repairs.writes import LOCK, atomic, find, write

Key = tuple[DynamoType, DynamoType | None]


def key_of(table: Table, attrs: dict[str, Any]) -> Key:
    """The typed key in the attributes of an item or of a request."""
    for name in table.table_key_attrs:
        if name not in attrs:
            raise MockValidationException(
                f"One or more parameter values were invalid: Missing the key {name} in the item"
            )
    hash_key = _typed(table.hash_key_attr, table.hash_key_type, attrs)
    if table.range_key_attr is None:
        return hash_key, None
    return hash_key, _typed(table.range_key_attr, table.range_key_type, attrs)


def _typed(name: str, kind: str | None, attrs: dict[str, Any]) -> DynamoType:
    value = DynamoType(attrs[name])
    if value.type != kind:
        raise InvalidAttributeTypeError(name, expected_type=kind, actual_type=value.type)
    return value


def check_condition(
    current: Item | None,
    expression: str | None,
    names: dict[str, Any] | None,
    values: dict[str, Any] | None,
    on_failure: str | None,
) -> None:
    if not expression or get_filter_expression(expression, names, values).expr(current):
        return
    if on_failure == "ALL_OLD" and current is not None:
        raise ConditionalCheckFailed(item=attributes(current))
    raise ConditionalCheckFailed


def get_item(
    self: Table, hash_key: DynamoType, range_key: DynamoType | None = None, projection_expression: Any = None
) -> Item | None:
    if self.has_range_key and not range_key:
        raise MockValidationException("The provided key element does not match the schema")
    with LOCK:
        item = find(self, hash_key, range_key)
    return item.project(projection_expression) if item is not None and projection_expression else item


def put_item(
    self: Table,
    item_attrs: dict[str, Any],
    expected: dict[str, Any] | None = None,
    condition_expression: str | None = None,
    expression_attribute_names: dict[str, str] | None = None,
    expression_attribute_values: dict[str, Any] | None = None,
    overwrite: bool = False,
    return_values_on_condition_check_failure: str | None = None,
) -> Item:
    hash_key, range_key = key_of(self, item_attrs)
    self._validate_item_types(item_attrs)
    self._validate_key_sizes(item_attrs)
    item = Item(hash_key, range_key, item_attrs)
    check_item(self, item)
    with atomic():
        current = find(self, hash_key, range_key)
        if not overwrite:
            if expected and not get_expected(expected).expr(current):
                raise ConditionalCheckFailed
            check_condition(
                current,
                condition_expression,
                expression_attribute_names,
                expression_attribute_values,
                return_values_on_condition_check_failure,
            )
        write(self, hash_key, range_key, item)
    return item


def delete_item(self: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
    with atomic():
        if find(self, hash_key, range_key) is None:
            return None
        return write(self, hash_key, range_key, None)


def update_item(
    self: DynamoDBBackend,
    table_name: str,
    key: dict[str, Any],
    update_expression: str,
    expression_attribute_names: dict[str, Any] | None,
    expression_attribute_values: dict[str, Any] | None,
    attribute_updates: dict[str, Any] | None = None,
    expected: dict[str, Any] | None = None,
    condition_expression: str | None = None,
    return_values_on_condition_check_failure: str | None = None,
) -> Item:
    table = self.get_table(table_name)
    names, values = expression_attribute_names or {}, expression_attribute_values or {}
    with atomic():
        hash_key, range_key = key_of(table, key)
        current = find(table, hash_key, range_key)
        if expected and not get_expected(expected).expr(current):
            raise ConditionalCheckFailed
        check_condition(current, condition_expression, names, values, return_values_on_condition_check_failure)
        key_only = {name: key[name] for name in table.table_key_attrs}
        draft = Item(hash_key, range_key, key_only) if current is None else draft_of(current)
        if update_expression and not simple_updates.execute(
            draft, table.table_key_attrs, update_expression, names, values
        ):
            _execute(table, draft, update_expression, names, values)
        if attribute_updates:
            draft.validate_no_empty_key_values(attribute_updates, table.attribute_keys)
            draft.update_with_attribute_updates(attribute_updates)
        _check_updated(table, draft)
        write(table, hash_key, range_key, draft)
    return draft


def _execute(table: Table, draft: Item, expression: str, names: dict[str, Any], values: dict[str, Any]) -> None:
    parsed = UpdateExpressionParser.make(expression)
    validated = UpdateExpressionValidator(
        parsed,
        expression_attribute_names=names,
        expression_attribute_values=values,
        item=draft,
        table=table,
    ).validate()
    validated.normalize()
    UpdateExpressionExecutor(validated, draft, names).execute()


def _check_updated(table: Table, draft: Item) -> None:
    try:
        check_item(table, draft)
    except ItemSizeTooLarge:
        raise ItemSizeToUpdateTooLarge from None


def install() -> None:
    Table.get_item, Table.put_item, Table.delete_item = get_item, put_item, delete_item
    DynamoDBBackend.update_item = update_item
