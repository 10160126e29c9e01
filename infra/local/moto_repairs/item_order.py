"""Items in key order, per partition of a table and of each of its indexes: what makes a query cost its answer.

moto sorts the whole table for every query. These lists are kept sorted as items come and go.
"""

from bisect import bisect_left, bisect_right
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

Position = tuple[Any, ...]


class Partition:
    """The items of one partition, sorted by position. Two lists, because bisecting plain tuples is fastest."""

    __slots__ = ("items", "positions")

    def __init__(self) -> None:
        self.positions: list[Position] = []
        self.items: list[Item] = []

    def add(self, position: Position, item: Item) -> None:
        at = bisect_left(self.positions, position)
        self.positions.insert(at, position)
        self.items.insert(at, item)

    def remove(self, position: Position) -> None:
        at = bisect_left(self.positions, position)
        if at < len(self.positions) and self.positions[at] == position:
            del self.positions[at], self.items[at]

    def bounds(self, comparison: str | None, values: list[Any]) -> tuple[int, int]:
        """The slice whose sort key satisfies a key condition."""
        return self._first(comparison, values), self._end(comparison, values)

    def _first(self, comparison: str | None, values: list[Any]) -> int:
        if comparison in ("=", "BETWEEN", "BEGINS_WITH", ">="):
            return self._below(values[0])
        return self._above(values[0]) if comparison == ">" else 0

    def _end(self, comparison: str | None, values: list[Any]) -> int:
        match comparison:
            case "=" | "<=" | "BETWEEN":
                return self._above(values[-1])
            case "BEGINS_WITH":
                return self._above_prefix(values[0])
            case "<":
                return self._below(values[0])
        return len(self.positions)

    def _below(self, value: Any) -> int:
        return bisect_left(self.positions, value, key=lambda position: position[0])

    def _above(self, value: Any) -> int:
        return bisect_right(self.positions, value, key=lambda position: position[0])

    def _above_prefix(self, prefix: Any) -> int:
        return bisect_right(self.positions, prefix, key=lambda position: position[0][: len(prefix)])


class KeyOrder:
    """The order of a table (name None) or of one of its indexes."""

    __slots__ = ("hash_key", "partitions", "sort_keys", "supported")

    def __init__(self, table: Table, schema: list[dict[str, str]], of_index: bool) -> None:
        hashes = [key["AttributeName"] for key in schema if key["KeyType"] == "HASH"]
        ranges = [key["AttributeName"] for key in schema if key["KeyType"] == "RANGE"]
        # Items of an index may share its keys; the table's own keys decide between them.
        self.sort_keys = (*ranges, *(table.table_key_attrs if of_index else ()))
        self.hash_key = hashes[0]
        self.supported = len(hashes) == 1 and len(ranges) <= 1
        self.partitions: dict[DynamoType, Partition] = {}

    def position(self, item: Item) -> Position | None:
        """None if the item lacks one of the keys: then the index does not carry it."""
        values = [item.attrs.get(name) for name in self.sort_keys]
        if any(value is None for value in values):
            return None
        return tuple(value.cast_value for value in values if value is not None)

    def add(self, item: Item) -> None:
        partition_key, position = item.attrs.get(self.hash_key), self.position(item)
        if partition_key is not None and position is not None:
            self.partitions.setdefault(partition_key, Partition()).add(position, item)

    def remove(self, item: Item) -> None:
        partition_key, position = item.attrs.get(self.hash_key), self.position(item)
        if partition_key is None or position is None or partition_key not in self.partitions:
            return
        partition = self.partitions[partition_key]
        partition.remove(position)
        if not partition.items:
            del self.partitions[partition_key]


class TableOrder:
    """Every order of one table. `items` is the dictionary that it was built for."""

    __slots__ = ("indexes", "items", "orders")

    def __init__(self, table: Table) -> None:
        self.items = table.items
        self.indexes = table.all_indexes()
        self.orders: dict[str | None, KeyOrder] = {None: KeyOrder(table, table.schema, of_index=False)}
        for index in table.all_indexes():
            self.orders[index.name] = KeyOrder(table, index.schema, of_index=True)
        for item in stored_items(table):
            self.add(item)

    def add(self, item: Item) -> None:
        for order in self.orders.values():
            order.add(item)

    def remove(self, item: Item) -> None:
        for order in self.orders.values():
            order.remove(item)


def stored_items(table: Table) -> list[Item]:
    if table.range_key_attr is None:
        return list(table.items.values())
    return [item for bucket in table.items.values() for item in bucket.values()]


def order_of(table: Table) -> TableOrder:
    """Built on first use, and again after a restore or when an index has come or gone."""
    order: TableOrder | None = table.__dict__.get("_order")
    if order is None or order.items is not table.items or order.indexes != table.all_indexes():
        order = table.__dict__["_order"] = TableOrder(table)
    return order
