"""Items that are built once and never change: moto measures the whole item again for every attribute set on it."""

import copy
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

_stock_project: Any = Item.project
_stock_cast: Any = DynamoType.cast_value.fget


def build_item(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """`Item.__init__` without the measuring; limits.check_item measures once."""
    self.hash_key = hash_key
    self.range_key = range_key
    self.attrs = LimitedSizeDict({name: DynamoType(value) for name, value in attrs.items()})


def _cast_value(self: DynamoType) -> Any:
    """Most values are strings, and moto asks four other questions first."""
    return self.value if self.type == "S" else _stock_cast(self)


def _equals(self: DynamoType, other: object) -> bool:
    if not isinstance(other, DynamoType) or self.type != other.type:
        return False
    return bool(self.cast_value == other.cast_value)


def draft_of(item: Item) -> Item:
    """A copy to change and then write. Attributes are copied one by one, so that none of them share a part."""
    draft = Item.__new__(Item)
    draft.hash_key, draft.range_key = item.hash_key, item.range_key
    draft.attrs = LimitedSizeDict({name: copy.deepcopy(value) for name, value in item.attrs.items()})
    return draft


def size_of(self: Item) -> int:
    """Measured once: a stored item never changes."""
    size: int | None = self.__dict__.get("_size")
    if size is None:
        size = self.__dict__["_size"] = sum(len(name.encode()) + value.size() for name, value in self.attrs.items())
    return size


def project_item(self: Item, projection_expressions: list[list[str]]) -> Item:
    """Top-level names are picked; moto's way (through Python values and back) is kept for paths into documents."""
    names = [path[0] for path in projection_expressions if len(path) == 1 and not path[0].endswith("]")]
    if len(names) != len(projection_expressions):
        answer: Item = _stock_project(self, projection_expressions)
        return answer
    projected = Item.__new__(Item)
    projected.hash_key, projected.range_key = self.hash_key, self.range_key
    projected.attrs = LimitedSizeDict({name: self.attrs[name] for name in names if name in self.attrs})
    return projected


def attributes(item: Item) -> dict[str, Any]:
    """The item as DynamoDB JSON."""
    answer: dict[str, Any] = item.to_json()["Attributes"]
    return answer


def install() -> None:
    DynamoType.cast_value = property(_cast_value)
    DynamoType.__eq__ = _equals
    DynamoType.__ne__ = lambda self, other: not _equals(self, other)
    DynamoType.__hash__ = lambda self: hash((self.type, self.cast_value))
    Item.__init__ = build_item
    Item.size = size_of
    Item.project = project_item
    LimitedSizeDict.__setitem__ = dict.__setitem__
