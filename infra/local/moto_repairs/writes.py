"""The one lock of the emulated DynamoDB, and the one place where an item changes.

moto changes items in place, from many threads, and copies whole tables to be able to roll back. Here an item never
changes once it is stored: a write puts a new one in its place and notes the old. That gives undo, stream images and
consistent reads without copies.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from infra.local.moto_repairs.item_order import order_of

LOCK = threading.RLock()


@dataclass(slots=True)
class Change:
    """One item before and after. `old` is None for a new item, `new` is None for a deleted one."""

    table: Table
    hash_key: DynamoType
    range_key: DynamoType | None
    old: Item | None
    new: Item | None


Listener = Callable[[list[Change]], None]
# Called under the lock with what a call really changed, in commit order. Durability comes before event sources.
_listeners: list[Listener] = []


class _Unit(threading.local):
    """What the current thread has changed so far, and how deep it is nested in `atomic`."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.depth = 0


_unit = _Unit()


def add_listener(listener: Listener) -> Callable[[], None]:
    """Hear of every commit; the answer takes the listener away again."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


@contextmanager
def atomic() -> Iterator[None]:
    """All changes inside, or none: an exception undoes them. Nothing is announced before the outermost one ends."""
    with LOCK:
        mark = len(_unit.changes)
        _unit.depth += 1
        try:
            yield
            if _unit.depth == 1:
                _commit()
        except BaseException:
            _undo(mark)
            raise
        finally:
            _unit.depth -= 1


def find(table: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
    """The stored item. (moto's own look-up leaves an empty partition behind for every key that it does not find.)"""
    bucket = table.items.get(hash_key)
    if table.range_key_attr is None:
        return bucket
    return bucket.get(range_key) if bucket else None


def write(table: Table, hash_key: DynamoType, range_key: DynamoType | None, new: Item | None) -> Item | None:
    """Put the item in its place, or take it out (None); the answer is the one that was there. Only inside `atomic`."""
    old = find(table, hash_key, range_key)
    _place(table, hash_key, range_key, old, new)
    _unit.changes.append(Change(table, hash_key, range_key, old, new))
    return old


def write_restored(table: Table, hash_key: DynamoType, range_key: DynamoType | None, item: Item) -> None:
    """Put an item back that was announced in an earlier run."""
    with LOCK:
        _place(table, hash_key, range_key, None, item)


def _place(
    table: Table, hash_key: DynamoType, range_key: DynamoType | None, old: Item | None, new: Item | None
) -> None:
    order = order_of(table)
    if old is not None:
        order.remove(old)
    if new is not None:
        order.add(new)
    if table.range_key_attr is None:
        _set(table.items, hash_key, new)
        return
    _set(table.items[hash_key], range_key, new)
    if not table.items[hash_key]:
        del table.items[hash_key]


def _set(bucket: dict[DynamoType | None, Item], key: DynamoType | None, item: Item | None) -> None:
    if item is None:
        bucket.pop(key, None)
    else:
        bucket[key] = item


def _undo(mark: int) -> None:
    while len(_unit.changes) > mark:
        change = _unit.changes.pop()
        _place(change.table, change.hash_key, change.range_key, change.new, change.old)


def _commit() -> None:
    changes = _net(_unit.changes)
    if changes:
        for listener in _listeners:
            listener(changes)
    _unit.changes = []


def _net(changes: list[Change]) -> list[Change]:
    """One change per item, from its first old to its last new; writes that changed nothing drop out."""
    if len(changes) > 1:
        merged: dict[tuple[int, DynamoType, DynamoType | None], Change] = {}
        for change in changes:
            first = merged.setdefault((id(change.table), change.hash_key, change.range_key), replace(change))
            first.new = change.new
        changes = list(merged.values())
    return [change for change in changes if not _same(change.old, change.new)]


def _same(old: Item | None, new: Item | None) -> bool:
    if old is None or new is None:
        return old is new
    return bool(old.to_json() == new.to_json())
