"""Query in the time of its answer: bisect the partition, walk it from the start key, stop at the limit."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import RESULT_SIZE_LIMIT, GlobalSecondaryIndex, Table

from infra.local.moto_repairs.item_order import KeyOrder, Partition, order_of
from infra.local.moto_repairs.writes import LOCK

_stock_query = Table.query


def query(
    self: Table,
    hash_key: DynamoType | None,
    range_comparison: str | None,
    range_objs: list[DynamoType],
    limit: int | None,
    exclusive_start_key: dict[str, Any] | None,
    scan_index_forward: bool,
    projection_expressions: list[list[str]] | None,
    index_name: str | None = None,
    consistent_read: bool = False,
    filter_expression: Any = None,
    **others: Any,
) -> tuple[list[Item], int, dict[str, Any] | None]:
    legacy = set(others) - {"hash_key_conditions", "range_key_conditions"}
    with LOCK:
        _check_index(self, index_name, consistent_read)
        order = order_of(self).orders[index_name]
        if legacy or not order.supported or hash_key is None:
            return _stock(
                self,
                hash_key,
                range_comparison,
                range_objs,
                limit,
                exclusive_start_key,
                scan_index_forward,
                projection_expressions,
                index_name,
                consistent_read,
                filter_expression,
                **others,
            )
        values = [value.cast_value for value in range_objs]
        candidates = _walk(order, hash_key, range_comparison, values, exclusive_start_key, scan_index_forward is False)
        page, more = _page(candidates, limit)
        last = self._get_last_evaluated_key(page[-1], index_name) if more else None
    return _shape(self, page, index_name, filter_expression, projection_expressions), len(page), last


def _stock(table: Table, *args: Any, **kwargs: Any) -> tuple[list[Item], int, dict[str, Any] | None]:
    answer: tuple[list[Item], int, dict[str, Any] | None] = _stock_query(table, *args, **kwargs)
    return answer


def _check_index(table: Table, index_name: str | None, consistent_read: bool) -> None:
    if index_name is None:
        return
    index = next((index for index in table.all_indexes() if index.name == index_name), None)
    if index is None:
        raise MockValidationException(f"The table does not have the specified index: {index_name}")
    if consistent_read and isinstance(index, GlobalSecondaryIndex):
        raise MockValidationException("Consistent reads are not supported on global secondary indexes")


def _walk(
    order: KeyOrder,
    hash_key: DynamoType,
    comparison: str | None,
    values: list[Any],
    start_key: dict[str, Any] | None,
    backwards: bool,
) -> Iterator[Item]:
    partition = order.partitions.get(hash_key)
    if partition is None:
        return
    first, end = partition.bounds(comparison, values)
    if start_key:
        first, end = _after(partition, order, start_key, first, end, backwards)
    for at in range(end - 1, first - 1, -1) if backwards else range(first, end):
        yield partition.items[at]


def _after(
    partition: Partition, order: KeyOrder, start_key: dict[str, Any], first: int, end: int, backwards: bool
) -> tuple[int, int]:
    try:
        position = tuple(DynamoType(start_key[name]).cast_value for name in order.sort_keys)
    except KeyError:
        raise MockValidationException("The provided starting key is invalid") from None
    if backwards:
        return first, min(end, bisect_left(partition.positions, position))
    return max(first, bisect_right(partition.positions, position)), end


def _page(candidates: Iterator[Item], limit: int | None) -> tuple[list[Item], bool]:
    """Up to the limit or a megabyte; whether there is more behind it."""
    page: list[Item] = []
    size = 0
    for item in candidates:
        size += item.size()
        if page and (len(page) == limit or size > RESULT_SIZE_LIMIT):
            return page, True
        page.append(item)
    return page, False


def _shape(
    table: Table,
    page: list[Item],
    index_name: str | None,
    filter_expression: Any,
    projection_expressions: list[list[str]] | None,
) -> list[Item]:
    items = page
    if index_name is not None:
        index = table.get_index(index_name)
        items = [index.project(item) for item in items]
    if filter_expression is not None:
        items = [item for item in items if filter_expression.expr(item)]
    if projection_expressions:
        items = [item.project(projection_expressions) for item in items]
    return items


def install() -> None:
    Table.query = query
